/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What begins as a capture file is read as one; anything else is packets,
 * each "link length time bytes": a byte that chooses the link type, one for
 * the length, one for the milliseconds since the one before. All is judged
 * and told, and the numbers must fit each other.
 */
#include "fuzz.h"
#include "inputfile.h"

#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "report/streams.h"
#include "report/streams_text.h"
#include "report/streams_trace.h"
#include "world/capture_file.h"

#define PLACES	   8
#define PIPE_BYTES 16384 /* that a pipe takes at once, everywhere */

static const int links[PLACES] = { FRAME_ETHERNET, FRAME_RAW, FRAME_SLL,
	FRAME_SLL2, FRAME_NULL, FRAME_LOOP, FRAME_IPV6, 999 };

static void
judge(struct flows *f)
{
	static const char *const sides[] = { "a", "b" };
	struct streams_text how = { .sides = sides };
	struct trace *t = trace_new();
	struct strbuf out = { 0 };
	const struct stream *st;
	struct streams s;
	uint64_t missing;
	size_t i, k;

	streams_judge(f, &s);
	for (i = 0; i < s.count; i++) {
		st = &s.list[i];
		FUZZ_HOLDS(st->losses.delivered <= st->losses.sent);
		missing = 0;
		for (k = 0; k < st->losses.n_gaps; k++) {
			FUZZ_HOLDS(st->losses.gaps[k].unsent <=
			    st->losses.gaps[k].count);
			FUZZ_HOLDS(st->losses.gaps[k].to_ns >=
			    st->losses.gaps[k].from_ns);
			missing += st->losses.gaps[k].count;
		}
		if (st->flow->kind != NUMBERING_TCP)
			FUZZ_HOLDS(
			    missing == st->losses.lost + st->losses.unsent ||
			    st->losses.settled);
	}
	streams_trace(&s, 0, t);
	streams_write_text(&s, t, &how, &out);
	streams_write_json(&s, t, 0, &out);
	strbuf_fini(&out);
	streams_fini(&s);
	trace_free(t);
}

static void
give(struct flows *f, size_t place, int64_t at_ns, const uint8_t *data,
    uint32_t bytes, uint32_t wire_bytes)
{
	struct flows_packet p = { place, at_ns, data, bytes, wire_bytes };

	flows_add(f, &p);
}

static void
from_packets(struct flows *f, const uint8_t *data, size_t bytes)
{
	int64_t at_ns = 0;
	uint32_t length;
	size_t i;

	for (i = 0; i < PLACES; i++)
		flows_add_place(f, i % 2 != 0 && f->options.two_sided, "x",
		    links[i]);
	for (i = 0; bytes - i >= 3; i += length) {
		at_ns += data[i + 2] * DUR_MS;
		length = data[i + 1];
		if (length > bytes - i - 3)
			length = (uint32_t)(bytes - i - 3);
		give(f, data[i] % PLACES, at_ns, data + i + 3, length, length);
		i += 3;
	}
}

static void
from_file(struct flows *f, const uint8_t *data, size_t bytes)
{
	struct capture_file *c = NULL;
	struct capture_packet p;
	struct err e;

	inputfile_stdin(data, bytes < PIPE_BYTES ? bytes : PIPE_BYTES);
	if (capture_file_open("-", "ip or ip6", &c, &e) < 0)
		return;
	while (capture_file_next(c, &p, &e) == 1) {
		while (f->n_places <= p.interface &&
		    flows_add_place(f, 0, "x",
			capture_file_linktype(c, f->n_places)) >= 0)
			continue;
		if (p.interface < f->n_places)
			give(f, p.interface, p.at_ns, p.data, p.bytes,
			    p.wire_bytes);
	}
	capture_file_close(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct flows_options o = { .max_flows = 50 };
	struct flows f;

	if (bytes == 0)
		return 0;
	o.two_sided = bytes > 1 && data[1] % 2 != 0;
	flows_init(&f, &o);
	if (strchr("\x0a\xd4\x4d\xa1\x34", data[0]) != NULL && data[0] != 0)
		from_file(&f, data, bytes);
	else
		from_packets(&f, data, bytes);
	judge(&f);
	flows_fini(&f);
	return 0;
}
