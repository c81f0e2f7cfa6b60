/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rowtext - a line of words, "up mtu=1500 why=\"its link came\"", written and
 * read back without loss.
 *
 *	row   = word { blank word } newline
 *	word  = KEY [ "=" value ]
 *	value = plain | "..."
 *
 * A key is letters, digits, '_' and '-'. Plain is one printable ASCII byte or
 * more, without '"' and '\'; in quotes stands whatever it is, bytes that are
 * not printable as \xNN, newlines as \n, '"' and '\' behind a backslash. The
 * last row need not end in a newline. Printable whatever the bytes are.
 *
 * A struct is written and read by one table of its fields (struct rowfield),
 * so that the two directions cannot differ: a field that is zero is left out,
 * a flag is its key alone.
 */
#ifndef BASE_ROWTEXT_H
#define BASE_ROWTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

enum rowtype {
	ROW_BOOL,
	ROW_INT,  /* int */
	ROW_UINT, /* unsigned, uint32_t */
	ROW_I64,
	ROW_U64,
	ROW_STR,   /* char[size], NUL-terminated */
	ROW_BYTES, /* uint8_t[6]: a MAC */
	ROW_ADDR,  /* struct ipaddr */
	ROW_ENUM,  /* an enum, by its words */
};

struct rowfield {
	const char *key;
	enum rowtype type;
	size_t offset, size;
	const char *const *words; /* of ROW_ENUM: by value, NULL at the end */
};

/* One of a struct's fields, as an initialiser. */
#define ROWFIELD(of, key, type, field)                                         \
	{                                                                      \
		key, type, offsetof(of, field), sizeof(((of *)NULL)->field),   \
		    NULL                                                       \
	}
#define ROWFIELD_ENUM(of, key, field, words)                                   \
	{                                                                      \
		key, ROW_ENUM, offsetof(of, field),                            \
		    sizeof(((of *)NULL)->field), words                         \
	}

/* Each appends one word, with a blank before it unless it begins the row. */
void rowtext_put(struct strbuf *out, const char *key, const char *value,
    size_t bytes);
void rowtext_put_str(struct strbuf *out, const char *key, const char *value);
void rowtext_put_int(struct strbuf *out, const char *key, int64_t value);
void rowtext_put_flag(struct strbuf *out, const char *key);
void rowtext_put_fields(struct strbuf *out, const struct rowfield *fields,
    size_t count, const void *object);

/* Reading. Everything but value and its bytes is private. */
struct rowtext {
	const char *text; /* borrowed */
	size_t bytes, at;
	size_t word_at; /* where the newest word begins */
	char key[32];
	bool has_value;
	struct strbuf value; /* may hold NULs; "" without one */
};

void rowtext_open(struct rowtext *r, const char *text, size_t bytes);
void rowtext_close(struct rowtext *r);

enum { ROWTEXT_END = 0, ROWTEXT_WORD = 1, ROWTEXT_NEWLINE = 2 };

/* What comes next, one of the three, or ERR_INPUT. */
int rowtext_next(struct rowtext *r, struct err *e);

/* ERR_INPUT, "row N, byte N: " in front, of the newest word. */
int rowtext_fail(const struct rowtext *r, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The newest word's value into what it is for; ERR_INPUT if it is no such. */
int rowtext_take_flag(const struct rowtext *r, bool *out, struct err *e);
int rowtext_take_int(const struct rowtext *r, int64_t min, int64_t max,
    int64_t *out, struct err *e);
int rowtext_take_str(const struct rowtext *r, char *out, size_t size,
    struct err *e);
int rowtext_take_enum(const struct rowtext *r, const char *const *words,
    int *out, struct err *e);

/* The newest word into its field. 1 when it was one of them, 0 when there is
 * none of this key, ERR_INPUT when its value is wrong. */
int rowtext_take_field(const struct rowtext *r, const struct rowfield *fields,
    size_t count, void *object, struct err *e);

/* ERR_INPUT: there is no such key here, with what may have been meant. */
int rowtext_unknown(const struct rowtext *r, const struct rowfield *fields,
    size_t count, struct err *e);

/* All words of the row in the fields; others are refused. Gives ROWTEXT_END or
 * ROWTEXT_NEWLINE. */
int rowtext_take_row(struct rowtext *r, const struct rowfield *fields,
    size_t count, void *object, struct err *e);

#endif
