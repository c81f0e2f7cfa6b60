/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fidelity_parts - the inside of report/fidelity.h: two lists of what was
 * said, made comparable (fidelity_lists.c) and paired (fidelity_pair.c).
 */
#ifndef REPORT_FIDELITY_PARTS_H
#define REPORT_FIDELITY_PARTS_H

#include <jansson.h>

#include "report/fidelity.h"

struct said {
	int64_t at_ns;
	char *text;
	char *emitter; /* whose order it keeps */
	bool optional; /* no difference when it stands alone */
	bool any_time; /* may be paired over any time */
	bool folded;   /* of no account */
	size_t pair;   /* in the other list, or SAID_ALONE */
};
#define SAID_ALONE ((size_t)-1)

struct said_list {
	struct said *list;
	size_t n, cap;
	size_t left_out;
};

struct said_both {
	struct said_list recorded, emitted;
};

/* The times around which things happened, and when the recorder stopped. */
struct said_times {
	const struct recording *recording;
	int64_t from_ns, end_ns;
};

struct said *said_add(struct said_list *l, int64_t at_ns, const char *text,
    const char *emitter);
void said_fini(struct said_both *b);

void said_records(struct said_both *b, const struct trace *t,
    const struct said_times *times);
void said_routes(struct said_both *b, const struct trace *t,
    const struct said_times *times);
void said_aggregate(struct said_both *b, const struct trace *t,
    const struct said_times *times);

/* Sets pair in both lists. */
void said_pair(struct said_both *b, const struct said_times *times);

json_t *fidelity_json(const struct fidelity *f); /* a new reference */

/* Whether the kernel cannot have said later before earlier. */
bool said_is_ordered(const char *earlier, const char *later);

#endif
