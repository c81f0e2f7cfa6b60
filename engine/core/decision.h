/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * decision - what a core was told (inputs) and what it answered (intents) as
 * text, and back. A row has a time, a kind and a body of base/rowtext.h words,
 * all of them printable. What is zero is left out, "core" too.
 *
 * In, to be carried out by a replay (core/replayer.h), in this order:
 *	begin	    core			a new core, of setup "core N"
 *	start	    core
 *	record	    core record media timestamp raw
 *	hint	    core
 *	snapshot    core and failover/snapshot_text.h, each core its sequence
 *	applied	    core id result
 *	exited	    core id result
 *	timer	    core
 *	rules, rc   core set		from now on those of setup "rules SET"
 *	orphan	    core
 *	rest	    core rules rc last_id	it is as a new one with these,
 *					and snapshots begin anew
 * Out, behind the input that they answer:
 *	fired	    core record file line carried text
 *	observe	    core
 *	apply	    core id record and failover/operation_row.h
 *	run	    core id record text
 *	cancel	    core id
 *	note	    core text
 *	wait	    core until reads	core_deadline(), core_wants_record(),
 *					when they are others than before
 *
 * Beside the rows stand the setups, each a name and a body:
 *	core N		struct decision_config, a row
 *	rules SET	"version=12.1 reverse", then a row file=PATH for each
 *	rules SET PATH	the file as it was
 *	rc SET		failover/rcvars_text.h
 */
#ifndef CORE_DECISION_H
#define CORE_DECISION_H

#include "core/core.h"
#include "failover/snapshot_text.h"

struct decision_config { /* of a core, with numbers for what it borrows */
	enum core_policy policy;
	enum rule_quoting quoting;
	char vm_guest[64];
	int64_t deadline_ns, resync_ns;
	uint32_t parallel;
	bool serial, keep_rx_all;
	uint32_t rules, rc; /* sets; 0: none */
	uint32_t last_id;
};
void decision_config_write(const struct decision_config *c, struct strbuf *out);
int decision_config_read(struct decision_config *c, const char *text,
    size_t bytes, struct err *e);

/* Rows in go on behind enum input_kind. */
enum { DECISION_BEGIN = INPUT_ORPHAN + 1, DECISION_REST, DECISION_INS };
/* Rows out behind enum intent_kind. */
enum { DECISION_WAIT = INTENT_NOTE + 1, DECISION_OUTS };

/* The kind's word, or the kind of a word; -1, with what may have been meant,
 * when there is none. */
const char *decision_word(bool in, int kind);
int decision_kind(bool in, const char *word, struct err *e);

struct decision { /* a row taken apart; zeroed memory is an empty one */
	bool in;
	int kind;
	uint32_t core;
	int32_t record;
	uint32_t id;
	int result;
	enum rule_media media;
	char timestamp[32];
	uint32_t set;	    /* of rules or rc */
	uint32_t rules, rc; /* of rest */
	uint32_t line;	    /* of fired */
	int carried;
	int64_t until_ns;
	bool reads;
	struct operation op;
	struct strbuf raw, text, file; /* owned */
	size_t rest_at; /* snapshot: where in the body its text begins */
};
void decision_fini(struct decision *d);
const char *decision_carried(const struct decision *d); /* as in core.h */

/* ERR_INPUT with the place in the body. */
int decision_read(struct decision *d, bool in, const char *kind,
    const char *body, size_t bytes, struct err *e);

/* Each appends a body. Of a snapshot it is what snapshot_write() adds. */
void decision_write_in(const struct input *in, uint32_t core, uint32_t set,
    struct strbuf *out);
void decision_write_out(const struct intent *i, uint32_t core,
    struct strbuf *out);
void decision_write_begin(uint32_t core, struct strbuf *out);
void decision_write_rest(uint32_t core, const struct decision_config *c,
    struct strbuf *out);
void decision_write_wait(uint32_t core, int64_t until_ns, bool reads,
    struct strbuf *out);

#endif
