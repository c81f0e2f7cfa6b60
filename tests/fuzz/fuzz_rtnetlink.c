/* SPDX-License-Identifier: BSD-2-Clause */
/* Routing messages of both systems, whatever they are, decoded, taken into a
 * table, and shown as states and as records of devctl(4); and taken for the
 * answers of one look, as a snapshot. */
#include "fuzz.h"

#include <string.h>

#include "daemon/record_seen.h"
#include "event/devline.h"
#include "world/linkrecords.h"
#include "world/linuxsnap.h"
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

/* What a rule is given says no more than it should. */
static void
on_record(void *ctx, const char *text)
{
	static struct devline line;
	const char *p;

	(void)ctx;
	for (p = text; *p != '\0'; p++)
		FUZZ_HOLDS(*p > ' ' ? *p < 0x7f && *p != '"' : *p == ' ');
	devline_parse(&line, text, strlen(text));
	FUZZ_HOLDS(line.kind == DEVLINE_NOTIFY && !line.dropped);
	FUZZ_HOLDS(*devline_subsystem(&line) != '\0');
	devline_fini(&line);
}

static void
feed(const uint8_t *data, size_t bytes,
    size_t (*next)(const void *, size_t, struct ifevent *))
{
	size_t hints = 0, at, step;
	const struct linktable_user user = { on_hint, on_gone, &hints };
	struct record_seen seen = { 0 };
	struct linkrecords records = { 0 };
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
		linkrecords_update(&records, &t, on_record, NULL);
	}
	check_table(&t);
	record_seen_fini(&seen);
	linkrecords_fini(&records);
	trace_free(trace);
	linktable_fini(&t);
}

/* --- a look --- */

/* A name stands there as it is: the log cleans its lines (base/log.h). */
static void
note(void *ctx, const char *text)
{
	(void)ctx;
	FUZZ_HOLDS(*text != '\0');
}

static void
more(void *ctx, const struct snap_if *i, struct linuxsnap_more *out)
{
	(void)ctx;
	out->dhclient = i->class == IF_HN;
}

static void
check_snapshot(const struct snapshot *s)
{
	size_t i, k;

	for (i = 0; i < s->n_ifs; i++) {
		FUZZ_HOLDS(s->ifs[i].name[0] != '\0');
		FUZZ_HOLDS(s->ifs[i].n_ports <= SNAP_PORTS);
		FUZZ_HOLDS(s->ifs[i].n_addrs <= SNAP_ADDRS);
		for (k = 0; k < s->ifs[i].n_ports; k++)
			FUZZ_HOLDS(s->ifs[i].ports[k].name[0] != '\0');
	}
}

/* Twice, as a daemon looks: the second time nothing has changed. */
static void
look_at(const uint8_t *data, size_t bytes)
{
	struct snapshot first = { 0 }, second = { 0 };
	struct linuxsnap maker = { .versions = 0 };
	struct nicpairs pairs = { .count = 0 };
	struct linklook look = { .n_links = 0 };
	struct ifevent e;
	size_t at, step, i;

	for (at = 0; at < bytes; at += step) {
		if ((step = rtnetlink_next(data + at, bytes - at, &e)) == 0)
			break;
		linklook_take(&look, &e);
	}
	linklook_sort(&look);
	FUZZ_HOLDS(nicpair_declare(&pairs, "eth0", NULL) == 0);
	if (look.n_links > 0)
		nicpair_declare(&pairs, look.links[0].name, NULL);
	nicpair_update(&pairs, &look, note, NULL);
	linuxsnap_fill(&maker, &look, &pairs, more, NULL, &first);
	nicpair_update(&pairs, &look, note, NULL);
	linuxsnap_fill(&maker, &look, &pairs, more, NULL, &second);
	check_snapshot(&first);
	FUZZ_HOLDS(first.n_ifs == look.n_links && second.n_ifs == first.n_ifs);
	for (i = 0; i < first.n_ifs; i++)
		FUZZ_HOLDS(strcmp(first.ifs[i].name, second.ifs[i].name) == 0);
	linuxsnap_fini(&maker);
	linklook_fini(&look);
	snapshot_fini(&first);
	snapshot_fini(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	feed(data, bytes, rtnetlink_next);
	feed(data, bytes, rtsock_next);
	look_at(data, bytes);
	return 0;
}
