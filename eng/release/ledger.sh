#!/usr/bin/env bash
# Records the digests of a release in a ledger, with the tessraxctl of that release, and writes SHA256SUMS beside its files:
#   release-ledger/          a receipt for each file, of the event x-release-artifact, and one for SHA256SUMS
#   release-ledger.trust.json  what verifying it needs; hand it over another way than the rest
# usage: eng/release/ledger.sh FOLDER [LEDGER]
# LEDGER: the one that a project's releases are all recorded in, whose passphrase is in $TESSRAX_PASSPHRASE; a copy of it is put into FOLDER. Without
# one a ledger is made for this release alone, under a passphrase that is thrown away, so that nobody appends to it later.
# TESSRAXCTL names the binary; otherwise it comes out of the archive in FOLDER for this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(realpath "${1:?the folder}")
ledger=${2:+$(realpath -m "$2")}
cd "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

source "$here/own-ctl.sh"

rm -rf release-ledger release-ledger.trust.json SHA256SUMS
find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum >"$work/SHA256SUMS"

if [ -z "$ledger" ]; then
  ledger=$work/ledger
  TESSRAX_PASSPHRASE=$(head -c 32 /dev/urandom | base64)
  export TESSRAX_PASSPHRASE
  "${ctl[@]}" init "$ledger" --origin tessrax.example/release --no-index >/dev/null
fi

# One signature and one durable write for all of them would do as well; there are a few dozen.
record() { # record NAME SHA256 BYTES
  printf '{"name":"%s","sha256":"%s","size":%s}' "$1" "$2" "$3" >"$work/payload.json"
  "${ctl[@]}" append "$ledger" --event x-release-artifact --payload "$work/payload.json" >/dev/null
}
while read -r digest name; do record "$name" "$digest" "$(stat -c %s "$name")"; done <"$work/SHA256SUMS"
mv "$work/SHA256SUMS" SHA256SUMS
record SHA256SUMS "$(sha256sum SHA256SUMS | cut -d ' ' -f 1)" "$(stat -c %s SHA256SUMS)"

"${ctl[@]}" trust export "$ledger" -o release-ledger.trust.json >/dev/null
# All but its keys.
mkdir release-ledger
tar -C "$ledger" --exclude=./keys --exclude=./lock -cf - . | tar -C release-ledger -xf -
TESSRAXCTL="${ctl[*]}" "$here/verify.sh" "$folder"
