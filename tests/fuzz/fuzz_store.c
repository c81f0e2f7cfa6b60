/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store's file that somebody has damaged or made up: it is read, or refused
 * for a reason, and is left as it was; then it is opened for writing and gets
 * another run, or is refused.
 *
 * Input: 0 and 1: the rest changes the store of that schema in fixtures/db,
 * in pieces: three bytes for the place, one for how many follow; 2: the rest
 * is how much of the newest one is left, in 64 bytes; else it is the file.
 */
#include "damagedstore.h"
#include "fuzz.h"
#include "inputfile.h"

#include <sys/stat.h>

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/store.h"
#include "db/store_read.h"

#define RUNS_MOST 4

/* SQLite opens each file several times. */
unsigned
fuzz_mutations(void)
{
	return 1000;
}

static char path[DAMAGEDSTORE_PATH];

/* --- the file --- */

static void
begin(void)
{
	damagedstore_begin();
	damagedstore_path(path, "runs.db");
}

static void
write_input(const uint8_t *data, size_t bytes)
{
	size_t n, all, which = data[0];
	const char *newest;

	if (which > 2) {
		inputfile_write(path, data + 1, bytes - 1);
	} else if (which == 2) {
		n = bytes < 3 ? 0 : ((size_t)data[1] | (size_t)data[2] << 8);
		newest = damagedstore_base(1, &all);
		inputfile_write(path, newest, n * 64 % all);
	} else {
		damagedstore_write(path, which, data + 1, bytes - 1);
	}
}

static bool
is_beside(const char *suffix)
{
	char name[sizeof(path) + 16];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return access(name, F_OK) == 0;
}

/* --- what is done with it --- */

struct runs {
	int64_t ids[RUNS_MOST];
	size_t count;
};

static bool
add_run(void *ctx, const struct store_run *run)
{
	struct runs *runs = ctx;

	FUZZ_HOLDS(run->run.title != NULL);
	runs->ids[runs->count++] = run->id;
	return runs->count < RUNS_MOST;
}

static bool
see_place(void *ctx, const struct store_place *place)
{
	(void)ctx;
	FUZZ_HOLDS(place->name != NULL);
	return true;
}

static bool
see_packet(void *ctx, const struct store_packet *packet)
{
	unsigned *sum = ctx;
	size_t i;

	FUZZ_HOLDS(packet->data != NULL);
	for (i = 0; i < packet->bytes; i++)
		*sum += ((const uint8_t *)packet->data)[i];
	return true;
}

static bool
is_reason(int rc, const struct err *e)
{
	return rc < 0 && rc >= ERR_UNSUPPORTED && (int)e->code == rc &&
	    strncmp(e->text, path, strlen(path)) == 0;
}

static void
read_run(struct store_reader *r, int64_t id)
{
	struct recording *rec = NULL;
	struct trace *t = NULL;
	struct strbuf text = { 0 };
	struct err e = { .text = "" };
	unsigned sum = 0;
	int rc;

	if ((rc = store_read_trace(r, id, &t, &e)) < 0)
		FUZZ_HOLDS(is_reason(rc, &e));
	else
		trace_hash(t);
	trace_free(t);
	if ((rc = store_read_recording(r, id, &rec, &e)) < 0)
		FUZZ_HOLDS(is_reason(rc, &e));
	else
		recording_format(rec, &text);
	recording_free(rec);
	strbuf_fini(&text);
	if ((rc = store_read_places(r, id, see_place, NULL, &e)) < 0)
		FUZZ_HOLDS(is_reason(rc, &e));
	if ((rc = store_read_packets(r, id, see_packet, &sum, &e)) < 0)
		FUZZ_HOLDS(is_reason(rc, &e));
}

static void
read_all(void)
{
	struct store_reader *r = NULL;
	struct runs runs = { .count = 0 };
	struct err e = { .text = "" };
	size_t i;
	int rc;

	if ((rc = store_read_open(path, &r, &e)) < 0) {
		FUZZ_HOLDS(is_reason(rc, &e));
		return;
	}
	if ((rc = store_read_runs(r, add_run, &runs, &e)) < 0)
		FUZZ_HOLDS(is_reason(rc, &e));
	for (i = 0; i < runs.count; i++)
		read_run(r, runs.ids[i]);
	store_read_close(r);
}

static void
write_one(void)
{
	struct trace *t = trace_new();
	struct store *s = NULL;
	struct err e = { .text = "" };
	int64_t id;
	int rc;

	rc = store_open(path, STORE_MUST_EXIST, &s, &e);
	if (rc == 0)
		rc = store_add_trace(s, t, &id, &e);
	FUZZ_HOLDS(rc == 0 || is_reason(rc, &e));
	store_close(s);
	trace_free(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct stat before, after;

	if (bytes == 0)
		return 0;
	if (path[0] == '\0')
		begin();
	write_input(data, bytes);
	FUZZ_HOLDS(stat(path, &before) == 0);
	read_all();
	FUZZ_HOLDS(stat(path, &after) == 0);
	FUZZ_HOLDS(before.st_size == after.st_size &&
	    before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
	FUZZ_HOLDS(!is_beside("-wal") && !is_beside("-shm"));
	FUZZ_HOLDS(!is_beside("-journal"));
	write_one();
	FUZZ_HOLDS(!is_beside("-wal") && !is_beside("-shm"));
	unlink(path);
	return 0;
}
