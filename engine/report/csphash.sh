#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Prints "sha256-BASE64" of a file as a C string: how a
# Content-Security-Policy names the one script, or style, that it allows.
#	engine/report/csphash.sh FILE
set -eu
if command -v sha256sum >/dev/null; then
	hex=$(sha256sum <"$1" | cut -d ' ' -f 1)
else
	hex=$(sha256 -q "$1")
fi
[ ${#hex} -eq 64 ] || {
	echo "csphash: no SHA-256 of $1" >&2
	exit 1
}
echo "$hex" | awk '
BEGIN {
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
}
{
	hex = $0 "00"	# 33 bytes: 11 groups of 3, the last letter is padding
	for (i = 1; i <= length(hex); i += 6) {
		n = 0
		for (k = 0; k < 6; k++)
			n = n * 16 + index("0123456789abcdef", substr(hex, i + k, 1)) - 1
		group = ""
		for (k = 0; k < 4; k++) {
			group = substr(letters, n % 64 + 1, 1) group
			n = int(n / 64)
		}
		out = out group
	}
	print "\"sha256-" substr(out, 1, 43) "=\""
}'
