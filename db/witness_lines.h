/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness_lines - the lines of a witness's file, one after the other, and the
 * "key=value" words in them.
 */
#ifndef DB_WITNESS_LINES_H
#define DB_WITNESS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/witness.h"

struct witness_lines {
	const char *at, *end;
};

/* The next line without its newline, as a string the caller frees; NULL at
 * the end. */
char *witness_next(struct witness_lines *l);

/* SECONDS with up to nine decimals; gives what follows, NULL if it is none. */
const char *witness_seconds(const char *s, int64_t *ns);

/* "12.5 REST": true, the time, and where REST begins. */
bool witness_stamp(const char *line, int64_t *ns, const char **rest);

/* The value of " key=VALUE", up to the next blank, copied to value; false when
 * there is none or it is too long. */
bool witness_value(const char *line, const char *key, char *value, size_t size);
bool witness_number(const char *line, const char *key, uint64_t *out);
bool witness_time(const char *line, const char *key, int64_t unit, int64_t *ns);

void witness_see(struct witness_list *l, int64_t at_ns, const char *text);

/* The readers of the larger kinds. */
void witness_take_routes(struct witness *w, struct witness_lines *l);
void witness_take_flow(struct witness *w, struct witness_lines *l);

#endif
