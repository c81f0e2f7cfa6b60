/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/record_lines.h"

#include <assert.h>
#include <string.h>

char *
record_lines_room(struct record_lines *l, size_t *bytes)
{
	assert(l->at == l->end);
	*bytes = sizeof(l->chunk);
	return l->chunk;
}

void
record_lines_filled(struct record_lines *l, size_t bytes)
{
	assert(l->at == l->end && bytes <= sizeof(l->chunk));
	l->at = 0;
	l->end = bytes;
}

bool
record_lines_take(struct record_lines *l, bool at_end, char *out, size_t *bytes)
{
	bool whole = false;
	char c;

	while (!whole && l->at < l->end) {
		c = l->chunk[l->at++];
		if (c == '\n')
			whole = l->used > 0;
		else if (l->used < sizeof(l->line))
			l->line[l->used++] = c;
	}
	if (!whole && !(at_end && l->used > 0))
		return false;
	memcpy(out, l->line, l->used);
	*bytes = l->used;
	l->used = 0;
	return true;
}
