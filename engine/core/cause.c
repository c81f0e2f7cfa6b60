/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/cause.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
cause_copy(struct cause *to, const struct world_cause *from)
{
	const char *stamp = from->timestamp != NULL ? from->timestamp : "";

	to->told = *from;
	to->text = NULL;
	if (from->raw == NULL)
		return;
	to->text = mem_zero(from->bytes + strlen(stamp) + 2, 1);
	memcpy(to->text, from->raw, from->bytes);
	memcpy(to->text + from->bytes + 1, stamp, strlen(stamp));
	to->told.raw = to->text;
	to->told.timestamp = to->text + from->bytes + 1;
}

void
cause_free(struct cause *c)
{
	free(c->text);
	memset(c, 0, sizeof(*c));
}
