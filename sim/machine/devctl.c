/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The record queue of devctl(4): bounded, drops the oldest without a word
 * (FACTS.md A.6), keeps everything while nobody reads.
 */
#include "sim/machine/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sim/scenario/reach.h"

static void
drop_oldest(struct machine *m)
{
	struct queued_record *q = STAILQ_FIRST(&m->devctl);

	m->trace->records[q->row].fate = TRACE_RECORD_DROPPED;
	STAILQ_REMOVE_HEAD(&m->devctl, entry);
	m->devctl_queued--;
	free(q);
}

void
devctl_inject(struct machine *m, const char *raw, size_t bytes)
{
	struct queued_record *q;
	int32_t row = trace_add_record(m->trace, m->clock.now_ns, raw, bytes);

	if (m->devctl_limit == 0) {
		m->trace->records[row].fate = TRACE_RECORD_DROPPED;
		return;
	}
	if (m->devctl_queued >= m->devctl_limit)
		machine_reach(m, REACH_OVERFLOW);
	while (m->devctl_queued >= m->devctl_limit)
		drop_oldest(m);
	q = mem_zero(1, sizeof(*q));
	q->row = row;
	STAILQ_INSERT_TAIL(&m->devctl, q, entry);
	m->devctl_queued++;
	if (m->on_record != NULL && !timer_is_armed(&m->record_event.timer))
		vclock_after(&m->clock, &m->record_event,
		    machine_delay(m, "kernel.devctl"));
}

void
devctl_emit(struct machine *m, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	if (m->following)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0)
		devctl_inject(m, text,
		    (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

bool
devctl_pop(struct machine *m, int32_t *row)
{
	struct queued_record *q = STAILQ_FIRST(&m->devctl);

	if (q == NULL)
		return false;
	*row = q->row;
	STAILQ_REMOVE_HEAD(&m->devctl, entry);
	m->devctl_queued--;
	free(q);
	m->trace->records[*row].fate = TRACE_RECORD_READ;
	m->trace->records[*row].read_ns = m->clock.now_ns;
	return true;
}

void
devctl_forget(struct machine *m)
{
	int32_t row;

	while (devctl_pop(m, &row)) {
		m->trace->records[row].fate = TRACE_RECORD_NOBODY;
		m->trace->records[row].read_ns = TRACE_OPEN;
	}
}

void
devctl_set_limit(struct machine *m, size_t records)
{
	m->devctl_limit = records;
	while (m->devctl_queued > records)
		drop_oldest(m);
}

void
devctl_fini(struct machine *m)
{
	struct queued_record *q;

	while ((q = STAILQ_FIRST(&m->devctl)) != NULL) {
		STAILQ_REMOVE_HEAD(&m->devctl, entry);
		free(q);
	}
	m->devctl_queued = 0;
}
