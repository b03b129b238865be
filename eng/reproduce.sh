#!/usr/bin/env bash
# Builds the release of what is committed twice and compares the two bit by bit: artifacts/release, which eng/release.sh made (and makes if it is not of this
# commit), and a second one in another folder, by another user with an empty home, under another date, time zone and language. Prints both digests of each file;
# what differs is explained by diffoscope under artifacts/reproduce. Exit code 1 if anything does.
# usage: eng/reproduce.sh            what could not be varied on this machine is said
#        eng/reproduce.sh planted    plants the time of the build in one file, and shows that it is found
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

first=$PWD/artifacts/release
results=$PWD/artifacts/reproduce
commit=$(git rev-parse HEAD)
place=$(mktemp -d /var/tmp/tessrax-elsewhere.XXXXXX)
tree="$place/a longer name/and deeper"
trap 'chmod -R u+w "$place"; rm -rf "$place"' EXIT

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

# differ NAME: says of what two files of one name differ in.
differ() {
  local report="$results/$1.txt"
  if command -v diffoscope >/dev/null; then
    timeout 300 diffoscope --text "$report" --max-text-report-size 200000 "$first/$1" "$place/release/$1" >/dev/null 2>&1 || true
  else
    cmp -l "$first/$1" "$place/release/$1" >"$report" 2>&1 || true
  fi
  echo "$1 differs: $report"
  head -40 "$report" || true
}

compare() {
  local name one other
  rm -rf "$results"
  mkdir -p "$results"
  printf '\n%-64s  %-64s  %s\n' "first build" "second build" file
  for name in $( (ls "$first"; ls "$place/release") | grep -vE '^(SHA256SUMS|release-ledger.*)$' | LC_ALL=C sort -u); do
    printf '%s  %s  %s\n' "$(digest "$first/$name")" "$(digest "$place/release/$name")" "$name"
  done | tee "$results/table.txt"
  while read -r one other name; do
    [ "$one" = "$other" ] || differ "$name"
  done <"$results/table.txt"
  printf '\nvaried\n'
  printf '  %s\n' "${varied[@]}"
  echo "not compared: SHA256SUMS and release-ledger, which follow from these files, a fresh key and the time"
  awk '$1 == $2 { same++ } END { printf "%d of %d files are the same, bit by bit\n", same, NR; exit same == NR ? 0 : 1 }' "$results/table.txt"
}
digest() { if [ -e "$1" ]; then sha256sum "$1" | cut -d ' ' -f 1; else echo absent; fi; }

[ "$(cat artifacts/release.commit 2>/dev/null)" = "$commit" ] || eng/release.sh
vary
stage "Second build" second
if [ "${1:-}" = planted ]; then
  planted=$(ls "$place"/release/*.sbom.cdx.json)
  sed -i "s/\"timestamp\": \"[^\"]*\"/\"timestamp\": \"$(date -u +%FT%TZ)\"/" "$planted"
fi
stage "Comparison" compare
