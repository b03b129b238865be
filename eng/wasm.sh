#!/usr/bin/env bash
# Publishes the engine for WebAssembly into artifacts/wasm, where a test runs it under Node.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

rm -rf artifacts/wasm
# The analyzers have judged the same sources in the build before.
dotnet publish tests/Tessrax.Wasm -c Release -o artifacts/wasm -v quiet -nologo -p:RunAnalyzers=false
