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
rm -f "$out"/migration.db*

set -- replay --scenario scenarios/migration/recorded.scn \
    --db "$out/migration.db" --report "$out/migration.txt"
echo "Replaying a recorded migration under both policies:"
echo "  $program $*"
exec "$program" "$@"
