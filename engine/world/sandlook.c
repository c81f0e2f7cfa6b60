/* SPDX-License-Identifier: BSD-2-Clause */
/* What two looks at the processes of a sandbox mean. */
#include <stdlib.h>
#include <string.h>

#include "world/sandparts.h"

void
sandprocs_fini(struct sandprocs *p)
{
	free(p->list);
	memset(p, 0, sizeof(*p));
}

bool
sandprocs_at_rest(const struct sandprocs *a, const struct sandprocs *b)
{
	size_t i;

	if (a->count != b->count || a->count == 0)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->list[i].thread != b->list[i].thread ||
		    a->list[i].pid != b->list[i].pid || !a->list[i].rests ||
		    !b->list[i].rests ||
		    a->list[i].switches != b->list[i].switches)
			return false;
	return true;
}
