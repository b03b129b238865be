#!/usr/bin/env bash
# A PostgreSQL server of Debian's packages, or of the PATH, for tests: on loopback, with a data directory of its own, run by nobody if root asks for it, durable as it comes.
# usage: eng/postgresql.sh programs                      prints where the server's programs are, or fails if there are none
#        eng/postgresql.sh start DIR PORT [NAME=VALUE]   makes DIR/data the first time; trusts whoever comes over 127.0.0.1:PORT or the socket in DIR; prints its address.
#                                                        NAME=VALUE: settings of the server
#        eng/postgresql.sh replicate DIR PORT NAME       makes DIR/data as that of a streaming replica NAME of the server at 127.0.0.1:PORT, to be started
#        eng/postgresql.sh promote DIR                   makes a replica that runs the server that is written to
#        eng/postgresql.sh stop|crash DIR                crash: without tidying up, as if the power had gone (immediate shutdown)
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

programs() {
  local found
  found=$(find /usr/lib/postgresql -maxdepth 3 -path '*/bin/pg_ctl' 2>/dev/null | sort -V | tail -1)
  [ -n "$found" ] || found=$(command -v pg_ctl) || fail "no PostgreSQL server under /usr/lib/postgresql and no pg_ctl on the PATH"
  dirname "$found"
}

# The server refuses to run as root.
as=()
[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

# What a server inherits it keeps open, so its output goes to a file.
run() {
  local program=$1
  shift
  (cd / && "${as[@]}" "$bin/$program" "$@") >"$dir.out" 2>&1 </dev/null || fail "$program: $(cat "$dir.out")"
}

own() {
  mkdir -p "$dir"
  [ "$(id -u)" -ne 0 ] || chown nobody "$dir"
}

action=${1:?what to do: programs, start, replicate, promote, stop or crash}
bin=$(programs)
[ "$action" != programs ] || {
  echo "$bin"
  exit 0
}
dir=${2:?a directory}
case $action in
  start)
    port=${3:?a port}
    settings=
    for setting in "${@:4}"; do settings+=" -c '$setting'"; done
    own
    if [ ! -e "$dir/data" ]; then
      run initdb -D "$dir/data" -A trust -U tester -E UTF8 --locale=C --no-sync
    fi
    run pg_ctl -D "$dir/data" -l "$dir/log" -w -o "-p $port -k '$dir' -c listen_addresses=127.0.0.1 -c shared_buffers=32MB -c max_connections=400$settings" start
    echo "postgres://tester@127.0.0.1:$port/postgres"
    ;;
  replicate)
    own
    run pg_basebackup -D "$dir/data" -R -c fast --no-sync -d "host=127.0.0.1 port=${3:?a port} user=tester application_name=${4:?a name}"
    ;;
  promote) run pg_ctl -D "$dir/data" -w promote ;;
  stop) run pg_ctl -D "$dir/data" -m fast -w stop ;;
  crash) run pg_ctl -D "$dir/data" -m immediate -w stop ;;
  *) fail "programs, start, replicate, promote, stop or crash, not '$action'" ;;
esac
