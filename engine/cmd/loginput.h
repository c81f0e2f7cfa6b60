/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loginput - what "switchback import" takes: text recordings, alone or in a
 * container, and logs of other programs (db/foreign.h), told apart by their
 * content.
 */
#ifndef CMD_LOGINPUT_H
#define CMD_LOGINPUT_H

#include <stddef.h>

#include "db/foreign.h"
#include "db/recording.h"

struct loginput {
	enum foreign_kind kind;
	struct recording *recording; /* FOREIGN_RECORDS; else NULL */
	struct trace *trace;	     /* of what is to be stored */
	struct foreign_tally tally;
};

struct loginputs {
	struct loginput *list; /* owned */
	size_t n, cap;
};

/* Appends what spec names: all recordings of a container that is named alone.
 * format: what it must be, or FOREIGN_UNKNOWN to look. Gives the exit status;
 * mistakes are printed. */
int loginput_read(const char *spec, enum foreign_kind format,
    struct loginputs *out);
void loginputs_fini(struct loginputs *in);

#endif
