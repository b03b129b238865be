#!/usr/bin/env bash
# Runs the test suite where it was not made: on other .NET runtimes, in another culture and time zone, and on a file system that does not tell
# upper from lower case. The runtimes come from NuGet's runtime packs; one folder holds one of them and nothing else. Ends with a table.
# usage: eng/matrix.sh [ROW...]      rows: net9 net10 net11 net8 turkish thai folded; all without; needs the Release build of ./test.sh;
#        TESSRAX_SUITES names the projects, with spaces between; all four without
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

repository=$PWD
work=$PWD/artifacts/matrix
mkdir -p "$work"
table=()
failed=0

# add ROW SUITE RESULT: a line of the table.
add() { table+=("$(printf '%-34s %-26s %s' "$1" "$2" "$3")"); }

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

# result LOG: what a run of tests says at its end.
result() {
  grep -o 'Total: .*' "$1" | tail -n 1 || echo "no result: $(tail -n 1 "$1" | cut -c1-80)"
}

# suite ROW PROJECT COMMAND...: runs a test project and notes its result.
suite() {
  local row=$1 project=$2 log code=0
  shift 2
  log=$work/logs/${row// /-}.$project.log
  mkdir -p "$work/logs"
  timeout 1800 "$@" -noLogo -noColor >"$log" 2>&1 || code=$?
  [ "$code" -eq 0 ] || failed=$((failed + 1))
  add "$row" "$project" "$(result "$log")$([ "$code" -eq 0 ] || echo "  FAILS: ${log#"$repository"/}")"
}

# sources MAJOR: a copy of the repository's sources, where they are built for that framework.
sources() {
  local copy=$work/net$1
  mkdir -p "$copy"
  git ls-files -z | xargs -0 cp --parents -t "$copy"
  # Its lock files are about another framework.
  find "$copy" -name packages.lock.json -not -path '*/node_modules/*' -delete
}

# build_for MAJOR PROJECT: in the copy; the log stays.
build_for() {
  (
    cd "$work/net$1"
    export TessraxFramework=net$1.0 RestorePackagesWithLockFile=false RestoreLockedMode=false
    dotnet build "tests/$2" -c Release -v quiet -nologo -p:RunAnalyzers=false
  ) >"$work/net$1/build.$2.log" 2>&1
}

read -ra suites <<<"${TESSRAX_SUITES:-Tessrax.Tests Tessrax.Node.Tests Tessrax.Server.Tests Tessrax.EndToEnd.Tests}"

# Compiled for it, and run on it.
compiled() {
  local major=$1 row=".NET $1, compiled for it" project
  runtime "$major"
  sources "$major"
  for project in "${suites[@]}"; do
    if build_for "$major" "$project"; then
      PATH="$work/runtime-$major:$PATH" suite "$row" "$project" \
        env -C "$work/net$major" dotnet exec "tests/$project/bin/Release/net$major.0/$project.dll"
    else
      failed=$((failed + 1))
      add "$row" "$project" "does not compile: artifacts/matrix/net$major/build.$project.log"
    fi
  done
}

# What is published for .NET 10, on it or on a later one.
published() {
  local major=$1 row=$2 project
  runtime "$major"
  for project in "${suites[@]}"; do
    DOTNET_ROLL_FORWARD=LatestMajor PATH="$work/runtime-$major:$PATH" \
      suite "$row" "$project" dotnet exec "tests/$project/bin/Release/net10.0/$project.dll"
  done
}

# Says why a framework is none that we can be built for.
refused() {
  local log errors
  sources "$1"
  if build_for "$1" Tessrax.Tests; then
    failed=$((failed + 1))
    add ".NET $1" "Tessrax.Tests" "compiles after all: give it a row of its own"
    return
  fi
  log=$work/net$1/build.Tessrax.Tests.log
  errors=$(grep -oE 'error [A-Z]+[0-9]+: .*' "$log" | sed 's/ \[.*//' | sort | uniq -c | sort -rn)
  add ".NET $1" "not built" "$(echo "$errors" | wc -l) reasons, the first: $(echo "$errors" | head -n 1 | sed 's/^ *[0-9]* //' | cut -c1-110)"
}

# foreign ROW LANGUAGE ZONE PROJECT...: with the cultures that ICU has, which we never ask for, and a time zone.
foreign() {
  local row=$1 language=$2 zone=$3 project config
  shift 3
  for project in "$@"; do
    config=$work/$project.runtimeconfig.json
    sed 's/"System.Globalization.Invariant": true/"System.Globalization.Invariant": false/' \
      "tests/$project/bin/Release/net10.0/$project.runtimeconfig.json" >"$config"
    LANG=$language LC_ALL=$language TZ=$zone suite "$row" "$project" \
      dotnet exec --runtimeconfig "$config" "tests/$project/bin/Release/net10.0/$project.dll"
  done
}

# On NTFS by FUSE, where a and A are one file.
folded() {
  local row="upper case is lower case" image=$work/folded.img mounted=$work/folded
  if [ "$(id -u)" -ne 0 ] || [ ! -e /dev/fuse ] || ! command -v lowntfs-3g >/dev/null; then
    add "$row" "not run" "needs root, /dev/fuse and Debian's ntfs-3g"
    return
  fi
  rm -f "$image"
  mkdir -p "$mounted"
  truncate -s 2G "$image"
  mkntfs -q -F "$image" >/dev/null 2>&1
  lowntfs-3g -o ignore_case,permissions "$image" "$mounted"
  touch "$mounted/Case"
  if [ -e "$mounted/cASE" ]; then
    TMPDIR=$mounted suite "$row" Tessrax.Node.Tests dotnet exec tests/Tessrax.Node.Tests/bin/Release/net10.0/Tessrax.Node.Tests.dll
    TMPDIR=$mounted suite "$row" Tessrax.EndToEnd.Tests dotnet exec tests/Tessrax.EndToEnd.Tests/bin/Release/net10.0/Tessrax.EndToEnd.Tests.dll \
      -class Tessrax.EndToEnd.Tests.MainJobTests
  else
    add "$row" "not run" "this file system tells case"
  fi
  umount "$mounted"
  rm -f "$image"
}

rows=("$@")
[ $# -gt 0 ] || rows=(net9 net10 net11 net8 turkish thai folded)
for row in "${rows[@]}"; do
  case $row in
    net8) stage "$row" refused 8 ;;
    net9) stage "$row" compiled 9 ;;
    net10) stage "$row" published 10 ".NET 10" ;;
    net11) stage "$row" published 11 ".NET 11, built for .NET 10" ;;
    turkish) stage "$row" foreign "Turkish, Kathmandu (+05:45)" tr_TR.UTF-8 Asia/Kathmandu "${suites[@]}" ;;
    thai) stage "$row" foreign "Thai calendar, Chatham (+12:45)" th_TH.UTF-8 Pacific/Chatham "${suites[@]}" ;;
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
