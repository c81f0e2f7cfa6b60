/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/versus.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/dur.h"
#include "report/clean.h"
#include "report/final.h"
#include "report/markup.h"
#include "report/run_json.h"
#include "report/verdict.h"

#define NAME_WIDTH 44
#define CELL_WIDTH 38 /* of one policy: four columns and what is between */

static const char *const heads[] = { "lost", "longest gap", "at end",
	"verdict" };
static const int widths[] = { 9, 12, 6, 7 };
#define COLUMNS 4

struct versus_cell
versus_cell_of(const struct trace *t)
{
	struct verdicts v = verdict_count(t);
	struct versus_cell c = { .verdict = VERSUS_PASS };
	const struct trace_probe *p;
	size_t i;

	for (i = 0; i < t->n_probes; i++) {
		p = &t->probes[i];
		c.probed = true;
		c.lost += p->lost + p->send_errors;
		if (p->longest_gap_ns > c.longest_gap_ns)
			c.longest_gap_ns = p->longest_gap_ns;
	}
	if (v.failed > 0)
		c.verdict = VERSUS_FAIL;
	else if (v.known > 0)
		c.verdict = VERSUS_KNOWN;
	c.state = final_word(t);
	return c;
}

static const char *
verdict_word(enum versus_verdict v)
{
	switch (v) {
	case VERSUS_PASS:
		return "pass";
	case VERSUS_KNOWN:
		return "known";
	case VERSUS_FAIL:
		return "FAIL";
	case VERSUS_SKIP:
		return "skip";
	case VERSUS_BAD:
		return "BAD";
	}
	return "?";
}

/* Column number of a cell: "-" where there is nothing to say. */
static void
add_column(struct strbuf *out, const struct versus_cell *c, int number)
{
	char text[DUR_TEXT];

	switch (number) {
	case 0:
		if (c->probed)
			strbuf_addf(out, "%" PRIu64, c->lost);
		break;
	case 1:
		if (c->probed && c->longest_gap_ns == 0)
			strbuf_adds(out, "none");
		else if (c->probed)
			strbuf_adds(out,
			    dur_format(c->longest_gap_ns / DUR_US * DUR_US,
				text));
		break;
	case 2:
		if (c->state != NULL)
			strbuf_adds(out, c->state);
		break;
	case 3:
		strbuf_adds(out, verdict_word(c->verdict));
		break;
	}
}

/* "migration/replug" of "scenarios/migration/replug.scn". */
static void
add_name(struct strbuf *out, const struct versus_row *row)
{
	size_t bytes = strlen(row->name), start = 0;
	struct strbuf name = { 0 };

	if (bytes > 4 && strcmp(row->name + bytes - 4, ".scn") == 0)
		bytes -= 4;
	if (strncmp(row->name, "scenarios/", 10) == 0)
		start = 10;
	strbuf_add(&name, row->name + start, bytes - start);
	clean_text(out, strbuf_str(&name));
	strbuf_fini(&name);
}

/* --- totals --- */

struct totals {
	size_t runs, good, known;
	struct versus_cell sum; /* lost of all, the longest gap of all */
};

static struct totals
totals_of(const struct versus_row *rows, size_t n, size_t policy)
{
	const struct versus_cell *c;
	struct totals t = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		c = &rows[i].cells[policy];
		if (c->verdict == VERSUS_SKIP)
			continue;
		t.runs++;
		t.good += c->verdict <= VERSUS_KNOWN;
		t.known += c->verdict == VERSUS_KNOWN;
		t.sum.probed = t.sum.probed || c->probed;
		t.sum.lost += c->lost;
		if (c->longest_gap_ns > t.sum.longest_gap_ns)
			t.sum.longest_gap_ns = c->longest_gap_ns;
	}
	return t;
}

static void
add_score(struct strbuf *out, const char *policy, const struct totals *t)
{
	strbuf_addf(out, "%s: %zu of %zu as expected", policy, t->good,
	    t->runs);
	if (t->known > 0)
		strbuf_addf(out, ", %zu of them with known faults", t->known);
}

/* --- forms --- */

static void
pad(struct strbuf *out, size_t until)
{
	while (out->bytes < until)
		strbuf_addc(out, ' ');
}

static void
end_line(struct strbuf *line, struct strbuf *out)
{
	while (line->bytes > 0 && line->data[line->bytes - 1] == ' ')
		line->bytes--;
	strbuf_add(out, line->data, line->bytes);
	strbuf_addc(out, '\n');
	strbuf_reset(line);
}

static void
text_cell(struct strbuf *line, const struct versus_cell *c, size_t start)
{
	struct strbuf text = { 0 };
	int k;

	for (k = 0; k < COLUMNS; k++) {
		strbuf_reset(&text);
		add_column(&text, c, k);
		if (text.bytes == 0)
			strbuf_addc(&text, '-');
		pad(line, start);
		/* Numbers to the right, words to the left. */
		if (k < 2)
			strbuf_addf(line, "%*s", widths[k], strbuf_str(&text));
		else
			strbuf_adds(line, strbuf_str(&text));
		start += (size_t)widths[k] + 1;
	}
	strbuf_fini(&text);
}

static void
text_heads(struct strbuf *line, const char *const *policies, size_t n,
    struct strbuf *out)
{
	size_t p, start;
	int k;

	for (p = 0; p < n; p++) {
		pad(line, NAME_WIDTH + p * CELL_WIDTH);
		strbuf_addf(line, "%*s", widths[0], policies[p]);
	}
	end_line(line, out);
	strbuf_adds(line, "scenario");
	for (p = 0; p < n; p++) {
		start = NAME_WIDTH + p * CELL_WIDTH;
		for (k = 0; k < COLUMNS; k++) {
			pad(line, start);
			strbuf_addf(line, k < 2 ? "%*s" : "%-*s", widths[k],
			    heads[k]);
			start += (size_t)widths[k] + 1;
		}
	}
	end_line(line, out);
}

static void
write_text(const struct versus_row *rows, size_t n, const char *const *policies,
    size_t n_policies, struct strbuf *out)
{
	struct strbuf line = { 0 }, name = { 0 };
	struct totals t;
	size_t i, p;

	text_heads(&line, policies, n_policies, out);
	for (i = 0; i < n; i++) {
		strbuf_reset(&name);
		add_name(&name, &rows[i]);
		clean_cut(&line, strbuf_str(&name), NAME_WIDTH - 1);
		for (p = 0; p < n_policies; p++)
			text_cell(&line, &rows[i].cells[p],
			    NAME_WIDTH + p * CELL_WIDTH);
		end_line(&line, out);
	}
	strbuf_adds(&line, "all");
	for (p = 0; p < n_policies; p++) {
		t = totals_of(rows, n, p);
		pad(&line, NAME_WIDTH + p * CELL_WIDTH);
		strbuf_addf(&line, "%*" PRIu64, widths[0], t.sum.lost);
		strbuf_reset(&name);
		add_column(&name, &t.sum, 1);
		strbuf_addf(&line, " %*s", widths[1], strbuf_str(&name));
	}
	end_line(&line, out);
	for (p = 0; p < n_policies; p++) {
		t = totals_of(rows, n, p);
		add_score(out, policies[p], &t);
		strbuf_addc(out, '\n');
	}
	strbuf_fini(&line);
	strbuf_fini(&name);
}

static void
write_markdown(const struct versus_row *rows, size_t n,
    const char *const *policies, size_t n_policies, struct strbuf *out)
{
	struct strbuf name = { 0 };
	struct totals t;
	size_t i, p;
	int k;

	strbuf_adds(out, "| scenario |");
	for (p = 0; p < n_policies; p++)
		for (k = 0; k < COLUMNS; k++)
			strbuf_addf(out, " %s: %s |", policies[p], heads[k]);
	strbuf_adds(out, "\n|---|");
	for (p = 0; p < n_policies; p++)
		strbuf_adds(out, "---:|---:|---|---|");
	strbuf_addc(out, '\n');
	for (i = 0; i < n; i++) {
		strbuf_adds(out, "| ");
		strbuf_reset(&name);
		add_name(&name, &rows[i]);
		markup_cell(out, strbuf_str(&name));
		strbuf_adds(out, " |");
		for (p = 0; p < n_policies; p++)
			for (k = 0; k < COLUMNS; k++) {
				strbuf_addc(out, ' ');
				add_column(out, &rows[i].cells[p], k);
				strbuf_adds(out, " |");
			}
		strbuf_addc(out, '\n');
	}
	strbuf_adds(out, "| **all** |");
	for (p = 0; p < n_policies; p++) {
		t = totals_of(rows, n, p);
		for (k = 0; k < 2; k++) {
			strbuf_addc(out, ' ');
			add_column(out, &t.sum, k);
			strbuf_adds(out, " |");
		}
		strbuf_addf(out, "  | %zu of %zu |", t.good, t.runs);
	}
	strbuf_addc(out, '\n');
	strbuf_fini(&name);
}

static json_t *
json_cell(const struct versus_cell *c)
{
	json_t *o = json_object();

	json_object_set_new(o, "verdict",
	    run_json_text(verdict_word(c->verdict)));
	json_object_set_new(o, "lost",
	    c->probed ? json_integer((json_int_t)c->lost) : json_null());
	json_object_set_new(o, "longest_gap_ns",
	    c->probed ? json_integer((json_int_t)c->longest_gap_ns)
		      : json_null());
	json_object_set_new(o, "at_end", run_json_text(c->state));
	return o;
}

static void
write_json(const struct versus_row *rows, size_t n, const char *const *policies,
    size_t n_policies, struct strbuf *out)
{
	json_t *root = json_object(), *list = json_array(), *o;
	struct totals t;
	size_t i, p;

	for (i = 0; i < n; i++) {
		o = json_object();
		json_object_set_new(o, "scenario", run_json_text(rows[i].name));
		for (p = 0; p < n_policies; p++)
			json_object_set_new(o, policies[p],
			    json_cell(&rows[i].cells[p]));
		json_array_append_new(list, o);
	}
	json_object_set_new(root, "scenarios", list);
	o = json_object();
	for (p = 0; p < n_policies; p++) {
		t = totals_of(rows, n, p);
		json_object_set_new(o, policies[p],
		    json_pack("{s:I, s:I, s:I, s:I, s:I}", "runs",
			(json_int_t)t.runs, "as_expected", (json_int_t)t.good,
			"known", (json_int_t)t.known, "lost",
			(json_int_t)t.sum.lost, "longest_gap_ns",
			(json_int_t)t.sum.longest_gap_ns));
	}
	json_object_set_new(root, "all", o);
	run_json_write(root, out);
}

void
versus_write(enum versus_format format, const struct versus_row *rows, size_t n,
    const char *const *policies, size_t n_policies, struct strbuf *out)
{
	switch (format) {
	case VERSUS_TEXT:
		write_text(rows, n, policies, n_policies, out);
		break;
	case VERSUS_MARKDOWN:
		write_markdown(rows, n, policies, n_policies, out);
		break;
	case VERSUS_JSON:
		write_json(rows, n, policies, n_policies, out);
		break;
	}
}
