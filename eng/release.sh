#!/usr/bin/env bash
# Builds a release of what is committed into artifacts/release: NuGet packages, an archive and both programs for each platform, Debian packages, OCI images, a bill of
# materials, SHA256SUMS, and the ledger that has a receipt for each of them. It is built in a clone of its own, so nothing of the working tree gets into it.
# usage: eng/release.sh [LEDGER]      LEDGER: see eng/release/ledger.sh
# eng/reproduce.sh shows that the same commit gives the same files; eng/install-tests.sh installs them.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

ledger=${1:+$(realpath -m "$1")}
tree=$PWD/artifacts/release-tree
out=$PWD/artifacts/release
begin=$SECONDS

clone() {
  rm -rf "$tree"
  git clone -q --no-hardlinks . "$tree"
}
table() {
  printf '\n%12s  %-64s  %s\n' bytes sha256 file
  (cd "$out" && while read -r digest name; do printf '%12s  %s  %s\n' "$(stat -c %s "$name")" "$digest" "$name"; done <SHA256SUMS)
}

rm -f artifacts/release.commit
stage "Debian packages" eng/debian-packages.sh release
stage "Clone" clone
"$tree/eng/release/fetch.sh" "$tree/artifacts/fetched"
"$tree/eng/release/build.sh" "$out"
stage "Release ledger" "$tree/eng/release/ledger.sh" "$out" "$ledger"
git -C "$tree" rev-parse HEAD >artifacts/release.commit
table
echo "all of it: $((SECONDS - begin)) s"
