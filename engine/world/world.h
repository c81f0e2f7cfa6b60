/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world - everything the engine can see and do, as one table (DESIGN.md 2,
 * seam one). Implementations: the simulated machine (sim/), the kernel we run
 * on (world_*.c), and later ones that wrap another to record or to break it.
 *
 * All calls are made from one thread. Operations and commands are begun here
 * and end later: the world's owner hands their results to the pump.
 */
#ifndef WORLD_WORLD_H
#define WORLD_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/devline.h"

struct operation; /* failover/operation.h */
struct snapshot;  /* failover/snapshot.h */

struct world_record {
	char raw[DEVLINE_MAX + 1];
	size_t bytes;	    /* without a final newline */
	int32_t number;	    /* the world's own, given back in what follows */
	char timestamp[32]; /* seconds.microseconds when it was read */
	/* SIOCGIFMEDIA of the interface named by its subsystem: an
	 * enum rule_media (rules/ruleset.h), 0 when it fails. */
	int media;
};

/* The record that a command is for. Its strings live during the call. */
struct world_cause {
	int32_t record;	 /* its number */
	const char *raw; /* NULL: the command is not a rule's */
	size_t bytes;
	const char *timestamp;
	int media;
};

struct world_ops {
	int64_t (*now)(void *ctx); /* monotonic, ns */

	/* False when nothing is queued. Never waits. */
	bool (*next_record)(void *ctx, struct world_record *out);

	/* Fills a reset snapshot with the state of this moment. This and
	 * apply() are never called by a core of CORE_RULES, and may be NULL
	 * then. */
	void (*observe)(void *ctx, struct snapshot *out);

	void (*apply)(void *ctx, uint32_t id, const struct operation *op,
	    int32_t record);
	void (*run)(void *ctx, uint32_t id, const char *command,
	    const struct world_cause *cause);
	void (*cancel)(void *ctx, uint32_t id); /* of a run(); it still ends */

	/* The next call of pump_timer() is wanted at this time; INT64_MAX: at
	 * none. */
	void (*arm)(void *ctx, int64_t deadline_ns);

	/* For the log and the trace; may be NULL. */
	void (*fired)(void *ctx, int32_t record, const char *file,
	    unsigned line, const char *action, const char *carried);
	void (*note)(void *ctx, const char *text);
};

struct world {
	const struct world_ops *ops;
	void *ctx;
};

#endif
