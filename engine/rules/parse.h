/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse - one file of devd.conf(5) into a rule set; private to rules/.
 *
 *	file      = { options | rule }
 *	options   = "options" "{" option { option } "}" ";"
 *	option    = "directory" STRING ";" | "pid-file" STRING ";"
 *	          | "set" NAME STRING ";"
 *	rule      = kind NUMBER "{" { statement } "}" ";"
 *	kind      = "attach" | "detach" | "nomatch" | "notify"
 *	statement = "match" STRING STRING ";" | "action" STRING ";"
 *	          | ( "device-name" | "class" | "subdevice" | "media-type" )
 *	            STRING ";"
 *
 * After an error the parser goes on at the next statement, so that one run
 * finds them all.
 */
#ifndef RULES_PARSE_H
#define RULES_PARSE_H

#include <stdbool.h>

#include "base/diag.h"
#include "rules/rule.h"

struct parse {
	struct ruleset *rs;
	struct diag *diag;
	const char **dirs; /* named by "directory", in order; array owned */
	size_t dir_count, dir_cap;
	bool refused;	    /* something was wrong so far */
	int code;	    /* of the first thing that was */
	size_t read;	    /* bytes of all files */
	size_t expanded;    /* bytes that variables gave to patterns */
	unsigned devd_line; /* where devd gives up, set with refused */
};

/* file must lie in the arena of the set: rules point to it. */
void parse_file(struct parse *p, const char *file, const char *text,
    size_t bytes);

#endif
