#!/usr/bin/env bash
# Installs the independent implementations that tests compare with, pinned by their lock file.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

if ! command -v npm >/dev/null; then
  echo "npm is not there: the comparisons with independent implementations will be skipped"
  exit 0
fi
cd tests/differential
# Installed already from this very lock file?
if cmp -s package-lock.json node_modules/.installed-from; then
  echo "installed"
  exit 0
fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
cp package-lock.json node_modules/.installed-from
