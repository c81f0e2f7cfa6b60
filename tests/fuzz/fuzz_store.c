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
#include "fuzz.h"

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

static char *bases[2];
static size_t base_bytes[2];
static char path[64];

/* --- the file --- */

static char *
read_file(const char *name, size_t *bytes)
{
	struct strbuf all = { 0 };
	char piece[4096];
	size_t n;
	FILE *f = fopen(name, "rb");

	FUZZ_HOLDS(f != NULL); /* to be run in the repository's root */
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		strbuf_add(&all, piece, n);
	fclose(f);
	*bytes = all.bytes;
	return strbuf_take(&all);
}

static void
end(void)
{
	size_t i;

	unlink(path);
	*strrchr(path, '/') = '\0';
	FUZZ_HOLDS(rmdir(path) == 0);
	for (i = 0; i < 2; i++)
		free(bases[i]);
}

static void
begin(void)
{
	/* In memory, where the system has that. */
	bool memory = access("/dev/shm", W_OK) == 0;
	char folder[40];

	bases[0] = read_file("fixtures/db/v1.db", &base_bytes[0]);
	bases[1] = read_file("fixtures/db/v2.db", &base_bytes[1]);
	snprintf(folder, sizeof(folder), "%s/switchback-fuzz.XXXXXX",
	    memory ? "/dev/shm" : "/tmp");
	FUZZ_HOLDS(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/runs.db", folder);
	atexit(end);
}

static void
change(char *file, size_t bytes, const uint8_t *data, size_t n)
{
	size_t at, more;

	while (n > 4) {
		at = (size_t)data[0] | (size_t)data[1] << 8 |
		    (size_t)data[2] << 16;
		at %= bytes;
		more = data[3];
		data += 4, n -= 4;
		more = more < n ? more : n;
		more = more < bytes - at ? more : bytes - at;
		memcpy(file + at, data, more);
		data += more, n -= more;
	}
}

static void
write_file(const char *data, size_t bytes)
{
	FILE *f = fopen(path, "wb");

	FUZZ_HOLDS(f != NULL && fwrite(data, 1, bytes, f) == bytes);
	FUZZ_HOLDS(fclose(f) == 0);
}

static void
write_input(const uint8_t *data, size_t bytes)
{
	size_t n, which = data[0];
	char *file;

	if (which > 2) {
		write_file((const char *)data + 1, bytes - 1);
		return;
	}
	if (which == 2) {
		n = bytes < 3 ? 0 : ((size_t)data[1] | (size_t)data[2] << 8);
		write_file(bases[1], n * 64 % base_bytes[1]);
		return;
	}
	file = mem_copy(bases[which], base_bytes[which]);
	change(file, base_bytes[which], data + 1, bytes - 1);
	write_file(file, base_bytes[which]);
	free(file);
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
