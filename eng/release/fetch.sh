#!/usr/bin/env bash
# Fetches all that a release is built from, so that nothing after it needs the network: NuGet packages by their lock files, npm packages by theirs, and the
# Debian packages of the images into FOLDER, with a list of them.
# usage: eng/release/fetch.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
source eng/common.sh
source eng/release/common.sh

out=$(realpath -m "${1:?the folder}")
libraries=(ca-certificates gcc-12-base libc6 libgcc-s1 libssl3 libstdc++6)

nuget() {
  local project
  for project in "${packages[@]}" Tessrax.Cli Tessrax.Server; do
    dotnet restore "src/$project" --locked-mode -v quiet
  done
  dotnet restore eng/Tessrax.Docs --locked-mode -v quiet
  dotnet restore templates -v quiet
  for project in Tessrax.Cli Tessrax.Server; do
    dotnet restore "src/$project" --locked-mode -p:EveryPlatform=true -v quiet
  done
}

npm_packages() {
  dotnet msbuild src/Tessrax.Web -t:BringForces -v:quiet -nologo
  [ -e src/Tessrax.Web/node_modules/.package-lock.json ] || { echo "npm brought no D3" >&2; return 1; }
  (cd src/Tessrax.Web.Client && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.installed-from)
  dotnet restore src/Tessrax.Web.Client -v quiet
}

# With lists of its own, so that it needs no rights, changes nothing of this machine, and works for another processor, too.
debian() {
  local arch file apt
  mkdir -p "$out/lists/partial" "$out/cache/archives/partial"
  : >"$out/status"
  for arch in amd64 arm64; do
    apt=(apt-get -qq -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o "Dir::State::lists=$out/lists" -o "Dir::State::status=$out/status"
      -o "Dir::Cache=$out/cache" -o APT::Sandbox::User= -o APT::Get::List-Cleanup=false -o Acquire::Languages=none)
    "${apt[@]}" update
    mkdir -p "$out/$arch"
    (cd "$out/$arch" && "${apt[@]}" download "${libraries[@]}")
    for file in "$out/$arch"/*.deb; do
      dpkg-deb --showformat '${Package}\t${Version}\t${Architecture}\t' --show "$file"
      sha256sum "$file" | cut -d ' ' -f 1
    done >>"$out/packages.tsv"
  done
  LC_ALL=C sort -u -o "$out/packages.tsv" "$out/packages.tsv"
  rm -rf "$out/lists" "$out/cache" "$out/status"
}

rm -rf "$out"
mkdir -p "$out"
stage "NuGet packages" nuget
stage "npm packages" npm_packages
stage "Debian packages of the images" debian
