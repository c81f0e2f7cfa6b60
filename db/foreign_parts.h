/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foreign_parts - the inside of db/foreign.h: the way through a log's lines,
 * and the rows that all kinds make.
 */
#ifndef DB_FOREIGN_PARTS_H
#define DB_FOREIGN_PARTS_H

#include <stdint.h>

#include "db/foreign.h"

#define FOREIGN_NAME 16 /* IFNAMSIZ */

struct foreign_log {
	struct trace *t;
	const char *file;
	struct diag *d;
	struct foreign_tally *tally;
	const char *at, *end;
	unsigned line; /* of the last foreign_next() */
	unsigned warnings;
	struct strbuf text; /* the last line, NUL-terminated */
};

/* The next line without its newline and carriage return, in l->text; false at
 * the end. Damaged lines are told, counted and passed over. */
bool foreign_next(struct foreign_log *l);
void foreign_rewind(struct foreign_log *l, const char *text, size_t bytes);

/* Tells of the present line; not more than some, so that a file that is
 * something else does not fill the screen. col counts from 1. */
void foreign_warn(struct foreign_log *l, unsigned col, const char *text);

/* A devctl record that was not read by anybody. */
int32_t foreign_record(struct trace *t, int64_t at_ns, const char *raw,
    size_t bytes);
/* "!system=SYSTEM subsystem=NAME type=TYPE". */
void foreign_notify(struct trace *t, int64_t at_ns, const char *system,
    const char *name, const char *type);

/* An interface comes: its records, the hint, exists yes. And goes. */
void foreign_arrives(struct trace *t, int64_t at_ns, const char *name);
void foreign_leaves(struct trace *t, int64_t at_ns, const char *name);
/* Its link: a record when it is another one than before, and was known. */
void foreign_link(struct trace *t, int64_t at_ns, const char *name, bool up);
bool foreign_is(const struct trace *t, const char *name, const char *field,
    const char *value);

/* A note of ours; "inferred: " stands before the text when it is. */
void foreign_say(struct trace *t, int64_t at_ns, bool inferred, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

/* Appends to (or takes from) a list of words in a state: ports, inet. */
void foreign_list(struct trace *t, int64_t at_ns, const char *object,
    const char *field, const char *word, bool in);

/* A good interface name, of at most FOREIGN_NAME - 1 bytes. */
bool foreign_is_name(const char *s, size_t bytes);

/* Each reads its kind; false when no line was of it. */
bool devddebug_read(struct foreign_log *l);
bool kernlog_read(struct foreign_log *l);
bool rtnllog_read(struct foreign_log *l);

/* Whether the line could be one of the kind, for foreign_detect(). */
bool devddebug_is_line(const char *s);
bool kernlog_is_line(const char *s);
bool rtnllog_is_line(const char *s);

#endif
