#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# commit.sh VERSION [COMMIT]: prints C source that says which sources a program
# is made of (engine/base/version.h). Without COMMIT, git is asked, unless this
# is no working tree of its own: an unpacked archive may lie inside another one.
set -eu
version=$1
commit=${2-}
if [ -z "$commit" ] && [ -e .git ]; then
	commit=$(git describe --always --dirty --abbrev=12 --exclude='*' \
	    2>/dev/null) || commit=
fi
case $commit in
*[!0-9A-Za-z.+-]*)
	echo "commit.sh: COMMIT has characters that no commit has" >&2
	exit 2
	;;
esac
printf '#include "base/version.h"\n'
printf 'const char version_commit[] = "%s";\n' "$commit"
printf 'const char version_text[] = "%s%s";\n' "$version" \
    "${commit:+ ($commit)}"
