/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_names - the names a scenario has declared, each with a number. Zeroed
 * memory is an empty table; names are copied; their order is the order in
 * which they were added.
 */
#ifndef SIM_SCENARIO_SCN_NAMES_H
#define SIM_SCENARIO_SCN_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct scn_name;

struct scn_names {
	struct scn_name *head; /* owned */
};

/* What scn_names_find gives; line is where the name was declared. */
struct scn_named {
	int64_t value;
	unsigned line;
};

void scn_names_fini(struct scn_names *names);

/* NULL when the name is not there. Valid until the next addition. */
const struct scn_named *scn_names_find(const struct scn_names *names,
    const char *name);

/* Adds a name, or gives the older entry and changes nothing (NULL: added). */
const struct scn_named *scn_names_add(struct scn_names *names, const char *name,
    int64_t value, unsigned line);

/* The declared name nearest to word, or NULL. Looks at the first thousand. */
const char *scn_names_nearest(const struct scn_names *names, const char *word);

#endif
