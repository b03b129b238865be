#!/usr/bin/env bash
# Release approvals: two builders archive the source of this very repository, each on its own; a gate holds every release until a release manager and
# somebody of security agree; and the machine that deploys checks the decision from one file before it does anything.
# usage: samples/release-approvals/run.sh [FOLDER]
set -euo pipefail
source "$(dirname "$0")/../ctl.sh"
here=$samples/release-approvals
commit=$(git -C "$repository" rev-parse --short=12 HEAD)
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
release="source of $commit"

# claim SOURCE METRIC VALUE
claim() {
  printf '{"claim_id":"%s-%s-%s","subject":"%s","metric":"%s","value":"%s","timestamp":"%s","source":"%s"}\n' \
    "$1" "$2" "$commit" "$release" "$2" "$3" "$now" "$1"
}

say "a ledger for releases: a release manager and somebody of security"
rita=$(person rita)
sam=$(person sam)
ctl init "$work/ledger" --origin example.com/releases --policy "$here/policy.json" --person "the pipeline" \
  --approver "rita:release:$rita" --approver "sam:security:$sam"

say "two builders archive $release"
git clone -q "$repository" "$work/elsewhere"
for builder in one two; do
  where=$repository
  [ "$builder" = one ] || where=$work/elsewhere
  git -C "$where" archive --format=tar --prefix=tessrax/ "$commit" >"$work/$builder.tar"
  digest=sha256:$(sha256sum <"$work/$builder.tar" | cut -d' ' -f1)
  echo "builder:$builder  $digest"
  claim "builder:$builder" archive_digest "$digest" >>"$work/builds.jsonl"
done
ctl ingest "$work/ledger" "$work/builds.jsonl"
if [ -n "$(waiting)" ]; then
  echo "the builds differ: nothing ships before security has looked" >&2
  exit 1
fi

say "the gate holds it; the pipeline asks to ship"
{ claim gate release_status hold; claim ci release_status ship; } >"$work/request.jsonl"
ctl ingest "$work/ledger" "$work/request.jsonl"
ctl pending "$work/ledger"
id=$(waiting)

say "one signature is not enough, two of the roles are"
ctl approve "$work/ledger" "$id" --key "$work/rita.key"
echo "still waiting: $(waiting)"
ctl approve "$work/ledger" "$id" --key "$work/sam.key"
decision=$(newest_decision)

say "the machine that deploys has the trust root and one file"
ctl trust export "$work/ledger" -o "$work/trust.json"
ctl prove "$work/ledger" "$decision" -o "$work/ship.tessrax.json"
mkdir -p "$work/target"
verdict=$(ctl verify "$work/ship.tessrax.json" --trust "$work/trust.json" --json)
case $verdict in
  *'"value":"ship"'*'"holds":true'* | *'"holds":true'*'"value":"ship"'*) tar -xf "$work/one.tar" -C "$work/target" ;;
  *) echo "not shipped: $verdict" >&2 && exit 1 ;;
esac
ctl execute "$work/ledger" "$decision" --note "deployed $commit"
echo
echo "done: $(find "$work/target" -type f | wc -l) files of $commit deployed under decision $decision; everything is in $work"
