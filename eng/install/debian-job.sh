# Run by eng/install-tests.sh in a throw-away copy of a Debian system, as root: installs /tmp/tessrax.deb, does the main job as a user without rights, removes it.
dpkg -i /tmp/tessrax.deb
dpkg -V tessrax
if dotnet --version 2>/dev/null; then
  echo ".NET is still here"
  exit 1
fi
as_user() { setpriv --reuid tessrax --regid tessrax --init-groups env -i HOME=/var/lib/tessrax PATH=/usr/bin:/bin "$@"; }
[ "$(stat -c '%U %a' /var/lib/tessrax)" = "tessrax 700" ]
cd /var/lib/tessrax
as_user tessraxctl demo job
as_user tessraxctl verify job/ledger --trust job/stranger/trust.json
[ -s /usr/share/man/man1/tessraxctl.1.gz ]
[ -s /usr/share/bash-completion/completions/tessraxctl ]
# The server, as the unit starts it.
as_user tessraxd /var/lib/tessrax/job/ledger --passphrase-file job/passphrase --urls http://127.0.0.1:0 >/tmp/out &
server=$!
for _ in $(seq 100); do
  url=$(sed -n 's/^serving .* at \(http[^ ]*[^ /]\).*/\1/p' /tmp/out)
  [ -z "$url" ] || break
  sleep 0.2
done
as_user tessraxctl log "$url" --trust job/stranger/trust.json --limit 1
kill $(pgrep -P "$server")
wait "$server"
dpkg -r tessrax
[ ! -e /usr/bin/tessraxctl ] && [ ! -e /usr/lib/tessrax ]
[ -d /var/lib/tessrax/job/ledger ]
echo "installed, worked, removed; the ledger is still there"
