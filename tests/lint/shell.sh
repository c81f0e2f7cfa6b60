#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Shell scripts are well formed; shellcheck has a look where it is installed.
#	tests/lint/shell.sh [ROOT]
set -u
cd "${1:-.}" || exit 3
bad=0

scripts() { find tests engine db sim scenarios -name '*.sh' | sort; }

for f in $(scripts) .ci/deps.sh; do
	[ -f "$f" ] || continue
	sh -n "$f" || bad=1
	case $(head -n 1 "$f") in
	'#!/bin/sh') ;;
	*)
		echo "$f:1: error: the first line must be #!/bin/sh"
		bad=1
		;;
	esac
done
if [ -f .ci/run ] && command -v bash >/dev/null 2>&1; then
	bash -n .ci/run || bad=1
fi
if command -v shellcheck >/dev/null 2>&1; then
	scripts | xargs shellcheck -S warning || bad=1
fi
exit $bad
