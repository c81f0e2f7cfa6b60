/* SPDX-License-Identifier: BSD-2-Clause */
#include "report_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/mem.h"

#define GONE (5 * DUR_SEC)

void
rig_set(char **to, const char *text)
{
	free(*to);
	*to = mem_str(text);
}

static void
add_interface(struct trace *t, const char *name)
{
	trace_set_state(t, 0, name, "exists", "yes");
	trace_set_state(t, 0, name, "up", "yes");
	trace_set_state(t, 0, name, "link", "up");
}

struct trace_probe *
rig_probe(struct trace *t, const char *name, const char *way)
{
	struct trace_probe *p = MEM_PUSH(t->probes, t->n_probes, t->cap_probes);

	p->name = mem_str(name);
	p->way = mem_str(way);
	p->period_ns = DUR_MS;
	p->sent = 10000;
	p->delivered = 9990;
	p->lost = 10;
	p->longest_gap_ns = 11 * DUR_MS;
	p->longest_gap_at_ns = GONE;
	return p;
}

struct trace_gap *
rig_gap(struct trace *t, int32_t probe, uint64_t first_seq, uint64_t count,
    int64_t from_ns, int64_t to_ns)
{
	struct trace_gap *g = MEM_PUSH(t->gaps, t->n_gaps, t->cap_gaps);

	g->probe = probe;
	g->first_seq = first_seq;
	g->count = count;
	g->from_ns = from_ns;
	g->to_ns = to_ns;
	g->why = mem_str("lagg0 has no active port");
	g->state = g->record = TRACE_NONE;
	return g;
}

struct trace_check *
rig_check(struct trace *t, enum trace_verdict verdict, const char *text,
    int64_t at_ns)
{
	struct trace_check *c = MEM_PUSH(t->checks, t->n_checks, t->cap_checks);

	c->file = mem_str("dir/a.scn");
	c->line = 19 + (unsigned)t->n_checks;
	c->text = mem_str(text);
	c->verdict = verdict;
	c->expected = mem_str("what was expected");
	c->happened = mem_str("what happened");
	c->reason = mem_str("the reason");
	c->at_ns = at_ns;
	return c;
}

static void
add_eject(struct trace *t)
{
	static const char raw[] = "!system=IFNET subsystem=mce0 type=DETACH";
	struct trace_gap *g;
	int32_t row;

	trace_add_mark(t, GONE, "gone");
	trace_add_stimulus(t, GONE, "vf eject mce0", 9);
	trace_set_state(t, GONE + 200 * DUR_US, "mce0", "exists", "no");
	row =
	    trace_set_state(t, GONE + 300 * DUR_US, "lagg0", "active", "none");
	g = rig_gap(t, 0, 5001, 10, GONE, GONE + 11 * DUR_MS);
	g->state = row;
	g->record =
	    trace_add_record(t, GONE + 400 * DUR_US, raw, sizeof(raw) - 1);
	t->records[g->record].fate = TRACE_RECORD_READ;
	trace_add_firing(t, GONE + 500 * DUR_US, g->record,
	    "/etc/devd/hyperv.conf", 12, "vfdown mce0", "controller");
	row = trace_begin_operation(t, GONE + 500 * DUR_US,
	    "lagg0 port-del mce0", "it is gone", g->record);
	trace_end_operation(t, row, GONE + 900 * DUR_US, 0);
	row = trace_begin_command(t, GONE + 600 * DUR_US, "dhclient hn0",
	    g->record);
	trace_end_command(t, row, GONE + 800 * DUR_US, "exit 1");
	trace_add_note(t, GONE + 700 * DUR_US, "engine", "mce0 has left");
	trace_set_state(t, GONE + 10500 * DUR_US, "lagg0", "active", "hn0");
}

struct trace *
rig_migration(const char *policy)
{
	struct trace *t = trace_new();

	rig_set(&t->run.title, "VF ejected");
	rig_set(&t->run.policy, policy);
	t->run.seed = 7;
	t->run.end_ns = 10 * DUR_SEC;
	add_interface(t, "hn0");
	add_interface(t, "mce0");
	add_interface(t, "lagg0");
	trace_set_state(t, 0, "lagg0", "ports", "hn0 mce0");
	trace_set_state(t, 0, "lagg0", "active", "mce0");
	trace_set_state(t, 0, "lagg0", "inet", "10.0.0.4/24");
	trace_set_state(t, 0, "route", "default", "10.0.0.1 via lagg0");
	rig_probe(t, "p1", "echo");
	add_eject(t);
	return t;
}

void
rig_expect_lines(const char *text, size_t width, bool color)
{
	size_t columns = 0, line = 1;
	const char *p;

	for (p = text; *p != '\0'; p++) {
		if (*p == '\n') {
			line++;
			columns = 0;
			continue;
		}
		if (color && strncmp(p, "\033[", 2) == 0) {
			p += 2 + strspn(p + 2, "0123456789");
			assert_int_equal(*p, 'm');
			continue;
		}
		if (*p < ' ' || *p > '~')
			fail_msg("line %zu has the byte %#x", line,
			    (unsigned)(unsigned char)*p);
		if (++columns > width)
			fail_msg("line %zu is longer than %zu: %.200s", line,
			    width, p - width);
	}
	assert_int_equal(columns, 0);
}

int
rig_times(const char *text, const char *part)
{
	size_t len = strlen(part);
	int n = 0;

	/* Not strstr(): a sanitizer measures the whole rest at each call, which
	 * took three minutes for one text. */
	while (*text != '\0') {
		if (*text != *part || strncmp(text, part, len) != 0) {
			text++;
			continue;
		}
		text += len;
		n++;
	}
	return n;
}
