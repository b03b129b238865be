#!/usr/bin/env bash
# Compares two builds of a release, file by file and bit by bit. Prints both digests of each; what differs is explained in REPORTS/NAME.txt, by diffoscope where
# it is. Exit code 1 if a file differs or is in one build alone. Left out are SHA256SUMS and release-ledger, which follow from the others, a fresh key and the time.
# usage: eng/release/compare.sh FIRST SECOND REPORTS
set -euo pipefail

first=$(realpath "${1:?the first build}")
second=$(realpath "${2:?the second build}")
reports=$(realpath -m "${3:?where reports go}")
rm -rf "$reports"
mkdir -p "$reports"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

digest() { if [ -e "$1" ]; then sha256sum <"$1" | cut -d ' ' -f 1; else echo absent; fi; }

explain() {
  local one=$first/$1 other=$second/$1 report=$reports/$1.txt
  local tell=(diff -ru)
  ! command -v diffoscope >/dev/null || tell=(timeout 300 diffoscope --exclude-directory-metadata yes --max-text-report-size 200000)
  [ -e "$one" ] && [ -e "$other" ] || { echo "$1 is in one build alone"; return; }
  : >"$report"
  case "$1" in
    # For diffoscope these are documents of an office, which it does not open.
    *.nupkg | *.snupkg)
      rm -rf "$work"/*
      unzip -q "$one" -d "$work/one"
      unzip -q "$other" -d "$work/other"
      diff -u <(listing "$one") <(listing "$other") >"$report" || true
      one=$work/one other=$work/other
      ;;
  esac
  # Either ends with 1 where there is something to tell.
  "${tell[@]}" "$one" "$other" >>"$report" 2>&1 || [ $? -eq 1 ] || echo "not explained any further" >>"$report"
  echo "$1 differs: $report"
  head -40 "$report"
}
listing() { zipinfo "$1" | tail -n +2; }

printf '%-64s  %-64s  %s\n' "first build" "second build" file
find "$first/" "$second/" -maxdepth 1 -mindepth 1 -not -name SHA256SUMS -not -name 'release-ledger*' -printf '%f\n' | LC_ALL=C sort -u |
  while read -r name; do printf '%s  %s  %s\n' "$(digest "$first/$name")" "$(digest "$second/$name")" "$name"; done | tee "$reports/table.txt"

files=0
different=0
while read -r one other name; do
  files=$((files + 1))
  [ "$one" != "$other" ] || continue
  different=$((different + 1))
  explain "$name"
done <"$reports/table.txt"
echo "$((files - different)) of $files files are the same, bit by bit"
[ "$files" -gt 0 ] && [ "$different" -eq 0 ]
