/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/exportpcap.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"
#include "report/clean.h"
#include "world/packetfile.h"

struct out {
	int32_t place;
	char *path;
	struct packetfile *file;
	uint64_t packets;
};

struct exported {
	const char *dir;
	int64_t wall_ns; /* of the run's 0 */
	struct out *outs;
	size_t n_outs, cap_outs;
	struct err err; /* a callback's */
};

/* A kernel takes any name, and a store holds any. */
static char *
path_of(const struct exported *x, const char *name)
{
	struct strbuf path = { 0 };
	const char *p;
	size_t i, bytes;

	strbuf_addf(&path, "%s/", x->dir);
	for (p = name; *p != '\0'; p++)
		strbuf_addc(&path,
		    *p == '/' || (p == name && *p == '.') ? '_' : *p);
	bytes = path.bytes;
	strbuf_adds(&path, ".pcap");
	for (i = 0; i < x->n_outs; i++)
		if (strcmp(x->outs[i].path, strbuf_str(&path)) == 0) {
			path.bytes = bytes;
			strbuf_addf(&path, ".%zu.pcap", x->n_outs);
			break;
		}
	return strbuf_take(&path);
}

static bool
open_place(void *ctx, const struct store_place *place)
{
	struct exported *x = ctx;
	char *path = path_of(x, place->name);
	struct out *o = MEM_PUSH(x->outs, x->n_outs, x->cap_outs);

	o->place = place->place;
	o->path = path;
	return packetfile_open(path, place->linktype, place->snap_bytes,
		   &o->file, &x->err) == 0;
}

static bool
add_packet(void *ctx, const struct store_packet *p)
{
	struct exported *x = ctx;
	int64_t at_ns;
	size_t i;

	if (__builtin_add_overflow(x->wall_ns, p->at_ns, &at_ns) || at_ns < 0)
		at_ns = 0;
	for (i = 0; i < x->n_outs; i++)
		if (x->outs[i].place == p->place) {
			packetfile_add(x->outs[i].file, at_ns, p->wire_bytes,
			    p->data, (uint32_t)p->bytes);
			x->outs[i].packets++;
		}
	return true;
}

/* "0 is ...: wall SECONDS.NANOS, ...": daemon/record_loop.c. */
static bool
take_wall(void *ctx, int count, const char *const *names,
    const struct store_value *values)
{
	struct exported *x = ctx;
	int64_t seconds, nanos;
	const char *wall;

	(void)count;
	(void)names;
	if (values == NULL || values[0].type != STORE_TEXT)
		return true;
	wall = strstr(values[0].data, ": wall ");
	if (wall != NULL &&
	    sscanf(wall, ": wall %10" SCNd64 ".%9" SCNd64, &seconds, &nanos) ==
		2)
		x->wall_ns = seconds * 1000000000 + nanos;
	return false;
}

static int
read_run(struct exported *x, const char *db, const char *which, struct err *e)
{
	struct store_reader *r = NULL;
	char sql[160];
	int64_t id = 0;
	int rc;

	rc = store_read_open(db, &r, e);
	if (rc == 0)
		rc = store_read_find(r, which, &id, e);
	if (rc == 0) {
		snprintf(sql, sizeof(sql),
		    "SELECT text FROM note WHERE run = %" PRId64
		    " AND who = 'clock' ORDER BY seq LIMIT 1",
		    id);
		rc = store_read_query(r, sql, take_wall, x, e);
	}
	if (rc == 0)
		rc = store_read_places(r, id, open_place, x, e);
	if (rc == 0 && x->err.code == ERR_NONE && x->n_outs > 0)
		rc = store_read_packets(r, id, add_packet, x, e);
	if (rc == 0 && x->err.code != ERR_NONE) {
		*e = x->err;
		rc = e->code;
	}
	store_read_close(r);
	return rc;
}

static void
print_one(const struct out *o)
{
	struct strbuf line = { 0 };

	clean_text(&line, o->path);
	strbuf_addf(&line, ": %" PRIu64 " packets", o->packets);
	puts(strbuf_str(&line));
	strbuf_fini(&line);
}

/* All files or, when one fails, those that were whole before it. */
static int
finish(struct exported *x, int rc, struct err *e)
{
	size_t i;

	for (i = 0; i < x->n_outs; i++) {
		struct out *o = &x->outs[i];

		if (rc < 0)
			packetfile_drop(o->file);
		else if ((rc = packetfile_finish(o->file, e)) == 0)
			print_one(o);
		free(o->path);
	}
	free(x->outs);
	return rc;
}

int
exportpcap(const char *db, const char *run, const char *dir)
{
	struct exported x = { .dir = dir };
	struct err e;
	bool empty;
	int rc;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST) {
		fprintf(stderr, "switchback export: %s: %s\n", dir,
		    strerror(errno));
		return CMD_INPUT;
	}
	rc = read_run(&x, db, run, &e);
	empty = x.n_outs == 0;
	rc = finish(&x, rc, &e);
	if (rc < 0)
		return storeargs_fail("export", &e);
	if (!empty)
		return CMD_PASS;
	fputs("switchback export: the run has no packets\n", stderr);
	return CMD_NOTHING;
}
