/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream between the lab and its guest, either way, in pieces: nothing
 * that it says is believed, and what is a row is the same one when it is
 * written again. */
#include "fuzz.h"

#include <string.h>

#include "agent/bootfacts.h"
#include "agent/labwire.h"
#include "agent/netsetup.h"
#include "agent/packetlog.h"

static void
check_text(const struct labwire *m)
{
	struct packetlog_entry p;
	struct bootfacts facts;
	struct strbuf out = { 0 };
	struct err err;
	size_t at = 0, before;

	do
		before = at;
	while (packetlog_take(m->text.data, m->text.bytes, &at, &p, &err) == 1);
	FUZZ_HOLDS(at <= m->text.bytes && before <= at);
	bootfacts_take(strbuf_str(&m->text), m->text.bytes, &facts, &err);
	if (netsetup_text(NETSETUP_IP, m, &out, &err) == 0)
		FUZZ_HOLDS(strpbrk(m->if_name, " ;'\"$`\n") == NULL);
	strbuf_fini(&out);
}

static void
check_row(const struct labwire *m, enum labwire_side from)
{
	struct strbuf once = { 0 }, twice = { 0 };
	struct labwire_reader r = { 0 };
	struct labwire again = { 0 };
	struct err err;

	labwire_put(&once, m);
	FUZZ_HOLDS(once.bytes <= LABWIRE_ROW_MAX);
	labwire_feed(&r, once.data, once.bytes);
	FUZZ_HOLDS(labwire_next(&r, from, &again, &err) == 1);
	labwire_put(&twice, &again);
	FUZZ_HOLDS(strcmp(strbuf_str(&once), strbuf_str(&twice)) == 0);
	labwire_reader_fini(&r);
	labwire_fini(&again);
	strbuf_fini(&once);
	strbuf_fini(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	enum labwire_side from =
	    bytes > 0 && (data[0] & 1) ? LABWIRE_GUEST : LABWIRE_LAB;
	size_t piece = bytes > 1 ? (size_t)data[1] + 1 : 1, at, n;
	struct labwire_reader r = { 0 };
	struct labwire m = { 0 };
	struct err err;
	int rc;

	for (at = 2; at < bytes; at += n) {
		n = bytes - at < piece ? bytes - at : piece;
		labwire_feed(&r, data + at, n);
		while ((rc = labwire_next(&r, from, &m, &err)) != 0) {
			FUZZ_HOLDS(rc == 1 || rc == ERR_INPUT);
			if (rc != 1)
				continue;
			check_row(&m, from);
			check_text(&m);
		}
	}
	labwire_reader_fini(&r);
	labwire_fini(&m);
	return 0;
}
