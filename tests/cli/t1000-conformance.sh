#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every recorded case gets the answer of the real devd: as the newest devd, as
# that of FreeBSD 12.1, and with directories read in reverse order.
set -u
cases=$(tests/conformance/unpack.sh "$TMP" fixtures/conformance/*.pack) || {
	echo "the packs cannot be unpacked" >&2
	exit 1
}
passed=0
failed=0

# The file with the answer to be given: the first that exists.
first_of() {
	for f; do
		if [ -f "$f" ]; then
			echo "$f"
			return
		fi
	done
}

# name, file with the answer, option...
try() {
	name=$1 answer=$2
	shift 2
	if [ -f media ]; then
		set -- "$@" --media media
	fi
	"$SB" match -f devd.conf "$@" events >"$TMP/out" 2>"$TMP/err"
	status=$?
	want=0
	case $answer in
	status*)
		want=2
		grep '^line ' "$answer" >"$TMP/want"
		;;
	*) cp "$answer" "$TMP/want" ;;
	esac
	if [ "$status" -eq $want ] && cmp -s "$TMP/out" "$TMP/want"; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "$name $*: status $status, expected $want" >&2
	diff "$TMP/want" "$TMP/out" | head -n 5 >&2
	head -n 3 "$TMP/err" >&2
}

for case in $cases; do
	cd "$TMP/$case" || exit 1
	newest=$(first_of expected.ours expected status)
	try "$case" "$newest"
	try "$case" "$(first_of expected.121 status.121 "$newest")" --devd 12.1
	try "$case" "$(first_of expected.reverse "$newest")" --reverse
done
echo "$passed answers right, $failed wrong, of $(echo "$cases" | wc -l) cases"
[ $failed -eq 0 ] && [ $passed -gt 1000 ]
