/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lex - the words of a devd.conf(5).
 *
 * Blanks, newlines and comments separate. Bytes that begin no word are passed
 * over as devd does, and so are the marks of a comment that devd does not see
 * as one: # and // on a last line without a newline, and an open C comment.
 * The lexer reports each of these as a warning.
 */
#ifndef RULES_LEX_H
#define RULES_LEX_H

#include <stddef.h>

#include "base/diag.h"
#include "base/strbuf.h"

enum lex_kind {
	LEX_END,
	LEX_BEGIN, /* { */
	LEX_CLOSE, /* } */
	LEX_SEMI,
	LEX_NUMBER,
	LEX_STRING,
	LEX_NAME, /* any word that is not one of the following */
	LEX_OPTIONS,
	LEX_SET,
	LEX_DIRECTORY,
	LEX_PID_FILE,
	LEX_ATTACH,
	LEX_DETACH,
	LEX_NOMATCH,
	LEX_NOTIFY,
	LEX_DEVICE_NAME,
	LEX_MEDIA_TYPE,
	LEX_CLASS,
	LEX_SUBDEVICE,
	LEX_ACTION,
	LEX_MATCH,
};

struct lex {
	const char *file; /* borrowed; for the findings */
	struct diag *diag;
	const char *p; /* what follows the word */
	const char *end;
	const char *line_start;
	const char *last_newline; /* the last of each in the text, or NULL */
	const char *last_quote;
	const char *last_close; /* of a C comment */
	unsigned p_line;	/* where p is */
	unsigned devd_line;	/* where devd believes to be */
	/* The present word. */
	enum lex_kind kind;
	const char *text; /* as in the file, quotes included */
	size_t bytes;
	unsigned line;
	unsigned col;
};

/* text must stay; it need not end in a NUL. Reads the first word. */
void lex_init(struct lex *x, const char *file, const char *text, size_t bytes,
    struct diag *diag);
void lex_next(struct lex *x);

/* What the string or number at hand means to devd. A string loses its
 * quotes and continuations and ends at its first NUL. */
void lex_string(const struct lex *x, struct strbuf *out);
int lex_number(const struct lex *x);

/* "';'", "a string" ...: for "expected ..., found ...". */
const char *lex_kind_word(enum lex_kind kind);
/* The present word, quoted and cut for a message. Replaces out. */
void lex_describe(const struct lex *x, struct strbuf *out);

#endif
