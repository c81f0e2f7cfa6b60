/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay_sets - the setups of core/decision.h by their names, and what they
 * stand for. Of the replayer only.
 */
#ifndef CORE_REPLAY_SETS_H
#define CORE_REPLAY_SETS_H

#include "core/decision.h"

struct replay_sets;
struct replay_sets *replay_sets_new(void);
void replay_sets_free(struct replay_sets *s); /* NULL is fine */

/* ERR_INPUT when it is there already, or there are too many. */
int replay_sets_add(struct replay_sets *s, const char *name, const void *body,
    size_t bytes, struct err *e);

/* The set of this number, read at its first use; it lives as long as s. */
int replay_sets_rules(struct replay_sets *s, uint32_t number,
    const struct ruleset **out, struct err *e);
int replay_sets_rc(struct replay_sets *s, uint32_t number,
    const struct rcvars **out, struct err *e);
int replay_sets_core(struct replay_sets *s, uint32_t number,
    struct decision_config *out, struct err *e);

#endif
