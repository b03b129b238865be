# Shared by what works on a release; sourced in its folder with $work set, not run. ctl becomes the command line of tessraxctl: what TESSRAXCTL names,
# otherwise the one out of the archive for this machine. What it pins and remembers stays out of the home of whoever runs it.
ctl=${TESSRAXCTL:-}
if [ -z "$ctl" ]; then
  tar -xzf tessrax-*-linux-x64.tar.gz -C "$work" --wildcards '*/tessraxctl' '*/*.so'
  ctl=$(echo "$work"/tessrax-*/tessraxctl)
fi
read -r -a ctl <<<"$ctl"
export HOME="$work/home" XDG_CONFIG_HOME="$work/home/config" XDG_STATE_HOME="$work/home/state"
mkdir -p "$HOME"
