/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "core/core_digest.h"
#include "core/core_native.h"
#include "core/jobs.h"
#include "event/devline.h"
#include "failover/native.h"

/* A fired action that waits for a look: it may be native's business. */
struct waiting {
	char ifname[IFNAME_MAX]; /* "": it only keeps its place */
	char key[32];
	char *text; /* owned */
	struct cause cause;
	const struct rule *rule; /* NULL: of a set that is gone */
};

struct core {
	struct core_config config;
	struct jobs jobs;
	struct native *native; /* only under CORE_NATIVE */
	struct devline line;
	struct waiting *waiting;
	size_t n_waiting, cap_waiting;
	bool dirty;   /* native must look before it may rest */
	bool looking; /* INTENT_OBSERVE is out */
	bool orphaned;
	uint32_t native_id; /* of its operation under way; 0: none */
	struct operation native_op;
	int32_t last_record; /* the newest, as the cause of what follows */
	int64_t wake_ns;     /* native's own */
	int64_t resync_ns;   /* next look without any reason */
	uint64_t resyncs;
	core_tap_fn *tap; /* or NULL */
	void *tap_ctx;
	int64_t now_ns; /* of the newest step */
};

struct core *
core_new(const struct core_config *config)
{
	struct core *c = mem_zero(1, sizeof(*c));
	struct native_config nc = {
		.rc = config->rc,
		.keep_rx_all = config->keep_rx_all,
	};

	c->config = *config;
	c->last_record = -1;
	c->wake_ns = c->resync_ns = CORE_NEVER;
	jobs_init(&c->jobs, &c->config);
	c->jobs.last_id = config->last_id;
	if (config->policy == CORE_NATIVE)
		c->native = native_new(&nc);
	return c;
}

static void
drop_waiting(struct core *c)
{
	while (c->n_waiting > 0) {
		free(c->waiting[--c->n_waiting].text);
		cause_free(&c->waiting[c->n_waiting].cause);
	}
}

void
core_free(struct core *c)
{
	if (c == NULL)
		return;
	drop_waiting(c);
	free(c->waiting);
	jobs_fini(&c->jobs);
	native_free(c->native);
	devline_fini(&c->line);
	free(c);
}

void
core_set_tap(struct core *c, core_tap_fn *tap, void *ctx)
{
	c->tap = tap;
	c->tap_ctx = ctx;
}

/* What was told by a call of its own. */
static void
tell_tap(struct core *c, enum input_kind kind)
{
	const struct input in = { .kind = kind,
		.now_ns = c->now_ns,
		.rules = c->config.rules,
		.rc = c->config.rc };

	if (c->tap != NULL)
		c->tap(c->tap_ctx, c, &in, NULL, 0);
}

void
core_set_rules(struct core *c, const struct ruleset *rules)
{
	size_t i;

	c->config.rules = rules;
	for (i = 0; i < c->n_waiting; i++)
		c->waiting[i].rule = NULL;
	tell_tap(c, INPUT_RULES);
}

void
core_set_rc(struct core *c, const struct rcvars *rc)
{
	c->config.rc = rc;
	if (c->native != NULL) {
		native_set_rc(c->native, rc);
		c->dirty = true;
	}
	tell_tap(c, INPUT_RC);
}

/* --- actions --- */

/* Cut where there is no room for more. */
static void
copy_text(char *to, size_t size, const char *text)
{
	size_t bytes = strnlen(text, size - 1);

	memmove(to, text, bytes);
	to[bytes] = '\0';
}

static const char *
after_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static const char *
after_word(const char *s)
{
	while (*s != '\0' && *s != ' ' && *s != '\t')
		s++;
	return s;
}

/* Word n of an action as written, a "$name" replaced by its value. Only plain
 * words: what has quotes or text around a variable is the shell's. */
static bool
action_word(const struct core *c, const struct rule_env *env,
    const char *action, int n, char *word, size_t size)
{
	const char *s = after_blanks(action);
	size_t bytes;

	for (; n > 0; n--)
		s = after_blanks(after_word(s));
	bytes = (size_t)(after_word(s) - s);
	if (bytes == 0 || bytes >= size)
		return false;
	memcpy(word, s, bytes);
	word[bytes] = '\0';
	if (word[0] == '$')
		copy_text(word, size,
		    ruleset_value(c->config.rules, &c->line, env, word + 1));
	return true;
}

/* The two commands of the Hyper-V rules are ours. True when taken. */
static bool
take_action(struct core *c, const struct rule_env *env, const char *action,
    int32_t record)
{
	char program[64], ifname[IFNAME_MAX], delay[16];
	const char *key = devline_subsystem(&c->line);
	struct stock script;
	bool attach;

	if (c->config.policy == CORE_RULES)
		return false;
	if (!action_word(c, env, action, 0, program, sizeof(program)) ||
	    !action_word(c, env, action, 1, ifname, sizeof(ifname)))
		return false;
	attach = strcmp(program, "/usr/libexec/hyperv/hyperv_vfattach") == 0;
	if (attach &&
	    (!action_word(c, env, action, 2, delay, sizeof(delay)) ||
		strcmp(delay, "0") != 0))
		return false;
	if (!attach && strcmp(program, "/usr/libexec/hyperv/hyperv_vfup") != 0)
		return false;
	if (c->native != NULL) {
		c->dirty = true;
		if (!attach)
			jobs_add_vfup(&c->jobs, ifname, key, record);
		return true;
	}
	if (attach)
		stock_vfattach(&script, ifname);
	else
		stock_vfup(&script, ifname);
	jobs_add_script(&c->jobs, &script, key, record, false);
	return true;
}

/* The two stock actions that configure an interface by rc.conf: for whom? */
static bool
sets_up(const struct core *c, const struct rule_env *env, const char *action,
    char ifname[IFNAME_MAX])
{
	char w[4][64];
	int i, n = 0;

	for (i = 0; i < 4; i++, n++)
		if (!action_word(c, env, action, i, w[i], sizeof(w[i])))
			break;
	if (n == 4 && strcmp(w[0], "service") == 0 &&
	    strcmp(w[1], "dhclient") == 0 &&
	    (strcmp(w[2], "quietstart") == 0 || strcmp(w[2], "start") == 0))
		i = 3;
	else if (n == 3 && strcmp(w[0], "/etc/rc.d/dhclient") == 0 &&
	    (strcmp(w[1], "quietstart") == 0 || strcmp(w[1], "start") == 0))
		i = 2;
	else if (n == 3 && strcmp(w[0], "/etc/pccard_ether") == 0 &&
	    strcmp(w[2], "start") == 0)
		i = 1;
	else
		return false;
	if (strlen(w[i]) >= IFNAME_MAX)
		return false;
	memcpy(ifname, w[i], strlen(w[i]) + 1);
	return true;
}

/* What the actions of a record are kept in order by. */
static const char *
order_key(const struct core *c)
{
	const char *key = devline_subsystem(&c->line);

	if (*key == '\0' && c->config.policy == CORE_RULES)
		key = devline_value(&c->line, "device-name");
	return key;
}

static void
tell_fired(const struct rule *rule, const char *text, int32_t record,
    const char *carried, struct intents *out)
{
	struct intent *fired = intents_add(out, INTENT_FIRED, text);

	fired->rule_file = rule == NULL ? "" : rule_file(rule);
	fired->rule_line = rule == NULL ? 0 : rule_line(rule);
	fired->record = record;
	fired->carried = carried;
}

static void
wait_for_look(struct core *c, const struct rule *rule, const char *text,
    const char *ifname, const struct world_cause *cause)
{
	struct waiting *w = MEM_PUSH(c->waiting, c->n_waiting, c->cap_waiting);

	copy_text(w->ifname, sizeof(w->ifname), ifname);
	copy_text(w->key, sizeof(w->key), order_key(c));
	w->text = mem_str(text);
	cause_copy(&w->cause, cause);
	w->rule = rule;
}

static void
decide_waiting(struct core *c, const struct snapshot *s, struct intents *out)
{
	const struct waiting *w;
	bool ours;
	size_t i;

	for (i = 0; i < c->n_waiting; i++) {
		w = &c->waiting[i];
		ours = w->ifname[0] != '\0' &&
		    native_owns(c->native, s, w->ifname);
		if (!ours)
			jobs_add_command(&c->jobs, w->key, w->text,
			    &w->cause.told);
		tell_fired(w->rule, w->text, w->cause.told.record,
		    ours ? "controller" : "command", out);
	}
	drop_waiting(c);
}

static void
fire(struct core *c, const struct rule *rule, const struct rule_env *env,
    const struct world_cause *cause, struct intents *out)
{
	size_t i, n = rule_action_count(rule);
	struct strbuf text = { 0 };
	char ifname[IFNAME_MAX];
	bool ours, asks;

	for (i = 0; i < n; i++) {
		strbuf_reset(&text);
		rule_expand(c->config.rules, rule, i, &c->line, env,
		    c->config.quoting, &text);
		ours = take_action(c, env, rule_action(rule, i), cause->record);
		asks = !ours && c->native != NULL &&
		    sets_up(c, env, rule_action(rule, i), ifname);
		if (asks || (!ours && c->n_waiting > 0)) {
			wait_for_look(c, rule, strbuf_str(&text),
			    asks ? ifname : "", cause);
			continue;
		}
		if (!ours)
			jobs_add_command(&c->jobs, order_key(c),
			    strbuf_str(&text), cause);
		tell_fired(rule, strbuf_str(&text), cause->record,
		    ours ? "controller" : "command", out);
	}
	if (n == 0)
		tell_fired(rule, "", cause->record, "none", out);
	strbuf_fini(&text);
}

static enum rule_media
media_of_record(void *ctx, const char *ifname)
{
	const struct input *in = ctx;

	(void)ifname;
	return in->media;
}

enum passage { STAYS, GOES, COMES };

/* What a record says of the interface that it is about. Each of the two that
 * tell a new one says by itself that what has the name now is not what had it
 * before: the other one may be lost. */
static enum passage
passage_of(const struct devline *line)
{
	const char *system, *type;

	if (line->kind != DEVLINE_NOTIFY)
		return STAYS;
	system = devline_system(line);
	type = devline_type(line);
	if (strcmp(system, "IFNET") == 0)
		return strcmp(type, "DETACH") == 0 ? GOES
		    : strcmp(type, "ATTACH") == 0  ? COMES
						   : STAYS;
	return strcmp(system, "ETHERNET") == 0 && strcmp(type, "IFATTACH") == 0
	    ? COMES
	    : STAYS;
}

static void
take_record(struct core *c, const struct input *in, struct intents *out)
{
	struct input copy = *in;
	struct rule_env env = {
		.vm_guest = c->config.vm_guest,
		.timestamp = in->timestamp,
		.media = media_of_record,
		.media_ctx = &copy,
	};
	const struct world_cause cause = { in->record, in->raw, in->raw_bytes,
		in->timestamp, (int)in->media };
	const struct rule *rule;
	enum passage passage;

	c->last_record = in->record;
	devline_parse(&c->line, in->raw, in->raw_bytes);
	if (c->native != NULL) {
		c->dirty = true;
		/* What was to be done for an interface that is gone would
		 * meet nothing, or another one of the same name. */
		passage = passage_of(&c->line);
		if (passage == GOES)
			jobs_cancel_key(&c->jobs, devline_subsystem(&c->line),
			    out);
		if (passage != STAYS)
			native_replaced(c->native, devline_subsystem(&c->line));
	}
	rule = ruleset_match(c->config.rules, &c->line, &env);
	if (rule != NULL)
		fire(c, rule, &env, &cause, out);
}

/* --- native's loop: observe, plan, apply, look again --- */

static void
plan(struct core *c, const struct snapshot *s, int64_t now_ns,
    struct intents *out)
{
	struct intent *i;
	const char *text;
	bool more;

	c->dirty = false;
	more = native_plan(c->native, s, now_ns, &c->native_op, &c->wake_ns);
	while ((text = native_note(c->native)) != NULL)
		intents_add(out, INTENT_NOTE, text);
	if (!more)
		return;
	i = intents_add(out, INTENT_APPLY, NULL);
	i->op = c->native_op;
	i->record = c->last_record;
	i->id = c->native_id = ++c->jobs.last_id;
	c->wake_ns = CORE_NEVER;
}

static void
applied(struct core *c, const struct input *in, struct intents *out)
{
	const char *text;

	if (c->native_id != in->id || c->native_id == 0) {
		jobs_ended(&c->jobs, in->id, in->result, out);
		return;
	}
	c->native_id = 0;
	c->dirty = true;
	native_result(c->native, &c->native_op, in->result, in->now_ns);
	while ((text = native_note(c->native)) != NULL)
		intents_add(out, INTENT_NOTE, text);
}

static void
tick(struct core *c, int64_t now_ns, struct intents *out)
{
	int64_t resync =
	    c->config.resync_ns > 0 ? c->config.resync_ns : CORE_RESYNC;

	jobs_tick(&c->jobs, now_ns, out);
	if (c->native == NULL)
		return;
	if (c->wake_ns <= now_ns) {
		c->wake_ns = CORE_NEVER;
		c->dirty = true;
	}
	if (c->resync_ns <= now_ns) {
		c->resyncs += !c->dirty;
		c->resync_ns = now_ns + resync;
		c->dirty = true;
	}
}

void
core_step(struct core *c, const struct input *in, struct intents *out)
{
	size_t before = out->count;

	c->now_ns = in->now_ns;
	switch (in->kind) {
	case INPUT_START:
		c->dirty = c->native != NULL;
		if (c->native != NULL)
			c->resync_ns = in->now_ns;
		break;
	case INPUT_RECORD:
		take_record(c, in, out);
		break;
	case INPUT_HINT:
		c->dirty = c->native != NULL;
		if (c->native != NULL && in->result != 0)
			native_lost_records(c->native);
		break;
	case INPUT_SNAPSHOT:
		c->looking = false;
		decide_waiting(c, in->snapshot, out);
		jobs_look(&c->jobs, in->snapshot, in->now_ns, out);
		if (c->native != NULL && c->native_id == 0 && c->dirty)
			plan(c, in->snapshot, in->now_ns, out);
		break;
	case INPUT_APPLIED:
		applied(c, in, out);
		break;
	case INPUT_EXITED:
		jobs_ended(&c->jobs, in->id, in->result, out);
		break;
	case INPUT_TIMER:
	case INPUT_RULES:
	case INPUT_RC:
	case INPUT_ORPHAN:
		break;
	}
	tick(c, in->now_ns, out);
	jobs_start(&c->jobs, in->now_ns, out);
	if (!c->looking &&
	    (jobs_want_look(&c->jobs) || c->n_waiting > 0 ||
		(c->dirty && c->native_id == 0))) {
		c->looking = true;
		intents_add(out, INTENT_OBSERVE, NULL);
	}
	if (c->tap != NULL)
		c->tap(c->tap_ctx, c, in,
		    out->list != NULL ? out->list + before : NULL,
		    out->count - before);
}

bool
core_wants_record(const struct core *c)
{
	return !c->orphaned && c->n_waiting == 0 &&
	    !jobs_block_reading(&c->jobs);
}

int64_t
core_deadline(const struct core *c)
{
	int64_t first = jobs_deadline(&c->jobs);

	if (c->wake_ns < first)
		first = c->wake_ns;
	if (c->resync_ns < first)
		first = c->resync_ns;
	return first;
}

void
core_orphan(struct core *c)
{
	c->orphaned = true;
	c->wake_ns = c->resync_ns = CORE_NEVER;
	drop_waiting(c);
	jobs_drop_queued(&c->jobs);
	tell_tap(c, INPUT_ORPHAN);
}

bool
core_is_idle(const struct core *c)
{
	return c->jobs.count == 0 && c->native_id == 0;
}

bool
core_is_rested(const struct core *c, uint32_t *last_id)
{
	*last_id = c->jobs.last_id;
	return c->native == NULL && c->jobs.count == 0 && c->n_waiting == 0 &&
	    !c->looking && !c->orphaned;
}

uint64_t
core_resyncs(const struct core *c)
{
	return c->resyncs;
}

bool
core_why(const struct core *c, const struct snapshot *s,
    const struct snap_if *hn, struct strbuf *out)
{
	return c->native != NULL && native_why(c->native, s, hn, out);
}

uint32_t
core_ago(const struct core *c, uint32_t id)
{
	return c->jobs.last_id - id;
}

void
core_digest(const struct core *c, native_is_current_fn *is_current, void *ctx,
    struct digest *d)
{
	size_t i;

	digest_number(d,
	    (uint64_t)(c->dirty << 0 | c->looking << 1 | c->orphaned << 2));
	digest_number(d, c->native_id == 0 ? 0 : 1 + core_ago(c, c->native_id));
	if (c->native_id != 0)
		operation_digest(&c->native_op, d);
	/* What lies behind the next look is not waited for. */
	digest_due(d, c->wake_ns < c->resync_ns ? c->wake_ns : CORE_NEVER);
	digest_due(d, c->resync_ns);
	for (i = 0; i < c->n_waiting; i++) {
		digest_text(d, c->waiting[i].ifname);
		digest_text(d, c->waiting[i].key);
		digest_text(d, c->waiting[i].text);
	}
	jobs_digest(&c->jobs, d);
	if (c->native != NULL)
		native_digest(c->native, is_current, ctx, d);
}

void
core_describe(const struct core *c, struct strbuf *out)
{
	int64_t until_ns = core_deadline(c);
	char at[DUR_TEXT];

	strbuf_addf(out, "  records are %s\n",
	    core_wants_record(c) ? "read" : "left where they are");
	if (until_ns != CORE_NEVER)
		strbuf_addf(out, "  wakes at %s\n", dur_stamp(until_ns, at));
	if (c->native_id != 0) {
		strbuf_adds(out, "  waits for: ");
		operation_text(&c->native_op, out);
		strbuf_addc(out, '\n');
	}
	if (c->n_waiting > 0)
		strbuf_addf(out, "  %zu actions wait for a look\n",
		    c->n_waiting);
	jobs_describe(&c->jobs, out);
}
