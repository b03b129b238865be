#!/usr/bin/env bash
# All that a cluster must survive, with real processes: the tests' dose is ClusterFaultTests, here are those that take long, or need a network and a disk of their own.
# usage: eng/cluster-faults.sh [PATTERN]      PATTERN: only tests whose full name it matches, as *Partition*
# Networks and small disks are made in namespaces that end with this script; that needs root, or user namespaces. What cannot be done here is skipped, with the reason.
set -euo pipefail
cd "$(dirname "$0")/.."
source eng/common.sh
export PATH="$PATH:/usr/sbin:/sbin"

dotnet build tests/Tessrax.Server.Tests -c Release -v quiet -nologo -p:RunAnalyzers=false
enter=(unshare --net --mount)
# Whoever is not root stays who he is, for the database's sake, and gets what is needed for networks and mounts.
[ "$(id -u)" -eq 0 ] || enter+=(--user --map-current-user --keep-caps)
if ! command -v ip >/dev/null; then
  echo "there is no ip (Debian: iproute2): tests that need networks of their own are skipped"
  enter=()
elif ! "${enter[@]}" true 2>/dev/null; then
  echo "no namespaces can be made here: tests that need them are skipped"
  enter=()
else
  enter+=(sh -c 'ip link set lo up && exec "$@"' sh env TESSRAX_OWN_NAMESPACES=1)
fi
mkdir -p artifacts/test-results
# One after the other: what they measure is time.
"${enter[@]}" dotnet exec tests/Tessrax.Server.Tests/bin/Release/net10.0/Tessrax.Server.Tests.dll -noLogo -noColor -showLiveOutput \
  -explicit only -parallelMode none -namespace Tessrax.Server.Tests.Cluster.Faults -method "${1:-*}" -result-ctrf artifacts/test-results/cluster-faults.json
