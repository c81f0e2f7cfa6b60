/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devline - one devctl(4) record, taken apart the way devd(8) does it.
 *
 * Four kinds, told by the first byte: '!' notify, '+' attach, '-' detach,
 * '?' nomatch. Parsing never fails on hostile bytes; it stops silently where
 * devd does, and says whether devd would have looked for a rule at all
 * (DEVD.md "Records", FACTS.md A.2).
 *
 * The struct owns copies of all names and values; values may hold any byte
 * but NUL, because devd keeps them in C strings.
 */
#ifndef EVENT_DEVLINE_H
#define EVENT_DEVLINE_H

#include <stdbool.h>
#include <stddef.h>

/* devd reads into 8192 bytes and keeps one for the NUL; what is longer is
 * lost (DEVD.md "Records"). */
#define DEVLINE_MAX 8191

enum devline_kind {
	DEVLINE_NOTIFY,
	DEVLINE_ATTACH,
	DEVLINE_DETACH,
	DEVLINE_NOMATCH,
	DEVLINE_OTHER, /* an unknown first byte: no rule can match */
};

#endif
