/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jobs - the actions that have been asked for and have not ended: commands in
 * their order and with their deadlines, and the steps of stock's scripts.
 * Used by core only; pure like it.
 */
#ifndef CORE_JOBS_H
#define CORE_JOBS_H

#include <sys/queue.h>

#include "core/cause.h"
#include "core/core.h"
#include "failover/stock.h"

enum job_kind {
	JOB_COMMAND, /* a shell command */
	JOB_SCRIPT,  /* one of stock's scripts */
	JOB_VFUP,    /* native: only the administrator's own script is run */
};

enum job_state {
	JOB_QUEUED,
	JOB_LOOK,     /* its next step needs a snapshot */
	JOB_APPLYING, /* waits for an operation */
	JOB_RUNNING,  /* waits for a command */
	JOB_SLEEPING, /* until wake_ns */
	JOB_ENDED,
};

struct job {
	TAILQ_ENTRY(job) entry;
	enum job_kind kind;
	enum job_state state;
	uint32_t id;  /* of its operation or command under way */
	char key[32]; /* jobs of one key run one after another */
	bool beside;  /* runs beside the others, blocks nobody */
	bool cancelled;
	struct cause cause;
	char *command;
	struct stock stock;
	int result;	 /* of its last operation */
	int64_t wake_ns; /* sleep's end, or a command's deadline */
};

struct jobs {
	TAILQ_HEAD(, job) list;
	size_t count;
	uint32_t last_id;
	const struct core_config *config;
};

void jobs_init(struct jobs *j, const struct core_config *config);
void jobs_fini(struct jobs *j);

void jobs_add_command(struct jobs *j, const char *key, const char *command,
    const struct world_cause *cause);
void jobs_add_script(struct jobs *j, const struct stock *script,
    const char *key, int32_t record, bool beside);
void jobs_add_vfup(struct jobs *j, const char *hn, const char *key,
    int32_t record);

/* An operation or command ended. False when the id is not one of ours. */
bool jobs_ended(struct jobs *j, uint32_t id, int result, struct intents *out);

void jobs_tick(struct jobs *j, int64_t now_ns, struct intents *out);
void jobs_start(struct jobs *j, int64_t now_ns, struct intents *out);
bool jobs_want_look(const struct jobs *j);
void jobs_look(struct jobs *j, const struct snapshot *s, int64_t now_ns,
    struct intents *out);

/* What is waiting for this key, or running for it, has become pointless. */
void jobs_cancel_key(struct jobs *j, const char *key, struct intents *out);

/* Nobody will start what is still queued. */
void jobs_drop_queued(struct jobs *j);

bool jobs_block_reading(const struct jobs *j);
int64_t jobs_deadline(const struct jobs *j); /* CORE_NEVER if none */

/* Appends a line for each, with two blanks in front. */
void jobs_describe(const struct jobs *j, struct strbuf *out);

/* Appends an intent; the caller fills the rest. text is copied, or NULL. */
struct intent *intents_add(struct intents *o, enum intent_kind kind,
    const char *text);

#endif
