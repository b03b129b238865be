#!/usr/bin/env bash
# Installs the Debian packages that native compilation, the crash tests and (where cargo is) the native hash library need,
# if any is missing.
set -euo pipefail

wanted=()
command -v clang >/dev/null || wanted+=(clang)
[ -e /usr/include/zlib.h ] || wanted+=(zlib1g-dev)
command -v strace >/dev/null || wanted+=(strace)
# The crates of the native hash library, for building it offline. It is optional, and so are they.
if command -v cargo >/dev/null && command -v apt-cache >/dev/null; then
  for crate in blake3 sha2; do
    compgen -G "/usr/share/cargo/registry/$crate-*" >/dev/null && continue
    [ -z "$(apt-cache madison "librust-$crate-dev" 2>/dev/null)" ] || wanted+=("librust-$crate-dev")
  done
fi

if [ ${#wanted[@]} -eq 0 ]; then
  echo "what is needed is there"
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "missing: ${wanted[*]}; install what your system calls them" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "missing: ${wanted[*]}; as root: apt-get install ${wanted[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "installing ${wanted[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
