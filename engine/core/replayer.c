/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/replayer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "core/replay_sets.h"

#define CORES_MAX 100000

struct player { /* one core */
	uint32_t number;
	struct core *core; /* NULL: not known (any more) */
	struct core_config config;
	struct decision_config told;
	struct snapshot_parser *snapshots;
	int64_t until_ns; /* as the scribe keeps them */
	bool reads, waited;
};

struct rows { /* copies */
	struct replay_row *list;
	char **texts; /* kind and body of each, owned */
	size_t count, cap, cap_texts;
};

struct replayer {
	void (*found)(void *ctx, const struct replay_difference *d);
	void *ctx;
	struct replay_sets *sets;
	struct player **players; /* by number */
	size_t n_players, cap_players;
	struct decision row;
	struct player *at; /* whose input is the newest, and is compared */
	struct rows input, recorded, replayed;
	struct replay_counts counts;
};

struct replayer *
replayer_new(void (*found)(void *ctx, const struct replay_difference *d),
    void *ctx)
{
	struct replayer *r = mem_zero(1, sizeof(*r));

	r->found = found;
	r->ctx = ctx;
	r->sets = replay_sets_new();
	return r;
}

static void
drop_rows(struct rows *rows)
{
	while (rows->count > 0)
		free(rows->texts[--rows->count]);
}

static void
free_rows(struct rows *rows)
{
	drop_rows(rows);
	free(rows->list);
	free(rows->texts);
}

static void
keep_row(struct rows *rows, const struct replay_row *row)
{
	size_t kind_bytes = strlen(row->kind) + 1, texts = rows->count;
	struct replay_row *copy = MEM_PUSH(rows->list, rows->count, rows->cap);
	char *text = mem_zero(kind_bytes + row->bytes + 1, 1);

	memcpy(text, row->kind, kind_bytes);
	memcpy(text + kind_bytes, row->body, row->bytes);
	*MEM_PUSH(rows->texts, texts, rows->cap_texts) = text;
	*copy = *row;
	copy->kind = text;
	copy->body = text + kind_bytes;
}

void
replayer_free(struct replayer *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n_players; i++) {
		core_free(r->players[i]->core);
		snapshot_parser_free(r->players[i]->snapshots);
		free(r->players[i]);
	}
	free_rows(&r->input);
	free_rows(&r->recorded);
	free_rows(&r->replayed);
	free(r->players);
	replay_sets_free(r->sets);
	decision_fini(&r->row);
	free(r);
}

int
replayer_setup(struct replayer *r, const char *name, const void *body,
    size_t bytes, struct err *e)
{
	return replay_sets_add(r->sets, name, body, bytes, e);
}

/* --- comparing --- */

static bool
same_row(const struct replay_row *a, const struct replay_row *b)
{
	return strcmp(a->kind, b->kind) == 0 && a->bytes == b->bytes &&
	    memcmp(a->body, b->body, a->bytes) == 0;
}

static void
lose(struct player *p)
{
	core_free(p->core);
	p->core = NULL;
}

static void
tell_difference(struct replayer *r, size_t first)
{
	struct replay_difference d = {
		.core = r->at->number,
		.input = r->input.list[0],
		.recorded = r->recorded.list,
		.n_recorded = r->recorded.count,
		.replayed = r->replayed.list,
		.n_replayed = r->replayed.count,
		.first = first,
	};

	r->counts.differences++;
	r->found(r->ctx, &d);
	lose(r->at);
}

/* All answers to the newest input are there, then and now. */
static void
compare(struct replayer *r)
{
	const struct rows *then = &r->recorded, *now = &r->replayed;
	size_t i = 0;

	if (r->at == NULL)
		return;
	while (i < then->count && i < now->count &&
	    same_row(&then->list[i], &now->list[i]))
		i++;
	if (i < then->count || i < now->count) {
		tell_difference(r, i);
	} else {
		r->counts.inputs++;
		r->counts.intents += now->count;
	}
	drop_rows(&r->input);
	drop_rows(&r->recorded);
	drop_rows(&r->replayed);
	r->at = NULL;
}

/* --- running --- */

static void
keep_answer(struct replayer *r, int64_t at_ns, int kind, struct strbuf *body)
{
	struct replay_row row = { .at_ns = at_ns,
		.kind = decision_word(false, kind),
		.body = strbuf_str(body),
		.bytes = body->bytes };

	keep_row(&r->replayed, &row);
	strbuf_reset(body);
}

static void
keep_answers(struct replayer *r, struct player *p, int64_t at_ns,
    const struct intents *out)
{
	int64_t until_ns = core_deadline(p->core);
	bool reads = core_wants_record(p->core);
	struct strbuf body = { 0 };
	size_t i;

	for (i = 0; i < out->count; i++) {
		decision_write_out(&out->list[i], p->number, &body);
		keep_answer(r, at_ns, (int)out->list[i].kind, &body);
	}
	if (!p->waited || until_ns != p->until_ns || reads != p->reads) {
		decision_write_wait(p->number, until_ns, reads, &body);
		keep_answer(r, at_ns, DECISION_WAIT, &body);
	}
	p->waited = true;
	p->until_ns = until_ns;
	p->reads = reads;
	strbuf_fini(&body);
}

static void
step(struct replayer *r, struct player *p, const struct input *in)
{
	struct intents out = { 0 };

	core_step(p->core, in, &out);
	keep_answers(r, p, in->now_ns, &out);
	intents_fini(&out);
}

static int
make_core(struct replayer *r, struct player *p, struct err *e)
{
	struct core_config *c = &p->config;
	int rc;

	lose(p);
	memset(c, 0, sizeof(*c));
	if ((rc = replay_sets_rules(r->sets, p->told.rules, &c->rules, e)) <
		0 ||
	    (rc = replay_sets_rc(r->sets, p->told.rc, &c->rc, e)) < 0)
		return rc;
	c->vm_guest = p->told.vm_guest;
	c->policy = p->told.policy;
	c->quoting = p->told.quoting;
	c->deadline_ns = p->told.deadline_ns;
	c->resync_ns = p->told.resync_ns;
	c->parallel = p->told.parallel;
	c->serial = p->told.serial;
	c->keep_rx_all = p->told.keep_rx_all;
	c->last_id = p->told.last_id;
	p->core = core_new(c);
	p->waited = false;
	snapshot_parser_free(p->snapshots);
	p->snapshots = snapshot_parser_new();
	return 0;
}

static int
begin(struct replayer *r, struct player *p, struct err *e)
{
	int rc = replay_sets_core(r->sets, p->number, &p->told, e);

	return rc < 0 ? rc : make_core(r, p, e);
}

/* Where the core is known again, or has to be what is said. */
static int
rest(struct replayer *r, struct player *p, int64_t at_ns, struct err *e)
{
	struct input start = { .kind = INPUT_START, .now_ns = at_ns };
	const struct decision *d = &r->row;
	struct strbuf body = { 0 };
	struct intents out = { 0 };
	uint32_t last_id;
	int rc;

	snapshot_parser_free(p->snapshots);
	p->snapshots = snapshot_parser_new();
	if (p->core != NULL) {
		r->at = p;
		if (!core_is_rested(p->core, &last_id) || last_id != d->id ||
		    p->told.rules != d->rules || p->told.rc != d->rc) {
			strbuf_adds(&body,
			    "not so: something is under way, "
			    "or other numbers are reached");
			keep_answer(r, at_ns, INTENT_NOTE, &body);
		}
		p->waited = false;
		strbuf_fini(&body);
		return 0;
	}
	if ((rc = replay_sets_core(r->sets, p->number, &p->told, e)) < 0)
		return rc;
	if (p->told.policy == CORE_NATIVE)
		return err_set(e, ERR_INPUT,
		    "a core of policy native is never at rest");
	p->told.rules = d->rules;
	p->told.rc = d->rc;
	p->told.last_id = d->id;
	if ((rc = make_core(r, p, e)) < 0)
		return rc;
	core_step(p->core, &start, &out);
	intents_fini(&out);
	return 0;
}

static int
set(struct replayer *r, struct player *p, struct err *e)
{
	const struct decision *d = &r->row;
	int rc;

	if (d->kind == INPUT_RULES) {
		rc = replay_sets_rules(r->sets, d->set, &p->config.rules, e);
		if (rc == 0)
			core_set_rules(p->core, p->config.rules);
		p->told.rules = d->set;
		return rc;
	}
	if (d->set == 0 && p->told.policy != CORE_RULES)
		return err_set(e, ERR_INPUT, "set=N belongs there");
	if ((rc = replay_sets_rc(r->sets, d->set, &p->config.rc, e)) == 0)
		core_set_rc(p->core, p->config.rc);
	p->told.rc = d->set;
	return rc;
}

static int
give(struct replayer *r, struct player *p, const struct replay_row *row,
    struct err *e)
{
	const struct decision *d = &r->row;
	struct input in = { .kind = (enum input_kind)d->kind,
		.now_ns = row->at_ns,
		.raw = strbuf_str(&d->raw),
		.raw_bytes = d->raw.bytes,
		.record = d->record,
		.timestamp = d->timestamp,
		.media = d->media,
		.id = d->id,
		.result = d->result };

	if (d->kind == INPUT_SNAPSHOT) {
		in.snapshot = snapshot_parse(p->snapshots,
		    row->body + d->rest_at, row->bytes - d->rest_at, e);
		if (in.snapshot == NULL)
			return ERR_INPUT;
	}
	r->at = p;
	if (d->kind == INPUT_ORPHAN) {
		core_orphan(p->core);
		keep_answers(r, p, row->at_ns, &(struct intents){ 0 });
		return 0;
	}
	if (d->kind == INPUT_RULES || d->kind == INPUT_RC) {
		if (set(r, p, e) < 0)
			return ERR_INPUT;
		keep_answers(r, p, row->at_ns, &(struct intents){ 0 });
		return 0;
	}
	step(r, p, &in);
	return 0;
}

/* A core that there is no "begin" of is one, too: its rows are passed over. */
static struct player *
find_player(struct replayer *r, uint32_t number, struct err *e)
{
	struct player *p;

	if (number >= CORES_MAX) {
		err_set(e, ERR_INPUT, "more than %d cores", CORES_MAX);
		return NULL;
	}
	while (r->n_players <= number) {
		p = mem_zero(1, sizeof(*p));
		p->number = (uint32_t)r->n_players;
		*MEM_PUSH(r->players, r->n_players, r->cap_players) = p;
	}
	if (number >= r->counts.cores)
		r->counts.cores = number + 1;
	return r->players[number];
}

static int
take_in(struct replayer *r, const struct replay_row *row, struct err *e)
{
	struct player *p;

	compare(r);
	if ((p = find_player(r, r->row.core, e)) == NULL)
		return ERR_INPUT;
	if (r->row.kind == DECISION_BEGIN) {
		if (p->core != NULL)
			return err_set(e, ERR_INPUT,
			    "core %" PRIu32 " has begun before", p->number);
		return begin(r, p, e);
	}
	if (p->core != NULL)
		keep_row(&r->input, row);
	if (r->row.kind == DECISION_REST)
		return rest(r, p, row->at_ns, e);
	if (p->core != NULL)
		return give(r, p, row, e);
	r->counts.passed++;
	return 0;
}

int
replayer_row(struct replayer *r, const struct replay_row *row, struct err *e)
{
	int rc;

	if (row->at_ns < 0 || row->at_ns > DUR_MAX)
		return err_set(e, ERR_INPUT,
		    "its time is not within 100 years from 0");
	rc = decision_read(&r->row, row->in, row->kind, row->body, row->bytes,
	    e);
	if (rc < 0)
		return rc;
	if (row->in)
		return take_in(r, row, e);
	if (r->at != NULL)
		keep_row(&r->recorded, row);
	return 0;
}

void
replayer_end(struct replayer *r, struct replay_counts *counts)
{
	compare(r);
	if (counts != NULL)
		*counts = r->counts;
}
