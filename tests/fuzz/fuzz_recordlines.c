/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records in a FIFO or a file, in pieces of a size that the first byte says:
 * whatever the pieces, they are the lines that are not empty, cut where they
 * are too long.
 */
#include "fuzz.h"

#include <string.h>

#include "base/strbuf.h"
#include "world/record_lines.h"

static void
take(struct record_lines *l, bool at_end, struct strbuf *out)
{
	char line[DEVLINE_MAX];
	size_t bytes;

	while (record_lines_take(l, at_end, line, &bytes)) {
		FUZZ_HOLDS(bytes > 0 && bytes <= DEVLINE_MAX);
		FUZZ_HOLDS(memchr(line, '\n', bytes) == NULL);
		strbuf_add(out, line, bytes);
		strbuf_addc(out, '\n');
	}
}

static void
in_pieces(const uint8_t *data, size_t bytes, size_t piece, struct strbuf *out)
{
	static struct record_lines l;
	size_t n, room;
	char *to;

	memset(&l, 0, sizeof(l));
	for (; bytes > 0; data += n, bytes -= n) {
		to = record_lines_room(&l, &room);
		n = piece < room ? piece : room;
		n = n < bytes ? n : bytes;
		memcpy(to, data, n);
		record_lines_filled(&l, n);
		take(&l, false, out);
	}
	take(&l, true, out);
}

/* The same, slowly. */
static void
by_line(const uint8_t *data, size_t bytes, struct strbuf *out)
{
	const uint8_t *end;
	size_t n;

	for (; bytes > 0; data += n, bytes -= n) {
		end = memchr(data, '\n', bytes);
		n = end != NULL ? (size_t)(end - data) : bytes;
		strbuf_add(out, data, n < DEVLINE_MAX ? n : DEVLINE_MAX);
		if (n > 0)
			strbuf_addc(out, '\n');
		n += end != NULL;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct strbuf got = { 0 }, want = { 0 };

	if (bytes == 0)
		return 0;
	in_pieces(data + 1, bytes - 1, 1 + (size_t)data[0] * data[0], &got);
	by_line(data + 1, bytes - 1, &want);
	FUZZ_HOLDS(got.bytes == want.bytes);
	FUZZ_HOLDS(
	    got.bytes == 0 || memcmp(got.data, want.data, got.bytes) == 0);
	strbuf_fini(&got);
	strbuf_fini(&want);
	return 0;
}
