#!/usr/bin/env bash
# Usage: eng/races.sh [SECONDS]
# Looks for races for that long (10 minutes if left out): the tests of Merkle/Races, each search with half of the time.
# A schedule that fails is printed with its seed; TESSRAX_RACES_SEED=N eng/races.sh replays it.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/common.sh

seconds=${1:-600}
dotnet build tests/Tessrax.Tests -c Release -v quiet -p:RunAnalyzers=false
TESSRAX_RACES_SECONDS=$(((seconds + 1) / 2)) \
  dotnet exec tests/Tessrax.Tests/bin/Release/net10.0/Tessrax.Tests.dll -noLogo -noColor -parallel none \
  -namespace Tessrax.Tests.Merkle.Races -reporter verbose
