#!/usr/bin/env bash
# Puts quorums under faults for longer than the tests do: in virtual time and with processes, of every size and with every kind of dishonesty.
# usage: eng/quorum.sh MINUTES      the seed is drawn and printed; TESSRAX_QUORUM_SEED=N gives one. Ends at the first thing that does not hold, with the command that shows it again.
# TESSRAXCTL names the binary; artifacts/tessraxctl/tessraxctl, as eng/publish.sh leaves it, if unset. It may be a command of several words.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes="${1:?how many minutes}"
read -ra ctl <<<"${TESSRAXCTL:-artifacts/tessraxctl/tessraxctl}"
seed="${TESSRAX_QUORUM_SEED:-$RANDOM}"
network=loss=0.15,dup=0.1,latency=1ms..80ms,partition=2x3s,crash=8,skew=2s
echo "seed $seed"
end=$((SECONDS + minutes * 60))
while ((SECONDS < end)); do
  for nodes in 3 4 5 7 10; do
    for how in none double stale forged other names tokens; do
      faults=$network
      [ "$how" = none ] || faults=$network,byzantine=$(((nodes - 1) / 2)):$how
      "${ctl[@]}" quorum simulate --nodes "$nodes" --faults "$faults" --seed "$seed" --seeds 20 | tail -1
      seed=$((seed + 20))
    done
    # Those who are dishonest are few here, so that most ends by approval and not by time.
    "${ctl[@]}" quorum run --nodes "$nodes" --faults "$network,byzantine=1:double" --seed "$seed" | tail -1
    ((SECONDS < end)) || break
  done
done
