#!/usr/bin/env bash
# Runs everything at once for longer than the tests do: server, witnesses, clients, approvers, browser, care and kills; then every invariant.
# usage: eng/harness.sh [MINUTES]      an hour if left out. The seed is printed; TESSRAX_HARNESS_SEED=N gives one.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

minutes=${1:-60}
eng/debian-packages.sh
restore
dotnet build tests/Tessrax.EndToEnd.Tests -c Release --no-restore -v quiet -nologo -p:RunAnalyzers=false
[ -x artifacts/tessraxctl/tessraxctl ] || eng/publish.sh
TESSRAXCTL="$PWD/artifacts/tessraxctl/tessraxctl" TESSRAX_HARNESS_SECONDS=$((minutes * 60)) \
  dotnet exec tests/Tessrax.EndToEnd.Tests/bin/Release/net10.0/Tessrax.EndToEnd.Tests.dll -noLogo -noColor \
  -class Tessrax.EndToEnd.Tests.Harness.EverythingAtOnceTests -showLiveOutput
