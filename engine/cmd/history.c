/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"
#include "report/beside.h"
#include "sim/machine/vclock.h"

static const char store_magic[] = "SQLite format 3"; /* with its NUL */

void
history_fini(struct history *h)
{
	trace_free(h->trace);
	h->trace = NULL;
}

/* --- reading --- */

static int
read_run(struct history *h, const char *path, const char *which)
{
	struct store_reader *reader = NULL;
	struct err e;
	int64_t id;
	int rc = store_read_open(path, &reader, &e);

	if (rc == 0)
		rc = store_read_find(reader, which, &id, &e);
	if (rc == 0)
		rc = store_read_trace(reader, id, &h->trace, &e);
	store_read_close(reader);
	return rc == 0 ? CMD_PASS : storeargs_fail("continuity", &e);
}

static bool
is_store(const char *path)
{
	char head[sizeof(store_magic)];
	FILE *f = fopen(path, "rb");
	bool is;

	if (f == NULL)
		return false;
	is = fread(head, sizeof(head), 1, f) == 1 &&
	    memcmp(head, store_magic, sizeof(head)) == 0;
	fclose(f);
	return is;
}

static int
read_recording(struct history *h)
{
	char *path = mem_str(h->recording), *hash = strrchr(path, '#');
	struct recording *r;
	int status = CMD_PASS;

	if (hash != NULL)
		*hash = '\0';
	if (is_store(path)) {
		status = read_run(h, path, hash == NULL ? NULL : hash + 1);
		free(path);
		return status;
	}
	free(path);
	r = input_recording(h->recording);
	if (r == NULL)
		return CMD_INPUT;
	h->trace = recording_trace(r);
	beside_witness(r, h->trace);
	recording_free(r);
	return status;
}

int
history_read(struct history *h)
{
	if (h->recording != NULL)
		return read_recording(h);
	if (h->run != NULL)
		return read_run(h, storeargs_db(h->db), h->run);
	return CMD_PASS;
}

/* --- clocks --- */

int64_t
history_join(struct history *h, int64_t from_ns, int64_t until_ns)
{
	char first[DUR_TEXT], last[DUR_TEXT], begin[DUR_TEXT];
	const struct trace_run *run;
	int64_t start;

	if (h->trace == NULL)
		return from_ns;
	run = &h->trace->run;
	h->joined = h->has_offset;
	h->shift_ns = h->offset_ns;
	if (!h->joined)
		h->joined = beside_clock(h->trace, WALL_EPOCH * DUR_SEC,
		    from_ns, until_ns, &h->shift_ns);
	if (!h->joined) {
		fprintf(stderr,
		    "switchback continuity: warning: the recording's clock "
		    "(%s to %s s) is not the captures' (from %s s on), so no "
		    "gap is explained: say with --offset what to add to its "
		    "times\n",
		    dur_short(run->start_ns, first),
		    dur_short(run->end_ns, last), dur_short(from_ns, begin));
		return from_ns;
	}
	start = run->start_ns + h->shift_ns;
	if (h->trace->n_records > 0 &&
	    h->trace->records[0].emit_ns + h->shift_ns < start)
		start = h->trace->records[0].emit_ns + h->shift_ns;
	return start < from_ns ? start : from_ns;
}

/* --- packets --- */

struct stored {
	struct flows *f;
	int *places;
	size_t n_places, cap_places;
	bool full;
};

static bool
take_place(void *ctx, const struct store_place *place)
{
	struct stored *s = ctx;
	int number = flows_add_place(s->f, 0, place->name, place->linktype);

	*MEM_PUSH(s->places, s->n_places, s->cap_places) = number;
	s->full = number < 0;
	return !s->full;
}

static bool
take_packet(void *ctx, const struct store_packet *packet)
{
	struct stored *s = ctx;
	struct flows_packet p = { .at_ns = packet->at_ns,
		.data = packet->data,
		.bytes = (uint32_t)packet->bytes,
		.wire_bytes = packet->wire_bytes };

	if (packet->place < 0 || (size_t)packet->place >= s->n_places ||
	    packet->at_ns < 0)
		return true;
	p.place = (size_t)s->places[packet->place];
	flows_add(s->f, &p);
	return true;
}

int
history_packets(const struct history *h, struct flows *f)
{
	struct store_reader *reader = NULL;
	struct stored s = { .f = f };
	struct err e;
	int64_t id;
	int rc = store_read_open(storeargs_db(h->db), &reader, &e);

	if (rc == 0)
		rc = store_read_find(reader, h->run, &id, &e);
	if (rc == 0)
		rc = store_read_places(reader, id, take_place, &s, &e);
	if (rc == 0 && s.full)
		rc = err_set(&e, ERR_INPUT,
		    "%s: run %s has packets of more than %d interfaces",
		    storeargs_db(h->db), h->run, FLOWS_PLACES);
	if (rc == 0)
		rc = store_read_packets(reader, id, take_packet, &s, &e);
	store_read_close(reader);
	free(s.places);
	return rc == 0 ? CMD_PASS : storeargs_fail("continuity", &e);
}
