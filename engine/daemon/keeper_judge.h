/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keeper_judge - whether a command is one that the rules ask for.
 *
 * The engine says which record a command is for. The keeper takes the record
 * apart itself, finds the rule for it in rules that it has read itself, and
 * expands the actions of that rule: the command must be one of them, byte for
 * byte. A command that waits longer than the rules that it is of is judged by
 * those, too: the last KEEPER_SETS are kept.
 *
 * With native fail-over an administrator's own hyperv_vfup.NAME is run without
 * a rule that has it (core/custom_vfup.h).
 */
#ifndef DAEMON_KEEPER_JUDGE_H
#define DAEMON_KEEPER_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "event/devline.h"
#include "rules/ruleset.h"
#include "world/world.h"

#define KEEPER_SETS 8

struct keeper_judge {
	bool native;
	/* The newest first; all but the engine's first are owned. */
	const struct ruleset *first;
	struct ruleset *sets[KEEPER_SETS];
	size_t count;
	char vm_guest[64];
	struct devline line;
};

void keeper_judge_init(struct keeper_judge *j, const struct ruleset *first,
    bool native);
void keeper_judge_fini(struct keeper_judge *j);

/* From now on these are the rules. Takes them over. */
void keeper_judge_rules(struct keeper_judge *j, struct ruleset *rules);

bool keeper_judge_allows(struct keeper_judge *j, const char *command,
    const struct world_cause *cause);

#endif
