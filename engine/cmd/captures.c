/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/captures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "report/clean.h"
#include "world/capture_file.h"

#define PROGRESS_EACH 100000 /* packets */

struct input {
	struct capture_file *file;
	const char *path;
	struct flows_packet packet; /* the one that is next */
	bool more;
	size_t *places; /* of the file's interfaces */
	size_t n_places, cap_places;
};

struct reading {
	struct captures *c;
	struct flows *f;
	struct input inputs[CAPTURES_MAX];
	uint64_t packets;
};

static void
warn(const char *path, const char *text)
{
	struct strbuf line = { 0 };

	clean_text(&line, path);
	fprintf(stderr, "switchback continuity: %s: warning: %s\n",
	    strbuf_str(&line), text);
	strbuf_fini(&line);
}

/* "dir/hn0.pcap" is hn0; of several interfaces, "hn0.pcapng#1 eth0". */
static void
place_name(const struct input *in, size_t number, struct strbuf *out)
{
	const char *base = strrchr(in->path, '/'), *dot;
	const char *name = capture_file_interface_name(in->file, number);
	char *stem;

	base = base == NULL ? in->path : base + 1;
	dot = strrchr(base, '.');
	if (strcmp(in->path, "-") == 0)
		base = dot = "stdin";
	if (dot == NULL || dot == base)
		dot = base + strlen(base);
	if (name[0] != '\0') {
		clean_text(out, name);
		return;
	}
	stem = mem_strn(base, (size_t)(dot - base));
	clean_text(out, stem);
	free(stem);
	if (number > 0)
		strbuf_addf(out, "#%zu", number);
}

static bool
is_taken(const struct flows *f, unsigned side, const char *name)
{
	size_t i;

	for (i = 0; i < f->n_places; i++)
		if (f->places[i].side == side &&
		    strcmp(f->places[i].name, name) == 0)
			return true;
	return false;
}

static int
add_place(struct reading *r, struct input *in, unsigned side)
{
	size_t number = in->n_places;
	int linktype = capture_file_linktype(in->file, number), place;
	struct strbuf name = { 0 }, text = { 0 };

	place_name(in, number, &name);
	if (is_taken(r->f, side, strbuf_str(&name))) {
		strbuf_adds(&name, " of ");
		clean_text(&name, in->path);
		strbuf_addf(&name, "#%zu", number);
	}
	place = flows_add_place(r->f, side, strbuf_str(&name), linktype);
	if (place >= 0 && !frame_knows(linktype)) {
		r->c->unknown_link = true;
		strbuf_addf(&text,
		    "%s has link type %d, which is not read: its packets are "
		    "left out; capture on an Ethernet, raw IP, Linux cooked "
		    "or loopback interface",
		    strbuf_str(&name), linktype);
		warn(in->path, strbuf_str(&text));
	}
	strbuf_fini(&name);
	strbuf_fini(&text);
	if (place < 0) {
		fprintf(stderr,
		    "switchback continuity: %s: with this there are more than "
		    "%d interfaces: name fewer captures\n",
		    in->path, FLOWS_PLACES);
		return CMD_INPUT;
	}
	*MEM_PUSH(in->places, in->n_places, in->cap_places) = (size_t)place;
	return CMD_PASS;
}

static void
end_of(struct reading *r, struct input *in)
{
	struct strbuf text = { 0 };
	uint64_t dropped = capture_file_dropped(in->file);

	in->more = false;
	if (capture_file_cut(in->file)) {
		r->c->cut++;
		warn(in->path,
		    "is cut off in the middle of a packet; what comes before "
		    "is judged");
	}
	if (dropped == 0)
		return;
	r->c->dropped += dropped;
	strbuf_addf(&text,
	    "the capture itself lost %" PRIu64 " packets: they cannot be told "
	    "from lost ones; capture with a larger buffer (-B)",
	    dropped);
	warn(in->path, strbuf_str(&text));
	strbuf_fini(&text);
}

static int
advance(struct reading *r, size_t number)
{
	struct input *in = &r->inputs[number];
	struct capture_packet p;
	struct err e;
	int rc = capture_file_next(in->file, &p, &e), status;

	if (rc < 0)
		return storeargs_fail("continuity", &e);
	if (rc == 0) {
		end_of(r, in);
		return CMD_PASS;
	}
	while (in->n_places <= p.interface) {
		status = add_place(r, in, r->c->sides[number]);
		if (status != CMD_PASS)
			return status;
	}
	in->packet.place = in->places[p.interface];
	in->packet.at_ns = p.at_ns;
	in->packet.data = p.data;
	in->packet.bytes = p.bytes;
	in->packet.wire_bytes = p.wire_bytes;
	return CMD_PASS;
}

/* The earliest; of equals, of the file that was named first. -1: no more. */
static int
earliest(const struct reading *r)
{
	int best = -1;
	size_t i;

	for (i = 0; i < r->c->n_paths; i++)
		if (r->inputs[i].more &&
		    (best < 0 ||
			r->inputs[i].packet.at_ns <
			    r->inputs[best].packet.at_ns))
			best = (int)i;
	return best;
}

static void
show_progress(struct reading *r)
{
	int percent = 0, one;
	size_t i;

	for (i = 0; i < r->c->n_paths; i++) {
		one = capture_file_percent(r->inputs[i].file);
		if (one < 0)
			return;
		percent += one;
	}
	fprintf(stderr, "\rreading: %3d %%, %" PRIu64 " packets",
	    percent / (int)r->c->n_paths, r->packets);
}

/* The time of the earliest packet of the others. */
static int64_t
limit_of(const struct reading *r, size_t but)
{
	int64_t limit = INT64_MAX;
	size_t i;

	for (i = 0; i < r->c->n_paths; i++)
		if (i != but && r->inputs[i].more &&
		    r->inputs[i].packet.at_ns < limit)
			limit = r->inputs[i].packet.at_ns;
	return limit;
}

static int
read_all(struct reading *r)
{
	struct input *in;
	int status, next;
	int64_t limit;

	while ((next = earliest(r)) >= 0) {
		in = &r->inputs[next];
		limit = limit_of(r, (size_t)next);
		do {
			flows_add(r->f, &in->packet);
			if (++r->packets % PROGRESS_EACH == 0 && r->c->progress)
				show_progress(r);
			status = advance(r, (size_t)next);
			if (status != CMD_PASS)
				return status;
		} while (in->more && in->packet.at_ns < limit);
	}
	return CMD_PASS;
}

static int
open_all(struct reading *r)
{
	struct input *in;
	struct err e;
	size_t i;
	int status;

	for (i = 0; i < r->c->n_paths; i++) {
		in = &r->inputs[i];
		in->path = r->c->paths[i];
		if (capture_file_open(in->path, r->c->filter, &in->file, &e) <
		    0)
			return storeargs_fail("continuity", &e);
		in->more = true;
		status = advance(r, i);
		if (status != CMD_PASS)
			return status;
	}
	return CMD_PASS;
}

int
captures_read(struct captures *c, struct flows *f)
{
	struct reading *r = mem_zero(1, sizeof(*r));
	size_t i;
	int status;

	r->c = c;
	r->f = f;
	status = open_all(r);
	if (status == CMD_PASS)
		status = read_all(r);
	if (c->progress && r->packets >= PROGRESS_EACH)
		fputs("\r\033[K", stderr);
	for (i = 0; i < c->n_paths; i++) {
		capture_file_close(r->inputs[i].file);
		free(r->inputs[i].places);
	}
	free(r);
	return status;
}
