/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pump - drives a core on a world: carries out its intents in order, brings
 * the answers back, reads records while the core takes them. It waits for
 * nothing; the world's owner calls in when something has happened.
 */
#ifndef CORE_PUMP_H
#define CORE_PUMP_H

#include "core/core.h"
#include "world/world.h"

struct pump;

/* Core and world are borrowed and outlive the pump. */
struct pump *pump_new(struct core *core, const struct world *world);
void pump_free(struct pump *p); /* NULL is fine */

/* What the world last showed; empty before. Lives until the next look. */
const struct snapshot *pump_seen(const struct pump *p);

void pump_start(struct pump *p);
void pump_readable(struct pump *p); /* records may be waiting */
void pump_hint(struct pump *p);	    /* e.g. a routing-socket message */
void pump_lost(struct pump *p);	    /* records were lost, which are not known */
void pump_timer(struct pump *p);    /* the armed deadline has come */
void pump_applied(struct pump *p, uint32_t id, int result);
void pump_exited(struct pump *p, uint32_t id, int result);

#endif
