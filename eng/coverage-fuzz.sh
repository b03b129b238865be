#!/usr/bin/env bash
# Fuzzes the parsers of what is signed and approved, guided by the branches that each input takes: afl-fuzz outside, SharpFuzz inside.
# What takes a new branch is kept under artifacts/coverage-fuzz/TARGET; eng/coverage-fuzz.sh keep copies the small ones to tests/corpus.
# usage: eng/coverage-fuzz.sh SECONDS [TARGET...]     so long for each target; without one, those of governance, one after the other
#        eng/coverage-fuzz.sh planted                  shows that it finds a fault behind seven bytes in a row
#        eng/coverage-fuzz.sh keep
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

corpus=tests/corpus
work=artifacts/coverage-fuzz
targets=(policy claim claims-recorded approval-recorded approval-request signed-approvals token proposal decision-v2
  approvers-changed approvers-delegated key-rotated key-recovered policy-upgraded recovery-request recovery-answer)

# keep: the last inputs that took a branch for the first time, 16 of a target and 4 KiB each at most, by what they hold.
keep() {
  local target file
  for target in "${targets[@]}"; do
    [ -d "$work/$target/default/queue" ] || continue
    mkdir -p "$corpus/$target"
    find "$work/$target/default/queue" -maxdepth 1 -type f -name '*+cov*' -size -9 | sort -r | sed -n 1,16p | while read -r file; do
      cp "$file" "$corpus/$target/$(sha256sum "$file" | cut -c1-16)"
    done
    echo "$target: $(find "$corpus/$target" -type f | wc -l) inputs"
  done
}

build() {
  command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing; on Debian: apt-get install afl++" >&2; exit 1; }
  dotnet tool restore >/dev/null
  dotnet build tests/Tessrax.SharpFuzz -c Release -v quiet -nologo -p:RunAnalyzers=false
  rm -rf "$work/bin"
  mkdir -p "$work"
  cp -r tests/Tessrax.SharpFuzz/bin/Release/net10.0 "$work/bin"
  dotnet sharpfuzz "$work/bin/Tessrax.dll"
  dotnet sharpfuzz "$work/bin/Tessrax.SharpFuzz.dll" Tessrax.SharpFuzz.PlantedParser
}

# stat NAME TARGET: one figure of afl-fuzz.
stat() { sed -n "s/^$1 *: //p" "$work/$2/default/fuzzer_stats"; }

# fuzz SECONDS TARGET: a crash is left where it is named.
fuzz() {
  local target=$2 found
  rm -rf "${work:?}/$target" "${work:?}/in"
  dotnet exec tests/Tessrax.SharpFuzz/bin/Release/net10.0/Tessrax.SharpFuzz.dll seeds "$target" "$work/in"
  [ ! -d "$corpus/$target" ] || cp "$corpus/$target"/* "$work/in"
  AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
    AFL_FORKSRV_INIT_TMOUT=60000 afl-fuzz -V "$1" -i "$work/in" -o "$work/$target" -t 5000 -m none \
    -- dotnet exec "$work/bin/Tessrax.SharpFuzz.dll" "$target" >"$work/$target.log" 2>&1 || {
    tail -20 "$work/$target.log"
    return 1
  }
  found=$(stat saved_crashes "$target")
  echo "$target: $(stat execs_done "$target") inputs, $(stat edges_found "$target") edges, $(stat corpus_count "$target") paths" \
    "($(stat corpus_found "$target") new), $(stat stability "$target") stable, $found crashes, $(stat saved_hangs "$target") hangs"
  [ "$found" -eq 0 ] || {
    ls "$work/$target"/default/crashes/id*
    return 1
  }
}

case "${1:?how many seconds for each target}" in
  keep) keep ;;
  planted)
    build
    export AFL_BENCH_UNTIL_CRASH=1
    if fuzz 120 planted; then
      echo "the planted fault was not found" >&2
      exit 1
    fi
    echo "the planted fault was found"
    ;;
  *)
    seconds=$1
    shift
    build
    code=0
    [ $# -eq 0 ] || targets=("$@")
    for target in "${targets[@]}"; do
      fuzz "$seconds" "$target" || code=1
    done
    exit "$code"
    ;;
esac
