/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/live.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/rows.h"
#include "db/store_handle.h"

struct kept_packet {
	int64_t at_ns;
	size_t number; /* in the order in which they came */
	size_t offset; /* of its bytes in live.bytes */
	uint32_t bytes;
	uint32_t wire_bytes;
	int32_t place;
};

struct live {
	struct store *store; /* borrowed */
	struct rows_tail tail;
	int64_t end_ns;
	bool ended;
	struct kept_packet *packets;
	size_t n_packets, cap_packets;
	char *bytes;
	size_t n_bytes, cap_bytes;
};

int
live_open(struct store *s, const struct trace_run *run, int64_t *run_id,
    struct live **out, struct err *e)
{
	struct trace_run begun = *run;
	struct live *l;
	int64_t id = 0;
	int rc, got;

	begun.cut = true;
	if ((rc = store_begin_own(s, e)) < 0)
		return rc;
	got = rows_add_run(s->rows, &begun, "", &id);
	if (got != SQLITE_OK)
		return store_undo(s, got, e);
	if ((rc = store_commit_own(s, e)) < 0)
		return rc;
	l = mem_zero(1, sizeof(*l));
	l->store = s;
	l->tail.run = id;
	l->end_ns = run->end_ns;
	*run_id = id;
	*out = l;
	return 0;
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	free(l->tail.kept);
	free(l->packets);
	free(l->bytes);
	free(l);
}

/* A transaction on a run that may still grow. */
static int
begin(struct live *l, struct err *e)
{
	if (l->ended)
		return err_set(e, ERR_STATE,
		    "%s: run %" PRId64 " has ended: begin a new one",
		    l->store->path, l->tail.run);
	return store_begin_own(l->store, e);
}

static int
undo(struct live *l, int got, struct err *e)
{
	if (got != SQLITE_NOTFOUND)
		return store_undo(l->store, got, e);
	store_roll_back(l->store);
	return err_set(e, ERR_NOTFOUND,
	    "%s: run %" PRId64 " was removed while it was written: begin a "
	    "new one",
	    l->store->path, l->tail.run);
}

int
live_place(struct live *l, const char *name, int linktype, uint32_t snap_bytes,
    int32_t *place, struct err *e)
{
	int64_t seq = l->tail.next[ROWS_PLACE];
	int rc, got;

	if ((rc = begin(l, e)) < 0)
		return rc;
	got = rows_set_end(l->store->rows, l->tail.run, l->end_ns, false);
	if (got == SQLITE_OK)
		got = rows_add_place(l->store->rows, l->tail.run, seq, name,
		    linktype, snap_bytes);
	if (got != SQLITE_OK)
		return undo(l, got, e);
	if ((rc = store_commit_own(l->store, e)) < 0)
		return rc;
	l->tail.next[ROWS_PLACE]++;
	*place = (int32_t)seq;
	return 0;
}

void
live_packet(struct live *l, int32_t place, int64_t at_ns, uint32_t wire_bytes,
    const void *data, uint32_t bytes)
{
	struct kept_packet *p;

	assert(place >= 0 && place < l->tail.next[ROWS_PLACE]);
	l->bytes = mem_grow(l->bytes, &l->cap_bytes, l->n_bytes + bytes, 1);
	if (bytes > 0)
		memcpy(l->bytes + l->n_bytes, data, bytes);
	p = MEM_PUSH(l->packets, l->n_packets, l->cap_packets);
	p->at_ns = at_ns;
	p->number = l->n_packets;
	p->offset = l->n_bytes;
	p->bytes = bytes;
	p->wire_bytes = wire_bytes;
	p->place = place;
	l->n_bytes += bytes;
}

size_t
live_kept_bytes(const struct live *l)
{
	return l->n_bytes + l->n_packets * sizeof(*l->packets);
}

static int
by_time(const void *a, const void *b)
{
	const struct kept_packet *p = a, *q = b;

	if (p->at_ns != q->at_ns)
		return p->at_ns < q->at_ns ? -1 : 1;
	return p->number < q->number ? -1 : p->number > q->number;
}

static void
sort_packets(struct live *l)
{
	size_t i;

	for (i = 1; i < l->n_packets; i++)
		if (l->packets[i].at_ns < l->packets[i - 1].at_ns) {
			qsort(l->packets, l->n_packets, sizeof(*l->packets),
			    by_time);
			return;
		}
}

static int
add_packets(struct live *l)
{
	int64_t seq = l->tail.next[ROWS_PACKET];
	int rc = SQLITE_OK;
	size_t i;

	sort_packets(l);
	for (i = 0; i < l->n_packets && rc == SQLITE_OK; i++) {
		const struct kept_packet *p = &l->packets[i];
		const struct rows_packet row = {
			.at_ns = p->at_ns,
			.place = p->place,
			.wire_bytes = p->wire_bytes,
			.data = p->bytes == 0 ? "" : l->bytes + p->offset,
			.bytes = p->bytes,
		};

		rc = rows_add_packet(l->store->rows, l->tail.run, seq++, &row);
	}
	return rc;
}

/* What was handed over is stored. */
static void
forget(struct live *l, struct trace *t)
{
	size_t kept;

	rows_advance(&l->tail, t);
	trace_forget(t, &kept);
	assert(kept == l->tail.n_kept);
	l->tail.next[ROWS_PACKET] += (int64_t)l->n_packets;
	l->n_packets = 0;
	l->n_bytes = 0;
}

int
live_append(struct live *l, struct trace *t, int64_t until_ns, struct err *e)
{
	int64_t end_ns = until_ns > l->end_ns ? until_ns : l->end_ns;
	int rc, got;

	assert(t->n_states >= l->tail.n_kept);
	if ((rc = begin(l, e)) < 0)
		return rc;
	got = rows_set_end(l->store->rows, l->tail.run, end_ns, false);
	if (got == SQLITE_OK)
		got = rows_add_trace(l->store->rows, &l->tail, t);
	if (got == SQLITE_OK)
		got = add_packets(l);
	if (got != SQLITE_OK)
		return undo(l, got, e);
	if ((rc = store_commit_own(l->store, e)) < 0)
		return rc;
	l->end_ns = end_ns;
	forget(l, t);
	return 0;
}

int
live_end(struct live *l, int64_t end_ns, struct err *e)
{
	int rc, got;

	if ((rc = begin(l, e)) < 0)
		return rc;
	got = rows_set_end(l->store->rows, l->tail.run, end_ns, true);
	if (got != SQLITE_OK)
		return undo(l, got, e);
	if ((rc = store_commit_own(l->store, e)) < 0)
		return rc;
	l->ended = true;
	return 0;
}
