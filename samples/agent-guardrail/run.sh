#!/usr/bin/env bash
# AI-agent guardrail: an agent wants to deploy images. It asks the ledger, over MCP, what was decided about their vulnerabilities; what is graver than 9, or waits
# for people, it does not deploy. It cannot approve anything itself. People do, and it asks again.
# Needs the .NET 10 SDK for the agent. usage: samples/agent-guardrail/run.sh [FOLDER]
set -euo pipefail
source "$(dirname "$0")/../ctl.sh"
here=$samples/agent-guardrail
if [ -z "${TESSRAXCTL:-}" ]; then
  TESSRAXCTL=$repository/src/Tessrax.Cli/bin/Release/net10.0/tessraxctl
fi
mkdir -p ~/.local/share
agent() {
  dotnet run -c Release "$here/guardrail.cs" "$TESSRAXCTL" "$work/ledger" "$here/images.jsonl"
}

say "a ledger with what six sources say about 189 CVEs"
alice=$(person alice)
bob=$(person bob)
ctl init "$work/ledger" --origin example.com/guardrail --policy "$samples/policy.json" --person "whoever ingests" \
  --approver "alice:security:$alice" --approver "bob:security:$bob"
ctl ingest "$work/ledger" "$samples/claims/cve-cvss3.jsonl"

say "the agent asks before it deploys"
agent | tee "$work/before.txt"

say "two people decide what waited"
for id in $(sed -n 's/.*proposal \([0-9]*\) waits.*/\1/p' "$work/before.txt"); do
  ctl approve "$work/ledger" "$id" --key "$work/alice.key" >/dev/null
  ctl approve "$work/ledger" "$id" --key "$work/bob.key"
done

say "the agent asks again"
agent | tee "$work/after.txt"

say "whatever it did rests on decisions that anybody can check"
ctl verify "$work/ledger" | grep '^holds'
echo
echo "done: $(grep -c ': deployed' "$work/before.txt") deployed at first, $(grep -c ': deployed' "$work/after.txt") after people decided; everything is in $work"
