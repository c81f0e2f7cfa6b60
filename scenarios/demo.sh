#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# make demo: replays a live migration that was recorded on a real FreeBSD
# kernel, under the scripts that FreeBSD ships and under the native controller.
#	scenarios/demo.sh PROGRAM
set -eu
program=${1:-build/switchback}

echo "Replaying a recorded migration under both policies:"
echo "  $program replay --scenario scenarios/migration/recorded.scn"
echo
exec "$program" replay --scenario scenarios/migration/recorded.scn
