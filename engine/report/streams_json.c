/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/streams_text.h"

#include <jansson.h>
#include <string.h>

#include "report/outage.h"
#include "report/run_json.h"

static json_t *
number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
ports_json(const struct streams *all, const struct stream *s)
{
	const struct flow *w = s->answers != NULL ? s->answers : s->flow;
	const struct flow_sighting *g = w->side[s->to].sightings;
	json_t *list = json_array();

	for (; g != NULL; g = g->next)
		json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o, s:o}", "interface",
			run_json_text(all->flows->places[g->place].name),
			"packets", number(g->packets), "bytes",
			number(g->bytes), "duplicated", number(g->duplicated)));
	return list;
}

static json_t *
delays_json(const struct stream *s)
{
	const struct sample_delays *d = &s->delays;

	if (s->delay == STREAM_NO_DELAY || d->count == 0)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "kind",
	    s->delay == STREAM_ROUND_TRIP ? "round-trip" : "one-way", "samples",
	    (json_int_t)d->count, "min_ns", (json_int_t)d->min_ns, "median_ns",
	    (json_int_t)d->median_ns, "p99_ns", (json_int_t)d->p99_ns, "max_ns",
	    (json_int_t)d->max_ns, "at_begin_ns", (json_int_t)d->begin_ns,
	    "at_end_ns", (json_int_t)d->end_ns);
}

/* null where it cannot be told. */
static void
put_count(json_t *o, const char *key, const struct stream *s, uint64_t n)
{
	json_object_set_new(o, key, s->numbers ? number(n) : json_null());
}

static json_t *
stream_json(const struct streams *all, size_t i, int64_t origin_ns)
{
	const struct stream *s = &all->list[i];
	const struct losses *l = &s->losses;
	json_t *o = json_object();

	json_object_set_new(o, "stream", run_json_text(s->name));
	json_object_set_new(o, "way", run_json_text(s->way));
	json_object_set_new(o, "numbered", run_json_text(s->numbered));
	json_object_set_new(o, "sent", number(l->sent));
	json_object_set_new(o, "packets", number(s->packets));
	put_count(o, "delivered", s, l->delivered);
	put_count(o, "lost", s, l->lost);
	put_count(o, "unsent", s, l->unsent);
	put_count(o, "unseen", s, l->unseen);
	put_count(o, "duplicated", s, s->duplicated);
	put_count(o, "reordered", s, s->reordered);
	put_count(o, "reorder_extent", s, s->extent_max);
	json_object_set_new(o, "reorder_late_ns", json_integer(s->late_max_ns));
	put_count(o, "late", s, s->late);
	put_count(o, "retransmitted", s, s->retransmitted);
	json_object_set_new(o, "period_ns", json_integer(l->period_ns));
	json_object_set_new(o, "longest_gap_ns", json_integer(l->longest_ns));
	json_object_set_new(o, "longest_gap_at_ns",
	    l->longest_ns > 0
		? json_integer(
		      outage_since(stream_time(s, l->longest_at_ns), origin_ns))
		: json_null());
	json_object_set_new(o, "leg", json_boolean(i >= all->whole));
	json_object_set_new(o, "convergence_ns",
	    json_integer(s->convergence_ns));
	json_object_set_new(o, "longest_silence_ns",
	    json_integer(s->silence_ns));
	json_object_set_new(o, "delay_spread_ns", json_integer(s->spread_ns));
	json_object_set_new(o, "ports", ports_json(all, s));
	json_object_set_new(o, "delay", delays_json(s));
	json_object_set_new(o, "one_side_only", json_boolean(s->one_side));
	return o;
}

static json_t *
gap_json(const struct streams *all, const struct trace *t,
    const struct trace_gap *g)
{
	const struct stream *s = &all->list[g->probe];
	struct strbuf cause = { 0 };
	json_t *o;

	outage_cause(t, g, &cause);
	o = json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:b, s:o, s:o}",
	    "stream", run_json_text(s->name), "way", run_json_text(s->way),
	    "first", number(stream_shown(s, stream_base(s) + g->first_seq)),
	    "missing", number(g->count), "unsent", number(g->send_errors),
	    "from_ns", (json_int_t)g->from_ns, "to_ns", (json_int_t)g->to_ns,
	    "open", outage_is_open(t, g), "why", run_json_text(g->why),
	    "joined", run_json_text(strbuf_str(&cause)));
	strbuf_fini(&cause);
	return o;
}

static json_t *
clock_json(const struct streams *s)
{
	if (!s->two_sided || !s->offset_known)
		return json_null();
	return json_pack("{s:I, s:o, s:b}", "offset_ns",
	    (json_int_t)s->offset_ns, "uncertain_ns",
	    s->both_ways ? json_integer(s->uncertain_ns) : json_null(),
	    "both_ways", s->both_ways);
}

static json_t *
counts_json(const struct flows_counts *c)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "packets",
	    number(c->packets), "not_ip", number(c->other), "fragments",
	    number(c->fragments), "cut", number(c->cut), "shortened",
	    number(c->shortened), "malformed", number(c->bad), "unknown_link",
	    number(c->unknown_link), "not_told", number(c->untold));
}

void
streams_write_json(const struct streams *s, const struct trace *t,
    int64_t origin_ns, struct strbuf *out)
{
	json_t *root = json_object(), *streams = json_array();
	json_t *gaps = json_array();
	struct strbuf sentence = { 0 };
	size_t i;

	for (i = 0; i < s->count; i++)
		json_array_append_new(streams, stream_json(s, i, origin_ns));
	for (i = 0; i < t->n_gaps; i++)
		json_array_append_new(gaps, gap_json(s, t, &t->gaps[i]));
	streams_sentence(s, t, &sentence);
	json_object_set_new(root, "origin_ns", json_integer(origin_ns));
	json_object_set_new(root, "summary",
	    run_json_text(strbuf_str(&sentence)));
	json_object_set_new(root, "counts", counts_json(&s->flows->counts));
	json_object_set_new(root, "clock", clock_json(s));
	json_object_set_new(root, "streams", streams);
	json_object_set_new(root, "gaps", gaps);
	strbuf_fini(&sentence);
	run_json_write(root, out);
}
