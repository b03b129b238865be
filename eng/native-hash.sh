#!/usr/bin/env bash
# Builds the optional library native/tessrax-hash into artifacts/native. Where it cannot be built, it says why and that is
# all: everything runs without it, with the same digests. TESSRAX_CARGO_SOURCE=debian|crates.io decides where crates come
# from; otherwise Debian's packages serve if they are there, offline.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh

skip() {
  echo "no native hash library: $1; the managed engines are used"
  exit 0
}

registry=/usr/share/cargo/registry
build=artifacts/native/build
command -v cargo >/dev/null || skip "cargo is not installed"

origin=${TESSRAX_CARGO_SOURCE:-}
if [ -z "$origin" ]; then
  origin=crates.io
  compgen -G "$registry/blake3-*" >/dev/null && compgen -G "$registry/sha2-*" >/dev/null && origin=debian
fi

# Built from a copy, so that the lock file, which differs from one source of crates to the next, stays out of the tree.
rm -rf "$build/source"
mkdir -p "$build/source"
cp -rp native/tessrax-hash/. "$build/source"

cargo=(cargo)
if [ "$origin" = debian ]; then
  cargo+=(
    --offline
    --config 'source.crates-io.replace-with="debian"'
    --config "source.debian.directory=\"$registry\""
  )
fi
cargo_run() {
  CARGO_TARGET_DIR="$PWD/$build/target" "${cargo[@]}" "$1" --release --quiet --manifest-path "$build/source/Cargo.toml"
}

cargo_run build 2>"$build/log" || {
  tail -n 20 "$build/log"
  skip "it does not build with crates from $origin (above)"
}
# It builds, so from here on a failure is one.
cargo_run test >"$build/log" 2>&1 || {
  cat "$build/log"
  echo "the native hash library fails its tests" >&2
  exit 1
}

for name in libtessrax_hash.so libtessrax_hash.dylib tessrax_hash.dll; do
  if [ -e "$build/target/release/$name" ]; then
    install -m 755 "$build/target/release/$name" artifacts/native/
  fi
done
echo "native hash library built with crates from $origin"
