/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/decision.h"

#include <assert.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/rowtext.h"
#include "base/suggest.h"
#include "failover/operation_row.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const char *const policy_words[] = { "stock", "native", "rules", NULL };
static const char *const quoting_words[] = { "devd", "safe", NULL };
static const char *const media_words[] = { "none", "ethernet", "802.11", "atm",
	"other", NULL };
static const char *const carried_words[] = { "none", "command", "controller",
	NULL };

/* clang-format off */
#define OF struct decision_config
static const struct rowfield config_fields[] = {
	ROWFIELD_ENUM(OF, "policy", policy, policy_words),
	ROWFIELD_ENUM(OF, "quoting", quoting, quoting_words),
	ROWFIELD(OF, "vm_guest", ROW_STR, vm_guest),
	ROWFIELD(OF, "deadline", ROW_I64, deadline_ns),
	ROWFIELD(OF, "resync", ROW_I64, resync_ns),
	ROWFIELD(OF, "parallel", ROW_UINT, parallel),
	ROWFIELD(OF, "serial", ROW_BOOL, serial),
	ROWFIELD(OF, "keep_rx_all", ROW_BOOL, keep_rx_all),
	ROWFIELD(OF, "rules", ROW_UINT, rules),
	ROWFIELD(OF, "rc", ROW_UINT, rc),
	ROWFIELD(OF, "last_id", ROW_UINT, last_id),
};
#undef OF
#define OF struct decision
static const struct rowfield row_fields[] = {
	ROWFIELD(OF, "core", ROW_UINT, core),
	ROWFIELD(OF, "record", ROW_INT, record),
	ROWFIELD(OF, "id", ROW_UINT, id),
	ROWFIELD(OF, "result", ROW_INT, result),
	ROWFIELD_ENUM(OF, "media", media, media_words),
	ROWFIELD(OF, "timestamp", ROW_STR, timestamp),
	ROWFIELD(OF, "set", ROW_UINT, set),
	ROWFIELD(OF, "rules", ROW_UINT, rules),
	ROWFIELD(OF, "rc", ROW_UINT, rc),
	ROWFIELD(OF, "last_id", ROW_UINT, id),
	ROWFIELD(OF, "line", ROW_UINT, line),
	ROWFIELD_ENUM(OF, "carried", carried, carried_words),
	ROWFIELD(OF, "until", ROW_I64, until_ns),
	ROWFIELD(OF, "reads", ROW_BOOL, reads),
};
#undef OF
/* clang-format on */

enum { TAKES_RAW = 1, TAKES_TEXT = 2, TAKES_FILE = 4, TAKES_OPERATION = 8 };

static const struct kind {
	const char *word;
	const char *keys; /* of row_fields beside "core" */
	unsigned takes;
} in_kinds[DECISION_INS] = {
	[INPUT_START] = { "start", "", 0 },
	[INPUT_RECORD] = { "record", "record media timestamp", TAKES_RAW },
	[INPUT_HINT] = { "hint", "result", 0 },
	[INPUT_SNAPSHOT] = { "snapshot", "", 0 },
	[INPUT_APPLIED] = { "applied", "id result", 0 },
	[INPUT_EXITED] = { "exited", "id result", 0 },
	[INPUT_TIMER] = { "timer", "", 0 },
	[INPUT_RULES] = { "rules", "set", 0 },
	[INPUT_RC] = { "rc", "set", 0 },
	[INPUT_ORPHAN] = { "orphan", "", 0 },
	[DECISION_BEGIN] = { "begin", "", 0 },
	[DECISION_REST] = { "rest", "rules rc last_id", 0 },
}, out_kinds[DECISION_OUTS] = {
	[INTENT_FIRED] = { "fired", "record line carried",
	    TAKES_TEXT | TAKES_FILE },
	[INTENT_OBSERVE] = { "observe", "", 0 },
	[INTENT_APPLY] = { "apply", "id record", TAKES_OPERATION },
	[INTENT_RUN] = { "run", "id record", TAKES_TEXT },
	[INTENT_CANCEL] = { "cancel", "id", 0 },
	[INTENT_NOTE] = { "note", "", TAKES_TEXT },
	[DECISION_WAIT] = { "wait", "until reads", 0 },
};

static const struct kind *
kinds(bool in, int *count)
{
	*count = in ? (int)DECISION_INS : (int)DECISION_OUTS;
	return in ? in_kinds : out_kinds;
}

const char *
decision_word(bool in, int kind)
{
	int count;
	const struct kind *list = kinds(in, &count);

	assert(kind >= 0 && kind < count);
	return list[kind].word;
}

int
decision_kind(bool in, const char *word, struct err *e)
{
	const char *words[DECISION_INS], *near;
	int count, i;
	const struct kind *list = kinds(in, &count);

	for (i = 0; i < count; i++) {
		words[i] = list[i].word;
		if (strcmp(words[i], word) == 0)
			return i;
	}
	near = suggest(word, words, (size_t)count);
	err_set(e, ERR_INPUT, "nothing of kind \"%.40s\" goes %s%s%s", word,
	    in ? "in" : "out", near != NULL ? "; did you mean " : "",
	    near != NULL ? near : "");
	return -1;
}

/* --- setups --- */

void
decision_config_write(const struct decision_config *c, struct strbuf *out)
{
	if (c->policy == CORE_STOCK) /* what is zero is left out */
		rowtext_put_str(out, "policy", policy_words[CORE_STOCK]);
	rowtext_put_fields(out, config_fields, COUNT(config_fields), c);
}

int
decision_config_read(struct decision_config *c, const char *text, size_t bytes,
    struct err *e)
{
	struct rowtext r;
	int next;

	memset(c, 0, sizeof(*c));
	rowtext_open(&r, text, bytes);
	next = rowtext_take_row(&r, config_fields, COUNT(config_fields), c, e);
	if (next == ROWTEXT_NEWLINE)
		next = rowtext_fail(&r, e, "a core is told in one row");
	if (next >= 0 &&
	    (c->deadline_ns < 0 || c->deadline_ns > DUR_MAX ||
		c->resync_ns < 0 || c->resync_ns > DUR_MAX))
		next = err_set(e, ERR_INPUT,
		    "deadline and resync are nanoseconds from 0 to 100 years");
	rowtext_close(&r);
	return next < 0 ? next : 0;
}

/* --- reading --- */

void
decision_fini(struct decision *d)
{
	strbuf_fini(&d->raw);
	strbuf_fini(&d->text);
	strbuf_fini(&d->file);
}

const char *
decision_carried(const struct decision *d)
{
	return carried_words[d->carried];
}

static bool
has_key(const char *keys, const char *key)
{
	size_t bytes = strlen(key), n;

	for (; *keys != '\0'; keys += n + (keys[n] == ' ')) {
		n = strcspn(keys, " ");
		if (n == bytes && memcmp(keys, key, n) == 0)
			return true;
	}
	return false;
}

/* 1: taken, 0: it is no such text. */
static int
take_text(struct decision *d, const struct rowtext *r, unsigned takes,
    struct err *e)
{
	struct strbuf *to = NULL;

	if ((takes & TAKES_RAW) != 0 && strcmp(r->key, "raw") == 0)
		to = &d->raw;
	else if ((takes & TAKES_TEXT) != 0 && strcmp(r->key, "text") == 0)
		to = &d->text;
	else if ((takes & TAKES_FILE) != 0 && strcmp(r->key, "file") == 0)
		to = &d->file;
	else
		return 0;
	if (!r->has_value)
		return rowtext_fail(r, e, "%s: needs a value", r->key);
	if (to == &d->raw && r->value.bytes > DEVLINE_MAX)
		return rowtext_fail(r, e, "raw: more than %d bytes",
		    DEVLINE_MAX);
	strbuf_reset(to);
	strbuf_add(to, strbuf_str(&r->value), r->value.bytes);
	return 1;
}

static int
take_word(struct decision *d, const struct rowtext *r, const struct kind *k,
    struct err *e)
{
	int rc;

	if (strcmp(r->key, "core") == 0 || has_key(k->keys, r->key))
		return rowtext_take_field(r, row_fields, COUNT(row_fields), d,
		    e);
	if ((rc = take_text(d, r, k->takes, e)) != 0)
		return rc;
	if ((k->takes & TAKES_OPERATION) != 0 &&
	    (rc = operation_row_take(r, &d->op, e)) != 0)
		return rc;
	return rowtext_fail(r, e, "%s: there is no such word in \"%s\"", r->key,
	    k->word);
}

static void
clear(struct decision *d)
{
	struct strbuf raw = d->raw, text = d->text, file = d->file;

	memset(d, 0, sizeof(*d));
	d->raw = raw;
	d->text = text;
	d->file = file;
	strbuf_reset(&d->raw);
	strbuf_reset(&d->text);
	strbuf_reset(&d->file);
}

/* The core's number, if there is one; the rest is the snapshot's. */
static int
read_core(struct decision *d, struct rowtext *r, struct err *e)
{
	int next, rc = 0;

	if ((next = rowtext_next(r, e)) < 0)
		return next;
	if (next == ROWTEXT_WORD && strcmp(r->key, "core") == 0) {
		rc = rowtext_take_field(r, row_fields, 1, d, e);
		d->rest_at =
		    r->at + (r->at < r->bytes && r->text[r->at] == ' ');
	}
	return rc < 0 ? rc : 0;
}

int
decision_read(struct decision *d, bool in, const char *kind, const char *body,
    size_t bytes, struct err *e)
{
	struct rowtext r;
	int next, rc = 0, k, count;

	clear(d);
	if ((k = decision_kind(in, kind, e)) < 0)
		return ERR_INPUT;
	d->in = in;
	d->kind = k;
	d->until_ns = CORE_NEVER;
	rowtext_open(&r, body, bytes);
	if (in && k == INPUT_SNAPSHOT) {
		rc = read_core(d, &r, e);
		rowtext_close(&r);
		return rc;
	}
	while ((next = rowtext_next(&r, e)) == ROWTEXT_WORD)
		if ((rc = take_word(d, &r, &kinds(in, &count)[k], e)) < 0)
			break;
	if (rc >= 0 && next == ROWTEXT_NEWLINE)
		rc = rowtext_fail(&r, e, "\"%s\" is one row", kind);
	rowtext_close(&r);
	return rc < 0 ? rc : next < 0 ? next : 0;
}

/* --- writing --- */

static void
put_unless_zero(struct strbuf *out, const char *key, int64_t value)
{
	if (value != 0)
		rowtext_put_int(out, key, value);
}

void
decision_write_in(const struct input *in, uint32_t core, uint32_t set,
    struct strbuf *out)
{
	put_unless_zero(out, "core", core);
	switch (in->kind) {
	case INPUT_RECORD:
		put_unless_zero(out, "record", in->record);
		if (in->media != RULE_MEDIA_NONE)
			rowtext_put_str(out, "media", media_words[in->media]);
		if (in->timestamp != NULL && in->timestamp[0] != '\0')
			rowtext_put_str(out, "timestamp", in->timestamp);
		rowtext_put(out, "raw", in->raw, in->raw_bytes);
		break;
	case INPUT_APPLIED:
	case INPUT_EXITED:
		put_unless_zero(out, "id", in->id);
		put_unless_zero(out, "result", in->result);
		break;
	case INPUT_RULES:
	case INPUT_RC:
		put_unless_zero(out, "set", set);
		break;
	case INPUT_HINT:
		put_unless_zero(out, "result", in->result);
		break;
	case INPUT_START:
	case INPUT_SNAPSHOT:
	case INPUT_TIMER:
	case INPUT_ORPHAN:
		break;
	}
}

static void
put_fired(const struct intent *i, struct strbuf *out)
{
	put_unless_zero(out, "record", i->record);
	rowtext_put_str(out, "file", i->rule_file);
	put_unless_zero(out, "line", i->rule_line);
	if (strcmp(i->carried, carried_words[0]) != 0)
		rowtext_put_str(out, "carried", i->carried);
	rowtext_put_str(out, "text", i->text);
}

void
decision_write_out(const struct intent *i, uint32_t core, struct strbuf *out)
{
	put_unless_zero(out, "core", core);
	switch (i->kind) {
	case INTENT_FIRED:
		put_fired(i, out);
		break;
	case INTENT_APPLY:
		put_unless_zero(out, "id", i->id);
		put_unless_zero(out, "record", i->record);
		operation_row_write(&i->op, out);
		break;
	case INTENT_RUN:
		put_unless_zero(out, "id", i->id);
		put_unless_zero(out, "record", i->record);
		rowtext_put_str(out, "text", i->text);
		break;
	case INTENT_CANCEL:
		put_unless_zero(out, "id", i->id);
		break;
	case INTENT_NOTE:
		rowtext_put_str(out, "text", i->text);
		break;
	case INTENT_OBSERVE:
		break;
	}
}

void
decision_write_begin(uint32_t core, struct strbuf *out)
{
	put_unless_zero(out, "core", core);
}

void
decision_write_rest(uint32_t core, const struct decision_config *c,
    struct strbuf *out)
{
	put_unless_zero(out, "core", core);
	put_unless_zero(out, "rules", c->rules);
	put_unless_zero(out, "rc", c->rc);
	put_unless_zero(out, "last_id", c->last_id);
}

void
decision_write_wait(uint32_t core, int64_t until_ns, bool reads,
    struct strbuf *out)
{
	put_unless_zero(out, "core", core);
	if (until_ns != CORE_NEVER)
		rowtext_put_int(out, "until", until_ns);
	if (reads)
		rowtext_put_flag(out, "reads");
}
