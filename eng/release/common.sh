# Shared by the scripts of a release; sourced from the repository's root after eng/common.sh, not run.

platforms=(linux-x64 linux-arm64 osx-x64 osx-arm64 win-x64)
packages=(Tessrax Tessrax.Node Tessrax.Node.RocksDb Tessrax.Node.Postgres Tessrax.Client Tessrax.Interactive)

# Everything that carries a time carries that of the commit: what is built does not depend on when.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

# Time zone and language are left as they are: nothing may depend on them.
umask 022
export CI=true RunAnalyzers=false MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

version() { echo "${RELEASE_VERSION:-$(dotnet msbuild src/Tessrax -t:MinVer -getProperty:MinVerVersion)}"; }

# The Debian name of a platform's processor.
debian_arch() { case "$1" in linux-x64) echo amd64 ;; linux-arm64) echo arm64 ;; esac }

# plain_tar OPTION...: packs; the same files give the same bytes, whoever owns them and whenever they were written.
plain_tar() {
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --mode=u=rwX,go=rX --format=gnu "$@"
}

# tar_gz FOLDER ARCHIVE: packs FOLDER under its own name.
tar_gz() { plain_tar -C "$(dirname "$1")" -cf - "$(basename "$1")" | gzip -n -6 >"$2"; }

# zipped FOLDER ARCHIVE: the same as a zip file. Its times are local ones, of an even second, and begin in 1980.
zipped() {
  local archive
  archive=$(realpath -m "$2")
  rm -f "$archive"
  find "$1" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
  chmod -R u=rwX,go=rX "$1"
  (cd "$(dirname "$1")" && find "$(basename "$1")" -type f | LC_ALL=C sort | TZ=UTC zip -X -D -q -6 -@ "$archive")
}
