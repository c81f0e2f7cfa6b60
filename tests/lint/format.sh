#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every source is in the layout that .clang-format says (make fmt puts it so).
# Versions differ in taste: only clang-format 14 is asked.
#	tests/lint/format.sh [ROOT]
set -u
cd "${1:-.}" || exit 3

for tool in clang-format-14 clang-format; do
	version=$("$tool" --version 2>/dev/null) || continue
	case $version in
	*" version 14."*)
		find engine sim db tests -name '*.[ch]' | sort |
		    xargs "$tool" --dry-run -Werror
		exit $?
		;;
	esac
done
echo "clang-format 14 is not here (${version:-none at all})"
exit 77
