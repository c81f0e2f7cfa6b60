/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <jansson.h>

#include "base/dur.h"
#include "report/clean.h"
#include "report/run_json.h"
#include "report/stagediff.h"
#include "report/verdict.h"

#define WIDTH	    120
#define NAME_WIDTH  34
#define STAGE_WIDTH 6
#define SHOWN_MAX   60 /* differences; JSON has all */

static void
end_line(struct strbuf *out, struct strbuf *line)
{
	while (line->bytes > 0 && line->data[line->bytes - 1] == ' ')
		line->data[--line->bytes] = '\0';
	clean_cut(out, strbuf_str(line), WIDTH);
	strbuf_addc(out, '\n');
	strbuf_reset(line);
}

/* Cut or padded to the name's column. */
static void
add_name(struct strbuf *line, const char *name)
{
	size_t start = line->bytes;

	clean_cut(line, name, NAME_WIDTH);
	while (line->bytes < start + NAME_WIDTH)
		strbuf_addc(line, ' ');
}

static void
add_time(struct strbuf *line, int64_t ns)
{
	char text[DUR_TEXT];

	strbuf_addf(line, " %11s",
	    ns == TRACE_OPEN ? "-" : dur_format(ns / DUR_US * DUR_US, text));
}

static const char *
verdict_of(const struct trace *t)
{
	struct verdicts v = verdict_count(t);

	return v.failed > 0 ? "FAIL" : v.known > 0 ? "known fault" : "pass";
}

static void
write_run(const struct stagediff_run *r, struct strbuf *out)
{
	struct strbuf line = { 0 };

	strbuf_addf(&line, "  %-*s %s, ", STAGE_WIDTH, r->stage,
	    verdict_of(r->t));
	if (r->run != 0)
		strbuf_addf(&line, "run %" PRId64 ", ", r->run);
	strbuf_addf(&line, "%s, %s, seed %" PRIu64, r->t->run.kind,
	    r->t->run.machine, r->t->run.seed);
	if (r->t->run.note[0] != '\0')
		strbuf_addf(&line, "; %s", r->t->run.note);
	end_line(out, &line);
	strbuf_fini(&line);
}

static void
write_end(const struct stagediff *d, struct strbuf *out)
{
	struct strbuf line = { 0 };

	strbuf_addf(&line, "  %-*s ", STAGE_WIDTH, "end");
	if (stagediff_same_end(d))
		strbuf_addf(&line, "the same, in %zu fields", d->end.equal);
	else
		strbuf_addf(&line, "NOT the same: %zu fields differ, %zu agree",
		    d->end.n, d->end.equal);
	strbuf_addf(&line, "; %zu known to %s alone, %zu to %s", d->end.only_a,
	    d->runs[0].stage, d->end.only_b, d->runs[1].stage);
	end_line(out, &line);
	strbuf_fini(&line);
}

static void
write_phases(const struct stagediff *d, struct strbuf *out)
{
	struct strbuf line = { 0 };
	const struct phases *p;
	size_t i;
	int side, k;

	strbuf_adds(&line, "  ");
	add_name(&line, "after");
	strbuf_addf(&line, " %-*s", STAGE_WIDTH, "stage");
	for (k = 0; k < PHASES; k++)
		strbuf_addf(&line, " %11s", phase_words[k]);
	strbuf_adds(&line, "  port");
	end_line(out, &line);
	for (i = 0; i < d->n_common; i++)
		for (side = 0; side < 2; side++) {
			p = &d->phases[side][i];
			strbuf_adds(&line, "  ");
			add_name(&line, side == 0 ? p->what : "");
			strbuf_addf(&line, " %-*s", STAGE_WIDTH,
			    d->runs[side].stage);
			for (k = 0; k < PHASES; k++)
				add_time(&line, p->since_ns[k]);
			strbuf_addf(&line, "  %s",
			    p->active == NULL ? "" : p->active);
			end_line(out, &line);
		}
	strbuf_fini(&line);
}

static void
write_stream(const struct stagediff *d, const struct stagediff_stream *s,
    int side, struct strbuf *out)
{
	const struct trace_probe *p = s->of[side];
	struct strbuf line = { 0 }, name = { 0 };

	strbuf_addf(&name, "%s %s", s->name, s->way);
	strbuf_adds(&line, "  ");
	add_name(&line, side == 0 ? strbuf_str(&name) : "");
	strbuf_addf(&line, " %-*s", STAGE_WIDTH, d->runs[side].stage);
	if (p != NULL) {
		strbuf_addf(&line, " %11" PRIu64 " %11" PRIu64 " %11" PRIu64,
		    p->sent, p->lost, p->send_errors);
		add_time(&line, p->longest_gap_ns);
		add_time(&line, s->stood_ns[side]);
	}
	end_line(out, &line);
	strbuf_fini(&line);
	strbuf_fini(&name);
}

static void
write_streams(const struct stagediff *d, struct strbuf *out)
{
	struct strbuf line = { 0 };
	size_t i;

	if (d->n_streams == 0)
		return;
	strbuf_adds(&line, "  ");
	add_name(&line, "packets");
	strbuf_addf(&line, " %-*s %11s %11s %11s %11s %11s", STAGE_WIDTH,
	    "stage", "sent", "lost", "refused", "longest gap", "stood still");
	end_line(out, &line);
	for (i = 0; i < d->n_streams; i++) {
		write_stream(d, &d->streams[i], 0, out);
		write_stream(d, &d->streams[i], 1, out);
	}
	strbuf_fini(&line);
}

static void
write_differences(const struct stagediff *d, struct strbuf *out)
{
	const struct stagediff_difference *e;
	struct strbuf line = { 0 };
	size_t i;

	strbuf_addf(out, "  %zu difference%s (%s | %s)%s\n", d->n,
	    d->n == 1 ? "" : "s", d->runs[0].stage, d->runs[1].stage,
	    d->n > 0 ? ":" : "");
	for (i = 0; i < d->n && i < SHOWN_MAX; i++) {
		e = &d->list[i];
		strbuf_addf(&line, "    %-9s ", stagediff_topic_word(e->topic));
		if (e->after[0] != '\0')
			strbuf_addf(&line, "%s: ", e->after);
		strbuf_addf(&line, "%s: %s | %s", e->what, e->a, e->b);
		end_line(out, &line);
	}
	if (i < d->n)
		strbuf_addf(out, "    and %zu more (--json has all)\n",
		    d->n - i);
	strbuf_fini(&line);
}

void
stagediff_write(const struct stagediff *d, struct strbuf *out)
{
	struct strbuf line = { 0 };

	strbuf_addf(&line, "%s [%s]", d->runs[0].t->run.title,
	    d->runs[0].t->run.policy);
	end_line(out, &line);
	strbuf_fini(&line);
	write_run(&d->runs[0], out);
	write_run(&d->runs[1], out);
	write_end(d, out);
	write_phases(d, out);
	write_streams(d, out);
	write_differences(d, out);
}

/* --- JSON --- */

static json_t *
count(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *
duration(int64_t ns)
{
	return ns == TRACE_OPEN ? json_null() : json_integer(ns);
}

static json_t *
json_run(const struct stagediff_run *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "stage", run_json_text(r->stage));
	json_object_set_new(o, "run",
	    r->run == 0 ? json_null() : json_integer(r->run));
	json_object_set_new(o, "kind", run_json_text(r->t->run.kind));
	json_object_set_new(o, "machine", run_json_text(r->t->run.machine));
	json_object_set_new(o, "seed", run_json_seed(r->t->run.seed));
	json_object_set_new(o, "note", run_json_text(r->t->run.note));
	json_object_set_new(o, "verdict", run_json_text(verdict_of(r->t)));
	return o;
}

static json_t *
json_phases(const struct phases *p)
{
	json_t *o = json_object();
	int k;

	for (k = 0; k < PHASES; k++)
		json_object_set_new(o, phase_words[k],
		    duration(p->since_ns[k]));
	json_object_set_new(o, "port", run_json_text(p->active));
	json_object_set_new(o, "stood_still", duration(p->stood_ns));
	return o;
}

/* One value for each of the two. */
static json_t *
pair(json_t *a, json_t *b)
{
	json_t *list = json_array();

	json_array_append_new(list, a);
	json_array_append_new(list, b);
	return list;
}

static json_t *
json_responses(const struct stagediff *d)
{
	json_t *list = json_array(), *o;
	size_t i;

	for (i = 0; i < d->n_common; i++) {
		o = json_object();
		json_object_set_new(o, "after",
		    run_json_text(d->phases[0][i].what));
		json_object_set_new(o, "phases_ns",
		    pair(json_phases(&d->phases[0][i]),
			json_phases(&d->phases[1][i])));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
json_probe(const struct stagediff_stream *s, int side)
{
	const struct trace_probe *p = s->of[side];
	json_t *o;

	if (p == NULL)
		return json_null();
	o = json_object();
	json_object_set_new(o, "sent", count(p->sent));
	json_object_set_new(o, "lost", count(p->lost));
	json_object_set_new(o, "refused", count(p->send_errors));
	json_object_set_new(o, "longest_gap_ns", duration(p->longest_gap_ns));
	json_object_set_new(o, "stood_still_ns", duration(s->stood_ns[side]));
	return o;
}

static json_t *
json_streams(const struct stagediff *d)
{
	json_t *list = json_array(), *o;
	size_t i;

	for (i = 0; i < d->n_streams; i++) {
		o = json_object();
		json_object_set_new(o, "probe",
		    run_json_text(d->streams[i].name));
		json_object_set_new(o, "way", run_json_text(d->streams[i].way));
		json_object_set_new(o, "packets",
		    pair(json_probe(&d->streams[i], 0),
			json_probe(&d->streams[i], 1)));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
json_differences(const struct stagediff *d)
{
	const struct stagediff_difference *e;
	json_t *list = json_array(), *o;
	size_t i;

	for (i = 0; i < d->n; i++) {
		e = &d->list[i];
		o = json_object();
		json_object_set_new(o, "topic",
		    json_string(stagediff_topic_word(e->topic)));
		json_object_set_new(o, "after", run_json_text(e->after));
		json_object_set_new(o, "what", run_json_text(e->what));
		json_object_set_new(o, "of",
		    pair(run_json_text(e->a), run_json_text(e->b)));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
json_case(const struct stagediff *d)
{
	json_t *o = json_object(), *end = json_object();

	json_object_set_new(o, "title", run_json_text(d->runs[0].t->run.title));
	json_object_set_new(o, "source",
	    run_json_text(d->runs[0].t->run.source));
	json_object_set_new(o, "policy",
	    run_json_text(d->runs[0].t->run.policy));
	json_object_set_new(o, "runs",
	    pair(json_run(&d->runs[0]), json_run(&d->runs[1])));
	json_object_set_new(end, "same", json_boolean(stagediff_same_end(d)));
	json_object_set_new(end, "equal", count(d->end.equal));
	json_object_set_new(end, "only",
	    pair(count(d->end.only_a), count(d->end.only_b)));
	json_object_set_new(o, "end", end);
	json_object_set_new(o, "failovers", json_responses(d));
	json_object_set_new(o, "streams", json_streams(d));
	json_object_set_new(o, "differences", json_differences(d));
	return o;
}

void
stagediff_write_json(struct stagediff *const *list, size_t n,
    struct strbuf *out)
{
	json_t *root = json_object(), *cases = json_array();
	size_t i, same = 0, failed = 0;

	for (i = 0; i < n; i++) {
		json_array_append_new(cases, json_case(list[i]));
		same += stagediff_same_end(list[i]);
		failed += list[i]->failed;
	}
	json_object_set_new(root, "compared", count(n));
	json_object_set_new(root, "same_end", count(same));
	json_object_set_new(root, "failed", count(failed));
	json_object_set_new(root, "cases", cases);
	run_json_write(root, out);
}
