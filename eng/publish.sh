#!/usr/bin/env bash
# Compiles tessraxctl ahead of time into artifacts/tessraxctl, and publishes the server to artifacts/tessraxd. A warning is an error: what the trimmer cannot see
# would fail at run time.
# usage: eng/publish.sh [PLATFORM]
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

# What analyzers say of the sources the build has told; what the compiler to native code finds is told here.
quick=(-v minimal -nologo -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
dotnet publish src/Tessrax.Cli -c Release -r "${1:-linux-x64}" -o artifacts/tessraxctl "${quick[@]}" | tee "$log"
if grep -qi 'warning' "$log"; then
  echo "publishing gave warnings" >&2
  exit 1
fi
# Optional, and self-tested by tessraxctl before it is used: eng/native-hash.sh builds it.
for library in artifacts/native/*tessrax_hash.*; do
  if [ -e "$library" ]; then
    install -m 755 "$library" artifacts/tessraxctl/
  fi
done
# Only an index made with --index rocksdb needs it: 16 MB that nobody else has to take along.
rocksdb=$(dotnet msbuild src/Tessrax.Node.RocksDb -getProperty:PkgRocksDB)
for library in "$rocksdb/runtimes/${1:-linux-x64}/native/"*rocksdb.*; do
  if [ -e "$library" ]; then
    install -D -m 755 -t artifacts/rocksdb "$library"
  fi
done
# The server is no native binary: it runs on the ASP.NET Core runtime that the machine has.
dotnet publish src/Tessrax.Server -c Release -r "${1:-linux-x64}" --self-contained false -o artifacts/tessraxd "${quick[@]}"
artifacts/tessraxctl/tessraxctl --version
