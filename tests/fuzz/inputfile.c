/* SPDX-License-Identifier: BSD-2-Clause */
#include "inputfile.h"

#include <unistd.h>

#include "base/strbuf.h"
#include "fuzz.h"

char *
inputfile_read(const char *path, size_t *bytes)
{
	struct strbuf all = { 0 };
	char piece[4096];
	size_t n;
	FILE *f = fopen(path, "rb");

	FUZZ_HOLDS(f != NULL);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		strbuf_add(&all, piece, n);
	fclose(f);
	*bytes = all.bytes;
	return strbuf_take(&all);
}

void
inputfile_write(const char *path, const void *data, size_t bytes)
{
	FILE *f = fopen(path, "wb");

	FUZZ_HOLDS(f != NULL && fwrite(data, 1, bytes, f) == bytes);
	FUZZ_HOLDS(fclose(f) == 0);
}

void
inputfile_stdin(const uint8_t *data, size_t bytes)
{
	int fds[2];

	FUZZ_HOLDS(
	    pipe(fds) == 0 && write(fds[1], data, bytes) == (ssize_t)bytes);
	close(fds[1]);
	if (fds[0] != 0) {
		FUZZ_HOLDS(dup2(fds[0], 0) == 0);
		close(fds[0]);
	}
}
