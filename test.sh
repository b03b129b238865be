#!/usr/bin/env bash
# Everything that must hold, in one command: format, build, native binary, tests, conformance.
# Needs the .NET 10 SDK, git and Node. The last line reads: N passed, N failed, N skipped.
set -euo pipefail
cd "$(dirname "$0")"
source eng/common.sh

# Nothing here runs long enough to earn back what the runtime spends on watching its own hot paths.
export DOTNET_TieredPGO=0

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
begin=$SECONDS

# Whatever happens, the last line is the sum; a stage that failed counts as one failure.
conclude() {
  local code=$?
  trap - EXIT
  echo "all stages: $((SECONDS - begin)) s"
  [ "$code" -eq 0 ] || echo "the last stage above" >"$results/stage.failed"
  node eng/summary.mjs "$results" || exit 1
  exit 0
}
trap conclude EXIT

stage "Debian packages" eng/debian-packages.sh
stage "Independent implementations" eng/differential.sh
stage "Restore" restore
stage "Format" dotnet csharpier check .
stage "Build" dotnet build Tessrax.slnx -c Release --no-restore -v quiet -nologo
stage "Native hash library" eng/native-hash.sh
stage "Publish the native binary" eng/publish.sh
stage "Publish for WebAssembly" eng/wasm.sh
stage "Documentation" eng/docs.sh

# A failing run does not hide the others: each is run, and the sum at the end decides.
stage "Core tests" run_tests Tessrax.Tests
stage "Every public method" run_tests Tessrax.Api.Tests
stage "Node tests" run_tests Tessrax.Node.Tests
stage "Server tests" run_tests Tessrax.Server.Tests
stage "End-to-end tests" run_tests Tessrax.EndToEnd.Tests
stage "Conformance" node eng/conformance.mjs spec/conformance.json "$results" docs/threat-model.md
