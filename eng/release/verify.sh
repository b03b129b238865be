#!/usr/bin/env bash
# Checks a release that somebody has downloaded: its ledger, against the trust root; and each file, against the receipt that the ledger has of it.
# usage: eng/release/verify.sh FOLDER [TRUST]      TRUST: release-ledger.trust.json, as it came to you another way; the one in FOLDER if left out
# TESSRAXCTL names the binary; otherwise the one of the release itself.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(realpath "${1:?the folder}")
trust=$(realpath "${2:-$folder/release-ledger.trust.json}")
cd "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

source "$here/own-ctl.sh"

"${ctl[@]}" verify release-ledger --trust "$trust" --json >"$work/verdict.json" || { "${ctl[@]}" verify release-ledger --trust "$trust" || true; exit 1; }
node "$here/recorded.mjs" "$work/verdict.json" "${ctl[@]}"
