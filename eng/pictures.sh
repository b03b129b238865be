#!/usr/bin/env bash
# Draws the pictures of docs/ with tessraxctl itself, from logs that eng/static-log.mjs makes and from a seed: the same bytes every time.
# usage: eng/pictures.sh [--check]      --check draws elsewhere and compares
# TESSRAXCTL names the binary; artifacts/tessraxctl/tessraxctl, as eng/publish.sh leaves it, if unset. It may be a command of several words.
set -euo pipefail
cd "$(dirname "$0")/.."
read -r -a ctl <<<"${TESSRAXCTL:-$PWD/artifacts/tessraxctl/tessraxctl}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node eng/static-log.mjs "$work/small" 7 >"$work/vkey"
node eng/static-log.mjs "$work/large" 100000 --no-entries >/dev/null

pictures="$work/pictures"
mkdir -p "$pictures"
draw() { # draw NAME LOG OPTION...
  local name=$1 log=$2
  shift 2
  "${ctl[@]}" merkle svg "$work/$log" -o "$pictures/$name.svg" "$@" >/dev/null
}
draw merkle-tree small
draw merkle-grown small --size 5
draw merkle-proof small --prove 4
draw merkle-large large
draw merkle-large-proof large --prove 31415
"${ctl[@]}" quorum simulate --seed 12 --faults loss=0.1,dup=0.05,latency=5ms..200ms,partition=2x10s,crash=4,skew=20s,byzantine=1:double \
  --svg "$pictures/quorum-timeline.svg" >/dev/null

if [ "${1:-}" = "--check" ]; then
  diff -r "$pictures" docs/img && echo "the pictures are what tessraxctl draws"
else
  mkdir -p docs/img
  cp "$pictures"/*.svg docs/img/
fi
