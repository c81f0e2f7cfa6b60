/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/dur.h"
#include "report/clean.h"
#include "report/fidelity_parts.h"
#include "report/run_json.h"

#define SHOWN_MAX 60
#define WIDTH	  118

static const char *const titles[FIDELITY_KINDS] = { "records", "route messages",
	"aggregate", "missing probes" };

static void
add_time(struct strbuf *out, int64_t at_ns)
{
	char stamp[DUR_TEXT];

	strbuf_addf(out, " %14s",
	    at_ns == TRACE_OPEN ? "-" : dur_stamp(at_ns, stamp));
}

/* Words in lines of WIDTH columns, indented. */
static void
add_wrapped(struct strbuf *text, struct strbuf *out)
{
	char *rest = text->data, *word;
	size_t column = 0, n;

	while ((word = strsep(&rest, " ")) != NULL) {
		n = strlen(word);
		if (column == 0 || column + 1 + n > WIDTH) {
			strbuf_adds(out,
			    column == 0 ? "          " : "\n            ");
			column = 12 + n;
		} else {
			strbuf_addc(out, ' ');
			column += 1 + n;
		}
		strbuf_adds(out, word);
	}
	strbuf_addc(out, '\n');
}

static void
add_difference(const struct fidelity_difference *d, bool color,
    struct strbuf *out)
{
	struct strbuf known = { 0 };
	bool mark = color && d->known == NULL;

	strbuf_addf(out, "%s%-9s %-7s", mark ? "\033[31m" : "",
	    fidelity_kind_word(d->kind), fidelity_fault_word(d->fault));
	add_time(out, d->recorded_ns);
	add_time(out, d->emitted_ns);
	strbuf_adds(out, "  ");
	clean_cut(out, d->text, 70);
	strbuf_addf(out, "%s\n", mark ? "\033[0m" : "");
	if (d->known != NULL) {
		strbuf_addf(&known, "known: line %u: ", d->known->line);
		clean_text(&known, d->known->reason);
		add_wrapped(&known, out);
		strbuf_fini(&known);
	}
}

void
fidelity_write(const struct fidelity *f, bool color, struct strbuf *out)
{
	size_t i, unknown = fidelity_unknown(f);

	strbuf_addf(out, "fidelity to %s\n", f->recording);
	for (i = 0; i < FIDELITY_KINDS; i++) {
		const struct fidelity_count *n = &f->counts[i];

		if (!n->compared)
			continue;
		strbuf_addf(out, "%-15s %zu recorded, %zu emitted", titles[i],
		    n->recorded, n->emitted);
		if (i != FIDELITY_PROBE)
			strbuf_addf(out,
			    ", %zu equal, %zu folded, %zu left out", n->equal,
			    n->folded, n->left_out);
		strbuf_addc(out, '\n');
	}
	if (f->counts[FIDELITY_PROBE].left_out > 0)
		strbuf_addf(out,
		    "%-15s not compared: the machine has no probe\n",
		    titles[FIDELITY_PROBE]);
	if (f->n > 0)
		strbuf_addf(out, "\n%-17s %14s %14s\n", "difference",
		    "recorded at", "emitted at");
	for (i = 0; i < f->n && i < SHOWN_MAX; i++)
		add_difference(&f->list[i], color, out);
	if (f->n > SHOWN_MAX)
		strbuf_addf(out, "... and %zu more; --json has all\n",
		    f->n - SHOWN_MAX);
	strbuf_addf(out, "%s%zu difference%s, %zu of them unknown\n",
	    f->n > 0 ? "\n" : "", f->n, f->n == 1 ? "" : "s", unknown);
}

static json_t *
time_json(int64_t at_ns)
{
	return at_ns == TRACE_OPEN ? json_null() : json_integer(at_ns);
}

static json_t *
difference_json(const struct fidelity_difference *d)
{
	json_t *o = json_object();

	json_object_set_new(o, "kind",
	    json_string(fidelity_kind_word(d->kind)));
	json_object_set_new(o, "fault",
	    json_string(fidelity_fault_word(d->fault)));
	json_object_set_new(o, "text", run_json_text(d->text));
	json_object_set_new(o, "recorded_ns", time_json(d->recorded_ns));
	json_object_set_new(o, "emitted_ns", time_json(d->emitted_ns));
	json_object_set_new(o, "known",
	    run_json_text(d->known == NULL ? NULL : d->known->reason));
	json_object_set_new(o, "known_line",
	    d->known == NULL ? json_null() : json_integer(d->known->line));
	return o;
}

static json_t *
counts_json(const struct fidelity_count *n)
{
	json_t *o = json_object();

	json_object_set_new(o, "recorded",
	    json_integer((json_int_t)n->recorded));
	json_object_set_new(o, "emitted", json_integer((json_int_t)n->emitted));
	json_object_set_new(o, "equal", json_integer((json_int_t)n->equal));
	json_object_set_new(o, "folded", json_integer((json_int_t)n->folded));
	json_object_set_new(o, "left_out",
	    json_integer((json_int_t)n->left_out));
	return o;
}

json_t *
fidelity_json(const struct fidelity *f)
{
	json_t *o = json_object(), *list = json_array(),
	       *counts = json_object();
	size_t i;

	json_object_set_new(o, "recording", run_json_text(f->recording));
	for (i = 0; i < FIDELITY_KINDS; i++)
		if (f->counts[i].compared)
			json_object_set_new(counts,
			    fidelity_kind_word((enum fidelity_kind)i),
			    counts_json(&f->counts[i]));
	json_object_set_new(o, "counts", counts);
	for (i = 0; i < f->n; i++)
		json_array_append_new(list, difference_json(&f->list[i]));
	json_object_set_new(o, "differences", list);
	json_object_set_new(o, "unknown",
	    json_integer((json_int_t)fidelity_unknown(f)));
	return o;
}
