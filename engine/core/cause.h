/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cause - a copy of the record that a command is for: the command may wait for
 * long, and whoever runs it is to see that a rule asks for it. Used by core
 * only; pure like it.
 */
#ifndef CORE_CAUSE_H
#define CORE_CAUSE_H

#include "world/world.h"

struct cause { /* zeroed is none */
	struct world_cause told;
	char *text; /* owned */
};

void cause_copy(struct cause *to, const struct world_cause *from);
void cause_free(struct cause *c);

#endif
