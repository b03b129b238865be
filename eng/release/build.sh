#!/usr/bin/env bash
# Builds all of a release that must come out the same wherever and whenever it is built, into OUT, from the tree that this script lies in: packages,
# archives, programs, Debian packages, images, the bill of materials. Needs what eng/release/fetch.sh fetched, and no network.
# usage: eng/release/build.sh OUT
set -euo pipefail
cd "$(dirname "$0")/../.."
source eng/common.sh
source eng/release/common.sh

out=$(realpath -m "${1:?where to}")
fetched=artifacts/fetched
[ -e "$fetched/packages.tsv" ] || { echo "run eng/release/fetch.sh $fetched first" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out"
version=$(version)
# The scripts below need not ask again.
export RELEASE_VERSION=$version

bill() {
  node eng/release/sbom.mjs "$version" "$(dotnet msbuild src/Tessrax -getProperty:BundledNETCoreAppPackageVersion)" "$fetched/packages.tsv" \
    >"$out/tessrax-$version.sbom.cdx.json"
}

for_linux() {
  local platform
  for platform in linux-x64 linux-arm64; do "$1" "$platform" "${@:2}"; done
}

eng/release/programs.sh artifacts/programs
stage "Verifier for browsers" eng/wasm.sh verifier
stage "Documentation" eng/docs.sh
eng/release/packages.sh "$out"
stage "Bill of materials" bill
eng/release/archives.sh artifacts/programs "$out/tessrax-$version.sbom.cdx.json" "$out"
stage "Debian packages" for_linux eng/release/debian.sh "$out"
stage "Images" for_linux eng/release/image.sh "$fetched" "$out"
