#!/usr/bin/env bash
# Installs each kind of artifacts/release that can run here into a clean place, with an empty home and next to no environment, and does the main job with it:
# claims in, contradictions, decisions, approvals, one file for a stranger, verified by a second process, changed and refused. Ends with a table; what cannot be
# run here stands in it as not run. What a test printed is in artifacts/install/NAME.log. Exit code 1 if one failed.
# usage: eng/install-tests.sh [NAME...]      NAME: a test, as the table calls it; all without
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

release=$PWD/artifacts/release
logs=$PWD/artifacts/install
repository=$PWD
need_release
version=$(basename "$release"/Tessrax.Node.RocksDb.*.nupkg .nupkg)
version=${version#Tessrax.Node.RocksDb.}
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
source eng/install/kinds.sh

rm -rf "$logs"
mkdir -p "$logs"
wanted=("$@")
failed=0

row() { printf '%-22s %-9s %4s  %s\n' "$@" | tee -a "$logs/table.txt"; }

# check NAME WHAT FUNCTION: runs it in a shell and a folder of its own. In the background, for behind && or || bash would not stop at what fails in it.
check() {
  local start=$SECONDS code=0
  [ ${#wanted[@]} -eq 0 ] || [[ " ${wanted[*]} " == *" $1 "* ]] || return 0
  mkdir -p "$work/$1"
  (cd "$work/$1" && "$3") >"$logs/$1.log" 2>&1 &
  wait $! || code=$?
  case "$code" in
    0) row "$1" works "$((SECONDS - start))" "$2" ;;
    77) row "$1" "not run" "" "$2: $(tail -1 "$logs/$1.log")" ;;
    *)
      row "$1" FAILED "$((SECONDS - start))" "$2"
      tail -20 "$logs/$1.log"
      failed=1
      ;;
  esac
}
not_run() { [ ${#wanted[@]} -gt 0 ] || row "$1" "not run" "" "$2"; }

row kind result s "what was done"
check release "SHA256SUMS and every receipt of the release ledger, by the shipped verifier; a changed file is named" release_ledger
check dotnet-tool "tessraxctl as a .NET tool, from a local feed; the main job" dotnet_tool
check packages "six packages in a fresh project: append, RocksDB, find, prove, verify, ask a server" fresh_project
check symbols "each library's symbols fit its package" symbols
check templates "dotnet new tessrax-engine, built and tested from the local feed" templates
check archive-linux-x64 "unpacked: compiled ahead of time; the main job; serve with pages and verifier; RocksDB" archive
check one-file-linux-x64 "tessraxctl and tessraxd as one file each, nothing beside them; the main job" one_file
check deb-amd64 "dpkg -i in an overlay of this system without .NET; the main job; user, manual, removal" debian_package
check systemd-unit "systemd-analyze verify and security; every system call that tessraxd makes is allowed" systemd_unit
check oci-linux-x64 "the image's files in a chroot, as its user; the main job; tessraxd answers" image
check linux-arm64 "the archive under qemu: claims to a verified decision" arm64
check oci-linux-arm64 "the image's own libraries under qemu: the same" image_arm64
not_run osx-x64 "built, never started: no macOS here"
not_run osx-arm64 "built, never started: no macOS here"
not_run win-x64 "built, never started: no Windows here"
not_run nix "flake.nix was never evaluated: no Nix here"
not_run devcontainer "never started: no container runtime here"
exit "$failed"
