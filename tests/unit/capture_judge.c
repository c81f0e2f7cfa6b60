/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture_judge.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "report/streams.h"
#include "sim/machine/vclock.h"
#include "world/capture_file.h"

struct source {
	struct capture_file *file;
	struct capture_packet packet;
	bool more;
};

static void
open_source(struct source *s, struct flows *f, unsigned side,
    const char *folder, const char *name)
{
	struct strbuf path = { 0 };
	struct err e;

	strbuf_addf(&path, "%s/%s.pcap", folder, name);
	if (capture_file_open(strbuf_str(&path), NULL, &s->file, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(flows_add_place(f, side, name,
			     capture_file_linktype(s->file, 0)),
	    side);
	s->more = capture_file_next(s->file, &s->packet, &e) == 1;
	strbuf_fini(&path);
}

static void
read_both(struct flows *f, const char *folder)
{
	struct source s[2];
	struct flows_packet p;
	struct err e;
	unsigned n;

	open_source(&s[0], f, 0, folder, "guest");
	open_source(&s[1], f, 1, folder, "peer");
	while (s[0].more || s[1].more) {
		n = !s[0].more ||
		    (s[1].more && s[1].packet.at_ns < s[0].packet.at_ns);
		p = (struct flows_packet){ .place = n,
			.at_ns = s[n].packet.at_ns,
			.data = s[n].packet.data,
			.bytes = s[n].packet.bytes,
			.wire_bytes = s[n].packet.wire_bytes };
		flows_add(f, &p);
		s[n].more = capture_file_next(s[n].file, &s[n].packet, &e) == 1;
	}
	capture_file_close(s[0].file);
	capture_file_close(s[1].file);
}

static const struct stream *
find(const struct streams *s, uint32_t number, const char *way,
    const char *where)
{
	const struct stream *found = NULL;
	size_t i;

	for (i = 0; i < s->whole; i++) {
		if (s->list[i].flow->stream != number)
			continue;
		if (found != NULL || strcmp(s->list[i].way, way) != 0)
			fail_msg("%s: %s %s is not the only one, or not %s",
			    where, s->list[i].name, s->list[i].way, way);
		found = &s->list[i];
	}
	return found;
}

/* Refused packets at the ends are in no capture. */
static bool
is_whole(const struct trace_probe *p, const struct trace_gap *g)
{
	return g->send_errors == 0 ||
	    (g->first_seq > 0 &&
		g->first_seq + g->count < p->sent + p->send_errors);
}

static bool
is_same(const struct loss_gap *a, const struct trace_gap *b)
{
	int64_t zero = WALL_EPOCH * DUR_SEC;

	return a->first == b->first_seq && a->count == b->count &&
	    a->unsent == b->send_errors && a->from_ns == b->from_ns + zero &&
	    a->to_ns == b->to_ns + zero;
}

static size_t
check_gaps(const struct trace *t, int32_t probe, const struct stream *s,
    const char *where)
{
	const struct trace_probe *p = &t->probes[probe];
	const struct trace_gap *g;
	size_t i, k = 0, same = 0;

	for (i = 0; i < t->n_gaps; i++) {
		g = &t->gaps[i];
		if (g->probe != probe)
			continue;
		if (!is_whole(p, g)) {
			/* It may be there, shorter, or not at all. */
			if (k < s->losses.n_gaps &&
			    s->losses.gaps[k].first < g->first_seq + g->count)
				k++;
			continue;
		}
		if (k == s->losses.n_gaps || !is_same(&s->losses.gaps[k], g))
			fail_msg("%s: %s %s: no gap of %" PRIu64
				 " from %" PRIu64 " on",
			    where, p->name, p->way, g->count, g->first_seq);
		k++;
		same++;
	}
	if (k != s->losses.n_gaps)
		fail_msg("%s: %s %s: %zu gaps too many", where, p->name, p->way,
		    s->losses.n_gaps - k);
	return same;
}

size_t
capture_judge(const struct trace *t, const char *folder, const char *where)
{
	struct flows_options o = { .two_sided = true };
	const struct trace_probe *p;
	const struct stream *st;
	struct streams s;
	struct flows f;
	size_t i, gaps = 0;

	flows_init(&f, &o);
	read_both(&f, folder);
	streams_judge(&f, &s);
	for (i = 0; i < t->n_probes; i++) {
		p = &t->probes[i];
		st = find(&s, (uint32_t)i + 1, p->way, where);
		if (st == NULL) {
			assert_int_equal(p->sent, 0);
			continue;
		}
		if (st->losses.sent != p->sent || st->losses.lost != p->lost ||
		    st->losses.delivered != p->delivered)
			fail_msg("%s: %s %s: %" PRIu64 " lost of %" PRIu64
				 ", in truth %" PRIu64 " of %" PRIu64,
			    where, p->name, p->way, st->losses.lost,
			    st->losses.sent, p->lost, p->sent);
		gaps += check_gaps(t, (int32_t)i, st, where);
	}
	streams_fini(&s);
	flows_fini(&f);
	return gaps;
}
