#!/usr/bin/env bash
# Makes the documentation as a site that needs no network, in artifacts/docs: open index.html, or let tessraxd serve it under /docs, which finds it there.
# A link that leads nowhere is an error.
# usage: eng/docs.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

dotnet build eng/Tessrax.Docs -c Release -v quiet -nologo
dotnet exec eng/Tessrax.Docs/bin/Release/net10.0/Tessrax.Docs.dll . "${1:-artifacts/docs}"
