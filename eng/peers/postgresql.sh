#!/usr/bin/env bash
# What PostgreSQL does for whoever builds a hash chain in it: one row at a time by a trigger, and a hundred at a time by a function that
# takes the head once. Durable: fsync and synchronous_commit are on. A private server in a folder of its own, on a socket, gone at the end.
# Prints "name value unit" lines. usage: postgresql.sh SECONDS FOLDER
set -euo pipefail
seconds=$1
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "no PostgreSQL here" >&2; exit 1; }
home=$(mktemp -d "$2/peer-postgresql.XXXXXX")
as=()
# The server refuses to run as root.
if [ "$(id -u)" -eq 0 ]; then
  chown nobody "$home"
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$home")
fi
cd "$home"
finish() {
  "${as[@]}" "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
  cd /
  rm -rf "$home"
}
trap finish EXIT

"${as[@]}" "$bin/initdb" -D "$home/data" -U peer -A trust -E UTF8 --no-locale >/dev/null
settings="-c listen_addresses= -c unix_socket_directories=$home -c fsync=on -c synchronous_commit=on"
settings="$settings -c shared_buffers=256MB -c max_wal_size=8GB -c checkpoint_timeout=30min"
"${as[@]}" "$bin/pg_ctl" -D "$home/data" -w -l "$home/log" -o "$settings" start >/dev/null

sql() { "${as[@]}" "$bin/psql" -X -q -h "$home" -U peer -d postgres -v ON_ERROR_STOP=1 "$@"; }
sql <<'SQL'
CREATE TABLE tip (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), size bigint NOT NULL, hash bytea NOT NULL) WITH (fillfactor = 10);
CREATE TABLE receipt (place bigint PRIMARY KEY, payload text NOT NULL, before bytea NOT NULL, hash bytea NOT NULL, at timestamptz NOT NULL DEFAULT now());
INSERT INTO tip VALUES (true, 0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION chain_one() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last tip%ROWTYPE;
BEGIN
  SELECT * INTO last FROM tip FOR UPDATE;
  NEW.place := last.size + 1;
  NEW.before := last.hash;
  NEW.hash := sha256(last.hash || convert_to(NEW.payload, 'UTF8'));
  UPDATE tip SET size = NEW.place, hash = NEW.hash;
  RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON receipt FOR EACH ROW WHEN (NEW.hash IS NULL) EXECUTE FUNCTION chain_one();

CREATE FUNCTION chain_many(payloads text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last tip%ROWTYPE;
  hashes bytea[] := ARRAY[]::bytea[];
  before bytea[] := ARRAY[]::bytea[];
  one text;
  count int := 0;
BEGIN
  SELECT * INTO last FROM tip FOR UPDATE;
  FOREACH one IN ARRAY payloads LOOP
    count := count + 1;
    before[count] := last.hash;
    last.hash := sha256(last.hash || convert_to(one, 'UTF8'));
    hashes[count] := last.hash;
  END LOOP;
  INSERT INTO receipt (place, payload, before, hash)
    SELECT last.size + n, p, before[n], hashes[n] FROM unnest(payloads) WITH ORDINALITY AS u (p, n);
  UPDATE tip SET size = last.size + count, hash = last.hash;
  RETURN last.size + count;
END $$;
SQL

fill() { head -c "$2" /dev/zero | tr '\0' "$1"; }
payload="'{\"actor\":\"service-7\",\"number\":\"' || :n || '\",\"text\":\"$(fill x 545)\"}'"
printf '%s\n' '\set n random(1000000000, 9999999999)' "INSERT INTO receipt (payload) VALUES ($payload);" >one.sql
printf '%s\n' '\set n random(1000000000, 9999999999)' \
  "SELECT chain_many(ARRAY(SELECT $payload FROM generate_series(1, 100)));" >hundred.sql
chmod a+r ./*.sql

# name, script, clients, rows a transaction
measure() {
  local said
  said=$("${as[@]}" "$bin/pgbench" -h "$home" -U peer -n -M prepared -f "$2" -c "$3" -j "$(($3 < 2 ? 1 : 2))" -T "$seconds" postgres 2>&1) ||
    { echo "$said" >&2; return 1; }
  awk -v name="$1" -v rows="$4" '/^tps = /{printf "%s %.0f rows/s\n", name, $3 * rows}' <<<"$said"
}
"${as[@]}" "$bin/pgbench" -h "$home" -U peer -n -M prepared -f one.sql -c 1 -T 1 postgres >/dev/null 2>&1
measure peer.postgresql.chain.1-client one.sql 1 1
measure peer.postgresql.chain.8-clients one.sql 8 1
measure peer.postgresql.batch-function.1-client hundred.sql 1 100
measure peer.postgresql.batch-function.8-clients hundred.sql 8 100
# The whole chain in one query, as whoever audits it would: each row's hash, and that each goes on from the one before.
sql -c "VACUUM ANALYZE receipt"
rows=$(sql -At -c "SELECT count(*) FROM receipt")
begin=${EPOCHREALTIME//[^0-9]/}
whole=$(sql -At -c "SELECT bool_and(hash = sha256(before || convert_to(payload, 'UTF8')) AND before = coalesce(last, decode(repeat('00', 32), 'hex')))
  FROM (SELECT *, lag(hash) OVER (ORDER BY place) AS last FROM receipt) AS chained")
end=${EPOCHREALTIME//[^0-9]/}
[ "$whole" = t ] || { echo "PostgreSQL's chain does not hold" >&2; exit 1; }
# Microseconds.
awk -v rows="$rows" -v begin="$begin" -v end="$end" 'BEGIN { printf "peer.postgresql.verify %.0f rows/s\n", rows * 1e6 / (end - begin) }'
