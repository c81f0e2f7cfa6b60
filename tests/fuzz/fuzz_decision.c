/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows that say what a core was told are taken or refused, whatever they are,
 * and what was understood of a snapshot comes out again. Entries end in a NUL:
 *	S NAME newline BODY		a setup
 *	I AT KIND newline BODY		a row in; O: out
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/replayer.h"
#include "failover/snapshot_text.h"

#define ENTRIES_MAX 2000

static void
difference(void *ctx, const struct replay_difference *d)
{
	size_t *count = ctx;

	FUZZ_HOLDS(d->first <= d->n_recorded && d->first <= d->n_replayed);
	FUZZ_HOLDS(d->first < d->n_recorded || d->first < d->n_replayed);
	++*count;
}

static void
round_trip(const char *body, size_t bytes)
{
	struct snapshot_parser *a = snapshot_parser_new(),
			       *b = snapshot_parser_new();
	struct snapshot_writer *w = snapshot_writer_new(),
			       *v = snapshot_writer_new();
	struct strbuf once = { 0 }, twice = { 0 };
	const struct snapshot *s;
	struct err e;

	if ((s = snapshot_parse(a, body, bytes, &e)) != NULL) {
		snapshot_write(w, s, &once);
		s = snapshot_parse(b, strbuf_str(&once), once.bytes, &e);
		FUZZ_HOLDS(s != NULL);
		snapshot_write(v, s, &twice);
		FUZZ_HOLDS(strcmp(strbuf_str(&once), strbuf_str(&twice)) == 0);
	}
	snapshot_parser_free(a);
	snapshot_parser_free(b);
	snapshot_writer_free(w);
	snapshot_writer_free(v);
	strbuf_fini(&once);
	strbuf_fini(&twice);
}

/* head and body are NUL-terminated. */
static int
give(struct replayer *r, size_t number, char *head, char *body, size_t bytes)
{
	struct replay_row row = { .number = number,
		.in = head[0] == 'I',
		.body = body,
		.bytes = bytes };
	struct err e;
	char *kind;

	if (strncmp(head, "S ", 2) == 0)
		return replayer_setup(r, head + 2, body, bytes, &e);
	if (head[0] == '\0' || head[1] == '\0')
		return 0;
	row.at_ns = strtoll(head + 2, &kind, 10);
	row.kind = *kind == ' ' ? kind + 1 : kind;
	if (strcmp(row.kind, "snapshot") == 0)
		round_trip(body, bytes);
	return replayer_row(r, &row, &e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *text = mem_strn((const char *)data, bytes), *end = text + bytes;
	char *at = text, *body, *next;
	struct replay_counts counts;
	size_t differences = 0, n = 0;
	struct replayer *r = replayer_new(difference, &differences);

	for (; at < end && n < ENTRIES_MAX; at = next + 1) {
		next = at + strlen(at);
		body = memchr(at, '\n', (size_t)(next - at));
		if (body != NULL)
			*body++ = '\0';
		else
			body = next;
		if (give(r, n++, at, body, (size_t)(next - body)) < 0)
			break;
	}
	replayer_end(r, &counts);
	FUZZ_HOLDS(counts.differences == differences);
	replayer_free(r);
	free(text);
	return 0;
}
