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
#include "damagedstore.h"
#include "fuzz.h"
#include "inputfile.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "db/merge.h"
#include "db/store_read.h"

/* SQLite opens each file several times. */
unsigned
fuzz_mutations(void)
{
	return 100;
}

#define GOOD 1 /* of the stores, the one that is as it should be */

static char input[DAMAGEDSTORE_PATH], output[DAMAGEDSTORE_PATH];

static void
begin(void)
{
	damagedstore_begin();
	damagedstore_path(input, "in.db");
	damagedstore_path(output, "out.db");
}

static void
write_input(const uint8_t *data, size_t bytes)
{
	if (data[0] >= 128)
		inputfile_write(input, data + 1, bytes - 1);
	else
		damagedstore_write(input, data[0] % 2, data + 1, bytes - 1);
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
	size_t bytes, base_bytes;
	const char *base = damagedstore_base(GOOD, &base_bytes);
	char *now;

	FUZZ_HOLDS(e->text[0] != '\0');
	if (!was_there) {
		FUZZ_HOLDS(access(output, F_OK) != 0);
		return;
	}
	now = inputfile_read(output, &bytes);
	FUZZ_HOLDS(bytes == base_bytes && memcmp(now, base, bytes) == 0);
	free(now);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const char *const inputs[2] = { input, damagedstore_files[GOOD] };
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
		damagedstore_write(output, GOOD, NULL, 0);
	before = there ? runs_in(output) : 0;
	if (merge_stores(output, inputs, 2, 0, count, &m, &e) < 0) {
		check_refused(&e, there);
	} else {
		FUZZ_HOLDS(m.fresh <= m.runs);
		FUZZ_HOLDS(runs_in(output) == before + m.fresh);
	}
	return 0;
}
