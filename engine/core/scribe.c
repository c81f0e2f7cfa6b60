/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/scribe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/rowtext.h"
#include "core/decision.h"
#include "failover/rcvars_text.h"

/* A rest costs a row, so not each one is told. */
#define ROWS_BETWEEN_RESTS 256

struct told { /* a core's own */
	struct told *next;
	struct scribe *s;
	uint32_t number;
	struct decision_config config; /* rules and rc as they are now */
	struct snapshot_writer *snapshots;
	int64_t until_ns;
	bool reads, waited; /* until_ns and reads have been told */
	unsigned since_rest;
	bool rested;
};

struct scribe {
	struct scribe_sink sink;
	struct told *cores;
	uint32_t n_cores, n_rules, n_rc;
	uint64_t rules_hash, rc_hash; /* of the newest set */
	struct strbuf body, name;
};

struct scribe *
scribe_new(const struct scribe_sink *sink)
{
	struct scribe *s = mem_zero(1, sizeof(*s));

	s->sink = *sink;
	return s;
}

void
scribe_free(struct scribe *s)
{
	struct told *t;

	if (s == NULL)
		return;
	while ((t = s->cores) != NULL) {
		s->cores = t->next;
		snapshot_writer_free(t->snapshots);
		free(t);
	}
	strbuf_fini(&s->body);
	strbuf_fini(&s->name);
	free(s);
}

/* --- setups --- */

static void
tell_setup(struct scribe *s, const char *class, uint32_t number,
    const char *path)
{
	strbuf_reset(&s->name);
	strbuf_addf(&s->name, "%s %" PRIu32 "%s%s", class, number,
	    path != NULL ? " " : "", path != NULL ? path : "");
	s->sink.setup(s->sink.ctx, strbuf_str(&s->name), strbuf_str(&s->body),
	    s->body.bytes);
}

static bool
is_first(const struct ruleset_text *list, size_t at)
{
	size_t i;

	for (i = 0; i < at; i++)
		if (strcmp(list[i].path, list[at].path) == 0)
			return false;
	return true;
}

static void
tell_rules(struct scribe *s, const struct ruleset_text *list, size_t count,
    const struct ruleset_options *how)
{
	size_t i;

	strbuf_reset(&s->body);
	if (how->version == RULE_12_1)
		rowtext_put_str(&s->body, "version", "12.1");
	if (how->reverse)
		rowtext_put_flag(&s->body, "reverse");
	for (i = 0; i < count; i++)
		if (is_first(list, i)) {
			strbuf_addc(&s->body, '\n');
			rowtext_put_str(&s->body, "file", list[i].path);
		}
	tell_setup(s, "rules", s->n_rules, NULL);
	for (i = 0; i < count; i++)
		if (is_first(list, i)) {
			strbuf_reset(&s->body);
			strbuf_add(&s->body, list[i].text, list[i].bytes);
			tell_setup(s, "rules", s->n_rules, list[i].path);
		}
}

/* The number of the set, told when it is another than the newest. */
static uint32_t
number_rules(struct scribe *s, const struct ruleset *rules)
{
	const struct ruleset_text *list;
	struct ruleset_options how;
	uint64_t hash = HASH_START;
	size_t count, i;

	if (rules == NULL)
		return 0;
	count = ruleset_texts(rules, &list);
	ruleset_how(rules, &how);
	hash = hash_step(hash, (unsigned char)how.version);
	hash = hash_step(hash, how.reverse);
	for (i = 0; i < count; i++) {
		hash = hash_bytes(hash, list[i].path, strlen(list[i].path) + 1);
		hash = hash_bytes(hash, &list[i].bytes, sizeof(list[i].bytes));
		hash = hash_bytes(hash, list[i].text, list[i].bytes);
	}
	if (s->n_rules > 0 && hash == s->rules_hash)
		return s->n_rules;
	s->rules_hash = hash;
	s->n_rules++;
	tell_rules(s, list, count, &how);
	return s->n_rules;
}

static uint32_t
number_rc(struct scribe *s, const struct rcvars *rc)
{
	uint64_t hash;

	if (rc == NULL)
		return 0;
	strbuf_reset(&s->body);
	rcvars_write(rc, &s->body);
	hash = hash_bytes(HASH_START, strbuf_str(&s->body), s->body.bytes);
	if (s->n_rc > 0 && hash == s->rc_hash)
		return s->n_rc;
	s->rc_hash = hash;
	s->n_rc++;
	tell_setup(s, "rc", s->n_rc, NULL);
	return s->n_rc;
}

/* --- rows --- */

static void
tell_row(struct scribe *s, int64_t at_ns, bool in, int kind)
{
	s->sink.row(s->sink.ctx, at_ns, in, decision_word(in, kind),
	    strbuf_str(&s->body), s->body.bytes);
}

static void
tell_in(struct told *t, const struct input *in)
{
	struct scribe *s = t->s;
	uint32_t set = 0;

	if (in->kind == INPUT_RULES)
		set = t->config.rules = number_rules(s, in->rules);
	else if (in->kind == INPUT_RC)
		set = t->config.rc = number_rc(s, in->rc);
	strbuf_reset(&s->body);
	decision_write_in(in, t->number, set, &s->body);
	if (in->kind == INPUT_SNAPSHOT)
		snapshot_write(t->snapshots, in->snapshot, &s->body);
	tell_row(s, in->now_ns, true, (int)in->kind);
}

static void
tell_wait(struct told *t, const struct core *c, int64_t now_ns)
{
	int64_t until_ns = core_deadline(c);
	bool reads = core_wants_record(c);

	if (t->waited && until_ns == t->until_ns && reads == t->reads)
		return;
	t->waited = true;
	t->until_ns = until_ns;
	t->reads = reads;
	strbuf_reset(&t->s->body);
	decision_write_wait(t->number, until_ns, reads, &t->s->body);
	tell_row(t->s, now_ns, false, DECISION_WAIT);
}

/* Where nothing is left of what was, a replay may begin. */
static void
tell_rest(struct told *t, int64_t now_ns)
{
	/* Nobody who begins here knows what was told before. */
	snapshot_writer_free(t->snapshots);
	t->snapshots = snapshot_writer_new();
	t->rested = t->waited = false;
	t->since_rest = 0;
	strbuf_reset(&t->s->body);
	decision_write_rest(t->number, &t->config, &t->s->body);
	tell_row(t->s, now_ns, true, DECISION_REST);
}

static void
see_step(void *ctx, const struct core *c, const struct input *in,
    const struct intent *out, size_t count)
{
	struct told *t = ctx;
	struct scribe *s = t->s;
	size_t i;

	if (t->rested && t->since_rest >= ROWS_BETWEEN_RESTS)
		tell_rest(t, in->now_ns);
	tell_in(t, in);
	for (i = 0; i < count; i++) {
		strbuf_reset(&s->body);
		decision_write_out(&out[i], t->number, &s->body);
		tell_row(s, in->now_ns, false, (int)out[i].kind);
	}
	tell_wait(t, c, in->now_ns);
	if (!s->sink.rests)
		return;
	t->since_rest += 1 + (unsigned)count;
	t->rested = core_is_rested(c, &t->config.last_id);
}

void
scribe_begin(struct scribe *s, struct core *c, const struct core_config *config,
    int64_t now_ns)
{
	struct told *t = mem_zero(1, sizeof(*t));

	t->s = s;
	t->next = s->cores;
	s->cores = t;
	t->number = s->n_cores++;
	t->snapshots = snapshot_writer_new();
	t->config.policy = config->policy;
	t->config.quoting = config->quoting;
	t->config.deadline_ns = config->deadline_ns;
	t->config.resync_ns = config->resync_ns;
	t->config.parallel = (uint32_t)config->parallel;
	t->config.serial = config->serial;
	t->config.keep_rx_all = config->keep_rx_all;
	t->config.last_id = config->last_id;
	snprintf(t->config.vm_guest, sizeof(t->config.vm_guest), "%s",
	    config->vm_guest != NULL ? config->vm_guest : "");
	t->config.rules = number_rules(s, config->rules);
	t->config.rc = number_rc(s, config->rc);
	strbuf_reset(&s->body);
	decision_config_write(&t->config, &s->body);
	tell_setup(s, "core", t->number, NULL);
	strbuf_reset(&s->body);
	decision_write_begin(t->number, &s->body);
	tell_row(s, now_ns, true, DECISION_BEGIN);
	core_set_tap(c, see_step, t);
}
