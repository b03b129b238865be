#!/usr/bin/env bash
# Puts together one archive for each platform from what eng/release/programs.sh, eng/wasm.sh and eng/docs.sh made, and the programs that are one file, into OUT.
# usage: eng/release/archives.sh PROGRAMS SBOM OUT
set -euo pipefail
cd "$(dirname "$0")/../.."
source eng/common.sh
source eng/release/common.sh

programs=$(realpath "${1:?the programs}")
sbom=$(realpath "${2:?the bill of materials}")
out=$(realpath -m "${3:?where to}")
version=$(version)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ctl=$programs/linux-x64.native/tessraxctl
rocksdb=$(dotnet msbuild src/Tessrax.Node.RocksDb -getProperty:PkgRocksDB)

# What people read: the same for every platform.
texts() {
  mkdir -p "$1/share/man/man1" "$1/share/bash-completion/completions" "$1/share/zsh/site-functions" "$1/share/fish/vendor_completions.d"
  "$ctl" man -o "$1/share/man/man1" >/dev/null
  "$ctl" completion bash >"$1/share/bash-completion/completions/tessraxctl"
  "$ctl" completion zsh >"$1/share/zsh/site-functions/_tessraxctl"
  "$ctl" completion fish >"$1/share/fish/vendor_completions.d/tessraxctl.fish"
  install -m 644 README.md LICENSE "$1"
  install -m 644 "$sbom" "$1/sbom.cdx.json"
  node eng/release/licenses.mjs "$sbom" "$1/licenses"
}

# program NAME FROM TO: the program, and the libraries that lie beside it.
program() {
  local file
  for file in "$2/$1" "$2/$1.exe" "$2"/*sodium.* "$2"/*e_sqlite3.*; do
    if [ -f "$file" ]; then install -m 755 "$file" "$3"; fi
  done
}

archive() {
  local platform=$1 name=tessrax-$version-$1
  local folder=$work/$name library
  mkdir -p "$folder/rocksdb"
  cp -r "$work/texts/." artifacts/verifier artifacts/docs "$folder"
  program tessraxctl "$programs/$platform" "$folder"
  program tessraxd "$programs/$platform" "$folder"
  [ "$platform" != linux-x64 ] || program tessraxctl "$programs/linux-x64.native" "$folder"
  for library in "$rocksdb/runtimes/$platform/native/"*rocksdb.*; do
    case "$library" in *.so | *.dylib | *.dll) install -m 755 "$library" "$folder/rocksdb" ;; esac
  done
  # Who lacks one of them would learn it when it is needed.
  [ "$(find "$folder" -maxdepth 2 -name '*.so' -o -maxdepth 2 -name '*.dylib' -o -maxdepth 2 -name '*.dll' | wc -l)" -eq 3 ] ||
    { echo "$name has not its three libraries: libsodium, SQLite, RocksDB" >&2; return 1; }
  case "$platform" in
    win-*) zipped "$folder" "$out/$name.zip" ;;
    *) tar_gz "$folder" "$out/$name.tar.gz" ;;
  esac
  rm -rf "$folder"
}

# Each program alone: it unpacks two libraries into the user's folder when it first needs them.
alone() {
  local platform program ending
  for platform in "${platforms[@]}"; do
    ending=""
    case "$platform" in win-*) ending=.exe ;; esac
    for program in tessraxctl tessraxd; do
      install -m 755 "$programs/$platform.one/$program$ending" "$out/$program-$version-$platform$ending"
    done
  done
}

symbols() {
  mkdir -p "$work/tessrax-$version-linux-x64-symbols"
  install -m 644 "$programs/linux-x64.native/tessraxctl.dbg" "$work/tessrax-$version-linux-x64-symbols"
  tar_gz "$work/tessrax-$version-linux-x64-symbols" "$out/tessrax-$version-linux-x64-symbols.tar.gz"
}

every() {
  local platform
  mkdir -p "$out"
  texts "$work/texts"
  for platform in "${platforms[@]}"; do archive "$platform"; done
  alone
  symbols
}
stage "Archives" every
