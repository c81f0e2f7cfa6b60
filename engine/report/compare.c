/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/compare.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "report/clean.h"
#include "report/fidelity_parts.h"
#include "report/final.h"
#include "report/outage.h"
#include "report/run_json.h"
#include "report/verdict.h"

#define WIDTH	      120
#define LABEL_WIDTH   22
#define CELL_MAX      44
#define TRACES_MAX    4
#define RESPONSES_MAX 12

struct table {
	const struct trace *const *traces;
	size_t n, cell_width;
	struct strbuf *out;
};

/* Appends one cell; number is the row's own (of a probe ...). */
typedef void cell_fn(const struct trace *t, size_t number, struct strbuf *out);

static void
row(struct table *tb, const char *label, cell_fn *cell, size_t number)
{
	struct strbuf line = { 0 }, text = { 0 };
	size_t i;

	clean_cut(&line, label, LABEL_WIDTH - 1);
	for (i = 0; i < tb->n; i++) {
		while (line.bytes < LABEL_WIDTH + i * (tb->cell_width + 1) + 1)
			strbuf_addc(&line, ' ');
		strbuf_reset(&text);
		cell(tb->traces[i], number, &text);
		clean_cut(&line, strbuf_str(&text), tb->cell_width);
	}
	while (line.data[line.bytes - 1] == ' ')
		line.bytes--;
	strbuf_add(tb->out, line.data, line.bytes);
	strbuf_addc(tb->out, '\n');
	strbuf_fini(&line);
	strbuf_fini(&text);
}

static void
policy_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	(void)number;
	strbuf_adds(out, t->run.policy[0] == '\0' ? "none" : t->run.policy);
}

static void
verdict_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	struct verdicts v = verdict_count(t);

	(void)number;
	if (v.judged == 0)
		strbuf_adds(out, "nothing was expected");
	else if (v.failed > 0)
		strbuf_adds(out, "FAILED");
	else if (v.known > 0)
		strbuf_addf(out, "as expected, with %zu known fault%s", v.known,
		    v.known > 1 ? "s" : "");
	else
		strbuf_adds(out, "PASSED");
}

static void
checks_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	struct verdicts v = verdict_count(t);

	(void)number;
	strbuf_addf(out, "%zu held, %zu failed, %zu known fault%s", v.held,
	    v.failed, v.known, v.known == 1 ? "" : "s");
}

static void
packets_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	const struct trace_probe *p;

	if (number >= t->n_probes)
		return;
	p = &t->probes[number];
	strbuf_addf(out, "%" PRIu64 " lost of %" PRIu64,
	    p->lost + p->send_errors, p->sent + p->send_errors);
}

static void
longest_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	char gap[DUR_TEXT], at[DUR_TEXT];
	const struct trace_probe *p;

	if (number >= t->n_probes)
		return;
	p = &t->probes[number];
	if (p->longest_gap_ns == 0)
		strbuf_adds(out, "none");
	else
		strbuf_addf(out, "%s at %s s",
		    dur_format(p->longest_gap_ns, gap),
		    dur_short(p->longest_gap_at_ns, at));
}

static void
response_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	char text[DUR_TEXT];
	struct response *list, *r;
	size_t count;

	list = outage_responses(t, &count);
	r = &list[number];
	if (number < count) {
		if (r->active == NULL)
			strbuf_adds(out, "no change");
		else
			strbuf_addf(out, "%s after %s", r->active,
			    dur_format(r->after_ns / DUR_US * DUR_US, text));
		if (r->longest_gap_ns > 0)
			strbuf_addf(out, ", %" PRIu64 " lost, gap %s",
			    r->missing, dur_format(r->longest_gap_ns, text));
	}
	free(list);
}

static void
active_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	(void)number;
	final_aggregates(t, out);
}

static void
addresses_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	(void)number;
	final_addresses(t, out);
}

static void
route_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	const char *r = trace_get_state(t, "route", "default");

	(void)number;
	strbuf_adds(out, r == NULL ? "none" : r);
}

static void
work_cell(const struct trace *t, size_t number, struct strbuf *out)
{
	(void)number;
	strbuf_addf(out, "%zu operations, %zu programs, %zu rules fired",
	    t->n_operations, t->n_commands, t->n_firings);
}

static void
packet_rows(struct table *tb)
{
	const struct trace *t = tb->traces[0];
	struct strbuf label = { 0 };
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		strbuf_reset(&label);
		strbuf_addf(&label, "probe %s %s", t->probes[i].name,
		    t->probes[i].way);
		row(tb, strbuf_str(&label), packets_cell, i);
		row(tb, "  longest gap", longest_cell, i);
	}
	strbuf_fini(&label);
}

static void
response_rows(struct table *tb)
{
	const struct trace *t = tb->traces[0];
	size_t i;

	row(tb, "bring-up", response_cell, 0);
	for (i = 0; i < t->n_stimuli && i < RESPONSES_MAX; i++)
		row(tb, t->stimuli[i].text, response_cell, i + 1);
	if (i < t->n_stimuli)
		strbuf_addf(tb->out, "... %zu more, see the time line\n",
		    t->n_stimuli - i);
}

void
compare_write(const struct trace *const *traces, size_t n, bool color,
    struct strbuf *out)
{
	struct table tb = { traces, n < TRACES_MAX ? n : TRACES_MAX, 0, out };

	if (n == 0)
		return;
	tb.cell_width = (WIDTH - LABEL_WIDTH) / tb.n - 1;
	if (tb.n > 1 && tb.cell_width > CELL_MAX)
		tb.cell_width = CELL_MAX;
	clean_cut(out, traces[0]->run.title, WIDTH);
	strbuf_addc(out, '\n');
	if (color)
		strbuf_adds(out, "\033[1m");
	row(&tb, "policy", policy_cell, 0);
	row(&tb, "verdict", verdict_cell, 0);
	if (color)
		strbuf_adds(out, "\033[0m");
	row(&tb, "checks", checks_cell, 0);
	packet_rows(&tb);
	response_rows(&tb);
	row(&tb, "at the end", active_cell, 0);
	row(&tb, "addresses", addresses_cell, 0);
	row(&tb, "default route", route_cell, 0);
	row(&tb, "work", work_cell, 0);
}

void
compare_write_json(const struct trace *const *traces, size_t n,
    struct strbuf *out)
{
	compare_write_json_beside(traces, n, NULL, out);
}

void
compare_write_json_beside(const struct trace *const *traces, size_t n,
    const struct fidelity *f, struct strbuf *out)
{
	json_t *root = json_object(), *runs = json_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_array_append_new(runs, run_json(traces[i]));
	json_object_set_new(root, "title",
	    run_json_text(n > 0 ? traces[0]->run.title : ""));
	json_object_set_new(root, "runs", runs);
	if (f != NULL)
		json_object_set_new(root, "fidelity", fidelity_json(f));
	run_json_write(root, out);
}
