#!/usr/bin/env bash
# Changes the code of an area in every way that Stryker knows, one change at a time, and runs the tests of that area: what none of them notices is a survivor.
# Prints the score of each area, and what survived and is not explained in eng/survivors.json. Takes hours; the exit code is the number of unexplained survivors, 100 at most.
# usage: eng/mutation.sh [AREA[/FILE,FILE...]...]      Merkle, Keys, Governance, Verification; all four without; Merkle/Frontier.cs,HashList.cs mutates two files
#        TESSRAX_ONE_IN=N takes one member in N of an area, where there is no time for all; TESSRAX_SAMPLE=NAME takes others
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

version=5.1.0
tools="$PWD/artifacts/tools"
[ -x "$tools/dotnet-stryker" ] || dotnet tool install dotnet-stryker --version "$version" --tool-path "$tools"
out="$PWD/artifacts/mutation"

# prepare AREA: a copy of what is committed with the tests of the area alone, in $copy. Stryker builds it; nothing here is changed meanwhile.
prepare() {
  copy="$out/$1"
  rm -rf "$copy"
  mkdir -p "$copy"
  git archive HEAD | tar -x -C "$copy"
  # Two classes beside the tests of the area hold what those need.
  find "$copy/tests/Tessrax.Tests" \( -name '*Tests.cs' -o -name '*Test.cs' \) -not -path "*/Tessrax.Tests/$1/*" \
    -not -name ControlEventTests.cs -not -name PolicyExtensionTests.cs -delete
  # Stryker learns which test runs which mutant through VSTest, and only half of it through the platform that our tests are run by otherwise; of which another
  # runner is needed, that stands in no lock file.
  sed -i 's|</ItemGroup>|<PackageVersion Include="xunit.runner.visualstudio" Version="3.1.5" /><PackageVersion Include="Microsoft.NET.Test.Sdk" Version="18.12.0" />&|; T; :rest; n; b rest' "$copy/Directory.Packages.props"
  sed -i 's|<PackageReference Include="CsCheck" />|&<PackageReference Include="xunit.runner.visualstudio" /><PackageReference Include="Microsoft.NET.Test.Sdk" />|' "$copy/tests/Tessrax.Tests/Tessrax.Tests.csproj"
  find "$copy" -name packages.lock.json -delete
  # There is no git in the copy to take a version from, and a mutant need not be pretty.
  cat >"$copy/Directory.Build.targets" <<'X'
<Project>
  <PropertyGroup>
    <RunAnalyzers>false</RunAnalyzers>
    <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
    <MinVerSkip>true</MinVerSkip>
    <RestorePackagesWithLockFile>false</RestorePackagesWithLockFile>
    <RestoreLockedMode>false</RestoreLockedMode>
  </PropertyGroup>
</Project>
X
  dotnet restore "$copy/tests/Tessrax.Tests" -v quiet
}

# mutate AREA[/FILE,FILE...]: leaves its report in artifacts/mutation/AREA.json.
mutate() {
  local area=${1%%/*} files=${1#*/}
  prepare "$area"
  if [ "$files" != "$1" ]; then
    files="[\"$area/${files//,/\", \"$area/}\"]"
  else
    files=$(node eng/sample.mjs "$copy/src/Tessrax/$area" "${TESSRAX_ONE_IN:-1}" "${TESSRAX_SAMPLE:-}")
  fi
  # Texts are what people read; those that are signed or hashed have vectors.
  cat >"$copy/stryker-config.json" <<X
{
  "stryker-config": {
    "project": "Tessrax.csproj",
    "test-projects": ["$copy/tests/Tessrax.Tests/Tessrax.Tests.csproj"],
    "mutate": $files,
    "configuration": "Release",
    "test-runner": "vstest",
    "coverage-analysis": "perTest",
    "ignore-mutations": ["string"],
    "reporters": ["json", "progress"],
    "additional-timeout": 60000,
    "concurrency": $(nproc)
  }
}
X
  # A mutant that runs for ever does so in a process that the runner starts and does not end: it would take a processor from all that come after it.
  (while sleep 15; do pkill -9 --older 240 -f "^$copy/tests/.* @@ " || true; done) &
  trap "kill $! || true" EXIT
  (cd "$copy/src/Tessrax" && "$tools/dotnet-stryker" --config-file "$copy/stryker-config.json" --output "$out/run-$area" --skip-version-check >"$out/$area.log" 2>&1) || {
    tail -20 "$out/$area.log"
    return 1
  }
  kill $!
  trap - EXIT
  cp "$out/run-$area/reports/mutation-report.json" "$out/$area.json"
}

mkdir -p "$out"
areas=("$@")
[ ${#areas[@]} -gt 0 ] || areas=(Merkle Keys Governance Verification)
reports=()
for area in "${areas[@]}"; do
  stage "Mutants of $area" mutate "$area"
  reports+=("$out/${area%%/*}.json")
done
node eng/survivors.mjs eng/survivors.json "${reports[@]}"
