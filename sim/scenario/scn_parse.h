/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_parse - what the files of the scenario parser share. Nobody else
 * includes this; the door is scenario_parse() in sim/scenario/scenario.h.
 *
 * A statement reads the tokens of one line through the cursor. It reports its
 * first mistake and returns; the next statement begins on the next line.
 * Names may be used above their declaration, so uses are kept and looked up
 * when the whole file is read.
 */
#ifndef SIM_SCENARIO_SCN_PARSE_H
#define SIM_SCENARIO_SCN_PARSE_H

#include "sim/scenario/scenario.h"
#include "sim/scenario/scn_findings.h"
#include "sim/scenario/scn_lex.h"
#include "sim/scenario/scn_names.h"

/* Longest run: a year and a day. Sums of two times cannot overflow. */
#define SCN_TIME_MAX (INT64_C(366) * 86400 * INT64_C(1000000000))

#define SCN_MARK_MAX   63 /* bytes of a mark's name as written */
#define SCN_IFACES_MAX 64 /* NICs, VFs, probes: of each */

enum scn_use_kind { SCN_USE_NIC, SCN_USE_VF, SCN_USE_PROBE, SCN_USE_MARK };

struct scn_use { /* a name that must be declared somewhere in the file */
	enum scn_use_kind kind;
	char *name; /* owned */
	unsigned line, col;
};

enum scn_time_kind { SCN_AT_START, SCN_AT_PREVIOUS, SCN_AT_MARK };

struct scn_time { /* a moment as written */
	enum scn_time_kind kind;
	int64_t offset_ns; /* may be negative after a mark */
	char *mark;	   /* owned */
	unsigned line, col;
};

/* "from" or "until" of a probe or a fault: marks may come later. */
struct scn_bound_time {
	bool of_fault; /* number n of the faults; else of the probes */
	size_t n;
	bool until;
	struct scn_time time;
};

struct scn_round { /* an `at` line inside repeat { } */
	struct scn_step step;
	struct scn_time time;
};

struct scn_parser {
	struct scenario *s;
	struct diag *d;
	const char *path;
	struct scn_lex lex;
	struct scn_line line;
	size_t at;  /* the cursor: token not yet read */
	bool quiet; /* the line is bad already; read it for its names only */
	unsigned required; /* bits of what is required already */
	bool titled, seeded, machined, systemed, ended, end_again;

	struct scn_names ifnames; /* NICs (value 0) and VFs (1) */
	struct scn_names probes, marks;
	struct scn_names rc, sysctls, options, delays, flags, limits, customs;
	struct scn_use *uses;
	size_t n_uses, cap_uses;
	struct scn_bound_time *bound_times;
	size_t n_bound_times, cap_bound_times;

	int64_t previous_ns; /* time of the `at` before */
	int64_t last_ns;     /* time of the latest step */
	size_t step_bytes;   /* text in steps, which repetition multiplies */
	unsigned end_line;   /* of `at TIME end` */

	bool in_repeat, left_early; /* …: reported, its } is still to come */
	unsigned repeat_line, repeat_col;
	int64_t rounds, every_ns;
	struct scn_time repeat_from;
	struct scn_round *body;
	size_t n_body, cap_body;
};

/* Statements; the first word is already read. */
bool scn_stmt_nic(struct scn_parser *p);
bool scn_stmt_vf(struct scn_parser *p);
bool scn_stmt_probe(struct scn_parser *p);
bool scn_stmt_custom(struct scn_parser *p);
bool scn_stmt_shell(struct scn_parser *p);
bool scn_stmt_rc(struct scn_parser *p); /* and rc.conf.local, rc.conf.d/X */
bool scn_stmt_rc_file(struct scn_parser *p);
bool scn_stmt_sysctl(struct scn_parser *p);
bool scn_stmt_daemon(struct scn_parser *p);
bool scn_stmt_delay(struct scn_parser *p);
bool scn_stmt_flag(struct scn_parser *p);
bool scn_stmt_limit(struct scn_parser *p);
bool scn_stmt_param(struct scn_parser *p);
bool scn_stmt_fault(struct scn_parser *p);
bool scn_stmt_at(struct scn_parser *p);
bool scn_stmt_repeat(struct scn_parser *p);
bool scn_stmt_close(struct scn_parser *p);   /* } */
void scn_leave_repeat(struct scn_parser *p); /* as if the } stood here */
void scn_drop_body(struct scn_parser *p);
bool scn_stmt_expect(struct scn_parser *p);
bool scn_stmt_sometimes(struct scn_parser *p);

/* Parts of statements. What happens, behind the time of an `at`: */
bool scn_read_stimulus(struct scn_parser *p, struct scn_step *step);
bool scn_read_script(struct scn_parser *p, struct scn_custom *c);
bool scn_read_mark(struct scn_parser *p, struct scn_step *step);
/* name=value words, one or more. */
bool scn_read_rc_pairs(struct scn_parser *p, struct scn_step *step);
bool scn_need_policy(struct scn_parser *p, char **policy);
/* "from T" or "until T" of the newest probe or fault. */
bool scn_read_bound_time(struct scn_parser *p, bool of_fault, bool until);
/* What is claimed of the state of an object, of an address or a route: each
 * behind its first word. */
bool scn_read_state(struct scn_parser *p, struct scn_expect *e,
    const struct scn_token *object);
bool scn_read_address(struct scn_parser *p, struct scn_expect *e);
bool scn_read_route(struct scn_parser *p, struct scn_expect *e, bool none);
bool scn_read_sysctl(struct scn_parser *p, struct scn_expect *e);

/* Times. The mark "start" is always known. */
bool scn_need_time(struct scn_parser *p, struct scn_time *out);
extern const char *const scn_metric_words[SCN_METRICS];

/* A mistake in a time, which may be found long after its line. */
bool scn_time_error(struct scn_parser *p, const struct scn_time *t,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* base_ns: the moment +DUR counts from; negative: it is refused. */
bool scn_resolve_time(struct scn_parser *p, const struct scn_time *t,
    int64_t base_ns, int64_t *ns);

/* After the last line: times of probes and faults, order of steps, the end,
 * names. */
void scn_finish_vfs(struct scn_parser *p);
void scn_finish_bounds(struct scn_parser *p);
void scn_finish_steps(struct scn_parser *p);
void scn_finish_uses(struct scn_parser *p);

#endif
