#!/usr/bin/env bash
# Writes the lock files of the programs for every platform anew, after a dependency was added or changed. They must pin what the others pin; a test holds that.
# usage: eng/release/lock.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
source eng/common.sh

for project in Tessrax.Cli Tessrax.Server; do
  dotnet restore "src/$project" -p:EveryPlatform=true --force-evaluate -v quiet
  # Other builds find their own list again.
  dotnet restore "src/$project" --locked-mode -v quiet
done
