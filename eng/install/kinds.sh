# The tests of eng/install-tests.sh, which sources this: a function for each kind. It runs in an empty folder; 77 says that it cannot be run here, and the last line why.

cannot() { echo "$1"; exit 77; }

# bare COMMAND...: with a home of its own and nothing else of the environment.
bare() { mkdir -p home && env -i "HOME=$PWD/home" PATH=/usr/bin:/bin "$@"; }

# main_job COMMAND...: the demo does it all, with a second process for the stranger, and fails if a step of it does. What it made is verified once more.
main_job() {
  "$@" demo job
  "$@" verify job/ledger --trust job/stranger/trust.json
  "$@" verify job/stranger/decision.tessrax.json --trust job/stranger/trust.json
  refuses_change job/stranger/decision.tessrax.json job/stranger/trust.json "$@"
}

# refuses_change BUNDLE TRUST COMMAND...: with one byte changed, it is refuted with exit code 1.
refuses_change() {
  local code=0
  sed 's/"recorded_at":"2/"recorded_at":"3/' "$1" >changed.json
  cmp -s "$1" changed.json && { echo "nothing was changed"; return 1; }
  "${@:3}" verify changed.json --trust "$2" || code=$?
  [ "$code" -eq 1 ]
}

# small_job COMMAND...: for a machine that is emulated, and so is slow and cannot start a second process: from two claims to a verified decision.
small_job() {
  local n=0 source index
  for source in scanner-a scanner-b; do
    printf '{"claim_id":"c-%s","subject":"CVE-1","metric":"cvss_v3_base_score","value":9.%s,"unit":"score_0_10","timestamp":"2026-01-0%sT12:00:00Z","source":"%s"}\n' \
      "$n" "$((n + 1))" "$((n + 1))" "$source" >>claims.jsonl
    n=$((n + 1))
  done
  cp "$repository/samples/policy.json" .
  "$@" init small --origin example.com/small --policy policy.json --no-index
  "$@" ingest small claims.jsonl
  index=$("$@" log small --event DECISION_RECORDED --json | sed -n 's/.*"index":\([0-9]*\).*/\1/p' | head -1)
  "$@" prove small "$index" -o decision.json
  "$@" trust export small -o trust.json
  "$@" verify small --trust trust.json
  "$@" verify decision.json --trust trust.json
  refuses_change decision.json trust.json "$@"
}

# served LEDGER COMMAND...: starts a server, and leaves its address in $url. It ends with the test.
served() {
  local ledger=$1
  shift
  # What is started in the background may not have made it yet when it is looked at.
  : >server.out
  "$@" "$ledger" --urls http://127.0.0.1:0 >server.out 2>server.err &
  server=$!
  trap end_server EXIT
  for _ in $(seq 150); do
    url=$(sed -n 's/^serving .* at \(http[^ ]*[^ /]\).*/\1/p' server.out)
    [ -z "$url" ] || return 0
    kill -0 "$server" || { cat server.err; return 1; }
    sleep 0.2
  done
  echo "it did not begin to serve within 30 s"
  return 1
}

# What was started last is ended first: nobody is left alone.
end_server() {
  kill $(descendants "$server") "$server" 2>/dev/null || true
  wait "$server" || true
}
descendants() {
  local child
  for child in $(pgrep -P "$1"); do
    descendants "$child"
    echo "$child"
  done
}

# answers URL TEXT: what is there holds that text.
answers() { curl -sf -o answer "$1" && grep -qi -e "$2" answer; }

unpacked() { tar -xzf "$release/tessrax-$version-$1.tar.gz" --strip-components 1 --one-top-level=tessrax; }

release_ledger() {
  (cd "$release" && sha256sum --quiet -c SHA256SUMS)
  "$repository/eng/release/verify.sh" "$release"
  # The same with one file changed.
  mkdir copy
  cp -r "$release"/release-ledger* "$release"/SHA256SUMS "$release/tessrax-$version-linux-x64.tar.gz" "$release"/*.sbom.cdx.json copy
  echo >>"$(echo copy/*.sbom.cdx.json)"
  if "$repository/eng/release/verify.sh" copy 2>refusal; then echo "a changed file was accepted"; return 1; fi
  grep 'sbom.cdx.json is not the file that was recorded' refusal
}

# feed: a NuGet configuration of the local feed, and of nuget.org for what packages depend on.
feed() {
  mkdir -p feed
  cp "$release"/*.nupkg feed
  cat >nuget.config <<X
<configuration>
  <packageSources><clear /><add key="local" value="$PWD/feed" /><add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources>
  <packageSourceMapping>
    <packageSource key="local"><package pattern="Tessrax*" /><package pattern="tessraxctl" /></packageSource>
    <packageSource key="nuget.org"><package pattern="*" /></packageSource>
  </packageSourceMapping>
</configuration>
X
  # An empty home and empty folders of packages: nothing comes from where it was built.
  export HOME=$PWD/home DOTNET_CLI_HOME=$PWD/home NUGET_PACKAGES=$PWD/home/packages DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1
  mkdir -p "$HOME"
}

dotnet_tool() {
  feed
  dotnet tool install tessraxctl --version "$version" --tool-path tool
  # It finds the runtime where dotnet itself lies.
  main_job env -i "HOME=$PWD/home" PATH=/usr/bin:/bin "DOTNET_ROOT=$(dirname "$(realpath "$(command -v dotnet)")")" tool/tessraxctl
}

fresh_project() {
  feed
  mkdir consumer
  cp "$repository"/eng/install/consumer/* consumer
  dotnet build consumer -c Release -v quiet -nologo "-p:TessraxVersion=$version" -o built
  unpacked linux-x64
  export TESSRAX_PASSPHRASE=installed
  tessrax/tessraxctl init ledger --origin example.com/installed
  tessrax/tessraxctl trust export ledger -o trust.json
  dotnet exec built/consumer.dll write "$PWD/ledger" "$PWD/trust.json"
  tessrax/tessraxctl verify "$PWD/installed.tessrax.json" --trust trust.json
  served "$PWD/ledger" tessrax/tessraxd --read-only
  dotnet exec built/consumer.dll ask "$url" "$PWD/trust.json"
}

symbols() {
  local package
  mkdir packages
  for package in Tessrax Tessrax.Node Tessrax.Node.RocksDb Tessrax.Node.Postgres Tessrax.Client Tessrax.Interactive; do
    unzip -q -o "$release/$package.$version.nupkg" -d "packages/$package"
    unzip -q -o "$release/$package.$version.snupkg" 'lib/*' -d "packages/$package"
    [ -s "packages/$package/README.md" ] && [ -s "packages/$package/icon.png" ]
    grep -q '<license type="expression">Apache-2.0</license>' "packages/$package/$package.nuspec"
    node "$repository/eng/install/symbols.mjs" "packages/$package/lib/net10.0/$package"
  done
}

templates() {
  feed
  dotnet new install "feed/Tessrax.Templates.$version.nupkg"
  dotnet new tessrax-engine -n Own.Engine -o engine
  cp nuget.config engine
  cd engine
  local tests
  tests=$(find . -name '*Tests.csproj' | head -1)
  dotnet run --project "$tests" -c Release
}

archive() {
  unpacked linux-x64
  main_job bare tessrax/tessraxctl
  bare tessrax/tessraxctl init rocks --origin example.com/rocks --index rocksdb --passphrase-file job/passphrase
  bare tessrax/tessraxctl index rebuild rocks
  bare tessrax/tessraxctl index check rocks
  served "$PWD/job/ledger" bare tessrax/tessraxd --passphrase-file job/passphrase
  answers "$url/v1/ledger" '"size"'
  answers "$url/" '<!doctype html>'
  answers "$url/verify" 'verif'
  answers "$url/docs/index.html" '<!doctype html>'
  bare tessrax/tessraxctl log "$url" --trust job/stranger/trust.json --limit 3
  [ -s tessrax/share/man/man1/tessraxctl.1 ] && [ -s tessrax/licenses/INDEX.tsv ] && [ -s tessrax/sbom.cdx.json ]
}

one_file() {
  cp "$release/tessraxctl-$version-linux-x64" tessraxctl
  cp "$release/tessraxd-$version-linux-x64" tessraxd
  main_job bare ./tessraxctl
  served "$PWD/job/ledger" bare ./tessraxd --passphrase-file job/passphrase
  answers "$url/v1/ledger" '"size"'
}

# in_overlay COMMAND...: in a chroot of what this system looks like, whose changes are thrown away.
in_overlay() {
  unshare --mount --pid --fork --propagation private bash -euc '
    mkdir -p over && mount -t tmpfs none over && mkdir over/up over/work over/root
    mount -t overlay overlay -o lowerdir=/,upperdir=over/up,workdir=over/work over/root
    mount -t proc none over/root/proc && mount --rbind /dev over/root/dev && mount -t tmpfs none over/root/tmp
    rm -rf over/root/usr/share/dotnet over/root/usr/lib/dotnet over/root/root
    mkdir over/root/root && cp "$1" over/root/tmp/tessrax.deb && cp "$2" over/root/tmp/job.sh
    exec chroot over/root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root bash -eu /tmp/job.sh' - "$@"
}

debian_package() {
  [ "$(id -u)" -eq 0 ] || cannot "a chroot takes root"
  unshare --mount true 2>/dev/null || cannot "mounts are not allowed here"
  command -v dpkg >/dev/null || cannot "no dpkg here"
  in_overlay "$(echo "$release"/tessrax_*_amd64.deb)" "$repository/eng/install/debian-job.sh"
}

systemd_unit() {
  command -v systemd-analyze >/dev/null || cannot "no systemd-analyze here"
  command -v strace >/dev/null || cannot "no strace here"
  local level
  dpkg-deb -x "$(echo "$release"/tessrax_*_amd64.deb)" root
  local unit=root/usr/lib/systemd/system/tessraxd.service
  # The program is not installed on this system; all else that it finds is a fault.
  sed "s#ExecStart=/usr/lib#ExecStart=$PWD/root/usr/lib#; /^Documentation/d" "$unit" >tessraxd.service
  systemd-analyze verify "$PWD/tessraxd.service" 2>&1 | tee found
  [ ! -s found ]
  systemd-analyze security --offline=true --threshold=20 "$PWD/$unit" | tail -1
  bare root/usr/lib/tessrax/tessraxctl demo job >/dev/null
  served "$PWD/job/ledger" bare strace -f -qq -o calls root/usr/lib/tessrax/tessraxd --passphrase-file job/passphrase
  curl -sf "$url/v1/ledger" >/dev/null
  curl -sf "$url/" >/dev/null
  bare root/usr/lib/tessrax/tessraxctl log "$url" --trust job/stranger/trust.json --limit 3
  trap - EXIT
  end_server
  node "$repository/eng/install/allowed-calls.mjs" calls @system-service @privileged
}

# image_files PLATFORM: the image's files in root/, by buildah.
image_files() {
  storage=(--log-level error --root "$PWD/storage" --runroot "$PWD/run" --storage-driver vfs)
  local container
  mkdir layout
  tar -xf "$release/tessrax-$version-$1-oci.tar" -C layout
  container=$(buildah "${storage[@]}" from --arch "$2" "oci:layout:$version")
  cp -a "$(buildah "${storage[@]}" mount "$container")" root
  [ "$(buildah "${storage[@]}" inspect --format '{{.OCIv1.Config.User}}' "$container")" = 65532:65532 ]
  buildah "${storage[@]}" rm "$container" >/dev/null
}

image() {
  [ "$(id -u)" -eq 0 ] || cannot "a chroot takes root"
  command -v buildah >/dev/null || cannot "no buildah here"
  image_files linux-x64 amd64
  [ -z "$(find root -name 'sh' -o -name 'bash' -o -name 'apt*' -type f)" ]
  within --net /usr/bin/tessraxctl demo /var/lib/tessrax/job
  within --net /usr/bin/tessraxctl verify /var/lib/tessrax/job/ledger --trust /var/lib/tessrax/job/stranger/trust.json
  served /var/lib/tessrax/job/ledger within --mount /usr/bin/tessraxd --passphrase-file /var/lib/tessrax/job/passphrase
  answers "$url/v1/ledger" '"size"'
}

# within NAMESPACE COMMAND...: in the image's files alone, as its user, with processes of its own, and without a network for --net.
within() {
  unshare "$1" --mount --pid --fork --kill-child --propagation private sh -c 'mkdir -p root/proc && mount -t proc none root/proc && exec "$@"' - \
    env -i HOME=/var/lib/tessrax PATH=/usr/bin /usr/sbin/chroot --userspec 65532:65532 root "${@:2}"
}

emulated() { bare TESSRAX_PASSPHRASE=emulated qemu-aarch64-static -L "$libraries" "$@"; }

arm64() {
  command -v qemu-aarch64-static >/dev/null || cannot "no qemu-user here"
  unpacked linux-arm64
  image_files linux-arm64 arm64
  libraries=$PWD/root
  small_job emulated tessrax/tessraxctl
}

image_arm64() {
  command -v qemu-aarch64-static >/dev/null || cannot "no qemu-user here"
  image_files linux-arm64 arm64
  libraries=$PWD/root
  small_job emulated root/usr/lib/tessrax/tessraxctl
}
