/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devline - one devctl(4) record, taken apart the way devd(8) does it.
 *
 * Four kinds, told by the first byte: '!' notify, '+' attach, '-' detach,
 * '?' nomatch. Parsing never fails, whatever the bytes; it stops silently
 * where devd does and keeps the pairs before that point:
 *
 *   - a record is cut at 8191 bytes, loses its trailing newlines, and ends
 *     at its first NUL;
 *   - key=value pairs; a key is letters, digits, '_' and '-', maybe empty; a
 *     value is "quoted" or runs to white space; \" means " everywhere;
 *   - the first thing that is not a pair ends the list, an unterminated
 *     quote does too; the last of two equal keys wins;
 *   - attach, detach and nomatch without a blank are dropped: devd looks for
 *     no rule then. So is the empty record, for which devd reads before its
 *     buffer.
 *
 * Keys which devd makes up are pairs like the others: "*" is the record, "_"
 * the record without its first byte, and "device-name" and "bus" are those
 * of a device record. The record may replace "_" and "device-name", never
 * "bus".
 *
 * The struct owns its memory and is made to be used again and again: parsing
 * into it invalidates all strings it gave before.
 */
#ifndef EVENT_DEVLINE_H
#define EVENT_DEVLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* devd reads into 8192 bytes and keeps one for the NUL. */
#define DEVLINE_MAX 8191

enum devline_kind {
	DEVLINE_NOTIFY,
	DEVLINE_ATTACH,
	DEVLINE_DETACH,
	DEVLINE_NOMATCH,
	DEVLINE_OTHER, /* an unknown first byte: no rule can match */
};
#define DEVLINE_RULE_KINDS 4 /* the kinds for which there are rules */

/* One key and its value, both NUL-terminated and owned by the devline. */
struct devline_pair {
	const char *key;
	const char *value;
	uint64_t key_hash; /* hash_bytes() of the key */
	size_t value_bytes;
};

struct devline {
	enum devline_kind kind;
	bool dropped;		    /* devd looks for no rule */
	bool has_backslash;	    /* there may be a \" somewhere */
	struct devline_pair *pairs; /* in order of the record; owned */
	size_t count;
	size_t cap;
	char *text; /* the bytes behind the pairs; owned */
	size_t text_cap;
};

/* A zeroed devline is an empty one. bytes may end in newlines or not. */
void devline_parse(struct devline *line, const char *record, size_t bytes);
void devline_fini(struct devline *line); /* frees; leaves it zeroed */

/* The value of a key, or NULL when the record does not have it. */
const char *devline_get(const struct devline *line, const char *key);

/* As devline_get, for a key of which the hash_str() is known. */
const struct devline_pair *devline_find(const struct devline *line,
    const char *key, uint64_t key_hash);

/* As devline_get, but never NULL: "" when unset, which is how devd sees it. */
const char *devline_value(const struct devline *line, const char *key);
const char *devline_system(const struct devline *line);
const char *devline_subsystem(const struct devline *line);
const char *devline_type(const struct devline *line);

/* "notify", "attach", "detach", "nomatch" or "other". */
const char *devline_kind_word(enum devline_kind kind);

#endif
