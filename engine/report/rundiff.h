/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rundiff - what became better and what worse between two sets of runs: of
 * the last release and of this one, of yesterday and of today. Pure.
 *
 * Runs of one case belong together: the same kind, title, source, policy and
 * seed; a source that has another name on the other side is overlooked where
 * there is no doubt. Of a case are compared the verdicts of its expectations,
 * the time from each stimulus to the change of the active port, lost packets
 * and longest gap of each stream, what was left at the end, the amount of
 * work, and the trace's hash.
 *
 * Runs in virtual time repeat themselves, so the newest of each side are
 * compared exactly. All others are measurements: the runs of a case on one
 * side are a sample, of which the median counts, and a difference of medians
 * is one only when it is beyond the noise (struct rundiff_rule).
 */
#ifndef REPORT_RUNDIFF_H
#define REPORT_RUNDIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "db/trace.h"

/* One run in short; owns what it shows. */
struct rundiff_facts;

/* run is its number in the store; hash is its stored one, or 0. */
struct rundiff_facts *rundiff_facts_new(const struct trace *t, int64_t run,
    uint64_t hash);
void rundiff_facts_free(struct rundiff_facts *f); /* NULL is fine */

/* The noise of a measured number is the largest of
 *	floor_ns or floor_packets; for a gap also two periods of its stream;
 *	share of the median before; unknown_share while no side has three runs;
 *	factor times the spread: 1.4826 times the median absolute deviation,
 *	of the side where that is larger. */
struct rundiff_rule {
	int64_t floor_ns;
	int64_t floor_packets;
	double share, unknown_share;
	double factor;
};
extern const struct rundiff_rule rundiff_default_rule;

enum rundiff_grade {
	RUNDIFF_SAME,
	RUNDIFF_CHANGED, /* neither better nor worse */
	RUNDIFF_BETTER,
	RUNDIFF_STILL, /* failing, as before */
	RUNDIFF_WORSE,
	RUNDIFF_GRADES,
};

enum rundiff_topic {
	RUNDIFF_CHECK,	  /* an expectation */
	RUNDIFF_FAILOVER, /* time from a stimulus to the active port */
	RUNDIFF_LOST,
	RUNDIFF_GAP,
	RUNDIFF_PACKETS, /* duplicated, reordered, late */
	RUNDIFF_FINAL,	 /* what was left at the end */
	RUNDIFF_PORT,	 /* which port became active after a stimulus */
	RUNDIFF_WORK,	 /* operations, programs */
	RUNDIFF_COURSE,	 /* the trace's hash; complete or cut off */
};

struct rundiff_finding {
	enum rundiff_topic topic;
	enum rundiff_grade grade;
	char *name;	      /* of the check, stream, stimulus; owned */
	char *before, *after; /* in words; owned */
	char *row_before; /* of a course: the rows in which they part, … */
	char *row_after;  /* … or NULL; owned */
	bool is_number;	  /* then also, in ns or packets: */
	double value_before, value_after, noise;
};

struct rundiff_case {
	const struct rundiff_facts **before, **after; /* by run; owned arrays */
	size_t n_before, n_after;		      /* one may be 0 */
	bool real_time;
	enum rundiff_grade grade; /* the worst of the findings */
	struct rundiff_finding *findings;
	size_t n_findings, cap_findings;
};

struct rundiff {
	struct rundiff_rule rule;
	struct rundiff_case
	    *cases; /* in order of the runs after, then before */
	size_t n_cases, cap_cases;
	size_t compared; /* cases with runs on both sides */
	size_t only_before, only_after;
	size_t grades[RUNDIFF_GRADES]; /* cases of each */
};

/* The facts are borrowed and must outlive the result. A case that is only
 * there after and fails counts as worse. */
struct rundiff *rundiff_new(struct rundiff_facts *const *before,
    size_t n_before, struct rundiff_facts *const *after, size_t n_after,
    const struct rundiff_rule *rule);

/* Two runs that somebody chose: they are one case, whatever they are of. */
struct rundiff *rundiff_pair(const struct rundiff_facts *before,
    const struct rundiff_facts *after, const struct rundiff_rule *rule);
void rundiff_free(struct rundiff *d); /* NULL is fine */

/* The case's finding that its two runs went other ways, or NULL. */
struct rundiff_finding *rundiff_course(struct rundiff_case *c);

/* Notes in it where the two first differ in what happened. */
void rundiff_note_course(struct rundiff_finding *f, const struct trace *before,
    const struct trace *after);

int64_t rundiff_run(const struct rundiff_facts *f);

/* Which runs these are; borrowed. */
struct rundiff_side {
	const char *store;
	size_t runs;
};

enum rundiff_format { RUNDIFF_TEXT, RUNDIFF_MARKDOWN, RUNDIFF_JSON };

/* Text is at most 120 columns wide. */
void rundiff_write(enum rundiff_format format, const struct rundiff *d,
    const struct rundiff_side *before, const struct rundiff_side *after,
    bool color, struct strbuf *out);

#endif
