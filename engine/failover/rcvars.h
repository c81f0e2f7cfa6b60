/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rcvars - what the files of rc.conf(5) say, as name and value, and in which
 * of them it stands. Pure: somebody else has read the files (rcfile.h parses
 * their text). rc_net.h says what of it concerns one interface.
 */
#ifndef FAILOVER_RCVARS_H
#define FAILOVER_RCVARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "failover/rc_net.h"

/* rc reads them in this order, the later one wins; hyperv_vfattach sources
 * rc.conf alone (FACTS.md E.2). */
enum rc_file { RC_DEFAULTS, RC_CONF, RC_CONF_LOCAL, RC_CONF_D, RC_FILES };

struct rcvar {
	char *name;
	uint64_t name_hash; /* every pair looks for its own among all of them */
	char *value;	    /* as the shell holds it: outer quotes are gone */
	char *path;	    /* NULL: rcvars.file */
	enum rc_file file;
	unsigned line, col; /* where it was set */
};

struct rcvars {
	char *file; /* for messages; NULL when every variable has a path */
	struct rcvar *vars;
	size_t n_vars, cap_vars;
};

void rcvars_fini(struct rcvars *r);

/* Of /etc/rc.conf; of any of the files, path NULL for r->file. A value that
 * the same file gave before is replaced. All strings are copied. */
void rcvars_set(struct rcvars *r, const char *name, const char *value,
    unsigned line, unsigned col);
void rcvars_set_in(struct rcvars *r, enum rc_file file, const char *path,
    const char *name, const char *value, unsigned line, unsigned col);

/* What rc ends up with, or NULL. */
const struct rcvar *rcvars_find(const struct rcvars *r, const char *name);
const char *rcvars_get(const struct rcvars *r, const char *name);

/* What this file alone says, or NULL. */
const char *rcvars_get_in(const struct rcvars *r, enum rc_file file,
    const char *name);

/* PREFIX_IF_SUFFIX, with . - / + of the name mapped to _ as rc.subr does. */
const struct rcvar *rcvars_find_if(const struct rcvars *r, const char *prefix,
    const char *ifname, const char *suffix);

/* ifconfig_IF, else ifconfig_DEFAULT, else NULL. */
const struct rcvar *rcvars_find_ifconfig(const struct rcvars *r,
    const char *ifname);
const char *rcvars_ifconfig(const struct rcvars *r, const char *ifname);

/* YES, TRUE, ON or 1 in any case, as rc.subr's checkyesno. */
bool rcvars_is_yes(const struct rcvars *r, const char *name);

/* A finding at the variable's place. */
void rcvars_complain(const struct rcvars *r, const struct rcvar *v,
    struct diag *d, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
