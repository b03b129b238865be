#!/usr/bin/env bash
# Durable appends of 600-byte receipts, and verifying all of them again: ours, and those of a hash chain in PostgreSQL and in SQLite, on this
# disk in the same run. Each round runs all of them, one after the other; what is printed is the median of the rounds, and our ratios to theirs.
# usage: eng/bench-peers.sh [ROUNDS] [SECONDS] [FOLDER]     3 rounds of 3 seconds a figure, in the current folder, if left out
# Needs python3, and PostgreSQL, which is installed from Debian if it is missing. TESSRAXCTL names the binary; otherwise the published one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-3}
seconds=${2:-3}
folder=$(cd "${3:-.}" && pwd)
ctl=${TESSRAXCTL:-$here/../artifacts/tessraxctl/tessraxctl}

if [ -z "$(find /usr/lib/postgresql -maxdepth 3 -name pgbench 2>/dev/null)" ]; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
fi
# A path with arguments is allowed, such as "dotnet exec tessraxctl.dll".
read -r -a run <<<"$ctl"
command -v "${run[0]}" >/dev/null || { echo "no tessraxctl: run eng/publish.sh, or set TESSRAXCTL" >&2; exit 1; }

out=$(mktemp)
trap 'rm -f "$out"' EXIT
for round in $(seq "$rounds"); do
  echo "round $round of $rounds: $(cut -d ' ' -f 1 /proc/loadavg) processes were busy in the last minute" >&2
  "$here/peers/sqlite.py" "$seconds" "$folder" >>"$out"
  "${run[@]}" bench append --mode pipeline --rounds 1 --seconds "$seconds" --payload 600 --in "$folder" >>"$out"
  "${run[@]}" bench verify --entries 300000 --payload 600 --in "$folder" >>"$out"
  "$here/peers/postgresql.sh" "$seconds" "$folder" >>"$out"
done

python3 - "$out" <<'P'
import statistics
import sys

figures = {}
for line in open(sys.argv[1]):
    name, value, unit = line.split()
    figures.setdefault((name, unit), []).append(float(value))
for (name, unit), values in figures.items():
    print(name, f"{statistics.median(values):.6g}", unit)

by_name = {name: values for (name, _), values in figures.items()}


def ratio(ours, theirs, wanted):
    # Within a round, so that a disk that has a bad moment has it for both.
    pairs = zip(by_name[ours], by_name[theirs])
    value = statistics.median(a / b for a, b in pairs)
    print(f"ratio.{ours.removesuffix('.rate')}.to.{theirs}", f"{value:.3g}", f"ratio(at-least-{wanted})")


ratio("append.one-client.rate", "peer.postgresql.chain.1-client", 1.8)
ratio("append.one-client.rate", "peer.sqlite.chain.1-a-transaction", 1.3)
ratio("append.8-clients.rate", "peer.postgresql.chain.8-clients", 8)
ratio("append.1024-in-flight.rate", "peer.postgresql.batch-function.1-client", 4)
ratio("append.together.rate", "peer.postgresql.batch-function.1-client", 4)
all_threads = next(name for name in by_name if name.startswith("replay.unsigned.") and name.endswith("-threads"))
ratio(all_threads, "peer.postgresql.verify", 3)
P
