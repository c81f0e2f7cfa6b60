#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# make demo: replays a live migration that was recorded on a real FreeBSD
# kernel, under the scripts that FreeBSD ships and under the native controller.
#	scenarios/demo.sh PROGRAM
set -eu
program=${1:-build/switchback}
out=build/demo
mkdir -p "$out"
rm -f "$out"/migration.db* "$out"/migration.html

set -- replay --scenario scenarios/migration/recorded.scn \
    --db "$out/migration.db" --report "$out/migration.txt"
echo "Replaying a recorded migration under both policies:"
echo "  $program $*"
status=0
"$program" "$@" || status=$?
"$program" report --db "$out/migration.db" --run 1 --run 2 \
    -o "$out/migration.html"
echo
echo "Both policies side by side, for a browser or a colleague:"
echo "  $out/migration.html"
exit $status
