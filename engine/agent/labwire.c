/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/labwire.h"

#include <string.h>

#include "base/dur.h"
#include "base/rowtext.h"

/* --- what a row of each kind has --- */

enum field {
	F_ID,
	F_RE,
	F_AT,
	F_IF,
	F_ADDRESS,
	F_GATEWAY,
	F_SIGNAL,
	F_LIMIT,
	F_STREAM,
	F_WAY,
	F_ICMP,
	F_TO,
	F_PERIOD,
	F_FIRST,
	F_STOP,
	F_LOG,
	F_PATH,
	F_OFFSET,
	F_FROM,
	F_STATUS,
	F_ERROR,
	F_OBJECT,
	F_FIELD,
	F_VALUE,
	F_WHO,
	FIELDS,
	F_TEXT = FIELDS, /* no rowfield: it is as long as it is */
};

#define BIT(f) (UINT32_C(1) << (f))

static const char *const way_words[] = { "out", "in", "echo", NULL };
static const char *const signal_words[] = { "KILL", "TERM", NULL };
static const char *const log_words[] = { "sent", "got", NULL };

static const struct rowfield fields[FIELDS] = {
	[F_ID] = ROWFIELD(struct labwire, "id", ROW_UINT, id),
	[F_RE] = ROWFIELD(struct labwire, "re", ROW_UINT, re),
	[F_AT] = ROWFIELD(struct labwire, "at", ROW_I64, at_ns),
	[F_IF] = ROWFIELD(struct labwire, "if", ROW_STR, if_name),
	[F_ADDRESS] = ROWFIELD(struct labwire, "address", ROW_STR, address),
	[F_GATEWAY] = ROWFIELD(struct labwire, "gateway", ROW_STR, gateway),
	[F_SIGNAL] =
	    ROWFIELD_ENUM(struct labwire, "signal", signal, signal_words),
	[F_LIMIT] = ROWFIELD(struct labwire, "limit", ROW_I64, limit_ns),
	[F_STREAM] = ROWFIELD(struct labwire, "stream", ROW_UINT, stream),
	[F_WAY] = ROWFIELD_ENUM(struct labwire, "way", way, way_words),
	[F_ICMP] = ROWFIELD(struct labwire, "icmp", ROW_BOOL, icmp),
	[F_TO] = ROWFIELD(struct labwire, "to", ROW_ADDR, to),
	[F_PERIOD] = ROWFIELD(struct labwire, "period", ROW_I64, period_ns),
	[F_FIRST] = ROWFIELD(struct labwire, "first", ROW_I64, first_ns),
	[F_STOP] = ROWFIELD(struct labwire, "stop", ROW_I64, stop_ns),
	[F_LOG] = ROWFIELD_ENUM(struct labwire, "log", log, log_words),
	[F_PATH] = ROWFIELD(struct labwire, "path", ROW_STR, path),
	[F_OFFSET] = ROWFIELD(struct labwire, "offset", ROW_I64, offset),
	[F_FROM] = ROWFIELD(struct labwire, "from", ROW_I64, from_ns),
	[F_STATUS] = ROWFIELD(struct labwire, "status", ROW_INT, status),
	[F_ERROR] = ROWFIELD(struct labwire, "error", ROW_STR, error),
	[F_OBJECT] = ROWFIELD(struct labwire, "object", ROW_STR, object),
	[F_FIELD] = ROWFIELD(struct labwire, "field", ROW_STR, field),
	[F_VALUE] = ROWFIELD(struct labwire, "value", ROW_STR, value),
	[F_WHO] = ROWFIELD(struct labwire, "who", ROW_STR, who),
};

static const struct shape {
	const char *word;
	enum labwire_side from;
	uint32_t takes, needs; /* of both needs alone: it takes them, too */
} shapes[LABWIRE_KINDS] = {
	[LABWIRE_CLOCK] = { "clock", LABWIRE_LAB, 0, 0 },
	[LABWIRE_SETUP] = { "setup", LABWIRE_LAB, BIT(F_GATEWAY),
	    BIT(F_IF) | BIT(F_ADDRESS) },
	[LABWIRE_RUN] = { "run", LABWIRE_LAB, BIT(F_LIMIT), BIT(F_TEXT) },
	[LABWIRE_DAEMON_START] = { "daemon-start", LABWIRE_LAB, BIT(F_TEXT),
	    0 },
	[LABWIRE_DAEMON_KILL] = { "daemon-kill", LABWIRE_LAB, BIT(F_SIGNAL),
	    0 },
	[LABWIRE_DAEMON_RELOAD] = { "daemon-reload", LABWIRE_LAB, 0, 0 },
	[LABWIRE_PROBE] = { "probe", LABWIRE_LAB,
	    BIT(F_STREAM) | BIT(F_WAY) | BIT(F_ICMP) | BIT(F_PERIOD) |
		BIT(F_FIRST) | BIT(F_STOP),
	    BIT(F_TO) },
	[LABWIRE_PROBES] = { "probes", LABWIRE_LAB, 0, 0 },
	[LABWIRE_GET] = { "get", LABWIRE_LAB, 0, BIT(F_PATH) },
	[LABWIRE_PUT] = { "put", LABWIRE_LAB, BIT(F_OFFSET) | BIT(F_TEXT),
	    BIT(F_PATH) },
	[LABWIRE_END] = { "end", LABWIRE_LAB, 0, 0 },

	[LABWIRE_ANSWER] = { "answer", LABWIRE_GUEST,
	    BIT(F_ERROR) | BIT(F_STATUS) | BIT(F_OFFSET) | BIT(F_TEXT),
	    BIT(F_RE) },
	[LABWIRE_DATA] = { "data", LABWIRE_GUEST, BIT(F_OFFSET) | BIT(F_TEXT),
	    BIT(F_RE) },
	[LABWIRE_PACKETS_ROW] = { "packets", LABWIRE_GUEST,
	    BIT(F_STREAM) | BIT(F_LOG) | BIT(F_TEXT), BIT(F_RE) },
	[LABWIRE_HELLO] = { "hello", LABWIRE_GUEST, BIT(F_TEXT), 0 },
	[LABWIRE_STATE] = { "state", LABWIRE_GUEST, BIT(F_VALUE),
	    BIT(F_OBJECT) | BIT(F_FIELD) },
	[LABWIRE_RECORD] = { "record", LABWIRE_GUEST, 0, BIT(F_TEXT) },
	[LABWIRE_LOG] = { "log", LABWIRE_GUEST, BIT(F_TEXT), BIT(F_WHO) },
	[LABWIRE_ENDED] = { "ended", LABWIRE_GUEST, BIT(F_STATUS), 0 },
	[LABWIRE_STALL] = { "stall", LABWIRE_GUEST, BIT(F_FROM), 0 },
};

/* What every row of a side has. */
static uint32_t
head_of(enum labwire_side side)
{
	return side == LABWIRE_LAB ? BIT(F_ID) : BIT(F_AT);
}

const char *
labwire_word(enum labwire_kind kind)
{
	return kind > LABWIRE_NONE && kind < LABWIRE_KINDS ? shapes[kind].word
							   : "none";
}

void
labwire_fini(struct labwire *m)
{
	strbuf_fini(&m->text);
	memset(m, 0, sizeof(*m));
}

/* --- writing --- */

void
labwire_put(struct strbuf *out, const struct labwire *m)
{
	const struct shape *shape = &shapes[m->kind];
	uint32_t has = head_of(shape->from) | shape->takes | shape->needs;
	size_t cut = 0, i;

	rowtext_put_str(out, shape->from == LABWIRE_LAB ? "do" : "is",
	    shape->word);
	for (i = 0; i < FIELDS; i++)
		if (has & BIT(i))
			rowtext_put_fields(out, &fields[i], 1, m);
	if (m->text.bytes > LABWIRE_TEXT_MAX)
		cut = m->text.bytes - LABWIRE_TEXT_MAX;
	if ((has & BIT(F_TEXT)) && m->text.bytes > 0)
		rowtext_put(out, "text", m->text.data + cut,
		    m->text.bytes - cut);
	strbuf_addc(out, '\n');
}

/* --- reading a row --- */

static int
take_kind(struct rowtext *row, enum labwire_side from, struct labwire *m,
    struct err *err)
{
	const char *key = from == LABWIRE_LAB ? "do" : "is";
	size_t i;
	int rc = rowtext_next(row, err);

	if (rc < 0)
		return rc;
	if (rc != ROWTEXT_WORD || strcmp(row->key, key) != 0)
		return rowtext_fail(row, err, "a row begins with %s=", key);
	for (i = 1; i < LABWIRE_KINDS; i++)
		if (shapes[i].from == from &&
		    strcmp(strbuf_str(&row->value), shapes[i].word) == 0) {
			m->kind = (enum labwire_kind)i;
			return 0;
		}
	return rowtext_fail(row, err, "%s: there is no such word", key);
}

static int
take_text(const struct rowtext *row, struct labwire *m, struct err *err)
{
	if (!row->has_value)
		return rowtext_fail(row, err, "text: needs a value");
	if (row->value.bytes > LABWIRE_TEXT_MAX)
		return rowtext_fail(row, err, "text: more than %d bytes",
		    LABWIRE_TEXT_MAX);
	strbuf_reset(&m->text);
	strbuf_add(&m->text, row->value.data, row->value.bytes);
	return 0;
}

/* All numbers that are as long are amounts and times since boot; of two such
 * times the difference can be told. */
static int
check_amount(const struct rowtext *row, const struct rowfield *f,
    const struct labwire *m, struct err *err)
{
	int64_t n;

	memcpy(&n, (const char *)m + f->offset, sizeof(n));
	if (n < 0 || n > LABWIRE_AMOUNT_MAX)
		return rowtext_fail(row, err, "%s: not within 0 and 100 years",
		    row->key);
	return 0;
}

struct seen {
	uint32_t words, filled; /* with more than "" */
};

static int
take_word(const struct rowtext *row, uint32_t has, struct seen *seen,
    struct labwire *m, struct err *err)
{
	size_t i;
	int rc;

	for (i = 0; i < FIELDS; i++)
		if (strcmp(row->key, fields[i].key) == 0)
			break;
	if (i == FIELDS && strcmp(row->key, "text") != 0)
		i = FIELDS + 1;
	if (i > FIELDS || !(has & BIT(i)))
		return rowtext_fail(row, err, "%s: a row of %s has none",
		    row->key, labwire_word(m->kind));
	if (seen->words & BIT(i))
		return rowtext_fail(row, err, "%s: stands there twice",
		    row->key);
	seen->words |= BIT(i);
	if (row->value.bytes > 0)
		seen->filled |= BIT(i);
	if (i == F_TEXT)
		return take_text(row, m, err);
	rc = rowtext_take_field(row, &fields[i], 1, m, err);
	if (rc >= 0 && fields[i].type == ROW_I64)
		rc = check_amount(row, &fields[i], m, err);
	return rc < 0 ? rc : 0;
}

static int
need(const struct rowtext *row, const struct labwire *m, uint32_t filled,
    struct err *err)
{
	uint32_t missing = shapes[m->kind].needs & ~filled;
	size_t i;

	if (shapes[m->kind].from == LABWIRE_LAB && m->id == 0)
		missing |= BIT(F_ID);
	if ((shapes[m->kind].needs & BIT(F_RE)) && m->re == 0)
		missing |= BIT(F_RE);
	for (i = 0; i < FIELDS; i++)
		if (missing & BIT(i))
			return rowtext_fail(row, err, "%s: %s= is missing",
			    labwire_word(m->kind), fields[i].key);
	if (missing & BIT(F_TEXT))
		return rowtext_fail(row, err, "%s: text= is missing",
		    labwire_word(m->kind));
	return 0;
}

static int
take_row(struct rowtext *row, enum labwire_side from, struct labwire *m,
    struct err *err)
{
	struct seen seen = { 0, 0 };
	uint32_t has;
	int rc;

	if ((rc = take_kind(row, from, m, err)) < 0)
		return rc;
	has = head_of(from) | shapes[m->kind].takes | shapes[m->kind].needs;
	while ((rc = rowtext_next(row, err)) == ROWTEXT_WORD)
		if ((rc = take_word(row, has, &seen, m, err)) < 0)
			return rc;
	return rc < 0 ? rc : need(row, m, seen.filled, err);
}

/* --- reading the stream --- */

void
labwire_reader_fini(struct labwire_reader *r)
{
	strbuf_fini(&r->pending);
	memset(r, 0, sizeof(*r));
}

void
labwire_feed(struct labwire_reader *r, const void *bytes, size_t n)
{
	size_t rest = r->pending.bytes - r->at;

	if (r->at > 0) {
		memmove(r->pending.data, r->pending.data + r->at, rest + 1);
		r->pending.bytes = rest;
		r->looked -= r->at;
		r->at = 0;
	}
	strbuf_add(&r->pending, bytes, n);
}

/* True when there is a whole row, [*from, *end) without its newline. */
static bool
find_row(struct labwire_reader *r, size_t *from, size_t *end)
{
	const char *newline = NULL;

	if (r->looked < r->pending.bytes)
		newline = memchr(r->pending.data + r->looked, '\n',
		    r->pending.bytes - r->looked);
	r->looked = r->pending.bytes;
	if (newline == NULL)
		return false;
	*from = r->at;
	*end = (size_t)(newline - r->pending.data);
	r->at = r->looked = *end + 1;
	return true;
}

static int
too_long(struct err *err)
{
	return err_set(err, ERR_INPUT, "a row of more than %d bytes",
	    LABWIRE_ROW_MAX);
}

/* What there is of a row that is too long already is forgotten at once. */
static int
skip(struct labwire_reader *r, struct err *err)
{
	if (r->pending.bytes - r->at <= LABWIRE_ROW_MAX && !r->skipping)
		return 0;
	r->at = r->looked = r->pending.bytes;
	if (r->skipping)
		return 0;
	r->skipping = true;
	return too_long(err);
}

int
labwire_next(struct labwire_reader *r, enum labwire_side from,
    struct labwire *m, struct err *err)
{
	struct rowtext row;
	size_t begin, end;
	int rc;

	labwire_fini(m);
	for (;;) {
		if (!find_row(r, &begin, &end))
			return skip(r, err);
		if (!r->skipping && end > begin)
			break;
		r->skipping = false;
	}
	if (end - begin > LABWIRE_ROW_MAX)
		return too_long(err);
	rowtext_open(&row, r->pending.data + begin, end - begin);
	rc = take_row(&row, from, m, err);
	rowtext_close(&row);
	return rc < 0 ? rc : 1;
}
