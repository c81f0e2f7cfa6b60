#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What tests of growth share: that four times as much takes about four times
# the instructions, and not sixteen times. Sets "bad" to 1 when it does not.
#
#	grows LIMIT NAME MAKE COMMAND...
#
# MAKE N writes an input of size N to standard output; COMMAND is run with it
# as $TMP/input, and with the empty one that 0 makes, whose instructions do
# not count. LIMIT is the largest growth in hundredths: 500 is 5.00 times.
# GROWTH_FROM is the smaller N (250).

if [ "$V" != default ] || [ "${CC##*/}" != gcc ]; then
	echo "instructions are counted in the plain build alone"
	exit 77
fi
if ! command -v valgrind >/dev/null; then
	echo "valgrind is not installed"
	exit 77
fi
# shellcheck disable=SC2034 # it is for the test
bad=0

instructions() { # COMMAND...
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" \
	    2>&1 >"$TMP/result" </dev/null |
		awk '/Collected : / { n += $NF } END { printf "%.0f", n }'
}

grows() {
	limit=$1 name=$2 make=$3 few=${GROWTH_FROM:-250}
	shift 3
	"$make" 0 >"$TMP/input"
	none=$(instructions "$@")
	"$make" "$few" >"$TMP/input"
	once=$(instructions "$@")
	"$make" $((4 * few)) >"$TMP/input"
	four=$(instructions "$@")
	growth=$((100 * (four - none) / (once - none + 1)))
	echo "$name: $((once - none)) of $few, $((four - none)) of $((4 * few))"
	[ "$growth" -le "$limit" ] && [ "$once" -gt "$none" ] || {
		echo "$name: grows $growth hundredths, $limit are allowed" >&2
		# shellcheck disable=SC2034
		bad=1
	}
}
