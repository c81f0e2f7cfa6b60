#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Completion offers every command and every option that --help names, and
# nothing else.
set -u
command -v bash >/dev/null || {
	echo "no bash here"
	exit 77
}
exec bash tests/cli/completion-in-test.bash
