#!/usr/bin/env bash
# Installs the Debian packages that native compilation, the crash tests and the comparisons with others need, if any is missing.
set -euo pipefail

wanted=()
command -v clang >/dev/null || wanted+=(clang)
[ -e /usr/include/zlib.h ] || wanted+=(zlib1g-dev)
command -v strace >/dev/null || wanted+=(strace)
# Independent implementations, for the tests.
command -v b3sum >/dev/null || wanted+=(b3sum)
command -v openssl >/dev/null || wanted+=(openssl)

if [ ${#wanted[@]} -eq 0 ]; then
  echo "all are there"
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
