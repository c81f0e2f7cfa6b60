/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What claims to be a daemon answers: it is refused with a reason, or is a
 * table for a terminal, in which nothing but printable text stands.
 */
#include "fuzz.h"

#include <string.h>

#include "cmd/ctltable.h"

static void
show(const char *order, const char *text, size_t bytes)
{
	struct strbuf out = { 0 };
	struct err err = { .text = "" };
	const char *p;

	if (ctltable_write(order, text, bytes, &out, &err) < 0)
		FUZZ_HOLDS(err.code == ERR_INPUT && err.text[0] != '\0');
	for (p = strbuf_str(&out); *p != '\0'; p++)
		FUZZ_HOLDS(*p == '\n' || (*p >= ' ' && *p <= '~'));
	FUZZ_HOLDS((size_t)(p - strbuf_str(&out)) == out.bytes);
	strbuf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	FUZZ_HOLDS(ctltable_has("state") && ctltable_has("pairs"));
	show("state", (const char *)data, bytes);
	show("pairs", (const char *)data, bytes);
	return 0;
}
