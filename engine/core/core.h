/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core - the engine as one pure step: (state, input) gives (state, intents).
 *
 * It reads no clock and touches nothing. Whoever drives it (core/pump.h) tells
 * it what happened, and carries out what it asks for in the order given; so
 * the same inputs give the same intents, bit for bit, on any machine.
 *
 * Under CORE_STOCK it behaves as devd(8) with the two Hyper-V scripts does:
 * one action at a time, nothing is read meanwhile. Under CORE_NATIVE records
 * are always read; commands keep their order per interface (or altogether,
 * with serial), have a deadline, and are dropped when their interface goes.
 * Under CORE_RULES every action is a command for the shell, and nothing else
 * is done: records are always read, commands keep their order as under
 * CORE_NATIVE (a device's records count as its interface's) and have a
 * deadline, but what a record fired is carried out whatever comes later. It
 * asks for no snapshot and no operation.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failover/operation.h"
#include "failover/rcvars.h"
#include "failover/snapshot.h"
#include "rules/ruleset.h"

enum core_policy { CORE_STOCK, CORE_NATIVE, CORE_RULES };

#define CORE_DEADLINE (INT64_C(60) * 1000000000)
#define CORE_RESYNC   (INT64_C(10) * 1000000000)
#define CORE_NEVER    INT64_MAX
#define CORE_JOBS_MAX 1000 /* more waiting commands stop the reading */

struct core_config {
	const struct ruleset *rules; /* borrowed */
	const struct rcvars *rc;     /* borrowed; CORE_RULES: may be NULL */
	const char *vm_guest;	     /* borrowed */
	enum core_policy policy;
	enum rule_quoting quoting; /* of commands for the shell */
	int64_t deadline_ns;	   /* of a command; 0: CORE_DEADLINE */
	int64_t resync_ns;	   /* native looks this often; 0: CORE_RESYNC */
	size_t parallel;	   /* commands at a time; 0: no limit */
	bool serial;
	bool keep_rx_all; /* leave net.link.lagg.failover_rx_all alone */
	uint32_t last_id; /* of operations and commands before; see below */
};

enum input_kind {
	INPUT_START,	/* the first of all */
	INPUT_RECORD,	/* raw, record, timestamp, media */
	INPUT_HINT,	/* something changed; result not 0: devctl was lost */
	INPUT_SNAPSHOT, /* snapshot: the answer to INTENT_OBSERVE */
	INPUT_APPLIED,	/* id, result: errno of an operation */
	INPUT_EXITED, /* id, result: a command's wait status, 128+N a signal */
	INPUT_TIMER,  /* core_deadline() has come */
	/* Shown by the tap alone, at the time of the step before: */
	INPUT_RULES,  /* core_set_rules() */
	INPUT_RC,     /* core_set_rc() */
	INPUT_ORPHAN, /* core_orphan() */
};

struct input {
	enum input_kind kind;
	int64_t now_ns;
	const char *raw;
	size_t raw_bytes;
	int32_t record;	       /* the driver's number for the record */
	const char *timestamp; /* $timestamp */
	enum rule_media media; /* of the interface named by its subsystem */
	const struct snapshot *snapshot;
	uint32_t id;
	int result;
	const struct ruleset *rules;
	const struct rcvars *rc;
};

enum intent_kind {
	INTENT_FIRED,	/* text, rule_file, rule_line, carried, record */
	INTENT_OBSERVE, /* answer with INPUT_SNAPSHOT */
	INTENT_APPLY,	/* id, op, record; answered by INPUT_APPLIED */
	INTENT_RUN,	/* id, text, record, cause; answered by INPUT_EXITED */
	INTENT_CANCEL,	/* id of a running command; still answered */
	INTENT_NOTE,	/* text, for the log */
};

struct intent {
	enum intent_kind kind;
	uint32_t id;
	int32_t record;
	struct operation op;
	char *text; /* owned by the intents */
	const char *rule_file;
	unsigned rule_line;
	const char *carried;		 /* "controller", "command", "none" */
	const struct world_cause *cause; /* the core's, while it runs */
};

struct intents { /* zeroed is empty */
	struct intent *list;
	size_t count, cap;
};
void intents_reset(struct intents *o);
void intents_fini(struct intents *o);

struct core;

struct core *core_new(const struct core_config *config);
void core_free(struct core *c); /* NULL is fine */

/* From the next record on these rules hold (borrowed). What the old ones have
 * fired keeps its text, its place in the order and its deadline, and nothing
 * of the old ones is looked at again. Not from within core_step(). */
void core_set_rules(struct core *c, const struct ruleset *rules);

/* The same for rc.conf: stock's scripts read it at their next start, native
 * makes the difference at its next look (which a step must follow). */
void core_set_rc(struct core *c, const struct rcvars *rc);

/* Appends to out. */
void core_step(struct core *c, const struct input *in, struct intents *out);

bool core_wants_record(const struct core *c); /* the next one, now */

/* When INPUT_TIMER is due; CORE_NEVER if it is not. */
int64_t core_deadline(const struct core *c);

/* No more records are taken; what was begun is brought to its end, as the
 * shell of a killed devd does. */
void core_orphan(struct core *c);
bool core_is_idle(const struct core *c); /* nothing begun is left */

/* Whether a new core with this last_id in its config that was started would do
 * from now on what this one does: nothing of what was is left. */
bool core_is_rested(const struct core *c, uint32_t *last_id);

/* Appends lines for a person: what it waits for, and all that was begun and has
 * not ended. */
void core_describe(const struct core *c, struct strbuf *out);

/* The tap sees everything that the core is told, in its order, and what it
 * answered, before anybody carries that out. Not called from within it: c. */
typedef void core_tap_fn(void *ctx, const struct core *c,
    const struct input *in, const struct intent *out, size_t count);
void core_set_tap(struct core *c, core_tap_fn *tap, void *ctx);

#endif
