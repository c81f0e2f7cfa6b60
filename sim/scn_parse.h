/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_parse - what the files of the scenario parser share. Nobody else
 * includes this; the door is scenario_parse() in sim/scenario.h.
 *
 * A statement reads the tokens of one line through the cursor. It reports its
 * first mistake and returns; the next statement begins on the next line.
 * Names may be used above their declaration, so uses are kept and looked up
 * when the whole file is read.
 */
#ifndef SIM_SCN_PARSE_H
#define SIM_SCN_PARSE_H

#include "sim/scenario.h"
#include "sim/scn_findings.h"
#include "sim/scn_lex.h"
#include "sim/scn_names.h"

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

struct scn_probe_time { /* "from" or "until" of a probe: marks come later */
	size_t probe;
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
	bool titled, seeded, machined, ended, end_again;

	struct scn_names ifnames; /* NICs (value 0) and VFs (1) */
	struct scn_names probes, marks;
	struct scn_names rc, sysctls, options, delays;
	struct scn_use *uses;
	size_t n_uses, cap_uses;
	struct scn_probe_time *probe_times;
	size_t n_probe_times, cap_probe_times;

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

/* The cursor. Each gives NULL at the end of the line. */
const struct scn_token *scn_peek(const struct scn_parser *p);
const struct scn_token *scn_take(struct scn_parser *p);
/* Passes over the bare word w when it is next. */
bool scn_accept(struct scn_parser *p, const char *w);

/* All give false, so that reporting is one line. tok NULL: the place behind
 * the last token. */
bool scn_error(struct scn_parser *p, const struct scn_token *tok,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* "unknown WHAT `x`" with the nearest of known[], or all of them. */
bool scn_unknown(struct scn_parser *p, const struct scn_token *tok,
    const char *what, const char *const known[], size_t count);

/* Reports a property that is given again: *seen collects their bits. */
bool scn_once(struct scn_parser *p, const struct scn_token *tok, unsigned *seen,
    unsigned bit);

/* True when nothing is left; else reports what came too much. */
bool scn_no_more(struct scn_parser *p, const char *statement);

/* The following read one token, or report that `what` is missing. */
const struct scn_token *scn_need(struct scn_parser *p, const char *what);
bool scn_need_word(struct scn_parser *p, const char *w, const char *after);
/* An interface name; *tok for its place. */
bool scn_need_ifname(struct scn_parser *p, const char *what,
    const struct scn_token **tok);
bool scn_need_string(struct scn_parser *p, const char *what, char **out);
bool scn_need_dur(struct scn_parser *p, const char *what, int64_t *ns);
bool scn_need_num(struct scn_parser *p, const char *what, int64_t min,
    int64_t max, int64_t *out);
bool scn_need_mac(struct scn_parser *p, uint8_t mac[6]);
/* Notes the mark as used, copies its name. every: NAME.* is good too, the
 * marks of all rounds. */
bool scn_need_mark(struct scn_parser *p, bool every, char **mark);

void scn_use(struct scn_parser *p, enum scn_use_kind kind,
    const struct scn_token *tok);

/* Statements; the first word is already read. */
bool scn_stmt_nic(struct scn_parser *p);
bool scn_stmt_vf(struct scn_parser *p);
bool scn_stmt_probe(struct scn_parser *p);
bool scn_stmt_at(struct scn_parser *p);
bool scn_stmt_repeat(struct scn_parser *p);
bool scn_stmt_close(struct scn_parser *p);   /* } */
void scn_leave_repeat(struct scn_parser *p); /* as if the } stood here */
void scn_drop_body(struct scn_parser *p);
bool scn_stmt_expect(struct scn_parser *p);

/* Times. The mark "start" is always known. */
bool scn_need_time(struct scn_parser *p, struct scn_time *out);
/* base_ns: the moment +DUR counts from; negative: it is refused. */
bool scn_resolve_time(struct scn_parser *p, const struct scn_time *t,
    int64_t base_ns, int64_t *ns);

/* After the last line: times of probes, order of steps, the end, names. */
void scn_finish_vfs(struct scn_parser *p);
void scn_finish_probes(struct scn_parser *p);
void scn_finish_steps(struct scn_parser *p);
void scn_finish_uses(struct scn_parser *p);

#endif
