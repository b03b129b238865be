#!/usr/bin/env bash
# Writes the public API of the libraries to PublicAPI.Shipped.txt, from what the analyzer finds missing or gone.
# Before a release, read the difference: what leaves this file breaks somebody.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

for project in Tessrax Tessrax.Node Tessrax.Node.RocksDb Tessrax.Node.Postgres Tessrax.Client; do
  shipped=src/$project/PublicAPI.Shipped.txt
  printf '#nullable enable\n' >"$shipped"
  log=$(mktemp)
  dotnet build "src/$project" -nologo -v quiet --no-incremental -p:TreatWarningsAsErrors=false \
    -p:WarningsAsErrors= -p:MaxCpuCount=1 >"$log" 2>&1 || true
  {
    printf '#nullable enable\n'
    grep "/src/$project/" "$log" | sed -nE "s/.*(RS0016|RS0037): Symbol '(.*)' is not part of the declared public API.*/\2/p" | LC_ALL=C sort -u
  } >"$shipped.new"
  mv "$shipped.new" "$shipped"
  rm -f "$log"
done
