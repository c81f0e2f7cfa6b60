/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ruleargs - what the commands about rules have in common: their options, and
 * records and media types as text.
 *
 *	-f FILE             the main rule file
 *	--devd=12.1         answer as FreeBSD 12.1 does (else: newest)
 *	--reverse           read directories in reverse order of names
 *	--vm-guest WORD     value of $vm_guest (hv)
 *	--at SECONDS.MICROS value of $timestamp
 *	--media FILE        lines "ifname type": ethernet, 802.11, atm, or
 *	                    another word for another type
 */
#ifndef CMD_RULEARGS_H
#define CMD_RULEARGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "rules/ruleset.h"

struct ruleargs_media {
	char ifname[16];
	enum rule_media media;
};

struct ruleargs {
	const char *command; /* "match": for messages */
	const char *file;    /* NULL: not given */
	struct ruleset_options options;
	struct rule_env env;
	bool at_given;
	struct ruleargs_media *media; /* owned */
	size_t media_count, media_cap;
};

/* The long options that are understood; a command's own come after them. */
/* clang-format off */
#define RULEARGS_OPTIONS \
	{ "devd", required_argument, NULL, 'V' }, \
	{ "reverse", no_argument, NULL, 'R' }, \
	{ "vm-guest", required_argument, NULL, 'G' }, \
	{ "at", required_argument, NULL, 'A' }, \
	{ "media", required_argument, NULL, 'M' }
/* clang-format on */

void ruleargs_init(struct ruleargs *args, const char *command);
void ruleargs_fini(struct ruleargs *args);

/* Takes one answer of getopt_long(). False, after a message on stderr, when
 * it is not one of ours or its value is wrong. */
bool ruleargs_take(struct ruleargs *args, int opt, const char *value);

/* A file, or standard input for "-", whole. False after a message. */
bool ruleargs_read(const struct ruleargs *args, const char *path,
    struct strbuf *out);

/* The bytes of a record given as one line of text. A line that begins with a
 * backslash is escaped: without that one, \n \r \t \0 \\ and \xHH. Replaces
 * out. False when an escape is not one of these. */
bool ruleargs_record(const char *text, size_t bytes, struct strbuf *out);

/* The reverse for output: \\ \n \t, and \xHH outside of 0x20 to 0x7e. */
void ruleargs_escape(const char *text, size_t bytes, struct strbuf *out);

/* A diag that prints errors, and warnings too when *warnings, on stderr. */
struct diag ruleargs_diag(bool *warnings);

#endif
