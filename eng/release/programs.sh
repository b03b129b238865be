#!/usr/bin/env bash
# Publishes the programs into FOLDER: for each platform tessraxctl and tessraxd as one file with their runtime, once with the native libraries beside
# (PLATFORM/) and once with them inside (PLATFORM.one/); for linux-x64 tessraxctl compiled ahead of time as well (linux-x64.native/).
# usage: eng/release/programs.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
source eng/common.sh
source eng/release/common.sh

out=$(realpath -m "${1:?the folder}")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# publish PROJECT FOLDER OPTION...: what the trimmer or the compiler warns of would fail at run time.
publish() {
  local project=$1 folder=$2
  shift 2
  dotnet publish "src/$project" -c Release -v minimal -nologo -o "$folder" "$@" >"$log" || {
    cat "$log" >&2
    return 1
  }
  if grep -qi 'warning' "$log"; then
    cat "$log" >&2
    return 1
  fi
}

for_platforms() {
  local project platform
  for project in Tessrax.Cli Tessrax.Server; do
    dotnet restore "src/$project" --locked-mode -p:EveryPlatform=true -v quiet
  done
  for platform in "${platforms[@]}"; do
    for project in Tessrax.Cli Tessrax.Server; do
      publish "$project" "$out/$platform" --no-restore -r "$platform" -p:EveryPlatform=true
      publish "$project" "$out/$platform.one" --no-build -r "$platform" -p:EveryPlatform=true -p:IncludeNativeLibrariesForSelfExtract=true
    done
  done
}

native() {
  dotnet restore src/Tessrax.Cli --locked-mode -v quiet
  publish Tessrax.Cli "$out/linux-x64.native" --no-restore -r linux-x64
}

rm -rf "$out"
stage "Programs for ${platforms[*]}" for_platforms
stage "tessraxctl for linux-x64, compiled ahead of time" native
