#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Unpacks the cases of a pack (fixtures/conformance/README.md) into a folder,
# one folder for each case. Prints the names of the cases.
#	tests/conformance/unpack.sh FOLDER PACK...
set -eu
LC_ALL=C
export LC_ALL
to=$1
shift

# awk prints octal escapes, and one printf(1) for each file makes bytes of
# them: not every awk can print a NUL.
awk -v to="$to" -v quote="'" '
function shell(s) {
	gsub(quote, quote "\\" quote quote, s)
	return quote s quote
}
function flush_file() {
	if (file != "")
		print "} >" shell(file)
	file = ""
}
function octal(s,    out, at, hex) {
	# For the format of printf: a backslash is \\, a byte \ooo. In the text
	# of a %b, what is behind a NUL is lost on FreeBSD.
	gsub(/%/, "%%", s)
	while ((at = index(s, "\\")) > 0) {
		out = out substr(s, 1, at - 1)
		if (substr(s, at + 1, 1) == "\\") {
			out = out "\\\\"
			s = substr(s, at + 2)
			continue
		}
		hex = tolower(substr(s, at + 2, 2))
		out = out sprintf("\\%03o", \
		    (index("0123456789abcdef", substr(hex, 1, 1)) - 1) * 16 + \
		    index("0123456789abcdef", substr(hex, 2, 1)) - 1)
		s = substr(s, at + 4)
	}
	return out s
}
/^[|:]/ && link != "" {
	print "ln -s " shell(substr($0, 2)) " " shell(link)
	link = ""
	next
}
/^[|:]/ {
	print "printf -- " shell(octal(substr($0, 2)) (/^[|]/ ? "\\n" : ""))
	next
}
/^case / {
	flush_file()
	folder = to "/" substr($0, 6)
	print "mkdir -p " shell(folder)
	print "echo " shell(substr($0, 6))
}
/^dir / {
	flush_file()
	print "mkdir -p " shell(folder "/" substr($0, 5))
}
/^link / {
	flush_file()
	link = folder "/" substr($0, 6)
}
/^file / {
	flush_file()
	file = folder "/" substr($0, 6)
	print "{ :"
}
END { flush_file() }' "$@" | sh
