/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the trace back with a decoder of its own, and holds it against what
 * perfetto's readers ask of TrackEvents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "report/perfetto.h"
#include "report_rig.h"
#include "sample_trace.h"

#define TRACKS_MAX 200

struct bytes {
	const unsigned char *at;
	size_t left;
};

struct field {
	uint64_t number, value; /* of a varint or fixed64 */
	struct bytes body;	/* of a string or message */
	int wire;
};

static uint64_t
varint(struct bytes *b)
{
	uint64_t value = 0;
	unsigned shift = 0;

	for (;;) {
		assert_true(b->left > 0 && shift < 70);
		value |= (uint64_t)(*b->at & 0x7f) << shift;
		shift += 7;
		b->left--;
		if ((*b->at++ & 0x80) == 0)
			return value;
	}
}

static bool
next(struct bytes *b, struct field *f)
{
	uint64_t key;
	int i;

	memset(f, 0, sizeof(*f));
	if (b->left == 0)
		return false;
	key = varint(b);
	f->number = key >> 3;
	f->wire = (int)(key & 7);
	if (f->wire == 0) {
		f->value = varint(b);
	} else if (f->wire == 1) {
		assert_true(b->left >= 8);
		for (i = 0; i < 8; i++)
			f->value |= (uint64_t)b->at[i] << (8 * i);
		b->at += 8;
		b->left -= 8;
	} else {
		assert_int_equal(f->wire, 2);
		f->body.left = varint(b);
		assert_true(f->body.left <= b->left);
		f->body.at = b->at;
		b->at += f->body.left;
		b->left -= f->body.left;
	}
	return true;
}

/* The field of a message; false when it is not there. */
static bool
get(struct bytes message, uint64_t number, struct field *f)
{
	while (next(&message, f))
		if (f->number == number)
			return true;
	return false;
}

static bool
is_text(struct bytes message, uint64_t number, const char *text)
{
	struct field f;

	while (next(&message, &f))
		if (f.number == number && f.wire == 2 &&
		    f.body.left == strlen(text) &&
		    memcmp(f.body.at, text, f.body.left) == 0)
			return true;
	return false;
}

struct track {
	uint64_t uuid, last_ns;
	int depth; /* slices that are open */
	bool counter, process;
};

struct reader {
	struct track tracks[TRACKS_MAX];
	size_t n_tracks, events, packets;
};

static struct track *
track_of(struct reader *r, uint64_t uuid)
{
	size_t i;

	for (i = 0; i < r->n_tracks; i++)
		if (r->tracks[i].uuid == uuid)
			return &r->tracks[i];
	return NULL;
}

static void
read_track(struct reader *r, struct bytes m)
{
	struct track *t = &r->tracks[r->n_tracks];
	struct field f;

	assert_true(r->n_tracks < TRACKS_MAX);
	assert_true(get(m, 1, &f));
	assert_null(track_of(r, f.value));
	r->n_tracks++;
	t->uuid = f.value;
	t->counter = get(m, 8, &f);
	t->process = get(m, 3, &f);
	if (t->process)
		return;
	assert_true(get(m, 2, &f) && f.body.left > 0);
	/* It hangs below its process, which came before. */
	assert_true(get(m, 5, &f));
	assert_non_null(track_of(r, f.value));
}

static void
read_event(struct reader *r, struct bytes m, uint64_t at_ns)
{
	struct track *t;
	struct field f;

	assert_true(get(m, 11, &f));
	t = track_of(r, f.value);
	assert_non_null(t);
	assert_false(t->process);
	/* On one track, in order of time: slices nest. */
	if (!t->counter)
		assert_true(at_ns >= t->last_ns);
	t->last_ns = at_ns;
	assert_true(get(m, 9, &f));
	assert_in_range(f.value, 1, 4);
	assert_int_equal(f.value == 4, t->counter);
	t->depth += f.value == 1 ? 1 : f.value == 2 ? -1 : 0;
	assert_in_range(t->depth, 0, 1);
	assert_true(f.value == 4 || f.value == 2 || get(m, 23, &f));
	r->events++;
}

/* Reads all; every packet has a sequence, events a time, tracks no event
 * before them. */
static void
read_all(struct reader *r, const struct strbuf *out)
{
	struct bytes all = { (const unsigned char *)strbuf_str(out),
		out->bytes };
	struct field packet, f, at;
	size_t i;

	memset(r, 0, sizeof(*r));
	while (next(&all, &packet)) {
		assert_int_equal(packet.number, 1);
		assert_true(get(packet.body, 10, &f) && f.value > 0);
		r->packets++;
		if (get(packet.body, 60, &f)) {
			read_track(r, f.body);
			continue;
		}
		assert_true(get(packet.body, 8, &at));
		assert_true(get(packet.body, 11, &f));
		read_event(r, f.body, at.value);
	}
	for (i = 0; i < r->n_tracks; i++)
		assert_int_equal(r->tracks[i].depth, 0);
}

/* The n-th event with this name; its time. */
static struct bytes
event_named(const struct strbuf *out, const char *name, uint64_t *at_ns)
{
	struct bytes all = { (const unsigned char *)strbuf_str(out),
		out->bytes };
	struct field packet, f, at;

	while (next(&all, &packet))
		if (get(packet.body, 11, &f) && is_text(f.body, 23, name)) {
			assert_true(get(packet.body, 8, &at));
			*at_ns = at.value;
			return f.body;
		}
	fail_msg("no event named %s", name);
	return all;
}

static void
a_trace_is_well_formed(void **state)
{
	struct trace *a = rig_migration("stock"), *b = sample_trace();
	const struct trace *both[] = { a, b };
	struct strbuf out = { 0 };
	struct reader r;

	(void)state;
	perfetto_write(both, 2, &out);
	read_all(&r, &out);
	assert_true(r.tracks[0].process);
	assert_in_range(r.n_tracks, 20, TRACKS_MAX);
	assert_in_range(r.events, 30, 200);
	strbuf_fini(&out);
	trace_free(a);
	trace_free(b);
}

static void
events_stand_at_their_times(void **state)
{
	struct trace *t = rig_migration("stock");
	const struct trace *one[] = { t };
	struct strbuf out = { 0 };
	struct field f, record;
	struct bytes m;
	uint64_t at_ns;

	(void)state;
	t->run.start_ns = DUR_SEC;
	perfetto_write(one, 1, &out);
	event_named(&out, "vf eject mce0", &at_ns);
	assert_int_equal(at_ns, 4 * DUR_SEC);
	event_named(&out, "none", &at_ns);
	assert_int_equal(at_ns, 4 * DUR_SEC + 300 * DUR_US);
	m = event_named(&out, "10 missing", &at_ns);
	assert_int_equal(at_ns, 4 * DUR_SEC + DUR_MS);
	/* What came of a record hangs together with it. */
	assert_true(get(m, 47, &f));
	m = event_named(&out, "IFNET mce0 DETACH", &at_ns);
	assert_true(get(m, 47, &record));
	assert_int_equal(f.value, record.value);
	m = event_named(&out, "lagg0 port-del mce0", &at_ns);
	assert_true(get(m, 47, &f));
	assert_int_equal(f.value, record.value);
	assert_int_equal(f.wire, 1);
	strbuf_fini(&out);
	trace_free(t);
}

static void
work_that_overlaps_gets_tracks_of_its_own(void **state)
{
	struct trace *t = rig_migration("native");
	const struct trace *one[] = { t };
	struct strbuf out = { 0 };
	struct reader before, after;
	int32_t op;

	(void)state;
	perfetto_write(one, 1, &out);
	read_all(&before, &out);
	strbuf_reset(&out);
	/* From inside the rig's operation until after it. */
	op = trace_begin_operation(t, 5 * DUR_SEC + 600 * DUR_US, "hn0 up", "",
	    TRACE_NONE);
	trace_end_operation(t, op, 6 * DUR_SEC, 0);
	perfetto_write(one, 1, &out);
	read_all(&after, &out);
	assert_int_equal(after.n_tracks, before.n_tracks + 1);
	strbuf_fini(&out);
	trace_free(t);
}

static void
odd_times_are_survived(void **state)
{
	static const int64_t odd[] = { INT64_MIN, -1, 0, INT64_MAX };
	struct strbuf out = { 0 };
	struct trace *t;
	size_t i, k;

	(void)state;
	for (i = 0; i < 4; i++)
		for (k = 0; k < 4; k++) {
			const struct trace *one[1];

			t = sample_trace();
			t->run.start_ns = odd[i];
			t->run.end_ns = odd[k];
			t->gaps[0].from_ns = odd[k];
			t->gaps[0].to_ns = odd[i];
			t->operations[0].start_ns = odd[i];
			t->operations[0].end_ns = odd[k];
			t->states[2].at_ns = odd[k];
			one[0] = t;
			perfetto_write(one, 1, &out);
			strbuf_reset(&out);
			trace_free(t);
		}
	strbuf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_is_well_formed),
		cmocka_unit_test(events_stand_at_their_times),
		cmocka_unit_test(work_that_overlaps_gets_tracks_of_its_own),
		cmocka_unit_test(odd_times_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
