/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any run that a store may hold is shown in every form, beside itself and
 * beside another, and delays of a machine are measured in it: what is text for
 * a terminal has nothing that a terminal obeys, what is JSON can be read, what
 * is markup has no markup of the run's own, and a profile can be read again.
 *
 * Input: lines, a letter and words, see take(); texts are parted by a bar.
 */
#include "fuzz.h"
#include "inputfile.h"

#include <stdbool.h>
#include <string.h>

#include <jansson.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/blame.h"
#include "report/compare.h"
#include "report/html.h"
#include "report/perfetto.h"
#include "report/rundiff.h"
#include "report/run_json.h"
#include "report/stagediff.h"
#include "report/suite.h"
#include "report/timeline.h"
#include "report/versus.h"
#include "sim/stage/calibrate.h"

#define LINES 60
#define TEXTS 4
#define FOUND "<zq" /* as it may stand in a run's text */

unsigned
fuzz_mutations(void)
{
	return 400;
}

/* --- a run --- */

struct line {
	int64_t n[8];	   /* its numbers, 0 where there is none */
	char *text[TEXTS]; /* "" where there is none */
};

/* What a store takes for a time. */
static int64_t
as_time(int64_t ns)
{
	if (ns < -TRACE_TIME_MAX)
		return -TRACE_TIME_MAX;
	return ns > TRACE_TIME_MAX ? TRACE_TIME_MAX : ns;
}

static void
cut(char *s, struct line *l)
{
	static char empty[] = "";
	char *end;
	size_t i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < 8; i++) {
		l->n[i] = strtoll(s, &end, 10);
		if (end == s)
			break;
		s = end;
	}
	s += strspn(s, " ");
	for (i = 0; i < TEXTS; i++)
		l->text[i] = (end = strsep(&s, "|")) != NULL ? end : empty;
}

static int32_t
ref(int64_t n, size_t count)
{
	return n > 0 && (uint64_t)n <= count ? (int32_t)n - 1 : TRACE_NONE;
}

static void
take_work(struct trace *t, char kind, const struct line *l)
{
	int64_t from_ns = as_time(l->n[0]), to_ns = as_time(l->n[1]);
	int32_t record = ref(l->n[2], t->n_records), row;

	if (kind == 'F') {
		trace_add_firing(t, from_ns, record, l->text[0],
		    (unsigned)l->n[1] % 1000, l->text[1], l->text[2]);
	} else if (kind == 'O') {
		row = trace_begin_operation(t, from_ns, l->text[0], l->text[1],
		    record);
		if (to_ns != TRACE_OPEN)
			trace_end_operation(t, row, to_ns, (int)l->n[3]);
	} else {
		row = trace_begin_command(t, from_ns, l->text[0], record);
		if (to_ns != TRACE_OPEN)
			trace_end_command(t, row, to_ns, l->text[1]);
	}
}

static void
take_probe(struct trace *t, const struct line *l)
{
	struct trace_probe *p = MEM_PUSH(t->probes, t->n_probes, t->cap_probes);

	p->name = mem_str(l->text[0]);
	p->way = mem_str(l->text[1]);
	p->period_ns = as_time(l->n[0]);
	p->first_ns = as_time(l->n[1]);
	p->last_ns = as_time(l->n[2]);
	p->sent = (uint64_t)l->n[3];
	p->delivered = (uint64_t)l->n[4];
	p->lost = (uint64_t)l->n[5];
	p->longest_gap_ns = as_time(l->n[6]);
	p->longest_gap_at_ns = as_time(l->n[7]);
	p->duplicated = p->late = p->lost / 2;
}

static void
take_gap(struct trace *t, const struct line *l)
{
	struct trace_gap *g;

	if (ref(l->n[0], t->n_probes) == TRACE_NONE)
		return;
	g = MEM_PUSH(t->gaps, t->n_gaps, t->cap_gaps);
	g->probe = ref(l->n[0], t->n_probes);
	g->from_ns = as_time(l->n[1]);
	g->to_ns = as_time(l->n[2]);
	g->first_seq = (uint64_t)l->n[3];
	g->count = (uint64_t)l->n[4];
	g->send_errors = g->count / 3;
	g->state = ref(l->n[5], t->n_states);
	g->record = ref(l->n[6], t->n_records);
	g->why = mem_str(l->text[0]);
	trace_add_oddity(t, g->probe, g->from_ns, g->first_seq, "late");
}

static void
take_check(struct trace *t, const struct line *l)
{
	struct trace_check *c = MEM_PUSH(t->checks, t->n_checks, t->cap_checks);

	c->at_ns = as_time(l->n[0]);
	c->verdict = (enum trace_verdict)((uint64_t)l->n[1] % (TRACE_SKIP + 1));
	c->line = (unsigned)l->n[2] % 1000;
	c->text = mem_str(l->text[0]);
	c->expected = mem_str(l->text[1]);
	c->happened = mem_str(l->text[2]);
	c->reason = mem_str(l->text[3]);
	c->file = mem_str("fuzz.scn");
}

static void
take_run(struct trace *t, const struct line *l)
{
	static const char *const kinds[] = { "simulated", TRACE_KIND_VM,
		"import", "recorded", "capture", "flight" };

	free(t->run.title);
	free(t->run.policy);
	free(t->run.note);
	free(t->run.kind);
	t->run.start_ns = as_time(l->n[0]);
	t->run.end_ns = as_time(l->n[1]);
	t->run.kind = mem_str(kinds[(uint64_t)l->n[2] % 6]);
	t->run.cut = l->n[3] != 0;
	t->run.title = mem_str(l->text[0]);
	t->run.policy = mem_str(l->text[1]);
	t->run.note = mem_str(l->text[2]);
}

static void
take(struct trace *t, char kind, const struct line *l)
{
	int64_t at_ns = as_time(l->n[0]);
	int32_t row;

	switch (kind) {
	case 'E':
		take_run(t, l);
		break;
	case 'R':
		row =
		    trace_add_record(t, at_ns, l->text[0], strlen(l->text[0]));
		t->records[row].read_ns = as_time(l->n[1]);
		t->records[row].fate = (enum trace_fate)((uint64_t)l->n[2] % 4);
		break;
	case 'F':
	case 'O':
	case 'C':
		take_work(t, kind, l);
		break;
	case 'S':
		trace_set_state(t, at_ns, l->text[0], l->text[1], l->text[2]);
		break;
	case 'M':
		trace_add_mark(t, at_ns, l->text[0]);
		break;
	case 'U':
		trace_add_stimulus(t, at_ns, l->text[0], 0);
		break;
	case 'N':
		trace_add_note(t, at_ns, l->text[0], l->text[1]);
		break;
	case 'H':
		trace_add_hint(t, at_ns, l->text[0]);
		break;
	case 'P':
		take_probe(t, l);
		break;
	case 'G':
		take_gap(t, l);
		break;
	case 'K':
		take_check(t, l);
		break;
	default:
		break;
	}
}

static struct trace *
read_run(const uint8_t *data, size_t bytes)
{
	char *text = mem_strn((const char *)data, bytes), *rest = text, *s;
	struct trace *t = trace_new();
	struct line l;
	size_t n = 0;

	while ((s = strsep(&rest, "\n")) != NULL && n++ < LINES)
		if (*s != '\0') {
			cut(s + 1, &l);
			take(t, *s, &l);
		}
	free(text);
	return t;
}

/* --- the forms --- */

/* Neither control characters nor those of 8 bits, as UTF-8 has them. */
static void
check_terminal(const struct strbuf *out)
{
	const unsigned char *p = (const unsigned char *)strbuf_str(out);
	size_t i;

	for (i = 0; i < out->bytes; i++) {
		FUZZ_HOLDS(p[i] == '\n' || (p[i] >= ' ' && p[i] != 0x7f));
		FUZZ_HOLDS(p[i] != 0xc2 || p[i + 1] >= 0xa0);
	}
}

/* Of an element that the run's text seems to begin, in HTML and XML, and in
 * Markdown, where a backslash makes text of it, too. */
static void
check_markup(const struct strbuf *out)
{
	const char *all = strbuf_str(out), *at = all;

	for (; (at = strstr(at, FOUND)) != NULL; at++)
		FUZZ_HOLDS(at > all && at[-1] == '\\');
}

static void
check_json(const struct strbuf *out)
{
	json_t *all = json_loadb(out->data, out->bytes, 0, NULL);

	FUZZ_HOLDS(all != NULL);
	json_decref(all);
}

static void
show(const struct trace *t)
{
	const struct timeline_options all = { .all = true, .legend = true },
				      here = { .here = "here",
					      .here_ns = DUR_SEC,
					      .rows = 5 };
	struct strbuf out = { 0 };

	timeline_write(t, &all, &out);
	check_terminal(&out);
	strbuf_reset(&out);
	timeline_write(t, &here, &out);
	check_terminal(&out);
	strbuf_reset(&out);
	run_json_write(run_json(t), &out);
	check_json(&out);
	strbuf_fini(&out);
}

static void
show_suite(const struct trace *t)
{
	const struct suite_case cases[2] = {
		{ .name = "a.scn", .policy = "native", .trace = t },
		{ .name = "b.scn", .policy = "stock", .error = FOUND }
	};
	struct strbuf out = { 0 };
	int format;

	for (format = SUITE_TEXT; format <= SUITE_MARKDOWN; format++) {
		strbuf_reset(&out);
		suite_write((enum suite_format)format, cases, 2, false, true,
		    &out);
		if (format == SUITE_TEXT || format == SUITE_TAP)
			check_terminal(&out);
		else if (format == SUITE_JSON)
			check_json(&out);
		else
			check_markup(&out);
	}
	strbuf_fini(&out);
}

static void
show_both(const struct trace *a, const struct trace *b)
{
	const struct trace *both[2] = { a, b };
	struct strbuf out = { 0 };

	html_write(both, 2, &out);
	check_markup(&out);
	strbuf_reset(&out);
	perfetto_write(both, 2, &out);
	strbuf_reset(&out);
	compare_write(both, 2, false, &out);
	check_terminal(&out);
	strbuf_reset(&out);
	compare_write_json(both, 2, &out);
	check_json(&out);
	strbuf_fini(&out);
}

/* Changes the gaps' reasons. */
static void
blame(struct trace *t)
{
	static const char *const policies[] = { "native" };
	struct versus_row row = { .name = FOUND };
	struct strbuf out = { 0 };
	size_t i;

	row.cells[0] = versus_cell_of(t);
	versus_write(VERSUS_TEXT, &row, 1, policies, 1, &out);
	check_terminal(&out);
	strbuf_reset(&out);
	versus_write(VERSUS_JSON, &row, 1, policies, 1, &out);
	check_json(&out);
	strbuf_reset(&out);
	versus_write(VERSUS_MARKDOWN, &row, 1, policies, 1, &out);
	check_markup(&out);
	strbuf_fini(&out);
	blame_gaps(t);
	for (i = 0; i < t->n_gaps; i++)
		FUZZ_HOLDS(t->gaps[i].why != NULL &&
		    t->gaps[i].state < (int32_t)t->n_states &&
		    t->gaps[i].record < (int32_t)t->n_records);
}

/* --- what is measured --- */

static struct profile *base;
static char *base_text;
static size_t base_bytes;
static struct trace *other;

static void
end(void)
{
	profile_free(base);
	free(base_text);
	trace_free(other);
}

static void
begin(void)
{
	static const char text[] =
	    "E 0 9000000000 0 0 other|native|\n"
	    "U 1000000000 vf eject mce0\n"
	    "S 0 mce0|exists|yes\nS 0 lagg0|active|mce0\n"
	    "S 1100000000 lagg0|active|hn0\n"
	    "P 1000000 0 9000000000 9000 8990 10 11000000 1000000000 p1|echo\n"
	    "G 1 1000000000 1011000000 1000 10 2 0 lost on the way\n"
	    "K 1200000000 0 3 it is there|yes|yes|\n";
	struct diag d = { 0 };

	base_text =
	    inputfile_read("fixtures/machines/linux-bond.profile", &base_bytes);
	base = profile_parse("base", base_text, base_bytes, &d);
	FUZZ_HOLDS(base != NULL);
	other = read_run((const uint8_t *)text, strlen(text));
	atexit(end);
}

static void
calibrate(const struct trace *t)
{
	struct calibration *c = calibration_new(base);
	struct strbuf out = { 0 };
	struct diag d = { 0 };
	struct profile *p;

	calibration_take(c, t);
	if (calibration_count(c) > 0) {
		calibration_profile(c, base_text, base_bytes, t->run.title,
		    &out);
		p = profile_parse("measured", out.data, out.bytes, &d);
		FUZZ_HOLDS(p != NULL);
		profile_free(p);
		strbuf_reset(&out);
		calibration_table(c, &out);
		check_terminal(&out);
	}
	calibration_free(c);
	strbuf_fini(&out);
}

static void
part_runs(const struct trace *t)
{
	static const struct rundiff_side side = { "a.db", 1 };
	struct rundiff_facts *a = rundiff_facts_new(other, 1, 0);
	struct rundiff_facts *b = rundiff_facts_new(t, 2, 0);
	struct rundiff *d = rundiff_pair(a, b, &rundiff_default_rule);
	struct strbuf out = { 0 };

	rundiff_write(RUNDIFF_TEXT, d, &side, &side, false, &out);
	check_terminal(&out);
	strbuf_reset(&out);
	rundiff_write(RUNDIFF_MARKDOWN, d, &side, &side, false, &out);
	check_markup(&out);
	strbuf_reset(&out);
	rundiff_write(RUNDIFF_JSON, d, &side, &side, false, &out);
	check_json(&out);
	strbuf_fini(&out);
	rundiff_free(d);
	rundiff_facts_free(a);
	rundiff_facts_free(b);
}

static void
part_stages(const struct trace *t)
{
	const struct stagediff_run a = { "sim", other, 1 }, b = { "vm", t, 2 };
	struct stagediff *d = stagediff_new(&a, &b);
	struct strbuf out = { 0 };

	stagediff_write(d, &out);
	check_terminal(&out);
	strbuf_reset(&out);
	stagediff_write_json(&d, 1, &out);
	check_json(&out);
	strbuf_fini(&out);
	stagediff_free(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct trace *t;

	if (base == NULL)
		begin();
	t = read_run(data, bytes);
	show(t);
	show_suite(t);
	show_both(t, other);
	calibrate(t);
	part_runs(t);
	part_stages(t);
	blame(t);
	trace_free(t);
	return 0;
}
