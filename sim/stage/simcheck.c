/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/simcheck.h"

#include <string.h>

void
simcheck_flags(const struct scenario *s, struct diag *d)
{
	size_t i;

	for (i = 0; i < s->n_flags; i++)
		if (strcmp(s->flags[i].value, "yes") != 0 &&
		    strcmp(s->flags[i].value, "no") != 0)
			diag_report(d, DIAG_ERROR, s->path, s->flags[i].line,
			    s->flags[i].col, "flag %s is yes or no, not %s",
			    s->flags[i].name, s->flags[i].value);
}
