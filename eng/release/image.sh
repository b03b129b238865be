#!/usr/bin/env bash
# Makes the OCI image of a platform with buildah, from nothing but its archive and the libraries that it needs: no shell, no package manager.
# usage: eng/release/image.sh PLATFORM DEBIAN-PACKAGES OUT      OUT holds the archive and gets the image, as a tar file of an OCI layout
set -euo pipefail
cd "$(dirname "$0")/../.."
source eng/common.sh
source eng/release/common.sh

platform=${1:?the platform}
debs=$(realpath "${2:?the folder that eng/release/fetch.sh filled}")
out=$(realpath "${3:?where}")
version=$(version)
arch=$(debian_arch "$platform")
name=tessrax-$version-$platform-oci
work=$(mktemp -d)
storage=(--log-level error --root "$work/storage" --runroot "$work/run" --storage-driver vfs)
trap 'buildah "${storage[@]}" rm --all >/dev/null 2>&1 || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
root=$work/root

# The libraries, their licences and the authorities; no manuals, no converters of character sets.
libraries() {
  local deb
  mkdir -p "$work/debian"
  for deb in "$debs/$arch"/*.deb; do dpkg-deb -x "$deb" "$work/debian"; done
  for deb in "$work/debian/usr/share/doc"/*; do install -D -m 644 "$deb/copyright" "$root/usr/share/doc/${deb##*/}/copyright"; done
  cp -a "$work/debian/lib" "$root"
  [ ! -d "$work/debian/lib64" ] || cp -a "$work/debian/lib64" "$root"
  mkdir -p "$root/usr/lib" "$root/etc/ssl/certs"
  cp -a "$work/debian/usr/lib"/*-linux-gnu "$root/usr/lib"
  rm -rf "$root"/usr/lib/*-linux-gnu/gconv "$root"/usr/lib/*-linux-gnu/audit
  find "$work/debian/usr/share/ca-certificates" -name '*.crt' | LC_ALL=C sort | xargs cat >"$root/etc/ssl/certs/ca-certificates.crt"
}

programs() {
  local from=$work/tessrax-$version-$platform
  tar -xzf "$out/tessrax-$version-$platform.tar.gz" -C "$work"
  mkdir -p "$root/usr/lib/tessrax" "$root/usr/bin" "$root/usr/share/doc/tessrax"
  mv "$from"/tessraxctl "$from"/tessraxd "$from"/*.so "$from/rocksdb" "$from/verifier" "$from/docs" "$root/usr/lib/tessrax"
  mv "$from/LICENSE" "$from/sbom.cdx.json" "$from/licenses" "$root/usr/share/doc/tessrax"
  ln -s ../lib/tessrax/tessraxctl ../lib/tessrax/tessraxd "$root/usr/bin"
  mkdir -p "$root/var/lib/tessrax" "$root/tmp"
  printf 'root:x:0:0::/:/nonexistent\ntessrax:x:65532:65532::/var/lib/tessrax:/nonexistent\n' >"$root/etc/passwd"
  printf 'root:x:0:\ntessrax:x:65532:\n' >"$root/etc/group"
}

image() {
  local container
  buildah() { command buildah "${storage[@]}" "$@"; }
  container=$(buildah from --arch "$arch" scratch)
  buildah copy --quiet "$container" "$root" / >/dev/null
  buildah config --os linux --arch "$arch" --user 65532:65532 --workingdir /var/lib/tessrax --volume /var/lib/tessrax --port 8420 \
    --env PATH=/usr/bin --env HOME=/var/lib/tessrax --entrypoint '["tessraxctl"]' --cmd '["--help"]' --created-by "eng/release/image.sh" \
    --label "org.opencontainers.image.title=tessrax" --label "org.opencontainers.image.version=$version" \
    --label "org.opencontainers.image.revision=$(git rev-parse HEAD)" --label "org.opencontainers.image.licenses=Apache-2.0" "$container"
  buildah commit --quiet --format oci --timestamp "$SOURCE_DATE_EPOCH" "$container" "tessrax:$version" >/dev/null
  buildah push --quiet "tessrax:$version" "oci:$work/$name:$version"
}

mkdir -p "$root"
libraries
programs
chmod -R u=rwX,go=rX "$root"
# Nobody but the user of the programs is in there, and whoever builds may have no other user's number to give away.
chmod 1777 "$root/tmp" "$root/var/lib/tessrax"
image
plain_tar -C "$work/$name" -cf "$out/$name.tar" .
