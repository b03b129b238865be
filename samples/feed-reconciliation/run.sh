#!/usr/bin/env bash
# Data-feed reconciliation: two feeds of country figures come as CSV, each with columns of its own. Both are receipted by the digest of their file,
# differences are found and settled by a policy, and the reconciled table names the decision behind each figure.
# usage: samples/feed-reconciliation/run.sh [FOLDER]
set -euo pipefail
source "$(dirname "$0")/../ctl.sh"
here=$samples/feed-reconciliation

say "a ledger for the figures, and a person at the data desk"
dora=$(person dora)
ctl init "$work/ledger" --origin example.com/figures --policy "$here/policy.json" --person "whoever imports" --approver "dora:data:$dora"

say "the first feed: the World Bank"
ctl import csv "$here/world-bank.csv" "$work/ledger" --claims \
  --column subject=country_code --column metric=indicator --column timestamp=updated --column evidence=source_url --value source="World Bank"

say "the second: the CIA World Factbook, with other names and semicolons"
ctl import csv "$here/factbook.csv" "$work/ledger" --claims --delimiter ';' \
  --column subject=iso3 --column metric=measure --column value=amount --column timestamp=retrieved --column evidence=link \
  --value source="CIA World Factbook"

say "where they differ"
ctl contradictions "$work/ledger" --limit 8 | sed -n '1,9p'

say "what is too far apart waits for the desk"
ctl pending "$work/ledger"
for id in $(waiting); do
  ctl approve "$work/ledger" "$id" --key "$work/dora.key" >/dev/null
done

say "the reconciled figures, each with its decision"
ctl decisions "$work/ledger" --json |
  sed -n 's/.*"key":{"metric":"\([^"]*\)","subject":"\([^"]*\)".*"outcome":{[^}]*"source":"\([^"]*\)"[^}]*"value":"\([^"]*\)"}.*"index":\([0-9]*\),.*/\2,\1,\4,\3,\5/p' |
  sort >"$work/figures.csv"
{
  echo "country,measure,value,followed,decision"
  cat "$work/figures.csv"
} >"$work/reconciled.csv"
head -12 "$work/reconciled.csv"

say "run again, the same files bring nothing new"
ctl import csv "$here/world-bank.csv" "$work/ledger" --claims \
  --column subject=country_code --column metric=indicator --column timestamp=updated --column evidence=source_url --value source="World Bank" | sed -n 2p

say "the whole ledger, every decision made again"
ctl verify "$work/ledger" | grep '^holds'
echo
echo "done: $(($(wc -l <"$work/reconciled.csv") - 1)) figures reconciled; everything is in $work"
