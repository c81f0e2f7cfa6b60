/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/flight.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/scribe.h"
#include "daemon/flight_ring.h"
#include "daemon/flight_rows.h"

struct setup {
	char *name, *body; /* owned */
	size_t bytes;
	bool superseded;
	uint64_t until; /* rows before this one may need it */
};

struct flight {
	struct flight_ring *ring;
	struct scribe *scribe;
	size_t most;
	struct setup *setups;
	size_t n_setups, cap_setups, setup_bytes;
	uint64_t freed_at; /* the ring's first row when last looked at */
};

/* --- setups --- */

static size_t
setup_size(const struct setup *s)
{
	return sizeof(*s) + strlen(s->name) + s->bytes + 2;
}

static void
free_unneeded(struct flight *f)
{
	uint64_t first = flight_ring_first(f->ring);
	struct setup *s;
	size_t i, kept = 0;

	if (first == f->freed_at)
		return;
	f->freed_at = first;
	for (i = 0; i < f->n_setups; i++) {
		s = &f->setups[i];
		if (!s->superseded || s->until > first) {
			f->setups[kept++] = *s;
			continue;
		}
		f->setup_bytes -= setup_size(s);
		free(s->name);
		free(s->body);
	}
	f->n_setups = kept;
}

/* Setups have their share of the room: rows that need old ones go first. */
static void
keep_bounds(struct flight *f)
{
	while (flight_ring_used(f->ring) + f->setup_bytes > f->most &&
	    flight_ring_drop(f->ring))
		free_unneeded(f);
}

/* "rules 2 PATH": its class is "rules ", its number 2. */
static size_t
class_bytes(const char *name, uint64_t *number)
{
	size_t bytes = strcspn(name, " ");

	*number = strtoull(name + bytes, NULL, 10);
	return bytes + 1;
}

static void
supersede(struct flight *f, const char *name)
{
	uint64_t number, other;
	size_t bytes = class_bytes(name, &number), i;
	struct setup *s;

	for (i = 0; i < f->n_setups; i++) {
		s = &f->setups[i];
		if (s->superseded || strncmp(s->name, name, bytes) != 0)
			continue;
		(void)class_bytes(s->name, &other);
		if (other == number)
			continue;
		s->superseded = true;
		s->until = flight_ring_next(f->ring);
	}
}

static void
take_setup(void *ctx, const char *name, const char *body, size_t bytes)
{
	struct flight *f = ctx;
	struct setup *s;

	supersede(f, name);
	s = MEM_PUSH(f->setups, f->n_setups, f->cap_setups);
	s->name = mem_str(name);
	s->body = mem_strn(body, bytes);
	s->bytes = bytes;
	f->setup_bytes += setup_size(s);
	keep_bounds(f);
}

/* --- rows --- */

static void
add(struct flight *f, const struct flight_row *row)
{
	flight_ring_add(f->ring, row);
	keep_bounds(f);
	free_unneeded(f);
}

static void
take_row(void *ctx, int64_t at_ns, bool in, const char *kind, const char *body,
    size_t bytes)
{
	const struct flight_row row = { .type = in ? FLIGHT_IN : FLIGHT_OUT,
		.at_ns = at_ns,
		.kind = kind,
		.body = body,
		.bytes = bytes };

	add(ctx, &row);
}

void
flight_output(struct flight *f, int64_t now_ns, uint32_t id, const char *output,
    size_t bytes)
{
	char number[16];
	const struct flight_row row = { .type = FLIGHT_OUTPUT,
		.at_ns = now_ns,
		.kind = number,
		.body = output,
		.bytes = bytes };

	snprintf(number, sizeof(number), "%" PRIu32, id);
	if (bytes > 0)
		add(f, &row);
}

void
flight_log(struct flight *f, int64_t now_ns, const char *line)
{
	const struct flight_row row = { .type = FLIGHT_LOG,
		.at_ns = now_ns,
		.kind = "",
		.body = line,
		.bytes = strlen(line) };

	add(f, &row);
}

/* --- all of it --- */

struct flight *
flight_new(size_t bytes, int64_t keep_ns)
{
	struct flight *f = mem_zero(1, sizeof(*f));
	const struct scribe_sink sink = { .setup = take_setup,
		.row = take_row,
		.ctx = f,
		.rests = true };

	f->most = bytes;
	f->ring = flight_ring_new(bytes, keep_ns);
	f->scribe = scribe_new(&sink);
	return f;
}

void
flight_free(struct flight *f)
{
	if (f == NULL)
		return;
	scribe_free(f->scribe);
	flight_ring_free(f->ring);
	while (f->n_setups > 0) {
		f->n_setups--;
		free(f->setups[f->n_setups].name);
		free(f->setups[f->n_setups].body);
	}
	free(f->setups);
	free(f);
}

void
flight_watch(struct flight *f, struct core *c, const struct core_config *config,
    int64_t now_ns)
{
	scribe_begin(f->scribe, c, config, now_ns);
}

size_t
flight_bytes(const struct flight *f)
{
	return flight_ring_used(f->ring) + f->setup_bytes;
}

struct trace *
flight_trace(const struct flight *f, int64_t now_ns, const char *why,
    const char *source)
{
	struct flight_rows *rows = flight_rows_new(why, source, now_ns);
	uint64_t lost = flight_ring_first(f->ring);
	size_t i;

	for (i = 0; i < f->n_setups; i++)
		flight_rows_setup(rows, f->setups[i].name, f->setups[i].body,
		    f->setups[i].bytes);
	flight_ring_each(f->ring, flight_rows_add, rows);
	return flight_rows_end(rows, lost);
}
