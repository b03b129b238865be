#!/usr/bin/env bash
# Makes the Debian package of a platform from its archive: programs, manual pages, completions, and the service.
# usage: eng/release/debian.sh PLATFORM OUT      OUT holds the archive and gets the package
set -euo pipefail
cd "$(dirname "$0")/../.."
source eng/common.sh
source eng/release/common.sh

platform=${1:?the platform}
out=$(realpath "${2:?where}")
version=$(version)
arch=$(debian_arch "$platform")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

tar -xzf "$out/tessrax-$version-$platform.tar.gz" -C "$work"
from=$work/tessrax-$version-$platform

mkdir -p "$root/usr/lib/tessrax" "$root/usr/bin" "$root/usr/share/doc/tessrax" "$root/usr/share/zsh" "$root/usr/lib/systemd/system" "$root/DEBIAN"
mv "$from"/tessraxctl "$from"/tessraxd "$from"/*.so "$from/rocksdb" "$from/verifier" "$from/docs" "$root/usr/lib/tessrax"
ln -s ../lib/tessrax/tessraxctl ../lib/tessrax/tessraxd "$root/usr/bin"
gzip -n -9 "$from"/share/man/man1/*
mv "$from/share/man" "$from/share/bash-completion" "$from/share/fish" "$root/usr/share"
mv "$from/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
mv "$from/README.md" "$from/sbom.cdx.json" "$from/licenses" "$root/usr/share/doc/tessrax"
# Debian refers to its own copy of the licence.
sed "s/^/ /; s/^ $/ ./" "$from/LICENSE" | cat eng/release/debian/copyright - >"$root/usr/share/doc/tessrax/copyright"
install -m 644 eng/release/debian/tessraxd.service "$root/usr/lib/systemd/system"
install -m 755 eng/release/debian/postinst eng/release/debian/prerm "$root/DEBIAN"
# In KiB, as dpkg counts them: what a folder takes is up to the file system.
size=$(find "$root/usr" -printf '%y %s\n' | awk '{ sum += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print sum }')
# 0.1.0-preview.1 comes before 0.1.0.
sed "s/@VERSION@/${version/-/\~}-1/; s/@ARCH@/$arch/; s/@SIZE@/$size/" \
  eng/release/debian/control >"$root/DEBIAN/control"
(cd "$root" && find usr -type f | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums)
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
chmod -R u=rwX,go=rX "$root"
dpkg-deb --root-owner-group -Zgzip -z6 --build "$root" "$out/tessrax_${version/-/\~}-1_$arch.deb" >/dev/null
