#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What continuity costs beside the least that reading a capture costs: a bare
# libpcap loop over the same file. And that memory does not grow with the
# file: 1 GB, and many streams. Exit status 1 when over a target.
# shellcheck source=tests/bench/report.inc
. tests/bench/report.inc
B=${B:-build}
CC=${CC:-cc}
dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
over=0

for program in capture_writer pcap_loop; do
	"$CC" -O2 -std=c11 -D_GNU_SOURCE -Iengine -I. -o "$dir/$program" \
	    "tests/bench/$program.c" "$B/libengine.a" -lpcap || exit 3
done

# The least of several, since others are at work beside.
least_cpu_ms() ( # command...
	best=
	for _ in 1 2 3 4 5; do
		ms=$(cpu_ms "$@") || exit 3
		[ -n "$best" ] && [ "$best" -le "$ms" ] || best=$ms
	done
	echo "$best"
)
rss_kb() { # command...: the peak
	command -v time >/dev/null && [ -x /usr/bin/time ] || return 1
	/usr/bin/time -f %M -o "$dir/rss" "$@" >"$dir/result" || exit 3
	tail -n 1 "$dir/rss"
}

# Small packets are the hard case.
"$dir/capture_writer" "$dir/small.pcap" 4000000 8 || exit 3
bare=$(least_cpu_ms "$dir/pcap_loop" "$dir/small.pcap") || exit 3
ours=$(least_cpu_ms "$SB" continuity "$dir/small.pcap") || exit 3
report "4,000,000 small packets, in % of a bare libpcap loop" \
    $((ours * 100 / bare)) % 200
rm "$dir/small.pcap"

"$dir/capture_writer" "$dir/many.pcap" 1000000 32000 || exit 3
if kb=$(rss_kb "$SB" continuity "$dir/many.pcap"); then
	report "32,000 streams, peak memory" "$kb" KB 100000
fi
rm "$dir/many.pcap"

"$dir/capture_writer" "$dir/large.pcap" 3400000 8 200 || exit 3
if kb=$(rss_kb "$SB" continuity "$dir/large.pcap"); then
	report "1 GB of capture, peak memory" "$kb" KB 100000
fi
exit $over
