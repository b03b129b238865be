#!/usr/bin/env bash
# The main job on real claims: ingest, contradict, decide, approve, prove, verify, tamper and be caught.
# Needs the .NET 10 SDK and git. usage: ./demo.sh [DIR]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
invoked_from=$PWD
cd "$here"
source eng/common.sh

echo "building tessraxctl (the first time takes some minutes)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! dotnet build src/Tessrax.Cli -c Release -v quiet -nologo >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi

cd "$invoked_from"
built=$here/src/Tessrax.Cli/bin/Release/net10.0
dotnet exec "$built/tessraxctl.dll" demo "$@"
command -v tessraxctl >/dev/null || echo "first, so that your shell finds it: export PATH=\"$built:\$PATH\""
