/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ruleset - a devd.conf(5), read whole, and the rule for a record.
 *
 * A ruleset is built by ruleset_load() and never changes afterwards; matching
 * and expanding need no lock, keep no state and call nothing but the media
 * function of the caller. To reload, load a second one and swap them.
 *
 * One rule runs for a record: the first that matches, by priority (high to
 * low), then in the order in which the files were read: the main file, then
 * the files *.conf of each directory in the order of the "directory"
 * statements. The cost of a match does not grow with the number of rules
 * that are ruled out by a literal condition: see index.h.
 *
 * Where devd has undefined behaviour, this is ours:
 *   - a '$' that ends a pattern or an action ends the text there;
 *   - a "directory" statement in an included file appends to the list being
 *     read, and the directory is read after those already named; more than
 *     RULESET_MAX_DIRS are refused;
 *   - a string with a NUL as first or second byte is empty;
 *   - an empty record is dropped.
 */
#ifndef RULES_RULESET_H
#define RULES_RULESET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "event/devline.h"

#define RULESET_MAX_DIRS 1000

struct ruleset;
struct rule;
struct rule_loader; /* rules/loader.h */

enum rule_version {
	RULE_NEWEST, /* FreeBSD main, 2025 */
	RULE_12_1,
};

struct ruleset_options {
	enum rule_version version;
	bool reverse; /* read directories in reverse order of names */
	const struct rule_loader *loader; /* NULL: the file system */
	/* When not NULL: the line at which devd itself gives up ("Cannot parse
	 * FILE at line N"), 0 when it names none. Written on every load. */
	unsigned *devd_line;
};

/* Reads path and what it includes. Every finding goes to diag, all of them in
 * one go. 0 and *out (free it with ruleset_free), or ERR_INPUT when the text
 * is refused, ERR_IO or ERR_NOTFOUND when a file cannot be read. */
int ruleset_load(const char *path, const struct ruleset_options *opt,
    struct diag *diag, struct ruleset **out, struct err *err);
void ruleset_free(struct ruleset *rs); /* NULL is fine */

/* What it was read from, so that it can be read again (rules/loader_texts.h):
 * the files in their order, the main one first, and how. */
struct ruleset_text {
	const char *path, *text; /* borrowed from the set */
	size_t bytes;
};
size_t ruleset_texts(const struct ruleset *rs, const struct ruleset_text **out);
void ruleset_how(const struct ruleset *rs, struct ruleset_options *out);

/* What SIOCGIFMEDIA says of an interface. */
enum rule_media {
	RULE_MEDIA_NONE, /* it fails, or the answer is not valid */
	RULE_MEDIA_ETHERNET,
	RULE_MEDIA_80211,
	RULE_MEDIA_ATM,
	RULE_MEDIA_OTHER,
};

/* What a rule may see beside the record. NULL members are empty values. */
struct rule_env {
	const char *vm_guest;  /* $vm_guest; not seen by RULE_12_1 */
	const char *timestamp; /* $timestamp: seconds.microseconds */
	/* The name is at most 15 bytes, as the kernel takes it. NULL:
	 * every interface has RULE_MEDIA_NONE. */
	enum rule_media (*media)(void *ctx, const char *ifname);
	void *media_ctx;
};

/* The rule that devd would run for the record, or NULL. Borrowed from rs. */
const struct rule *ruleset_match(const struct ruleset *rs,
    const struct devline *line, const struct rule_env *env);

/* The value of a variable as a rule sees it: the record's, then the built-in
 * ones, then those of "set"; "" when there is none. */
const char *ruleset_value(const struct ruleset *rs, const struct devline *line,
    const struct rule_env *env, const char *name);

size_t ruleset_count(const struct ruleset *rs); /* rules of all kinds */
/* Rules of one kind in the order in which they are tried. */
size_t ruleset_kind_count(const struct ruleset *rs, enum devline_kind kind);
const struct rule *ruleset_at(const struct ruleset *rs, enum devline_kind kind,
    size_t i);
const char *ruleset_pid_file(const struct ruleset *rs); /* "" when not set */

enum devline_kind rule_kind(const struct rule *rule);
int rule_priority(const struct rule *rule);
const char *rule_file(const struct rule *rule);
unsigned rule_line(const struct rule *rule); /* of its keyword */
size_t rule_number(const struct rule *rule); /* 0.., in order of reading */
size_t rule_action_count(const struct rule *rule);
const char *rule_action(const struct rule *rule, size_t i); /* as written */

enum rule_quoting {
	RULE_QUOTE_DEVD, /* $'..', as devd writes it: for a shell knowing it */
	RULE_QUOTE_SAFE, /* '..': means the same in every POSIX shell */
};

/* Appends the text for "sh -c" of action i to out. Quotes which the author of
 * the file put around a variable undo the quoting, in both forms. */
void rule_expand(const struct ruleset *rs, const struct rule *rule, size_t i,
    const struct devline *line, const struct rule_env *env,
    enum rule_quoting quoting, struct strbuf *out);

/* One condition of a rule, held against a record. */
struct rule_trial {
	const char *name;    /* the variable; for media-type the interface's */
	const char *pattern; /* as written, a leading '!' included */
	const char *regex;   /* as compiled; "" for media-type */
	const char *value;   /* what was seen; may be "" */
	bool set;	     /* the variable exists */
	bool invalid;	     /* the pattern does not compile */
	bool held;
	unsigned line; /* of the condition in rule_file() */
};
size_t rule_condition_count(const struct rule *rule);
void rule_try(const struct ruleset *rs, const struct rule *rule, size_t i,
    const struct devline *line, const struct rule_env *env,
    struct rule_trial *out);

#endif
