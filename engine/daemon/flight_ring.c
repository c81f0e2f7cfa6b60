/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/flight_ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct head { /* before each row; then kind, NUL, body */
	int64_t at_ns;
	uint32_t kind_bytes, body_bytes;
	uint32_t type;
};

struct flight_ring {
	char *room; /* owned */
	size_t size, begin, used;
	int64_t keep_ns;
	uint64_t first, next;
	bool broken; /* the group that is being added has lost a row */
};

struct flight_ring *
flight_ring_new(size_t bytes, int64_t keep_ns)
{
	struct flight_ring *r = mem_zero(1, sizeof(*r));

	assert(bytes >= FLIGHT_RING_MIN);
	r->room = mem_zero(1, bytes);
	r->size = bytes;
	r->keep_ns = keep_ns;
	return r;
}

void
flight_ring_free(struct flight_ring *r)
{
	if (r == NULL)
		return;
	free(r->room);
	free(r);
}

/* A row may go over the end of the room. */
static void
put(struct flight_ring *r, const void *data, size_t bytes)
{
	size_t at = (r->begin + r->used) % r->size;
	size_t head = bytes < r->size - at ? bytes : r->size - at;

	memcpy(r->room + at, data, head);
	memcpy(r->room, (const char *)data + head, bytes - head);
	r->used += bytes;
}

static void
get(const struct flight_ring *r, size_t offset, void *data, size_t bytes)
{
	size_t at = (r->begin + offset) % r->size;
	size_t head = bytes < r->size - at ? bytes : r->size - at;

	memcpy(data, r->room + at, head);
	memcpy((char *)data + head, r->room, bytes - head);
}

static size_t
row_bytes(const struct head *h)
{
	return sizeof(*h) + h->kind_bytes + 1 + h->body_bytes;
}

static void
drop_row(struct flight_ring *r)
{
	struct head h;

	get(r, 0, &h, sizeof(h));
	r->begin = (r->begin + row_bytes(&h)) % r->size;
	r->used -= row_bytes(&h);
	r->first++;
}

bool
flight_ring_drop(struct flight_ring *r)
{
	struct head h;

	if (r->used == 0)
		return false;
	do {
		drop_row(r);
		if (r->used > 0)
			get(r, 0, &h, sizeof(h));
	} while (r->used > 0 && h.type == FLIGHT_OUT);
	return true;
}

static void
drop_old(struct flight_ring *r, int64_t now_ns)
{
	struct head h;

	while (r->used > 0) {
		get(r, 0, &h, sizeof(h));
		if (h.at_ns + r->keep_ns >= now_ns)
			return;
		flight_ring_drop(r);
	}
}

void
flight_ring_add(struct flight_ring *r, const struct flight_row *row)
{
	struct head h = { .at_ns = row->at_ns,
		.kind_bytes = (uint32_t)strlen(row->kind),
		.body_bytes = (uint32_t)row->bytes,
		.type = row->type };

	if (row->type != FLIGHT_OUT) {
		r->broken = false;
		drop_old(r, row->at_ns);
	}
	/* Its own group may be the oldest one by then, and go as well. */
	while (row_bytes(&h) > r->size - r->used && flight_ring_drop(r))
		r->broken =
		    r->broken || (r->used == 0 && row->type == FLIGHT_OUT);
	if (r->broken || row->bytes > r->size ||
	    row_bytes(&h) > r->size - r->used) {
		r->broken = true;
		r->first = ++r->next;
		return;
	}
	put(r, &h, sizeof(h));
	put(r, row->kind, h.kind_bytes + 1);
	put(r, row->body, h.body_bytes);
	r->next++;
}

uint64_t
flight_ring_first(const struct flight_ring *r)
{
	return r->first;
}

uint64_t
flight_ring_next(const struct flight_ring *r)
{
	return r->next;
}

size_t
flight_ring_used(const struct flight_ring *r)
{
	return r->used;
}

void
flight_ring_each(const struct flight_ring *r,
    void (*fn)(void *ctx, const struct flight_row *row), void *ctx)
{
	struct flight_row row;
	struct head h;
	char *text = NULL;
	size_t at, cap = 0;

	for (at = 0; at < r->used; at += row_bytes(&h)) {
		get(r, at, &h, sizeof(h));
		text = mem_grow(text, &cap,
		    (size_t)h.kind_bytes + h.body_bytes + 2, 1);
		get(r, at + sizeof(h), text,
		    (size_t)h.kind_bytes + 1 + h.body_bytes);
		text[(size_t)h.kind_bytes + 1 + h.body_bytes] = '\0';
		row.type = (enum flight_type)h.type;
		row.at_ns = h.at_ns;
		row.kind = text;
		row.body = text + h.kind_bytes + 1;
		row.bytes = h.body_bytes;
		fn(ctx, &row);
	}
	free(text);
}
