#!/usr/bin/env bash
# Packs the NuGet packages with their symbols, and tessraxctl as a .NET tool, into FOLDER.
# usage: eng/release/packages.sh FOLDER [LIBRARY]      LIBRARY: that one and nothing else
set -euo pipefail
cd "$(dirname "$0")/../.."
source eng/common.sh
source eng/release/common.sh

out=$(realpath -m "${1:?the folder}")
[ $# -eq 1 ] || packages=("$2")
pack() { dotnet pack "$1" -c Release --no-restore -v quiet -nologo -o "$out" "${@:2}"; }

libraries() {
  local package
  for package in "${packages[@]}"; do
    dotnet restore "src/$package" --locked-mode -p:AsPackage=true -v quiet
    pack "src/$package" -p:AsPackage=true
  done
}

tool() {
  dotnet restore src/Tessrax.Cli --locked-mode -v quiet
  pack src/Tessrax.Cli -p:PackAsTool=true
}

templates() {
  dotnet restore templates -v quiet
  pack templates
}

mkdir -p "$out"
stage "Packages" libraries
[ $# -eq 1 ] || exit 0
stage "tessraxctl as a .NET tool" tool
stage "Templates" templates
