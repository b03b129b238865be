#!/usr/bin/env bash
# Runs the test suite where it was not made: on other .NET runtimes, in another culture and time zone, and on a file system that does not tell
# upper from lower case. The runtimes come from NuGet's runtime packs; one folder holds one of them and nothing else. Ends with a table.
# usage: eng/matrix.sh [ROW...]      rows: net9 net10 net11 net8 turkish thai folded; all without; needs the Release build of ./test.sh, ICU for turkish
#        and thai, and root, FUSE and Debian's ntfs-3g for folded. TESSRAX_SUITES names the projects, with spaces between; all four without.
#        TESSRAX_END_TO_END names the classes of the end-to-end tests; without, those of the main job; all for all.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

repository=$PWD
work=$PWD/artifacts/matrix
mkdir -p "$work"
# Of the row folded.
image=$work/folded.img
mounted=$work/folded
named=no
[ $# -eq 0 ] || named=yes
table=()
failed=0

# What the end-to-end tests try of a user's main job, and what depends on runtime, culture, time zone and file system most.
mainJob="MainJobTests MainJobApprovalTests VerifyFileTests CliProofTests SearchVerbTests SearchProofTests SnapshotCommandTests ClockTests DiffVerbTests"
mainJob="$mainJob ContradictionsVerbTests ImportVerbTests KeyVerbsTests PolicyVerbsTests ViewerVerbsTests CliHintTests Web.ServeVerbTests Web.VerifyOnServerTests"

# add WHERE SUITE RESULT: a line of the table, and what is to be said of it below.
add() { table+=("$(printf '%-34s %-26s %s' "$1" "$2" "$3")"); }

# cannot WHERE WHY: a row that was asked for by name is not passed over.
cannot() {
  if [ "$named" = yes ]; then fails "$1" "not run" "$2"; else add "$1" "not run" "$2"; fi
}

# fails WHERE SUITE WHY
fails() {
  failed=$((failed + 1))
  add "$1" "$2" "FAILS: $3"
}

# The newest of each that there was when this was written; NuGet keeps them all.
version_of() {
  case $1 in
    8) echo 8.0.29 ;;
    9) echo 9.0.23 ;;
    10) dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \(10\.[0-9.]*\) .*/\1/p' | tail -n 1 ;;
    11) echo 11.0.0 ;;
  esac
}

# runtime MAJOR: lays out that runtime alone in $work/runtime-MAJOR, with the SDK's own launcher in front.
runtime() {
  local version packs layout=$work/runtime-$1 name
  version=$(version_of "$1")
  [ ! -e "$layout/ready-$version" ] || return 0
  rm -rf "$layout" "$work/packs"
  mkdir -p "$work/packs" "$layout/host/fxr/$version"
  cat >"$work/packs/packs.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Microsoft.NETCore.App.Runtime.linux-x64" Version="[$version]" />
    <PackageDownload Include="Microsoft.AspNetCore.App.Runtime.linux-x64" Version="[$version]" />
  </ItemGroup>
</Project>
XML
  # Without the repository's settings, which are about its own projects.
  echo '<Project />' | tee "$work/packs/Directory.Build.props" "$work/packs/Directory.Packages.props" "$work/packs/Directory.Build.targets" >/dev/null
  dotnet restore "$work/packs/packs.csproj" -v quiet -nologo
  for name in NETCore AspNetCore; do
    packs=$NUGET_PACKAGES/microsoft.${name,,}.app.runtime.linux-x64/$version/runtimes/linux-x64
    mkdir -p "$layout/shared/Microsoft.$name.App/$version"
    cp "$packs"/lib/net*/* "$packs"/native/* "$layout/shared/Microsoft.$name.App/$version" 2>/dev/null ||
      cp "$packs"/lib/net*/* "$layout/shared/Microsoft.$name.App/$version"
  done
  mv "$layout/shared/Microsoft.NETCore.App/$version/libhostfxr.so" "$layout/host/fxr/$version"
  cp "$(readlink -f "$(command -v dotnet)")" "$layout/dotnet"
  touch "$layout/ready-$version"
}

# suite WHERE PROJECT COMMAND...: runs a test project and notes how it ends: what fails there must be named in eng/matrix-exceptions.txt, with the reason.
suite() {
  local where=$1 project=$2 log code=0 start=$SECONDS result filters=()
  shift 2
  local classes=()
  [ "$project" != Tessrax.EndToEnd.Tests ] || [ "$endToEnd" = all ] || read -ra classes <<<"$endToEnd"
  classes=("${classes[@]/#/$project.}")
  for result in "${classes[@]}"; do filters+=(-class "$result"); done
  log=$work/logs/$row.$project
  mkdir -p "$work/logs"
  rm -f "$log.json"
  timeout 3600 "$@" -noLogo -noColor -result-ctrf "$log.json" "${filters[@]}" >"$log.log" 2>&1 || code=$?
  result=$(node eng/matrix.mjs "$row" "$project" "$log.json" "$code" "${classes[@]}") && code=0 || code=$?
  [ ${#classes[@]} -eq 0 ] || result="${result/ passed/ passed of ${#classes[@]} classes}"
  add "$where" "$project" "${result%%$'\n'*}, $((SECONDS - start)) s${result#"${result%%$'\n'*}"}"
  [ "$code" -eq 0 ] || fails "$where" "$project" "see ${log#"$repository"/}.log"
}

# sources COPY: a copy of the repository's sources; what was built in it stays.
sources() {
  mkdir -p "$1"
  find "$1" \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f -print0 | xargs -0 rm -f
  git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --preserve=timestamps -t "$1"
}

# build_for MAJOR PROJECT: in the copy; the log stays.
build_for() {
  (
    cd "$work/net$1"
    export TessraxFramework=net$1.0
    dotnet build "tests/$2" -c Release -v quiet -nologo -p:RunAnalyzers=false -p:RestoreLockedMode=false -p:RestorePackagesWithLockFile=false
  ) >"$work/net$1/build.$2.log" 2>&1
}

# sources_for MAJOR: a copy to be built for that framework; the lock files are about another one.
sources_for() {
  sources "$work/net$1"
  find "$work/net$1" -name packages.lock.json -not -path '*/node_modules/*' -delete
}

# Compiled for it, and run on it.
compiled() {
  local major=$1 where=".NET $1, compiled for it" project
  runtime "$major"
  sources_for "$major"
  for project in "${suites[@]}"; do
    if build_for "$major" "$project"; then
      DOTNET_ROOT=$work/runtime-$major PATH="$work/runtime-$major:$PATH" suite "$where" "$project" \
        env -C "$work/net$major" dotnet exec "tests/$project/bin/Release/net$major.0/$project.dll"
    else
      fails "$where" "$project" "does not compile: artifacts/matrix/net$major/build.$project.log"
    fi
  done
}

# What is published for .NET 10, on it or on a later one.
published() {
  local major=$1 where=$2 project
  runtime "$major"
  for project in "${suites[@]}"; do
    DOTNET_ROLL_FORWARD=LatestMajor DOTNET_ROOT=$work/runtime-$major PATH="$work/runtime-$major:$PATH" \
      suite "$where" "$project" dotnet exec "tests/$project/bin/Release/net10.0/$project.dll"
  done
}

# Says why a framework is none that we can be built for.
refused() {
  local errors
  sources_for "$1"
  if build_for "$1" Tessrax.Tests; then
    fails ".NET $1" Tessrax.Tests "compiles after all: give it a row of its own"
    return
  fi
  errors=$(grep -oE 'Package [^ ]+ [^ ]+ is not compatible with [^ ]+|error CS[0-9]+: [^[]+' "$work/net$1/build.Tessrax.Tests.log" | sort -u || true)
  add ".NET $1" "not built" "${errors//$'\n'/$'\n'  }"
}

# foreign WHERE LANGUAGE ZONE: with the cultures of ICU, which our programs never ask for but a host of the libraries may, and in a time zone. All that
# is built runs so, the tool and the server too: it lies in a copy whose settings differ.
foreign() {
  local where=$1 language=$2 zone=$3 copy=$work/$row project
  if ! /sbin/ldconfig -p | grep libicuuc >/dev/null; then
    cannot "$where" "needs ICU (Debian: libicu-dev)"
    return
  fi
  rm -rf "$copy"
  sources "$copy"
  find src tests eng samples bench -path '*/bin/Release/net10.0' -print0 | xargs -0 cp -a --reflink=auto --parents -t "$copy"
  find "$copy" -name '*.runtimeconfig.json' -exec sed -i 's/"System.Globalization.Invariant": true/"System.Globalization.Invariant": false/' {} +
  cat >"$copy/tessraxctl" <<SH
#!/bin/sh
export LC_MESSAGES=$language TZ=\${TZ:-$zone}
exec dotnet "$copy/tests/Tessrax.EndToEnd.Tests/bin/Release/net10.0/tessraxctl.dll" "\$@"
SH
  chmod +x "$copy/tessraxctl"
  for project in "${suites[@]}"; do
    suite "$where" "$project" \
      env -C "$copy" -u LC_ALL LANG=$language.UTF-8 TZ=$zone TESSRAXCTL="$copy/tessraxctl" dotnet exec "tests/$project/bin/Release/net10.0/$project.dll"
  done
}

# On NTFS by FUSE, where a and A are one file.
folded() {
  local where="upper case is lower case" project
  if [ "$(id -u)" -ne 0 ] || [ ! -e /dev/fuse ] || ! command -v lowntfs-3g >/dev/null; then
    cannot "$where" "needs root, /dev/fuse and Debian's ntfs-3g"
    return
  fi
  unfold
  trap unfold EXIT
  mkdir -p "$mounted"
  truncate -s 2G "$image"
  mkntfs -q -F "$image" >/dev/null
  lowntfs-3g -o ignore_case,permissions "$image" "$mounted"
  touch "$mounted/Case"
  if [ -e "$mounted/cASE" ]; then
    for project in "${suites[@]}"; do
      TMPDIR=$mounted suite "$where" "$project" dotnet exec "tests/$project/bin/Release/net10.0/$project.dll"
    done
  else
    cannot "$where" "this file system tells case"
  fi
  unfold
}

# Also where something that a test left behind keeps it open.
unfold() {
  ! mountpoint -q "$mounted" || umount "$mounted" || umount -l "$mounted"
  rm -f "$image"
}

read -ra suites <<<"${TESSRAX_SUITES:-Tessrax.Tests Tessrax.Node.Tests Tessrax.Server.Tests Tessrax.EndToEnd.Tests}"
endToEnd=${TESSRAX_END_TO_END:-$mainJob}
rows=("$@")
[ $# -gt 0 ] || rows=(net9 net10 net11 net8 turkish thai folded)
for row in "${rows[@]}"; do
  case $row in
    net8) stage "$row" refused 8 ;;
    net9) stage "$row" compiled 9 ;;
    net10) stage "$row" published 10 ".NET 10, invariant culture" ;;
    net11) stage "$row" published 11 ".NET 11, built for .NET 10" ;;
    turkish) stage "$row" foreign "Turkish, Kathmandu (+05:45)" tr_TR Asia/Kathmandu ;;
    thai) stage "$row" foreign "Thai calendar, Chatham (+12:45)" th_TH Pacific/Chatham ;;
    folded) stage "$row" folded ;;
    *)
      echo "no row is called $row" >&2
      exit 2
      ;;
  esac
done
printf '\n%-34s %-26s %s\n' where suite result
printf '%s\n' "${table[@]}"
[ "$failed" -eq 0 ]
