#!/usr/bin/env bash
# The verifier in a browser: its start from nothing against that of an empty Blazor WebAssembly page, in turn in the same Chromium, and what a verification
# takes once it runs, of a bundle of 7 entries and of one of 61. Prints what either transfers. Nothing else should be running.
# usage: eng/bench-browser.sh [ROUNDS]      7 rounds if left out
# Needs chromium and node. TESSRAXCTL names the binary; otherwise the published one.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

rounds=${1:-7}
ctl=${TESSRAXCTL:-artifacts/tessraxctl/tessraxctl}
read -r -a run <<<"$ctl"
command -v "${run[0]}" >/dev/null || { echo "no tessraxctl: run eng/publish.sh, or set TESSRAXCTL" >&2; exit 1; }
[ -e artifacts/verifier/engine.js ] || eng/wasm.sh verifier

package=$(dotnet msbuild tests/Tessrax.EndToEnd.Tests -getProperty:PkgMicrosoft_Playwright)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -e artifacts/blank-page/wwwroot/index.html ] || dotnet publish bench/Tessrax.BlankPage -c Release -o artifacts/blank-page -v quiet -nologo

# 16 sources, one after the other, disagree about one thing: each claim supersedes the proposal before it.
export HOME="$work" TESSRAX_PASSPHRASE=bench XDG_CONFIG_HOME="$work/config" XDG_STATE_HOME="$work/state"
"${run[@]}" init "$work/ledger" --origin example.com/bench --no-index --json >"$work/made.json"
for i in $(seq 16); do
  echo "{\"claim_id\":\"c$i\",\"subject\":\"CVE-1\",\"metric\":\"cvss_v3_base_score\",\"unit\":\"score_0_10\",\"value\":$((i % 9)).5,\"timestamp\":\"2026-01-01T00:00:00Z\",\"source\":\"s$i\"}" >"$work/claim.jsonl"
  "${run[@]}" ingest "$work/ledger" "$work/claim.jsonl" --json >/dev/null
done
"${run[@]}" prove "$work/ledger" 60 -o "$work/large.json" >/dev/null
node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).vkey' "$work/made.json" >"$work/vkey"

node eng/bench-browser.mjs "$package" "$rounds" "$work"
