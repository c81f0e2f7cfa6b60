/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_findings - what was found in a file, held back so that it can be told
 * in the order of the lines although names are looked up last.
 */
#ifndef SIM_SCENARIO_SCN_FINDINGS_H
#define SIM_SCENARIO_SCN_FINDINGS_H

#include <stddef.h>

#include "base/diag.h"

/* After as many errors the rest of a file is not looked at. */
#define SCN_ERRORS_MAX 100

struct scn_finding;

struct scn_findings {
	struct scn_finding *list; /* owned */
	size_t n, cap;
};

/* For struct diag's emit, with a struct scn_findings as ctx. */
void scn_findings_emit(void *ctx, enum diag_level level, const char *file,
    unsigned line, unsigned col, const char *text);

/* Reports all to d in the order of their places, and empties the list. */
void scn_findings_tell(struct scn_findings *f, const char *path,
    struct diag *d);

#endif
