# Shared by the scripts of this repository; sourced from its root, not run.

# A clean machine may have no HOME; dotnet and NuGet want places of their own then.
if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-}" ]; then
  export HOME="$PWD/artifacts/home"
  mkdir -p "$HOME"
fi
export DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-$HOME}"
export NUGET_PACKAGES="${NUGET_PACKAGES:-$HOME/.nuget/packages}"
export DOTNET_CLI_TELEMETRY_OPTOUT=1
export DOTNET_NOLOGO=1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# stage NAME COMMAND...: runs it and says how many seconds it took. What fails in it ends the script: with || behind it, bash would go on in a function.
stage() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  "$@"
  echo "-- $name: $((SECONDS - start)) s"
}

# need_release: makes artifacts/release, unless what is there is of the commit that is checked out.
need_release() {
  local commit
  commit=$(git rev-parse HEAD) || return 1
  [ "$(cat artifacts/release.commit 2>/dev/null)" = "$commit" ] || eng/release.sh
}

restore() {
  dotnet tool restore && dotnet restore Tessrax.slnx --locked-mode -v quiet
}

# run_tests PROJECT: runs a built test project and keeps its report. Failures are counted at the end. A third of what tests do is to wait, for processes,
# disks and clocks: so there are half as many again as there are processors.
run_tests() {
  local report="$results/$1.json"
  TESSRAXCTL="$PWD/artifacts/tessraxctl/tessraxctl" \
    dotnet exec "tests/$1/bin/Release/net10.0/$1.dll" -noLogo -noColor -maxThreads 1.5x -result-ctrf "$report" || true
  [ -s "$report" ] || echo "$1 left no report" >"$results/$1.failed"
}
