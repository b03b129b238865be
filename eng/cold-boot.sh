#!/usr/bin/env bash
# Boots Tessrax cold: in an empty root with nothing in it but the published binary with its own libraries, glibc's loader, libc and
# libm, a copy of a ledger and a trust root. Read-only, without a network, without an environment; the ledger was made in another time zone and
# locale. There the ledger and a bundle of every entry are verified, and what was changed is refused. Then a whole node comes up from a
# backup and its words. docs/cold-start.md tells it step by step.
# usage: eng/cold-boot.sh [CLAIMS.jsonl...]      all of samples/claims without; TESSRAXCTL names the binary; needs root, or user namespaces
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

binary=$(realpath "${TESSRAXCTL:-artifacts/tessraxctl/tessraxctl}")
claims=("$@")
[ $# -gt 0 ] || claims=(samples/claims/*.jsonl)
enter=(unshare --mount --net --ipc --uts --pid --fork)
[ "$(id -u)" -eq 0 ] || enter+=(--map-root-user)
"${enter[@]}" true 2>/dev/null || { echo "a root of its own needs root, or user namespaces" >&2; exit 3; }
chroot=$(PATH="$PATH:/usr/sbin:/sbin" command -v chroot)

work=$(mktemp -d)
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
warm=$work/warm
mkdir "$warm"

# As on the machine where the ledger lives: with a home and an environment. Far from UTC, and where i is no lower case of I.
warm() { (cd "$warm" && HOME=$warm TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8 TESSRAX_PASSPHRASE='before the fire' "$binary" "$@"); }

# Lays out an empty root around the binary.
new_root() {
  mkdir -p "$1"
  cp "$binary" "$1/tessraxctl"
  find "$(dirname "$binary")" -maxdepth 1 -name '*.so' -exec cp {} "$1" \;
  # What the binary itself is linked to: the loader, libc and libm, where the loader looks for them.
  ldd "$binary" | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$1/$(dirname "$library")"
    cp -L "$library" "$1/$library"
  done
}

# cold ROOT COMMAND...: in the root, read-only, but for /node if it is there, which lives in memory.
cold() {
  "${enter[@]}" sh -c '
    set -e
    mount --make-rprivate /
    mount --bind "$1" "$1"
    [ ! -d "$1/node" ] || mount --bind "$1/node" "$1/node"
    mount -o remount,bind,ro "$1"
    root=$1 chroot=$2
    shift 2
    exec env -i $cold_environment "$chroot" "$root" /tessraxctl "$@"
  ' sh "$1" "$chroot" "${@:2}"
}
export cold_environment=""

rows=0
broken=0
# row TEXT COMMAND...: a row of the table; the command's end tells.
row() {
  local text=$1 start=${EPOCHREALTIME/./} code=0
  shift
  "$@" >"$work/out" 2>&1 || code=$?
  rows=$((rows + 1))
  if [ "$code" -eq 0 ]; then
    printf '%-82s holds %8d ms\n' "$text" $(((${EPOCHREALTIME/./} - start) / 1000))
  else
    broken=$((broken + 1))
    printf '%-82s FAILS %8d ms\n' "$text" $(((${EPOCHREALTIME/./} - start) / 1000))
    tail -n 20 "$work/out" | sed 's/^/    /'
  fi
}

# says CODE TEXT COMMAND...: ends with that code, and says that.
says() {
  local wanted=$1 text=$2 code=0
  shift 2
  "$@" >"$work/said" 2>&1 || code=$?
  cat "$work/said"
  [ "$code" -eq "$wanted" ] && grep -qF -- "$text" "$work/said" || { echo "ended with $code, not with $wanted and '$text'"; return 1; }
}

# The verdict, but for the time it took.
verdict() { "$@" | sed 's/"seconds":[0-9.e+-]*/"seconds":0/g'; }

same() { [ -s "$1" ] && cmp "$1" "$2"; }

prepare() {
  warm keys mnemonic new -o words.txt
  alice=$(warm keys new alice -o alice.key)
  bob=$(warm keys new bob -o bob.key)
  warm init ledger --origin example.com/cold --policy "$PWD/samples/policy.json" --mnemonic words.txt \
    --approver "alice:security:$alice" --approver "bob:security:$bob"
  for file in "${claims[@]}"; do warm ingest ledger "$(realpath "$file")"; done
  waiting=$(warm pending ledger --json | sed -n '1s/.*"id":\([0-9]*\).*/\1/p')
  if [ -n "$waiting" ]; then
    warm approve ledger "$waiting" --key alice.key
    warm approve ledger "$waiting" --key bob.key
  fi
  warm trust export ledger -o trust.json
  warm backup ledger -o ledger.backup
  size=$(warm checkpoint ledger | sed -n 2p)
  mkdir "$warm/bundles"
  for ((i = 0; i < size; i++)); do warm prove ledger "$i" -o "bundles/$i.tessrax.json"; done
}

bare() {
  (cd "$root" && find . -type f -not -path './ledger/*' -not -path './bundles/*' | sort >"$work/files")
  cat "$work/files"
  ! grep -vE '^\./(tessraxctl|lib(sodium|e_sqlite3|rocksdb|tessrax_hash)\.so|trust\.json|lib.*/(ld-linux.*|libc|libm)\.so\.[0-9]+)$' "$work/files"
}

every_bundle() {
  local i
  for ((i = 0; i < size; i++)); do
    cold "$root" verify "/bundles/$i.tessrax.json" --trust /trust.json >"$work/bundle" 2>&1 || { cat "$work/bundle"; return 1; }
  done
}

unreachable() { [ "$("${enter[@]}" grep -c : /proc/net/dev)" -eq 1 ] && [ -z "$("${enter[@]}" cat /proc/net/route | sed 1d)" ]; }

# Every spoilt bundle is refuted: one digit of each, elsewhere in each.
every_spoilt_bundle() {
  local i code
  mkdir -p "$spoilt/bundles"
  for ((i = 0; i < size; i++)); do
    flip "$root/bundles/$i.tessrax.json" "$spoilt/bundles/$i.tessrax.json" $((i * 7919))
    code=0
    cold "$spoilt" verify "/bundles/$i.tessrax.json" --trust /trust.json >"$work/bundle" 2>&1 || code=$?
    [ "$code" -eq 1 ] || { echo "bundle $i: $code"; cat "$work/bundle"; return 1; }
  done
}

# flip FROM TO PLACE: copies with one byte made another, PLACE taken modulo the length.
flip() {
  local length at byte
  cp "$1" "$2"
  length=$(stat -c %s "$1")
  at=$(($3 % length))
  byte=$(od -An -tu1 -j "$at" -N 1 "$1" | tr -d ' ')
  printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$2" bs=1 seek="$at" conv=notrunc status=none
}

# One bit of the first entry, behind its record's header.
spoil_ledger() {
  local segment
  segment=$(cd "$root" && find ledger/segments -name '*.seg' | head -n 1)
  flip "$root/$segment" "$spoilt/$segment" 2000
}

vkeys() { sed -n 's/.*"vkey":"\([^"]*\)".*/\1/p'; }

node_keys() {
  local key
  for key in log author; do cold "$node" keys list "/node/ledger/keys/$key.key" --json; done | vkeys >"$work/now"
  for key in log author; do warm keys list "ledger/keys/$key.key" --json; done | vkeys >"$work/before"
  cat "$work/now"
  same "$work/before" "$work/now"
}

# What other ledgers exported, each held to its own rules of hashing, which take no libssl either.
imports() {
  local export
  for export in "${exports[@]}"; do
    cold "$node" import "${export%%:*}" "/${export#*:}" /node/ledger --passphrase-file /passphrase.txt || return 1
  done
}

# What the new node signed goes on from what the old one signed.
goes_on() {
  cp -r "$node/node/ledger" "$warm/later" &&
    warm merkle diff ledger "later@$size" &&
    warm verify later --trust trust.json
}

# In the background, as with || behind it bash would go on in the function after what fails.
stage "A ledger with a bundle of every entry, far away" prepare >"$work/prepared" 2>&1 &
wait $! || { cat "$work/prepared" >&2; exit 1; }
size=$(warm checkpoint ledger | sed -n 2p)
tail -n 1 "$work/prepared"
root=$work/root spoilt=$work/spoilt node=$work/node-root
new_root "$root"
cp "$warm/trust.json" "$root"
cp -r "$warm/ledger" "$root/ledger"
rm -r "$root/ledger/keys"
cp -r "$warm/bundles" "$root/bundles"
cp -r "$root" "$spoilt"
new_root "$node"
mkdir "$node/node"
cp "$warm/trust.json" "$warm/ledger.backup" "$warm/words.txt" "$node"
exports=(qldb:journal.ion immudb:txscan.json tessrax:ledger.jsonl)
cp "${exports[@]/#*:/tests/Tessrax.Node.Tests/Importing/Files/}" "$node"
echo 'after the fire' >"$node/passphrase.txt"
echo '{"text":"the first after the fire"}' >"$node/note.json"
chmod 600 "$node/words.txt" "$node/passphrase.txt"

row "the root holds the binary, its libraries, loader, libc, libm; no libssl, no /etc, no HOME" bare
row "the ledger of $size entries verifies" cold "$root" verify /ledger --trust /trust.json
verdict cold "$root" verify /ledger --trust /trust.json --json >"$work/cold.json" || true
verdict warm verify "$root/ledger" --trust trust.json --json >"$work/warm.json" || true
row "its verdict is, to the byte, that of the machine that made it" same "$work/warm.json" "$work/cold.json"
cold_environment="TZ=Asia/Kathmandu LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8" \
  verdict cold "$root" verify /ledger --trust /trust.json --json >"$work/turkish.json" || true
row "and the same with a Turkish environment in Kathmandu" same "$work/warm.json" "$work/turkish.json"
row "the bundle of every entry verifies, each by a process of its own: $size" every_bundle
row "nothing can be written there" says 5 "error TSX" cold "$root" backup /ledger -o /ledger.backup
row "nobody can be reached there: no network but a loopback that is down" unreachable
row "without a trust root nothing holds" says 1 "trust is not established" cold "$root" verify /ledger
warm keys derive --mnemonic words.txt --ledger 1 --purpose log --name example.com/cold 2>/dev/null | head -n 1 >"$spoilt/other.txt"
row "under another key of the same name the ledger is refuted" says 1 "" cold "$spoilt" verify /ledger --trust "$(cat "$spoilt/other.txt")"
spoil_ledger
row "with one bit of one byte changed the ledger is refused" says 1 "" cold "$spoilt" verify /ledger --trust /trust.json
row "with one bit changed every bundle is refused: $size" every_spoilt_bundle

restore=(restore /ledger.backup /node/ledger --passphrase-file /passphrase.txt --trust /trust.json)
row "other words make no node" says 4 "TSX2012" cold "$node" "${restore[@]}" --mnemonic /words.txt --ledger 1 --nothing-newer
row "a node comes up from backup and words" cold "$node" "${restore[@]}" --mnemonic /words.txt --nothing-newer
row "its keys are the old ones" node_keys
row "it signs: an entry more" cold "$node" append /node/ledger --event x-note --payload /note.json --passphrase-file /passphrase.txt
row "it brings in what QLDB, immudb and the original Tessrax exported; all chains hold" imports
row "it verifies" cold "$node" verify /node/ledger --trust /trust.json
row "what it signed goes on from what was signed before" goes_on

echo "$((rows - broken)) of $rows hold; $(find "$root" -maxdepth 1 -type f | wc -l) files beside loader and libc, $(du -sm "$root/tessraxctl" | cut -f1) MB of binary"
[ "$broken" -eq 0 ]
