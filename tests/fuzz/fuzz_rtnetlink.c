/* SPDX-License-Identifier: BSD-2-Clause */
/* Routing messages of both systems, whatever they are, decoded, taken into a
 * table, and shown as states. */
#include "fuzz.h"

#include <string.h>

#include "daemon/record_seen.h"
#include "world/rtnetlink.h"
#include "world/rtsock.h"

static void
on_hint(void *ctx, const char *text)
{
	size_t *hints = ctx;

	FUZZ_HOLDS(strlen(text) > 0 && strchr(text, '\n') == NULL);
	++*hints;
}

static void
on_gone(void *ctx, const char *name)
{
	(void)ctx;
	FUZZ_HOLDS(strlen(name) < IFEVENT_NAME);
}

static void
check_event(const struct ifevent *e)
{
	FUZZ_HOLDS(memchr(e->name, '\0', sizeof(e->name)) != NULL);
	FUZZ_HOLDS(e->error >= 0);
	FUZZ_HOLDS(e->kind != IFEVENT_LINK || e->index != 0);
	FUZZ_HOLDS(e->addr.prefix <= (e->addr.family == 6 ? 128 : 32));
}

static void
check_table(const struct linktable *t)
{
	size_t i;

	for (i = 0; i < t->n_links; i++) {
		FUZZ_HOLDS(t->links[i].name[0] != '\0');
		FUZZ_HOLDS(i == 0 || t->links[i - 1].index < t->links[i].index);
		FUZZ_HOLDS(
		    linktable_find(t, t->links[i].index) == &t->links[i]);
	}
}

static void
feed(const uint8_t *data, size_t bytes,
    size_t (*next)(const void *, size_t, struct ifevent *))
{
	size_t hints = 0, at, step;
	const struct linktable_user user = { on_hint, on_gone, &hints };
	struct record_seen seen = { 0 };
	struct trace *trace = trace_new();
	struct linktable t;
	struct ifevent e;

	linktable_init(&t, &user);
	for (at = 0; at < bytes; at += step) {
		step = next(data + at, bytes - at, &e);
		FUZZ_HOLDS(step <= bytes - at);
		if (step == 0)
			break;
		check_event(&e);
		if (e.sequence % 3 == 1)
			linktable_begin(&t, e.kind);
		linktable_take(&t, &e);
		if (e.kind == IFEVENT_END)
			linktable_end(&t, IFEVENT_LINK);
		record_seen_table(&seen, trace, (int64_t)at, &t);
	}
	check_table(&t);
	record_seen_fini(&seen);
	trace_free(trace);
	linktable_fini(&t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	feed(data, bytes, rtnetlink_next);
	feed(data, bytes, rtsock_next);
	return 0;
}
