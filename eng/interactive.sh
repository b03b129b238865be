#!/bin/sh
# The F# half of docs/interactive.md, on the demo's ledger. Needs the .NET SDK; takes half a minute.
set -eu
cd "$(dirname "$0")/.."
dotnet publish src/Tessrax.Interactive -c Release -r linux-x64 --no-self-contained -o artifacts/interactive -v quiet -nologo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" DOTNET_CLI_HOME="$work" DOTNET_NOLOGO=1 TESSRAX_PASSPHRASE=interactive
ctl="dotnet run --no-restore -c Release --project src/Tessrax.Cli --"
$ctl init "$work/ledger" --origin example.com/interactive >/dev/null 2>&1
dotnet fsi samples/interactive/audit.fsx "$work/ledger" | tee "$work/out"
tail -1 "$work/out" | grep -qx holds
