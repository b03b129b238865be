#!/usr/bin/env bash
# A whole cluster on this machine: PostgreSQL with a data directory of its own, three nodes, and a witness; the main job against them; and their end. Everything is on loopback and under one directory.
# usage: eng/cluster-up.sh [DIR]      DIR: where, artifacts/cluster by default; it is made anew, and stays to be looked at
# TESSRAXCTL and TESSRAXD name the programs, by default those that were built in this repository. PostgreSQL is installed from Debian if it is missing and root asks.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

ctl=${TESSRAXCTL:-src/Tessrax.Cli/bin/Release/net10.0/tessraxctl}
daemon=${TESSRAXD:-src/Tessrax.Server/bin/Release/net10.0/tessraxd}
for program in "$ctl" "$daemon"; do
  [ -x "$program" ] || { echo "there is no $program: dotnet build Tessrax.slnx -c Release" >&2; exit 1; }
done
ctl=$(realpath "$ctl") daemon=$(realpath "$daemon")
eng/postgresql.sh programs >/dev/null 2>&1 || {
  [ "$(id -u)" -eq 0 ] || { eng/postgresql.sh programs; exit 1; }
  eng/debian-packages.sh
}

dir=${1:-artifacts/cluster}
mkdir -p "$dir"
dir=$(realpath "$dir")
[ -z "$(ls -A "$dir")" ] || [ -e "$dir/cluster" ] || { echo "$dir is not empty, and no cluster of ours" >&2; exit 1; }
rm -rf "${dir:?}"/*
touch "$dir/cluster"
# The database's server may be another user's process.
chmod a+x "$dir"
export HOME="$dir/home" TESSRAX_PASSPHRASE="only for this cluster"
mkdir -p "$HOME"
unset XDG_CONFIG_HOME XDG_STATE_HOME

pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  pids=()
  [ ! -d "$dir/pg/data" ] || eng/postgresql.sh stop "$dir/pg" || true
}
trap stop EXIT

# A port that was free a moment ago, below those that the system gives to whoever asks for any: something else could have it before a node listens.
port() {
  node -e 'const { createServer } = require("net");
    const seek = () => {
      const port = 10240 + Math.floor(Math.random() * 22528);
      const server = createServer().once("error", seek).listen(port, "127.0.0.1", () => server.close(() => console.log(port)));
    };
    seek();'
}

# until_it FOR COMMAND…: tries it until it succeeds.
until_it() {
  local most=$1 start=$SECONDS
  shift
  until "$@" >"$dir/tried" 2>&1; do
    [ $((SECONDS - start)) -lt "$most" ] || { echo "not within $most s: $*" >&2; cat "$dir/tried" >&2; tail -n 5 "$dir"/*.log >&2; exit 1; }
    sleep 0.2
  done
}

origin=example.com/decisions
served=example.com~decisions
start_node() {
  "$daemon" "$dir/node$1" --cluster "$url" --silo "127.0.0.1:${silo[$1]}" --urls "http://127.0.0.1:${http[$1]}" --log info >>"$dir/node$1.log" 2>&1 &
  pids[$1]=$!
}

# told PATH: a member of the JSON document on standard input, as a.0.b; nothing if it is not there.
told() { node -e 'let value = JSON.parse(require("fs").readFileSync(0)); for (const part of process.argv[1].split(".")) value = value?.[part]; console.log(value ?? "")' "$1"; }

# key NAME PURPOSE FILE: makes a key, and prints what others know it by.
key() { "$ctl" keys new "$1" --purpose "$2" -o "$3" --json | told vkey; }

at() { echo "http://127.0.0.1:${http[$1]}/ledgers/$served"; }

stage_database() {
  url="$(eng/postgresql.sh start "$dir/pg" "$(port)")?sslmode=disable"
  "$ctl" store migrate "$url"
}

stage_ledger() {
  local alice program
  alice=$(key alice approver "$dir/alice.key")
  program=$(key program access "$dir/access.key")
  "$ctl" init "$dir/node1/$served" --origin "$origin" --approver "alice:approver:$alice" 2>/dev/null
  printf '{"access":"tessrax/access/v1","keys":[{"name":"program","key":"%s","roles":["submitter","approver","operator"]}]}' "$program" >"$dir/node1/$served/access.json"
  chmod go-w "$dir/node1/$served/access.json"
  "$ctl" move "$dir/node1/$served" "$url"
}

stage_witness() {
  local witness log where
  witness=$(key witness.example witness "$dir/witness.key")
  log=$(curl -sf "$(at 1)/v1/ledger" | told log_keys.0.vkey)
  where=http://127.0.0.1:$(port)
  "$daemon" witness --key "$dir/witness.key" --log "$origin=$log" --state "$dir/witness" --urls "$where" >"$dir/witness.log" 2>&1 &
  pids[9]=$!
  until_it 60 curl -sf "$where/healthz"
  printf 'log %s\nwitness w %s %s\nquorum w\n' "$log" "$witness" "$where" >"$dir/witnesses.txt"
  for i in 1 2 3; do cp "$dir/witnesses.txt" "$dir/node$i/$served/"; done
}

stage_nodes() {
  for i in 1 2 3; do
    http[$i]=$(port) silo[$i]=$(port)
    mkdir -p "$dir/node$i"
    start_node $i
  done
  for i in 1 2 3; do until_it 60 curl -sf "http://127.0.0.1:${http[$i]}/readyz"; done
  # The first request makes a node's working copy, from the database alone; then it is given the keys.
  for i in 2 3; do
    curl -sf "$(at $i)/v1/checkpoint" >/dev/null
    cp -r "$dir/node1/$served/keys" "$dir/node1/$served/access.json" "$dir/node$i/$served/"
  done
  for i in 1 2 3; do until_it 60 sh -c "curl -sf http://127.0.0.1:${http[$i]}/ledgers | grep -o '\"keys\":true' | grep -c . | grep -qx 3"; done
}

# note NODE TEXT: appends through one node.
note() {
  printf '{"text":"%s"}' "$2" >"$dir/note.json"
  "$ctl" append "$(at "$1")" --event x-note --payload "$dir/note.json" --access-key "$dir/access.key" --idempotency-key "${2// /-}" >/dev/null
}

claim() {
  printf '{"claim_id":"%s","subject":"CVE-2026-1","metric":"score","value":%s,"timestamp":"2026-01-31T12:00:00Z","source":"%s","evidence":[],"context":{}}\n' "$1" "$2" "$3"
}

# What one node has taken, another shows a moment later.
# waits NODE: a node shows a proposal.
waits() { [ -n "$("$ctl" pending "$(at "$1")" --json)" ]; }
# decided NODE: a node shows a decision.
decided() { [ -n "$(curl -sf "$(at "$1")/v1/decisions" | told decisions.0.index)" ]; }

stage_main_job() {
  for i in 1 2 3; do note $i "through node $i"; done
  { claim a1 9.8 nvd; claim a2 4.9 pypa; } >"$dir/claims.jsonl"
  "$ctl" ingest "$(at 2)" "$dir/claims.jsonl" --access-key "$dir/access.key"
  local id
  until_it 60 waits 3
  id=$("$ctl" pending "$(at 3)" --json | head -n 1 | told id)
  "$ctl" approve "$(at 3)" "$id" --key "$dir/alice.key" --access-key "$dir/access.key"
  until_it 60 decided 1
  "$ctl" decisions "$(at 1)"
  until_it 60 sh -c "curl -sf '$(at 3)/checkpoint' | grep -q '— w\\|witness.example'"
}

stage_bundle() {
  local decision
  decision=$(curl -sf "$(at 1)/v1/decisions" | told decisions.0.index)
  curl -sf "$(at 1)/v1/bundles/$decision" >"$dir/decision.tessrax.json"
  "$ctl" verify "$dir/decision.tessrax.json"
}

# Which node writes the ledger, by its number.
owner() {
  local of
  of=$(curl -sf "http://127.0.0.1:${http[$1]}/ledgers" | told ledgers.0.owner)
  for i in 1 2 3; do case $of in 127.0.0.1:"${silo[$i]}"@*) echo $i ;; esac; done
}

owned() { [ -n "$(owner 1)" ]; }

stage_failover() {
  local gone other begun
  # A node hears of the others' ledgers each second.
  until_it 60 owned
  gone=$(owner 1)
  other=$((gone % 3 + 1))
  kill -9 "${pids[$gone]}"
  wait "${pids[$gone]}" 2>/dev/null || true
  begun=$(date +%s%N)
  note $other "after node $gone was killed"
  echo "node $gone was killed; node $other had the next entry acknowledged after $((($(date +%s%N) - begun) / 1000000)) ms"
  start_node $gone
  until_it 60 curl -sf "http://127.0.0.1:${http[$gone]}/readyz"
  note $gone "node $gone is back"
}

# agree: all nodes show one tree.
agree() { [ "$(for i in 1 2 3; do curl -sf "$(at $i)/v1/checkpoint" | told root; done | sort | uniq -c | awk '{ print $1 }')" = 3 ]; }

stage_history() {
  curl -sf "http://127.0.0.1:${http[1]}/ledgers"
  echo
  until_it 60 agree
  for pid in "${pids[@]}"; do kill "$pid"; done
  for pid in "${pids[@]}"; do wait "$pid" || { echo "a node did not end well" >&2; exit 1; }; done
  pids=()
  "$ctl" store check "$dir/node1/$served"
  "$ctl" verify "$dir/node1/$served"
}

declare -A http silo
stage "a database" stage_database
stage "a ledger moves there" stage_ledger
stage "three nodes" stage_nodes
stage "a witness" stage_witness
stage "the main job" stage_main_job
stage "a bundle from another node, verified offline" stage_bundle
stage "the node that writes is killed" stage_failover
stage "one history" stage_history
echo "the cluster did its job in $SECONDS s; what it left is in $dir"
