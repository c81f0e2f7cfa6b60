/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A store that somebody has damaged or made up, merged with a good one: it is
 * taken, or refused by its name. All or nothing: an output that is made is a
 * store that can be read, one that is refused is as it was.
 *
 * Input: a byte, of which the lowest bit says which store of fixtures/db is
 * changed and the next one whether there is an output already; then changes:
 * three bytes for the place, one for how many follow. From a byte of 128 on
 * the rest is the file.
 */
#include "fuzz.h"

#include <sys/stat.h>

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/merge.h"
#include "db/store_read.h"

/* SQLite opens each file several times. */
unsigned
fuzz_mutations(void)
{
	return 100;
}

static const char *const base_paths[2] = { "fixtures/db/v1.db",
	"fixtures/db/v2.db" };
static char *bases[2];
static size_t base_bytes[2];
static char folder[40], input[64], output[64];

/* --- files --- */

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
write_file(const char *path, const char *data, size_t bytes)
{
	FILE *f = fopen(path, "wb");

	FUZZ_HOLDS(f != NULL && fwrite(data, 1, bytes, f) == bytes);
	FUZZ_HOLDS(fclose(f) == 0);
}

static void
end(void)
{
	unlink(input);
	unlink(output);
	FUZZ_HOLDS(rmdir(folder) == 0);
	free(bases[0]);
	free(bases[1]);
}

static void
begin(void)
{
	/* In memory, where the system has that. */
	bool memory = access("/dev/shm", W_OK) == 0;
	size_t i;

	for (i = 0; i < 2; i++)
		bases[i] = read_file(base_paths[i], &base_bytes[i]);
	snprintf(folder, sizeof(folder), "%s/switchback-fuzz.XXXXXX",
	    memory ? "/dev/shm" : "/tmp");
	FUZZ_HOLDS(mkdtemp(folder) != NULL);
	snprintf(input, sizeof(input), "%s/in.db", folder);
	snprintf(output, sizeof(output), "%s/out.db", folder);
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
write_input(const uint8_t *data, size_t bytes)
{
	size_t which = data[0] % 2;
	char *file;

	if (data[0] >= 128) {
		write_file(input, (const char *)data + 1, bytes - 1);
		return;
	}
	file = mem_copy(bases[which], base_bytes[which]);
	change(file, base_bytes[which], data + 1, bytes - 1);
	write_file(input, file, base_bytes[which]);
	free(file);
}

/* --- merging --- */

struct merged {
	size_t runs, fresh;
};

static void
count(void *ctx, const struct merge_run *run)
{
	struct merged *m = ctx;

	FUZZ_HOLDS(run->input < 2 && run->about->title != NULL);
	m->runs++;
	m->fresh += !run->known;
}

static bool
count_run(void *ctx, const struct store_run *run)
{
	size_t *n = ctx;

	(void)run;
	++*n;
	return true;
}

static size_t
runs_in(const char *path)
{
	struct store_reader *r = NULL;
	size_t n = 0;
	struct err e;

	FUZZ_HOLDS(store_read_open(path, &r, &e) == 0);
	FUZZ_HOLDS(store_read_runs(r, count_run, &n, &e) == 0);
	store_read_close(r);
	return n;
}

static void
check_refused(const struct err *e, bool was_there)
{
	size_t bytes;
	char *now;

	FUZZ_HOLDS(e->text[0] != '\0');
	if (!was_there) {
		FUZZ_HOLDS(access(output, F_OK) != 0);
		return;
	}
	now = read_file(output, &bytes);
	FUZZ_HOLDS(bytes == base_bytes[1] && memcmp(now, bases[1], bytes) == 0);
	free(now);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const char *const inputs[2] = { input, base_paths[1] };
	struct merged m = { .runs = 0 };
	struct err e = { .text = "" };
	bool there;
	size_t before;

	if (bytes == 0)
		return 0;
	if (input[0] == '\0')
		begin();
	there = data[0] / 2 % 2 != 0;
	write_input(data, bytes);
	unlink(output);
	if (there)
		write_file(output, bases[1], base_bytes[1]);
	before = there ? runs_in(output) : 0;
	if (merge_stores(output, inputs, 2, 0, count, &m, &e) < 0) {
		check_refused(&e, there);
	} else {
		FUZZ_HOLDS(m.fresh <= m.runs);
		FUZZ_HOLDS(runs_in(output) == before + m.fresh);
	}
	return 0;
}
