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

static bool
hears_of(const struct sandproc *parent, int32_t child)
{
	return parent->pid == SANDPROC_FIRST ||
	    parent->waits_for == SANDPROC_ANY || parent->waits_for == child;
}

static bool
news_is_under_way(const struct sandprocs *p)
{
	size_t i, k;

	for (i = 0; i < p->count; i++) {
		if (!p->list[i].zombie)
			continue;
		for (k = 0; k < p->count; k++)
			if (p->list[k].pid == p->list[i].parent &&
			    hears_of(&p->list[k], p->list[i].pid))
				return true;
	}
	return false;
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
	return !news_is_under_way(b);
}
