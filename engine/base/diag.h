/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * diag - findings in a text file, each with its place.
 *
 * Parsers go on after a mistake and report every one of them through a
 * struct diag. The printed form is "file:line:col: level: text", the text
 * saying what is wrong and what to do about it. Lines and columns count
 * from 1, columns in bytes; 0 means "the file as a whole" and is not printed.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

enum diag_level {
	DIAG_ERROR,   /* the file is refused */
	DIAG_WARNING, /* accepted, but surely not meant so */
	DIAG_NOTE,    /* belongs to the finding before it */
};

struct diag {
	/* Called once a finding. The strings live only during the call. */
	void (*emit)(void *ctx, enum diag_level level, const char *file,
	    unsigned line, unsigned col, const char *text);
	void *ctx;
	unsigned errors; /* counted by diag_report */
	unsigned warnings;
};

void diag_report(struct diag *d, enum diag_level level, const char *file,
    unsigned line, unsigned col, const char *fmt, ...)
    __attribute__((cold, format(printf, 6, 7)));

/* "error", "warning" or "note". */
const char *diag_word(enum diag_level level);

/* A diag whose findings go to the strbuf at ctx, one line each. */
void diag_emit_strbuf(void *ctx, enum diag_level level, const char *file,
    unsigned line, unsigned col, const char *text);

#endif
