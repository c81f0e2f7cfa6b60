/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a capture for bench_continuity.sh: probes of several streams by
 * turns, 100,000 a second, one of a thousand lost.
 *	capture_writer FILE PACKETS STREAMS [PAYLOAD]
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "packet/probehdr.h"

#define STEP_NS 10000

int
main(int argc, char **argv)
{
	uint8_t frame[2048] = { 0 };
	struct pcap_pkthdr h = { 0 };
	struct probe_frame f = { .src.family = 4, .dst.family = 4 };
	unsigned long packets, streams, i, extra = 0;
	uint64_t at = 1700000000 * UINT64_C(1000000000);
	struct prng random;
	pcap_dumper_t *d;
	pcap_t *p;

	if (argc < 4)
		return 2;
	packets = strtoul(argv[2], NULL, 10);
	streams = strtoul(argv[3], NULL, 10);
	if (argc > 4)
		extra = strtoul(argv[4], NULL, 10);
	p = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 65535,
	    PCAP_TSTAMP_PRECISION_NANO);
	d = p == NULL ? NULL : pcap_dump_open(p, argv[1]);
	if (d == NULL || extra > sizeof(frame) - PROBE_FRAME_MAX)
		return 3;
	prng_seed(&random, 1);
	for (i = 0; i < packets; i++, at += STEP_NS) {
		if (prng_below(&random, 1000) == 0)
			continue;
		f.stream = (uint32_t)(i % streams);
		f.sequence = i / streams;
		f.sent_ns = (int64_t)at;
		memcpy(f.src.bytes, "\012\0\0\004", 4);
		memcpy(f.dst.bytes, "\012\0\0\001", 4);
		f.src_port = (uint16_t)(49152 + f.stream % 16384);
		f.dst_port = PROBE_UDP_PORT;
		h.caplen = (bpf_u_int32)(probe_frame_encode(&f, frame) + extra);
		h.len = h.caplen;
		h.ts.tv_sec = (time_t)(at / 1000000000);
		h.ts.tv_usec = (suseconds_t)(at % 1000000000);
		pcap_dump((u_char *)d, &h, frame);
	}
	if (pcap_dump_flush(d) < 0)
		return 3;
	pcap_dump_close(d);
	pcap_close(p);
	return 0;
}
