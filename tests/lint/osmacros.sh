#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Only engine/world and engine/base/compat know the operating system.
#	tests/lint/osmacros.sh [ROOT]
set -u
cd "${1:-.}" || exit 3

find engine sim db -name '*.[ch]' ! -path 'engine/world/*' \
    ! -path 'engine/base/compat/*' | sort | xargs awk '
/^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)/ &&
/__(linux|gnu_linux|FreeBSD|FreeBSD_version|NetBSD|OpenBSD|DragonFly|APPLE)__|__FreeBSD_version|__GLIBC__|BSD[ \t]*[<>=)]/ {
	print FILENAME ":" FNR ": error: only engine/world and " \
	    "engine/base/compat may ask which system this is"
	bad = 1
}
END { exit bad }'
