/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_lex - the words of a scenario file, one logical line at a time.
 *
 * A logical line is a physical one and those joined to it by a backslash at
 * their end. Tokens are words, "quoted strings" and name=value; `#` outside
 * quotes starts a comment. $NAME and ${NAME} stand for a parameter, also in
 * quotes. Every byte which is not well formed is reported with its place, and
 * the line goes on behind it.
 *
 * The source text is borrowed and must outlive the lexer and its lines.
 */
#ifndef SIM_SCENARIO_SCN_LEX_H
#define SIM_SCENARIO_SCN_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "sim/scenario/scn_names.h"

#define SCN_FILE_MAX   (1024 * 1024)	  /* bytes */
#define SCN_LINES_MAX  10000		  /* physical lines */
#define SCN_TOKEN_MAX  16384		  /* bytes after expansion */
#define SCN_PARAM_MAX  1024		  /* bytes of a parameter's value */
#define SCN_EXPAND_MAX (16 * 1024 * 1024) /* bytes put in for parameters */

enum scn_token_kind {
	SCN_TOKEN_WORD,
	SCN_TOKEN_STRING, /* was quoted as a whole */
	SCN_TOKEN_PAIR,	  /* name=value, the value quoted or not */
};

struct scn_token {
	enum scn_token_kind kind;
	char *text;	 /* owned; of a pair: its value */
	char *name;	 /* owned; of a pair: its name, else NULL */
	const char *raw; /* borrowed: the source bytes */
	size_t raw_bytes;
	unsigned line, col;
};

struct scn_line {
	struct scn_token *tokens; /* owned */
	size_t n_tokens, cap_tokens;
	const char *comment; /* borrowed: from '#' on; NULL if none */
	size_t comment_bytes;
	unsigned line;		    /* of its first byte */
	unsigned end_line, end_col; /* just behind the last token */
	bool bad;		    /* something in it was reported */
};

struct scn_lex {
	const char *path; /* for messages; borrowed */
	const char *text; /* borrowed */
	size_t bytes, pos;
	unsigned line, col;
	size_t expanded_bytes;
	bool expand; /* false: leave $NAME alone, know no parameters */
	struct scn_names params;
	char **values; /* of the parameters, owned */
	size_t n_values, cap_values;
	struct diag *d;
};

void scn_lex_init(struct scn_lex *lx, const char *path, const char *text,
    size_t bytes, bool expand, struct diag *d);
void scn_lex_fini(struct scn_lex *lx);

/* Reads the next logical line into *out (zeroed or used before). False at the
 * end of the file. Blank lines are lines without tokens and comment. */
bool scn_lex_next(struct scn_lex *lx, struct scn_line *out);
void scn_line_fini(struct scn_line *line);

/* From the next line on, $name stands for value. Line of the older parameter
 * of this name, which is kept; 0 when there was none. */
unsigned scn_lex_define(struct scn_lex *lx, const char *name, const char *value,
    unsigned line);

/* Whether s is a name: a letter or '_', then letters, digits and any of "_"
 * and extra. */
bool scn_is_name(const char *s, size_t bytes, const char *extra);

/* Appends s in quotes, so that the lexer gives s again. */
void scn_quote(struct strbuf *out, const char *s);

#endif
