#!/usr/bin/env bash
# Plants each fault of eng/mutants in a copy of what is committed, and shows that the test that its patch names finds it.
# usage: eng/mutants.sh [NAME]      NAME: count-by-name and so on; all without
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

copy="$PWD/artifacts/mutants"
rm -rf "$copy"
mkdir -p "$copy"
git archive HEAD | tar -x -C "$copy"
dotnet restore "$copy/tests/Tessrax.Tests" --locked-mode -v quiet

# build_and_run TEST: leaves in $code whether it passed; a build that fails ends all.
build_and_run() {
  dotnet build "$copy/tests/Tessrax.Tests" -c Release --no-restore -v quiet -nologo -p:RunAnalyzers=false >"$copy/build.log" || {
    cat "$copy/build.log"
    exit 1
  }
  code=0
  dotnet exec "$copy/tests/Tessrax.Tests/bin/Release/net10.0/Tessrax.Tests.dll" -noLogo -noColor -method "$1" >"$copy/run.log" 2>&1 || code=$?
}

survivors=0
killers=""
for patch in eng/mutants/${1:-*}.patch; do
  name=$(basename "$patch" .patch)
  killer=$(sed -n 's/^Killed-by: //p' "$patch")
  # A test that fails anyway kills nothing.
  if [ "$killers" != "$killer" ]; then
    build_and_run "$killer"
    [ "$code" -eq 0 ] && grep -q 'Total: 1,' "$copy/run.log" || { cat "$copy/run.log"; echo "$killer does not pass without a fault" >&2; exit 1; }
    killers=$killer
  fi
  patch -s -p1 -d "$copy" <"$patch"
  build_and_run "$killer"
  if [ "$code" -ne 0 ] && grep -q 'the ledger says' "$copy/run.log"; then
    echo "killed    $name: $(grep -o 'after [A-Za-z]*(.*the ledger says.*' "$copy/run.log" | head -1)"
  else
    echo "survived  $name"
    survivors=$((survivors + 1))
  fi
  patch -s -R -p1 -d "$copy" <"$patch"
done
exit "$survivors"
