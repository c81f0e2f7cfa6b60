/* SPDX-License-Identifier: BSD-2-Clause */
#include "sample_trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define MS INT64_C(1000000)

static void
set(char **to, const char *text)
{
	free(*to);
	*to = mem_str(text);
}

static void
add_records(struct trace *t)
{
	static const char odd[] = "!a\0b\nc\\n \"q\" \xff\xc3\xa4";
	static const char line[] = "!system=IFNET subsystem=mce0 type=LINK_UP";

	trace_add_record(t, 1 * MS, line, sizeof(line) - 1);
	t->records[0].read_ns = 1 * MS + 1;
	t->records[0].fate = TRACE_RECORD_READ;
	trace_add_record(t, 2 * MS, odd, sizeof(odd) - 1);
	t->records[1].fate = TRACE_RECORD_DROPPED;
	trace_add_record(t, 3 * MS, "", 0);
	t->records[2].fate = TRACE_RECORD_NOBODY;
	trace_add_record(t, 4 * MS,
	    "-mlx5_core0 at slot=2 vendor=0x15b3 on pci1", 43);
	t->records[3].no_newline = true;
}

static void
add_happenings(struct trace *t)
{
	int32_t op, command;

	trace_add_firing(t, 2 * MS, 0, "hyperv.conf", 12, "say \"hi\"\n",
	    "controller");
	trace_add_firing(t, 2 * MS, TRACE_NONE, "", 0, "", "none");
	op = trace_begin_operation(t, 2 * MS, "lagg0 port-add mce0",
	    "the VF is there", 0);
	trace_end_operation(t, op, 3 * MS, 16);
	trace_begin_operation(t, 4 * MS, "mce0 up", "", TRACE_NONE);
	command = trace_begin_command(t, 2 * MS, "dhclient lagg0", 3);
	trace_end_command(t, command, 5 * MS, "exit 0");
	trace_begin_command(t, 6 * MS, "sleep 9", TRACE_NONE);
	trace_set_state(t, 0, "lagg0", "exists", "yes");
	trace_set_state(t, 0, "lagg0", "active", "mce0");
	trace_set_state(t, 2 * MS, "lagg0", "active", "none");
	trace_set_state(t, 3 * MS, "lagg0", "active", "hn0");
	trace_set_state(t, 4 * MS, "mce0", "exists", "no");
	trace_add_mark(t, 1 * MS, "revoke");
	trace_add_stimulus(t, 1 * MS, "vf eject mce0", 14);
	trace_add_note(t, 1 * MS, "kernel",
	    "mce0: link state changed\tto DOWN");
}

static void
add_results(struct trace *t)
{
	struct trace_probe *p = MEM_PUSH(t->probes, t->n_probes, t->cap_probes);
	struct trace_gap *g;
	struct trace_check *c;
	int v;

	p->name = mem_str("p4");
	p->way = mem_str("echo");
	p->period_ns = MS;
	p->sent = 10;
	p->delivered = 7;
	p->lost = 2;
	p->send_errors = 1;
	p->duplicated = UINT64_MAX;
	p->first_ns = MS;
	p->last_ns = 10 * MS;
	p->late = 1;
	p->longest_gap_ns = 4 * MS;
	p->longest_gap_at_ns = 2 * MS;
	g = MEM_PUSH(t->gaps, t->n_gaps, t->cap_gaps);
	g->first_seq = 2;
	g->count = 3;
	g->send_errors = 1;
	g->from_ns = 2 * MS;
	g->to_ns = 6 * MS;
	g->why = mem_str("lagg0 has no active port");
	g->state = 2;
	g->record = 0;
	trace_add_oddity(t, 0, 8 * MS, UINT64_MAX, "duplicated");
	for (v = TRACE_PASS; v <= TRACE_SKIP; v++) {
		c = MEM_PUSH(t->checks, t->n_checks, t->cap_checks);
		c->file = mem_str("a.scn");
		c->line = (unsigned)v + 20;
		c->text = mem_str("expect p4 lost == 0");
		c->verdict = (enum trace_verdict)v;
		c->expected = mem_str("0");
		c->happened = mem_str("2");
		c->reason = mem_str("");
		c->at_ns = v == TRACE_SKIP ? TRACE_OPEN : 2 * MS;
	}
}

static void
add_inside(struct trace *t)
{
	static const char snapshot[] = "if hn0\0up\n";

	trace_add_hint(t, 1 * MS, "IFINFO mce0 up link-up");
	trace_add_reach(t, "N2");
	trace_add_reach(t, "N2");
	trace_add_setup(t, "policy", "native", 6);
	trace_add_setup(t, "rules", "", 0);
	trace_add_decision(t, 2 * MS, true, "snapshot", snapshot,
	    sizeof(snapshot) - 1);
	trace_add_decision(t, 2 * MS, false, "apply", "lagg0 port-add mce0",
	    19);
}

struct trace *
sample_trace(void)
{
	struct trace *t = trace_new();

	set(&t->run.title, "Azure \xc3\xa4 'quoted'; DROP TABLE run");
	set(&t->run.kind, "simulated");
	set(&t->run.policy, "stock");
	set(&t->run.machine, "azure-mlx5");
	set(&t->run.source, "scenarios/a.scn");
	set(&t->run.version, "0.1.0");
	set(&t->run.note, "stand-in");
	t->run.seed = UINT64_MAX;
	t->run.end_ns = 10 * MS;
	add_records(t);
	add_happenings(t);
	add_results(t);
	add_inside(t);
	return t;
}

char *
sample_file(const char *path, size_t *bytes)
{
	struct strbuf text = { 0 };
	FILE *f = fopen(path, "rb");
	int c;

	if (f == NULL)
		fail_msg("%s cannot be read", path);
	while ((c = getc(f)) != EOF)
		strbuf_addc(&text, (char)c);
	fclose(f);
	*bytes = text.bytes;
	return strbuf_take(&text);
}
