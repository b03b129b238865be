# Shared by the samples; sourced by their run.sh. Finds tessraxctl, and works in a folder of its own that pins and remembers nothing on your machine.

samples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(dirname "$samples")
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
if [ -e "$work/ledger" ]; then
  echo "$work/ledger is there already: name another folder" >&2
  exit 2
fi
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
# A sample's keys protect nothing. Yours want a passphrase that nobody else knows.
export TESSRAX_PASSPHRASE=${TESSRAX_PASSPHRASE:-sample}

# ctl ARGS...: $TESSRAXCTL, the published binary, one on the PATH, or what the SDK builds.
if [ -n "${TESSRAXCTL:-}" ]; then
  ctl() { "$TESSRAXCTL" "$@"; }
elif [ -x "$repository/artifacts/tessraxctl/tessraxctl" ]; then
  export TESSRAXCTL=$repository/artifacts/tessraxctl/tessraxctl
  ctl() { "$TESSRAXCTL" "$@"; }
elif command -v tessraxctl >/dev/null; then
  TESSRAXCTL=$(command -v tessraxctl)
  export TESSRAXCTL
  ctl() { "$TESSRAXCTL" "$@"; }
else
  echo "building tessraxctl (the first time takes a minute)"
  dotnet build "$repository/src/Tessrax.Cli" -c Release -v quiet -nologo
  ctl() { dotnet exec "$repository/src/Tessrax.Cli/bin/Release/net10.0/tessraxctl.dll" "$@"; }
fi

# say TEXT...: what comes next.
say() {
  printf '\n== %s\n' "$*"
}

# person NAME: a key file, and its vkey on standard output.
person() {
  ctl keys new "$1" -o "$work/$1.key"
}

# waiting: the ids of the proposals that wait, one a line.
waiting() {
  ctl pending "$work/ledger" --json | sed -n 's/.*[{,]"id":\([0-9][0-9]*\),.*/\1/p'
}

# newest_decision: the entry of the newest decision.
newest_decision() {
  ctl decisions "$work/ledger" --json --limit 1 | sed -n 's/.*[{,]"index":\([0-9][0-9]*\).*/\1/p'
}
