#!/usr/bin/env bash
# Fuzzes the parsers for longer than the tests do. A crash is kept under artifacts/fuzz.
# usage: eng/fuzz.sh SECONDS [TARGET]      the seed is drawn and printed; TESSRAX_FUZZ_SEED=N gives one
#        eng/fuzz.sh replay CRASH-FILE
set -euo pipefail
[ "${1:-}" != replay ] || crash=$(realpath "${2:?the crash file}")
cd "$(dirname "$0")/.."
source eng/common.sh

dotnet build tests/Tessrax.Tests -c Release -v quiet -nologo -p:RunAnalyzers=false
run() {
  dotnet exec tests/Tessrax.Tests/bin/Release/net10.0/Tessrax.Tests.dll -noLogo -noColor -showLiveOutput -method "$1"
}
if [ -n "${crash:-}" ]; then
  TESSRAX_FUZZ_REPLAY="$crash" run Tessrax.Tests.Fuzz.LongFuzz.Replays_a_crash
  exit
fi
export TESSRAX_FUZZ_SECONDS="${1:?how many seconds}"
export TESSRAX_FUZZ_SEED="${TESSRAX_FUZZ_SEED:-$RANDOM}"
[ -z "${2:-}" ] || export TESSRAX_FUZZ_TARGET="$2"
echo "seed $TESSRAX_FUZZ_SEED"
run Tessrax.Tests.Fuzz.LongFuzz.Runs_as_long_as_asked
