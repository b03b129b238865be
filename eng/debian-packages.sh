#!/usr/bin/env bash
# Installs the Debian packages that native compilation, the crash tests, the pictures' test, the comparisons with others and
# (where cargo is) the native hash library need, if any is missing.
# usage: eng/debian-packages.sh [release]      release: what eng/release.sh, eng/reproduce.sh and eng/install-tests.sh need as well
set -euo pipefail

wanted=()
optional=()
if [ "${1:-}" = release ]; then
  command -v buildah >/dev/null || wanted+=(buildah)
  command -v diffoscope >/dev/null || optional+=(diffoscope-minimal)
  command -v curl >/dev/null || wanted+=(curl)
  command -v dpkg-deb >/dev/null || wanted+=(dpkg)
  [ -e /usr/share/i18n/locales/tr_TR ] || optional+=(locales)
  command -v qemu-aarch64-static >/dev/null || optional+=(qemu-user-static)
  command -v systemd-analyze >/dev/null || optional+=(systemd)
  command -v unzip >/dev/null || wanted+=(unzip)
  command -v zip >/dev/null || wanted+=(zip)
fi
command -v clang >/dev/null || wanted+=(clang)
[ -e /usr/include/zlib.h ] || wanted+=(zlib1g-dev)
command -v strace >/dev/null || wanted+=(strace)
# Independent implementations, for the tests.
command -v b3sum >/dev/null || wanted+=(b3sum)
command -v openssl >/dev/null || wanted+=(openssl)
command -v zbarimg >/dev/null || wanted+=(zbar-tools)
# A database for ledgers, and for callers; tests start servers of their own by eng/postgresql.sh, and are skipped without.
"$(dirname "$0")/postgresql.sh" programs >/dev/null 2>&1 || optional+=(postgresql)
# Networks of their own, for eng/cluster-faults.sh; what needs one is skipped without.
PATH="$PATH:/usr/sbin:/sbin" command -v ip >/dev/null || optional+=(iproute2)
# Runs the tool under a clock that lies; the test that does is skipped without.
command -v faketime >/dev/null || optional+=(faketime)
# A file system that does not tell upper from lower case, and other cultures, for eng/matrix.sh.
command -v lowntfs-3g >/dev/null || optional+=(ntfs-3g)
/sbin/ldconfig -p | grep libicuuc >/dev/null || optional+=(libicu-dev)
# Draws the tool's pictures, and looks at the server's pages; the tests that do are skipped without.
command -v chromium >/dev/null || optional+=(chromium)
# The crates of the native hash library, for building it offline. It is optional, and so are they.
if command -v cargo >/dev/null; then
  for crate in blake3 sha2; do
    compgen -G "/usr/share/cargo/registry/$crate-*" >/dev/null || optional+=("librust-$crate-dev")
  done
fi

if [ ${#wanted[@]} -eq 0 ] && [ ${#optional[@]} -eq 0 ]; then
  echo "what is needed is there"
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  [ ${#wanted[@]} -ne 0 ] || exit 0
  echo "missing: ${wanted[*]}; install what your system calls them" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    [ ${#wanted[@]} -ne 0 ] || exit 0
    echo "missing: ${wanted[*]}; as root: apt-get install ${wanted[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
for package in "${optional[@]}"; do
  if [ -n "$(apt-cache madison "$package" 2>/dev/null)" ]; then
    wanted+=("$package")
  else
    echo "$package is not to be had here; what needs it is skipped and says so"
  fi
done
[ ${#wanted[@]} -ne 0 ] || exit 0
echo "installing ${wanted[*]}"
# Debian would start a server of its own.
case " ${wanted[*]} " in
  *" postgresql "*)
    "${as_root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" | "${as_root[@]}" tee /etc/postgresql-common/createcluster.d/tessrax.conf >/dev/null
    ;;
esac
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
