/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a script in a sandbox may write to the socket of its calls, read field
 * by field in an order that the first byte chooses: no field reaches beyond
 * its frame, what is missing is said, and what was read is written again as
 * the same bytes.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "world/sandwire.h"

#define FIELDS 64 /* of a frame that are looked at */

/* Numbers where the bit of order is set, texts elsewhere. */
static void
read_fields(struct wire *w, unsigned order, struct strbuf *again)
{
	size_t mark = wire_begin(again, w->kind), bytes, i;
	const unsigned char *end = w->end;
	const char *text;
	int64_t number;

	for (i = 0; i < FIELDS && wire_more(w); i++) {
		if ((order >> i % 8 & 1) != 0) {
			number = wire_take_number(w);
			if (!w->bad)
				wire_number(again, number);
			continue;
		}
		text = wire_take_text(w, &bytes);
		if (!w->bad)
			wire_text(again, text, bytes);
		FUZZ_HOLDS(
		    bytes == 0 || (const unsigned char *)text + bytes <= end);
	}
	wire_end(again, mark);
	FUZZ_HOLDS(w->at <= w->end && w->end == end);
}

/* As sandbox_linux.c takes a call. */
static void
read_call(struct wire w)
{
	char *word;

	if (w.kind != WIRE_CALL)
		return;
	wire_take_number(&w);
	while (wire_more(&w)) {
		word = wire_take_str(&w);
		FUZZ_HOLDS(!w.bad || *word == '\0');
		free(word);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct strbuf again = { 0 };
	struct wire w, whole;
	size_t at = 1, used = 0;

	if (bytes == 0)
		return 0;
	while (wire_frame(data + at, bytes - at, &w, &used) == 1) {
		FUZZ_HOLDS(used > 4 && used <= bytes - at);
		whole = w;
		read_call(w);
		strbuf_reset(&again);
		read_fields(&w, data[0], &again);
		if (!w.bad && w.at == w.end) {
			FUZZ_HOLDS(again.bytes == used);
			FUZZ_HOLDS(memcmp(again.data, data + at, used) == 0);
		}
		FUZZ_HOLDS(whole.end == data + at + used);
		at += used;
	}
	strbuf_fini(&again);
	return 0;
}
