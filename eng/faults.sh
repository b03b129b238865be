#!/usr/bin/env bash
# Spoils every changing system call of every scenario of the real binary, one a run: SIGKILL at its entry, EIO, ENOSPC, EINTR.
# usage: eng/faults.sh [SCENARIO]      needs strace, and the binary of eng/publish.sh
#        TESSRAX_FAULTS=N takes N of each scenario, the same ones each time
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

[ -x artifacts/tessraxctl/tessraxctl ] || eng/publish.sh
dotnet build tests/Tessrax.EndToEnd.Tests -c Release -v quiet -nologo -p:RunAnalyzers=false
TESSRAX_FAULTS="${TESSRAX_FAULTS:-1000000}" TESSRAX_FAULTS_ONLY="${1:-}" TESSRAXCTL="$PWD/artifacts/tessraxctl/tessraxctl" \
  dotnet exec tests/Tessrax.EndToEnd.Tests/bin/Release/net10.0/Tessrax.EndToEnd.Tests.dll -noLogo -noColor -showLiveOutput \
  -class Tessrax.EndToEnd.Tests.Faults.SyscallFaultTests
