#!/usr/bin/env bash
# Runs every sample that has one command, each in a folder of its own. Prints a table at the end; exit code 1 if one fails.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
results=()
failed=0

# try NAME COMMAND...: runs it quietly, and keeps how it went.
try() {
  local name=$1 start=$SECONDS outcome=ok
  shift
  echo "== $name"
  "$@" >"$work/log" 2>&1 || outcome=FAILED
  if [ "$outcome" = ok ]; then
    tail -1 "$work/log"
  else
    cat "$work/log"
    failed=1
  fi
  results+=("$(printf '%-32s %-7s %4d s' "$name" "$outcome" "$((SECONDS - start))")")
}

for sample in cve-triage feed-reconciliation release-approvals agent-guardrail; do
  try "samples/$sample" "samples/$sample/run.sh" "$work/$sample"
done
echo
printf '%s\n' "${results[@]}"
exit "$failed"
