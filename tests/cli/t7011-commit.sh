#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A program knows the commit that it was made of, and says it wherever it says
# that something failed; an archive that is no git tree builds without.
set -u
status=0
here=$(pwd)

bad() {
	echo "$*" >&2
	status=1
}

# --- what the build writes
commit() { # arguments of commit.sh; in the current folder
	sh "$here/engine/base/commit.sh" "$@"
}
text() {
	sed -n 's/^const char version_text\[\] = "\(.*\)";$/\1/p'
}

mkdir -p "$TMP/outer/tree" && cd "$TMP/outer" || exit 3
if command -v git >/dev/null; then
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
	export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
	git init -q . && echo one >file && git add file && git commit -qm one
	hash=$(git rev-parse --short=12 HEAD)
	[ "$(commit 1.2.3 | text)" = "1.2.3 ($hash)" ] ||
		bad "clean: $(commit 1.2.3)"
	echo two >file
	[ "$(commit 1.2.3 | text)" = "1.2.3 ($hash-dirty)" ] ||
		bad "edited: $(commit 1.2.3)"
	cd tree || exit 3
	[ "$(commit 1.2.3 | text)" = 1.2.3 ] ||
		bad "an archive in another tree: $(commit 1.2.3)"
	cd "$TMP/outer" || exit 3
else
	echo "no git: its part is not tested" >&2
fi
[ "$(commit 1.2.3 r42 | text)" = "1.2.3 (r42)" ] || bad "COMMIT is not taken"
commit 1.2.3 'a"b' >out 2>&1 && bad "taken: $(cat out)"
cd tree || exit 3
printf '#include "%s"\n' "$here/engine/base/version.h" >both.c
commit 1.2.3 x | sed "s|\"base/version.h\"|\"$here/engine/base/version.h\"|" \
    >>both.c
${CC:-cc} -Wall -Wextra -Werror -c both.c -o both.o || bad "it is no C"

# --- what the program says
cd "$TMP" || exit 3
said=$("$SB" --version)
commit=$(echo "$said" | sed -n 's/.*(\(.*\))$/\1/p')
"$SB" explore --policy stock --seeds 1..20 --into found >out 2>err
grep -q "; version ${said#switchback }\$" out || bad "explore: $(tail -n 1 out)"
grep -q "^# of: $said\$" found/stock-route.scn || bad "no version in a finding"
if [ -n "$commit" ]; then
	grep -q "^  seed [0-9]* at commit $commit, first of " out ||
		bad "explore: no commit: $(cat out)"
fi
"$SB" test --policy stock --db store.db found/stock-route.scn >out 2>err
grep -q "^  by: $said\$" out || bad "test: $(cat out)"
"$SB" test --policy stock --tap found/stock-route.scn >out 2>err
grep -q "^  version: \"${said#switchback }\"\$" out || bad "TAP: $(cat out)"
"$SB" test --policy stock --json found/stock-route.scn >out 2>err
grep -qF "\"version\": \"${said#switchback }\"" out || bad "JSON: $(cat out)"
"$SB" list --json --db store.db >out || bad "list: $?"
grep -qF "\"version\":\"${said#switchback }\"" out || bad "the store: $(cat out)"
exit $status
