/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim/lab/labrows.h with N records that are all different, of which the
 * observer tells in one order and the daemon's flight recording in the other:
 * for who counts the instructions.
 *
 *	lab_records N
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/trace.h"
#include "sim/lab/labrows.h"

static int64_t
host_of(void *ctx, int64_t ns)
{
	(void)ctx;
	return ns;
}

int
main(int argc, char **argv)
{
	struct trace *flight = trace_new(), *t = trace_new();
	long n = argc == 2 ? strtol(argv[1], NULL, 10) : 0, i;
	struct labrows *r = labrows_new();
	char text[64];
	int32_t row;

	labrows_daemon(r, LABROWS_GUEST, 0, true);
	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text),
		    "!system=IFNET subsystem=eth%ld type=LINK_UP", i);
		labrows_record(r, i, text, strlen(text));
		snprintf(text, sizeof(text),
		    "!system=IFNET subsystem=eth%ld type=LINK_UP", n - 1 - i);
		row = trace_add_record(flight, n + i, text, strlen(text));
		flight->records[row].read_ns = n + i;
	}
	labrows_flight(r, flight);
	labrows_end(r, host_of, NULL, 0, t);
	printf("%zu records\n", t->n_records);
	labrows_free(r);
	trace_free(t);
	return n > 0 ? 0 : 2;
}
