#!/usr/bin/env bash
# Calls every public method of the packages with generated and hostile arguments, and says which are covered: one call succeeded, and one was refused
# where there is something to refuse. The others are named in tests/Tessrax.Api.Tests/exceptions.txt.
# usage: eng/api-fuzz.sh [ROUNDS]      3 without; TESSRAX_API_SEED=N gives another seed
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

mkdir -p artifacts/api-fuzz
dotnet build tests/Tessrax.Api.Tests -c Release -v quiet -nologo -p:RunAnalyzers=false
TESSRAX_API_ROUNDS="${1:-3}" TESSRAX_API_GAPS="$PWD/artifacts/api-fuzz/gaps" TESSRAX_API_TRACE="$PWD/artifacts/api-fuzz/under-way" \
  dotnet exec tests/Tessrax.Api.Tests/bin/Release/net10.0/Tessrax.Api.Tests.dll -noLogo -noColor -showLiveOutput
