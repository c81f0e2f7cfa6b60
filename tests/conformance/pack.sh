#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Packs conformance cases, one folder each, into the text form of
# fixtures/conformance/README.md.
#	tests/conformance/pack.sh CASE-FOLDER... >TOPIC.pack
set -eu
LC_ALL=C
export LC_ALL

# Bytes as lines: "|" before one that ends in a newline, ":" before one that
# does not.
pack_bytes() {
	od -An -v -tx1 <"$1" | awk '
	BEGIN {
		for (i = 0; i < 256; i++) {
			h = sprintf("%02x", i)
			text[h] = i >= 32 && i < 127 || i == 9 ? \
			    sprintf("%c", i) : "\\x" h
		}
		text["5c"] = "\\\\"
	}
	{
		for (i = 1; i <= NF; i++)
			if ($i == "0a") {
				print "|" line
				line = ""
			} else
				line = line text[$i]
	}
	END { if (line != "") print ":" line }'
}

for folder; do
	echo "case ${folder##*/}"
	(
		cd "$folder"
		find . -mindepth 1 | sort | while read -r path; do
			name=${path#./}
			if [ -h "$path" ]; then
				echo "link $name"
				printf ':%s\n' "$(readlink "$path")"
			elif [ -d "$path" ]; then
				echo "dir $name"
			else
				echo "file $name"
				pack_bytes "$path"
			fi
		done
	)
done
