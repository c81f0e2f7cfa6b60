/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suite_parts - what the forms of a suite have in common; for suite*.c.
 */
#ifndef REPORT_SUITE_PARTS_H
#define REPORT_SUITE_PARTS_H

#include "report/suite.h"

struct suite_totals {
	size_t passed, failed, skipped;
	size_t errors; /* of the failed ones */
};

struct suite_totals suite_total(const struct suite_case *cases, size_t n);
bool suite_has_failed(const struct suite_case *c);

/* Which switchback it was; NULL when that is not known. */
const char *suite_version(const struct suite_case *c);

/* Appends "scenarios/a.scn [stock]", and " seed 7" when it is told. */
void suite_label(const struct suite_case *c, struct strbuf *out);

/* How a case's failures are told one by one. */
struct suite_telling {
	const char *indent; /* in front of every line */
	bool color;
	bool legend; /* the next time line says what its signs mean */
};

/* Appends "FILE:LINE: expect ...", expected, happened, when, and the time
 * line around it, for each failure; then the command that repeats. */
void suite_tell(const struct suite_case *c, struct suite_telling *how,
    struct strbuf *out);

void suite_write_text(const struct suite_case *cases, size_t n, bool color,
    bool verbose, struct strbuf *out);
void suite_write_tap(const struct suite_case *cases, size_t n,
    struct strbuf *out);
void suite_write_junit(const struct suite_case *cases, size_t n,
    struct strbuf *out);
void suite_write_markdown(const struct suite_case *cases, size_t n,
    struct strbuf *out);
void suite_write_json(const struct suite_case *cases, size_t n,
    struct strbuf *out);

#endif
