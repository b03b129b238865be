#!/usr/bin/env bash
# Fuzzes the parsers for longer than the tests do. A crash is kept under artifacts/fuzz.
# usage: eng/fuzz.sh SECONDS [TARGET]      in each of two projects; the seed is drawn and printed; TESSRAX_FUZZ_SEED=N gives one
#        eng/fuzz.sh replay CRASH-FILE
#        eng/fuzz.sh model CASES             lists of commands for the kernel and its reference; what fails says the seed for CsCheck_Seed
set -euo pipefail
[ "${1:-}" != replay ] || crash=$(realpath "${2:?the crash file}")
cd "$(dirname "$0")/.."
source eng/common.sh

# run TEST: in every project that has targets, with its name in front.
run() {
  local project code=0
  for project in Tessrax.Tests Tessrax.Node.Tests; do
    dotnet build "tests/$project" -c Release -v quiet -nologo -p:RunAnalyzers=false
    dotnet exec "tests/$project/bin/Release/net10.0/$project.dll" -noLogo -noColor -showLiveOutput \
      -method "Tessrax.Tests.Fuzz.LongFuzz.$1" || code=1
  done
  return "$code"
}
if [ -n "${crash:-}" ]; then
  TESSRAX_FUZZ_REPLAY="$crash" run Replays_a_crash
  exit
fi
if [ "${1:-}" = model ]; then
  dotnet build tests/Tessrax.Tests -c Release -v quiet -nologo -p:RunAnalyzers=false
  TESSRAX_MODEL_CASES="${2:?how many lists}" dotnet exec tests/Tessrax.Tests/bin/Release/net10.0/Tessrax.Tests.dll -noLogo -noColor \
    -method Tessrax.Tests.Governance.KernelModel.KernelModelTests.Answers_and_goes_on_as_the_reference_does
  exit
fi
export TESSRAX_FUZZ_SECONDS="${1:?how many seconds in each of the two projects}"
export TESSRAX_FUZZ_SEED="${TESSRAX_FUZZ_SEED:-$RANDOM}"
[ -z "${2:-}" ] || export TESSRAX_FUZZ_TARGET="$2"
echo "seed $TESSRAX_FUZZ_SEED"
run Runs_as_long_as_asked
