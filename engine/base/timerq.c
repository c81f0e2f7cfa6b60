/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/timerq.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool
fires_before(const struct timer *a, const struct timer *b)
{
	if (a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	if (a->rank != b->rank)
		return a->rank < b->rank;
	return a->order < b->order;
}

static void
place(struct timerq *q, size_t at, struct timer *t)
{
	q->heap[at] = t;
	t->slot = at + 1;
}

static void
sift_up(struct timerq *q, size_t at, struct timer *t)
{
	while (at > 0 && fires_before(t, q->heap[(at - 1) / 2])) {
		place(q, at, q->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(q, at, t);
}

static void
sift_down(struct timerq *q, size_t at, struct timer *t)
{
	size_t child;

	while ((child = 2 * at + 1) < q->count) {
		if (child + 1 < q->count &&
		    fires_before(q->heap[child + 1], q->heap[child]))
			child++;
		if (!fires_before(q->heap[child], t))
			break;
		place(q, at, q->heap[child]);
		at = child;
	}
	place(q, at, t);
}

void
timerq_fini(struct timerq *q)
{
	free(q->heap);
	memset(q, 0, sizeof(*q));
}

bool
timer_is_armed(const struct timer *t)
{
	return t->slot != 0;
}

void
timerq_arm(struct timerq *q, struct timer *t, int64_t deadline_ns)
{
	timerq_disarm(q, t);
	t->deadline_ns = deadline_ns;
	t->order = q->armed_ever++;
	q->heap = mem_grow(q->heap, &q->cap, q->count + 1, sizeof(*q->heap));
	q->count++;
	sift_up(q, q->count - 1, t);
}

void
timerq_disarm(struct timerq *q, struct timer *t)
{
	struct timer *last;
	size_t at;

	if (t->slot == 0)
		return;
	at = t->slot - 1;
	assert(at < q->count && q->heap[at] == t);
	t->slot = 0;
	last = q->heap[--q->count];
	if (last == t)
		return;
	if (at > 0 && fires_before(last, q->heap[(at - 1) / 2]))
		sift_up(q, at, last);
	else
		sift_down(q, at, last);
}

bool
timerq_next(const struct timerq *q, int64_t *deadline_ns)
{
	if (q->count == 0)
		return false;
	*deadline_ns = q->heap[0]->deadline_ns;
	return true;
}

struct timer *
timerq_pop(struct timerq *q, int64_t now_ns)
{
	struct timer *first;

	if (q->count == 0 || q->heap[0]->deadline_ns > now_ns)
		return NULL;
	first = q->heap[0];
	timerq_disarm(q, first);
	return first;
}
