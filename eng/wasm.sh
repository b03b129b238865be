#!/usr/bin/env bash
# Publishes for WebAssembly: the engine into artifacts/wasm, where a test runs it under Node, and the verifier with its pages
# into artifacts/verifier, ready to be served.
# usage: eng/wasm.sh [engine|verifier]
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

# The analyzers have judged the engine's sources in the build before.
engine() {
  rm -rf artifacts/wasm
  dotnet publish tests/Tessrax.Wasm -c Release -o artifacts/wasm -v quiet -nologo -p:RunAnalyzers=false
}

verifier() {
  local project=src/Tessrax.Web.Client
  rm -rf artifacts/verifier
  if ! command -v npm >/dev/null; then
    echo "npm is not there: without libsodium from it there is no verifier for browsers"
    return
  fi
  if ! cmp -s "$project/package-lock.json" "$project/node_modules/.installed-from"; then
    (cd "$project" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$project/package-lock.json" "$project/node_modules/.installed-from"
  fi
  local published
  published=$(mktemp -d)
  dotnet publish "$project" -c Release -o "$published" -v quiet -nologo -p:RunAnalyzers=false
  mkdir -p artifacts
  mv "$published/wwwroot" artifacts/verifier
  rm -rf "$published"
  node eng/verifier.mjs artifacts/verifier
}

case "${1:-all}" in
  engine) engine ;;
  verifier) verifier ;;
  all)
    engine
    verifier
    ;;
  *)
    echo "usage: eng/wasm.sh [engine|verifier]" >&2
    exit 2
    ;;
esac
