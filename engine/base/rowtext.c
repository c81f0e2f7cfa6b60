/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/rowtext.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/ipaddr.h"
#include "base/suggest.h"

#define KEYS_MAX 64 /* of a struct, for suggestions */

/* --- writing --- */

static void
begin_word(struct strbuf *out, const char *key)
{
	if (out->bytes > 0 && out->data[out->bytes - 1] != '\n')
		strbuf_addc(out, ' ');
	strbuf_adds(out, key);
}

static bool
is_plain_byte(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void
put_escaped(struct strbuf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char text[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };

	if (c == '"' || c == '\\' || c == '\n') {
		text[1] = c == '\n' ? 'n' : (char)c;
		strbuf_add(out, text, 2);
	} else {
		strbuf_add(out, text, sizeof(text));
	}
}

static void
put_quoted(struct strbuf *out, const char *value, size_t bytes)
{
	size_t i, from = 0;
	unsigned char c;

	strbuf_addc(out, '"');
	for (i = 0; i < bytes; i++) {
		c = (unsigned char)value[i];
		if (is_plain_byte(c) || c == ' ')
			continue;
		strbuf_add(out, value + from, i - from);
		put_escaped(out, c);
		from = i + 1;
	}
	strbuf_add(out, value + from, bytes - from);
	strbuf_addc(out, '"');
}

void
rowtext_put(struct strbuf *out, const char *key, const char *value,
    size_t bytes)
{
	size_t i = 0;

	begin_word(out, key);
	strbuf_addc(out, '=');
	while (i < bytes && is_plain_byte((unsigned char)value[i]))
		i++;
	if (i == bytes && bytes > 0)
		strbuf_add(out, value, bytes);
	else
		put_quoted(out, value, bytes);
}

void
rowtext_put_str(struct strbuf *out, const char *key, const char *value)
{
	rowtext_put(out, key, value, strlen(value));
}

void
rowtext_put_int(struct strbuf *out, const char *key, int64_t value)
{
	begin_word(out, key);
	strbuf_addf(out, "=%" PRId64, value);
}

void
rowtext_put_flag(struct strbuf *out, const char *key)
{
	begin_word(out, key);
}

static void
put_number(struct strbuf *out, const struct rowfield *f, const void *at)
{
	uint64_t whole;
	int64_t wide;
	unsigned small;
	int number;

	if (f->type == ROW_U64) {
		memcpy(&whole, at, sizeof(whole));
		if (whole == 0)
			return;
		begin_word(out, f->key);
		strbuf_addf(out, "=%" PRIu64, whole);
		return;
	}
	if (f->type == ROW_I64) {
		memcpy(&wide, at, sizeof(wide));
	} else if (f->type == ROW_UINT) {
		memcpy(&small, at, sizeof(small));
		wide = small;
	} else {
		memcpy(&number, at, sizeof(number));
		wide = number;
	}
	if (wide != 0)
		rowtext_put_int(out, f->key, wide);
}

static void
put_bytes(struct strbuf *out, const struct rowfield *f, const void *at)
{
	static const uint8_t none[6];
	char text[MAC_TEXT];

	if (memcmp(at, none, sizeof(none)) != 0)
		rowtext_put_str(out, f->key, mac_format(at, text));
}

static void
put_addr(struct strbuf *out, const struct rowfield *f, const void *at)
{
	const struct ipaddr *a = at;
	char text[IPADDR_TEXT];

	if (a->family != 0)
		rowtext_put_str(out, f->key, ipaddr_format(a, true, text));
}

static void
put_enum(struct strbuf *out, const struct rowfield *f, const void *at)
{
	int value;

	memcpy(&value, at, sizeof(value));
	if (value != 0)
		rowtext_put_str(out, f->key, f->words[value]);
}

static void
put_field(struct strbuf *out, const struct rowfield *f, const void *at)
{
	switch (f->type) {
	case ROW_BOOL:
		if (*(const bool *)at)
			rowtext_put_flag(out, f->key);
		break;
	case ROW_INT:
	case ROW_UINT:
	case ROW_I64:
	case ROW_U64:
		put_number(out, f, at);
		break;
	case ROW_STR:
		if (*(const char *)at != '\0')
			rowtext_put_str(out, f->key, at);
		break;
	case ROW_BYTES:
		put_bytes(out, f, at);
		break;
	case ROW_ADDR:
		put_addr(out, f, at);
		break;
	case ROW_ENUM:
		put_enum(out, f, at);
		break;
	}
}

void
rowtext_put_fields(struct strbuf *out, const struct rowfield *fields,
    size_t count, const void *object)
{
	size_t i;

	for (i = 0; i < count; i++)
		put_field(out, &fields[i],
		    (const char *)object + fields[i].offset);
}

/* --- reading --- */

void
rowtext_open(struct rowtext *r, const char *text, size_t bytes)
{
	memset(r, 0, sizeof(*r));
	r->text = text;
	r->bytes = bytes;
}

void
rowtext_close(struct rowtext *r)
{
	strbuf_fini(&r->value);
}

int
rowtext_fail(const struct rowtext *r, struct err *e, const char *fmt, ...)
{
	size_t row = 1, byte = r->word_at + 1, i;
	char text[400];
	va_list ap;

	for (i = 0; i < r->word_at && i < r->bytes; i++)
		if (r->text[i] == '\n') {
			row++;
			byte = r->word_at - i;
		}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(e, ERR_INPUT, "row %zu, byte %zu: %s", row, byte, text);
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Behind a backslash. False when it is none of ours. */
static bool
read_escape(struct rowtext *r)
{
	char c = r->at < r->bytes ? r->text[r->at++] : '\0';
	int high, low;

	switch (c) {
	case '"':
	case '\\':
		strbuf_addc(&r->value, c);
		return true;
	case 'n':
		strbuf_addc(&r->value, '\n');
		return true;
	case 'x':
		if (r->bytes - r->at < 2)
			return false;
		high = digit(r->text[r->at]);
		low = digit(r->text[r->at + 1]);
		if (high < 0 || low < 0)
			return false;
		strbuf_addc(&r->value, (char)(high * 16 + low));
		r->at += 2;
		return true;
	default:
		return false;
	}
}

static int
read_quoted(struct rowtext *r, struct err *e)
{
	char c;

	for (r->at++; r->at < r->bytes;) {
		c = r->text[r->at++];
		if (c == '"')
			return 0;
		if (c != '\\')
			strbuf_addc(&r->value, c);
		else if (!read_escape(r))
			return rowtext_fail(r, e,
			    "%s: a backslash stands before \", \\, n or xNN",
			    r->key);
	}
	return rowtext_fail(r, e, "%s: its quote is not closed", r->key);
}

static int
read_value(struct rowtext *r, struct err *e)
{
	size_t from = ++r->at;
	int rc;

	r->has_value = true;
	if (r->at < r->bytes && r->text[r->at] == '"') {
		if ((rc = read_quoted(r, e)) < 0)
			return rc;
	} else {
		while (r->at < r->bytes &&
		    is_plain_byte((unsigned char)r->text[r->at]))
			r->at++;
		if (r->at == from)
			return rowtext_fail(r, e,
			    "%s: nothing stands behind its =", r->key);
		strbuf_add(&r->value, r->text + from, r->at - from);
	}
	if (r->at < r->bytes && r->text[r->at] != ' ' && r->text[r->at] != '\n')
		return rowtext_fail(r, e, "%s: no blank stands behind it",
		    r->key);
	return 0;
}

static bool
is_key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

int
rowtext_next(struct rowtext *r, struct err *e)
{
	size_t n = 0;
	int rc;

	while (r->at < r->bytes && r->text[r->at] == ' ')
		r->at++;
	r->word_at = r->at;
	if (r->at == r->bytes)
		return ROWTEXT_END;
	if (r->text[r->at] == '\n') {
		r->at++;
		return ROWTEXT_NEWLINE;
	}
	while (r->at < r->bytes && is_key_byte(r->text[r->at])) {
		if (n == sizeof(r->key) - 1)
			return rowtext_fail(r, e, "there is no word so long");
		r->key[n++] = r->text[r->at++];
	}
	r->key[n] = '\0';
	r->has_value = false;
	strbuf_reset(&r->value);
	if (n == 0)
		return rowtext_fail(r, e,
		    "a word of letters, digits, _ and - belongs here");
	if (r->at < r->bytes && r->text[r->at] == '=' &&
	    (rc = read_value(r, e)) < 0)
		return rc;
	if (r->at < r->bytes && r->text[r->at] != ' ' && r->text[r->at] != '\n')
		return rowtext_fail(r, e,
		    "%s: a word ends in a blank, =, or the row's end", r->key);
	return ROWTEXT_WORD;
}

int
rowtext_take_flag(const struct rowtext *r, bool *out, struct err *e)
{
	if (r->has_value)
		return rowtext_fail(r, e, "%s: takes no value", r->key);
	*out = true;
	return 0;
}

static int
need_value(const struct rowtext *r, struct err *e)
{
	return r->has_value ? 0
			    : rowtext_fail(r, e, "%s: needs a value", r->key);
}

/* "-5" too, which num_parse() does not know. */
int
rowtext_take_int(const struct rowtext *r, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	const char *s = strbuf_str(&r->value);
	size_t bytes = r->value.bytes;
	bool minus = bytes > 0 && s[0] == '-';
	int64_t value;
	int rc;

	if ((rc = need_value(r, e)) < 0)
		return rc;
	if (!num_parse(s + minus, bytes - minus, 0, INT64_MAX, &value) ||
	    (minus ? -value : value) < min || (minus ? -value : value) > max)
		return rowtext_fail(r, e,
		    "%s: a number from %" PRId64 " to %" PRId64 " belongs here",
		    r->key, min, max);
	*out = minus ? -value : value;
	return 0;
}

static int
take_u64(const struct rowtext *r, uint64_t *out, struct err *e)
{
	const char *s = strbuf_str(&r->value);
	uint64_t value = 0;
	size_t i;
	int rc;

	if ((rc = need_value(r, e)) < 0)
		return rc;
	for (i = 0; i < r->value.bytes; i++) {
		if (s[i] < '0' || s[i] > '9' ||
		    value > (UINT64_MAX - (uint64_t)(s[i] - '0')) / 10)
			break;
		value = value * 10 + (uint64_t)(s[i] - '0');
	}
	if (i < r->value.bytes || i == 0)
		return rowtext_fail(r, e, "%s: a number belongs here", r->key);
	*out = value;
	return 0;
}

int
rowtext_take_str(const struct rowtext *r, char *out, size_t size, struct err *e)
{
	int rc;

	if ((rc = need_value(r, e)) < 0)
		return rc;
	if (r->value.bytes >= size ||
	    memchr(strbuf_str(&r->value), '\0', r->value.bytes) != NULL)
		return rowtext_fail(r, e,
		    "%s: at most %zu bytes and no NUL belong here", r->key,
		    size - 1);
	memset(out, 0, size);
	memcpy(out, strbuf_str(&r->value), r->value.bytes);
	return 0;
}

int
rowtext_take_enum(const struct rowtext *r, const char *const *words, int *out,
    struct err *e)
{
	const char *s = strbuf_str(&r->value), *near;
	size_t n;
	int rc;

	if ((rc = need_value(r, e)) < 0)
		return rc;
	for (n = 0; words[n] != NULL; n++)
		if (strcmp(words[n], s) == 0 && strlen(s) == r->value.bytes) {
			*out = (int)n;
			return 0;
		}
	near = suggest(s, words, n);
	return rowtext_fail(r, e, "%s: there is no %.40s%s%s", r->key, s,
	    near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

static int
take_number(const struct rowtext *r, const struct rowfield *f, void *at,
    struct err *e)
{
	int64_t wide = 0;
	unsigned small;
	int rc, number;

	switch (f->type) {
	case ROW_I64:
		rc = rowtext_take_int(r, INT64_MIN + 1, INT64_MAX, &wide, e);
		if (rc == 0)
			memcpy(at, &wide, sizeof(wide));
		return rc;
	case ROW_UINT:
		rc = rowtext_take_int(r, 0, UINT32_MAX, &wide, e);
		small = (unsigned)wide;
		if (rc == 0)
			memcpy(at, &small, sizeof(small));
		return rc;
	default:
		rc = rowtext_take_int(r, INT32_MIN, INT32_MAX, &wide, e);
		number = (int)wide;
		if (rc == 0)
			memcpy(at, &number, sizeof(number));
		return rc;
	}
}

static int
take_text(const struct rowtext *r, const struct rowfield *f, void *at,
    struct err *e)
{
	const char *s = strbuf_str(&r->value);
	struct ipaddr addr;
	int rc;

	if (f->type == ROW_STR)
		return rowtext_take_str(r, at, f->size, e);
	if ((rc = need_value(r, e)) < 0)
		return rc;
	if (strlen(s) != r->value.bytes)
		return rowtext_fail(r, e, "%s: a NUL does not belong here",
		    r->key);
	if (f->type == ROW_BYTES)
		return mac_parse(s, at)
		    ? 0
		    : rowtext_fail(r, e, "%s: a MAC belongs here", r->key);
	if (!ipaddr_parse(s, &addr))
		return rowtext_fail(r, e, "%s: an address belongs here",
		    r->key);
	memcpy(at, &addr, sizeof(addr));
	return 0;
}

static int
take_value(const struct rowtext *r, const struct rowfield *f, void *at,
    struct err *e)
{
	int rc, value = 0;

	switch (f->type) {
	case ROW_BOOL:
		return rowtext_take_flag(r, at, e);
	case ROW_INT:
	case ROW_UINT:
	case ROW_I64:
		return take_number(r, f, at, e);
	case ROW_U64:
		return take_u64(r, at, e);
	case ROW_STR:
	case ROW_BYTES:
	case ROW_ADDR:
		return take_text(r, f, at, e);
	case ROW_ENUM:
		break;
	}
	rc = rowtext_take_enum(r, f->words, &value, e);
	if (rc == 0)
		memcpy(at, &value, sizeof(value));
	return rc;
}

int
rowtext_take_field(const struct rowtext *r, const struct rowfield *fields,
    size_t count, void *object, struct err *e)
{
	size_t i;
	int rc;

	for (i = 0; i < count; i++)
		if (strcmp(fields[i].key, r->key) == 0) {
			rc = take_value(r, &fields[i],
			    (char *)object + fields[i].offset, e);
			return rc < 0 ? rc : 1;
		}
	return 0;
}

int
rowtext_unknown(const struct rowtext *r, const struct rowfield *fields,
    size_t count, struct err *e)
{
	const char *known[KEYS_MAX], *near;
	size_t i;

	for (i = 0; i < count && i < KEYS_MAX; i++)
		known[i] = fields[i].key;
	near = suggest(r->key, known, i);
	return rowtext_fail(r, e, "%s: there is no such word here%s%s", r->key,
	    near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

int
rowtext_take_row(struct rowtext *r, const struct rowfield *fields, size_t count,
    void *object, struct err *e)
{
	int next, rc;

	while ((next = rowtext_next(r, e)) == ROWTEXT_WORD) {
		rc = rowtext_take_field(r, fields, count, object, e);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return rowtext_unknown(r, fields, count, e);
	}
	return next;
}
