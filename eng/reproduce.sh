#!/usr/bin/env bash
# Builds the release of what is committed twice and compares the two bit by bit: artifacts/release, which eng/release.sh made (and makes if it is not of this
# commit), and a second one in another folder, by another user with an empty home, under another date, time zone and language. Prints both digests of each file;
# what differs is explained under artifacts/reproduce, and fails it.
# usage: eng/reproduce.sh            what could not be varied on this machine is said
#        eng/reproduce.sh planted    builds nothing: takes a copy with the time of the build in one file, and in another one, deep in an archive, who built it;
#                                    fails unless both are found and explained, and nothing else
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

first=$PWD/artifacts/release
results=$PWD/artifacts/reproduce
place=$(mktemp -d /var/tmp/tessrax-elsewhere.XXXXXX)
tree="$place/a longer name/and deeper"
in_memory=""
trap 'chmod -R u+w "$place" $in_memory || true; rm -rf "$place" $in_memory' EXIT

varied=("folder: $PWD/artifacts/release-tree, $tree")
as_user=()
with_clock=()
# Without a compiler that stays behind: faketime would wait for its end.
environment=(TZ=Asia/Kathmandu LANG=C.UTF-8 "HOME=$place/home" "PATH=$place/bin:$PATH" "DOTNET_CLI_HOME=$place/home" "NUGET_PACKAGES=$place/home/packages" DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
  UseSharedCompilation=false)

# What of the second build is other than in the first one.
vary() {
  varied+=("dates of the files: of the clone, 2001-02-03" "home and packages: ${NUGET_PACKAGES}, $place/home/packages" "time zone: ${TZ:-$(cat /etc/timezone 2>/dev/null || echo that of the system)}, Asia/Kathmandu")
  if [ "$(id -u)" -eq 0 ]; then
    as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    varied+=("user: root, nobody")
  else
    varied+=("user: not varied, which takes root")
  fi
  if command -v faketime >/dev/null; then
    with_clock=(env DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 faketime -f +400d)
    varied+=("clock: today, $(date -u -d +400days +%F) by faketime; for the .NET SDK minutes later alone, since its waits end at once under faketime")
  else
    varied+=("clock: minutes apart alone, since faketime is not here")
  fi
  # Where folders are of another size and files come in another order.
  local room
  room=$(df --output=avail -B 1G /dev/shm 2>/dev/null | tail -1) || room=0
  if [ "$room" -ge 3 ] && ! findmnt -no OPTIONS -T /dev/shm | grep -w noexec >/dev/null; then
    in_memory=$(mktemp -d /dev/shm/tessrax-elsewhere.XXXXXX)
    [ "$(id -u)" -ne 0 ] || chown 65534:65534 "$in_memory"
    environment+=("TMPDIR=$in_memory")
    varied+=("file system that things are put together on: $(stat -f -c %T "${TMPDIR:-/tmp}"), tmpfs")
  else
    varied+=("file system: not varied, for there are no 3 GB in /dev/shm where programs run")
  fi
  mkdir -p "$place/locales"
  if [ -e /usr/share/i18n/locales/tr_TR ] && localedef --no-archive -i tr_TR -f UTF-8 "$place/locales/tr_TR.UTF-8" 2>/dev/null; then
    environment+=("LOCPATH=$place/locales" LC_ALL=tr_TR.UTF-8)
    varied+=("language: ${LANG:-none}, tr_TR.UTF-8")
  else
    environment+=(LC_ALL=C.UTF-8)
    varied+=("language: ${LANG:-none}, C.UTF-8, since there is no Turkish here")
  fi
}

second() {
  mkdir -p "$place/home" "$place/bin" "$(dirname "$tree")"
  git clone -q --no-hardlinks . "$tree" 2>/dev/null
  find "$tree" -type f -not -path '*/.git/*' -exec touch -d 2001-02-03T04:05:06 {} +
  printf '#!/bin/sh\nunset LD_PRELOAD FAKETIME FAKETIME_SHARED\nexec "%s" "$@"\n' "$(realpath "$(command -v dotnet)")" >"$place/bin/dotnet"
  chmod 755 "$place/bin/dotnet"
  [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$place"
  chmod 755 "$place"
  # A certificate that has run out by then would refuse what is fetched.
  run "$tree/eng/release/fetch.sh" "$tree/artifacts/fetched"
  run "${with_clock[@]}" "$tree/eng/release/build.sh" "$place/release"
}
run() { (cd "$place" && "${as_user[@]}" env -i "${environment[@]}" "$@"); }

# What looks at its clock, and what looks at its user while it is built. A link stands for each of the other files.
plant() {
  mkdir -p "$place/release" "$place/content"
  ln -s "$first"/* "$place/release"
  rm "$place/release/$1" "$place/release/$2"
  sed 's/"timestamp": "[^"]*"/"timestamp": "2001-02-03T04:05:06Z"/' "$first/$1" >"$place/release/$1"
  (cd "$place/content" && unzip -q "$first/$2" && echo "built by somebody" >>README.md && zip -q -r "$place/release/$2" .)
}

planted() {
  local sbom package code=0
  sbom=$(basename "$first"/*.sbom.cdx.json)
  package=$(basename "$first"/Tessrax.Templates.*.nupkg)
  plant "$sbom" "$package"
  eng/release/compare.sh "$first" "$place/release" "$results" || code=$?
  must "two differences end it with 1, not with $code" [ "$code" -eq 1 ]
  must "the time is explained" grep -F '2001-02-03T04:05:06Z' "$results/$sbom.txt"
  must "the user is explained" grep -F '+built by somebody' "$results/$package.txt"
  must "nothing else differs" [ "$(awk '$1 != $2' "$results/table.txt" | wc -l)" -eq 2 ]
  echo "what was planted in two files was found and explained, and nothing else"
}
must() { "${@:2}" || { echo "this does not hold: $1" >&2; return 1; }; }

twice() {
  vary
  stage "Second build" second
  printf 'varied\n'
  printf '  %s\n' "${varied[@]}"
  stage "Comparison" eng/release/compare.sh "$first" "$place/release" "$results"
}

need_release
case "${1:-}" in
  "") twice ;;
  planted)
    results+=.planted
    stage "Planted differences" planted
    ;;
  *)
    echo "usage: eng/reproduce.sh [planted]" >&2
    exit 2
    ;;
esac
