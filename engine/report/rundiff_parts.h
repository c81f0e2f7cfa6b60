/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rundiff_parts - what the files of rundiff share: the facts of a run, as
 * lists sorted by name, so that those of two runs can be put side by side.
 */
#ifndef REPORT_RUNDIFF_PARTS_H
#define REPORT_RUNDIFF_PARTS_H

#include "report/rundiff.h"

struct rundiff_number {
	char *name; /* owned, as all of these */
	enum rundiff_topic topic;
	int64_t value; /* ns or packets or a count: by topic */
	int64_t grain; /* what cannot be told apart: the period, or 0 */
};

struct rundiff_word {
	char *name;
	enum rundiff_topic topic;
	char *value;
};

struct rundiff_check {
	char *name;	/* its text, numbered when it is there twice */
	char *place;	/* "replug.scn:12" */
	char *happened; /* "" when it held */
	bool failed;
};

struct rundiff_facts {
	int64_t run;
	char *title, *source, *policy, *kind;
	uint64_t seed;
	uint64_t hash;	 /* the trace's, as stored; 0: none */
	uint64_t course; /* of what happened: the rows below */
	bool real_time;
	struct rundiff_number *numbers;
	size_t n_numbers, cap_numbers;
	struct rundiff_word *words;
	size_t n_words, cap_words;
	struct rundiff_check *checks;
	size_t n_checks, cap_checks;
};

/* From the beginning of a line of trace_dump(), the next line that says what
 * happened: not of the run itself, and not of an expectation, which names the
 * file it stands in and is compared by itself. */
const char *rundiff_next_row(const char *dump);

/* A number in words: "12.5ms", "17". */
void rundiff_add_number(struct strbuf *out, enum rundiff_topic topic,
    double value);

/* "more lost", "new failure": what a finding is, for a person. */
const char *rundiff_phrase(const struct rundiff_finding *f);
/* "lost", "check": for a program. */
const char *rundiff_topic_word(enum rundiff_topic topic);
const char *rundiff_grade_word(enum rundiff_grade grade);

/* The facts that stand for the case: the newest after, else before. */
const struct rundiff_facts *rundiff_case_facts(const struct rundiff_case *c);

/* The rule in a sentence. */
void rundiff_add_rule(struct strbuf *out, const struct rundiff *d);

void rundiff_write_json(const struct rundiff *d,
    const struct rundiff_side *before, const struct rundiff_side *after,
    struct strbuf *out);

#endif
