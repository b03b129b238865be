#!/usr/bin/env bash
# Sets up in one command what keeps the code in order: the formatter, run once over everything, and a hook of git that checks format and build before each commit.
# usage: eng/hooks.sh [--check]     --check says whether the hook is set up, and changes nothing
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

if ! git rev-parse --git-dir >/dev/null 2>&1; then
  echo "this is no clone of git: there is nothing to hook into" >&2
  exit 3
fi
current=$(git config --get core.hooksPath || true)
if [ "${1:-}" = --check ]; then
  if [ "$current" != .githooks ]; then
    echo "the hook is not set up: run eng/hooks.sh" >&2
    exit 1
  fi
  echo "the hook is set up"
  exit 0
fi
stage "Tools" dotnet tool restore
stage "Format" dotnet csharpier format .
if [ "$current" != .githooks ]; then
  # Hooks of somebody's own would be passed over without a word.
  for hook in "$(git rev-parse --git-path hooks)"/*; do
    if [ -x "$hook" ] && [ "${hook%.sample}" = "$hook" ]; then
      echo "note: $hook is not run any more"
    fi
  done
  git config core.hooksPath .githooks
fi
echo "the hook is set up: format and build are checked before each commit; git commit --no-verify leaves it out"
