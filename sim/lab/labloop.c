/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/labloop.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "world/clock.h"

/* Long enough to be rare, short enough for any time_t. */
#define WAIT_MOST INT64_C(1000000000)

struct labwatch {
	struct labloop *loop;
	int fd;
	short events;
	void (*ready)(void *ctx, short revents);
	void *ctx;
	bool dead; /* removed, and still in the list */
};

struct labloop {
	struct timerq timers;
	struct labwatch **watches;
	size_t n_watches, cap_watches;
	struct pollfd *fds; /* beside watches */
	size_t cap_fds;
	struct labloop_lateness *late;
	size_t n_late, cap_late;
	bool dead; /* there are dead watches */
};

struct labloop *
labloop_new(void)
{
	return mem_zero(1, sizeof(struct labloop));
}

static void
sweep(struct labloop *l)
{
	size_t i, kept = 0;

	for (i = 0; i < l->n_watches; i++) {
		if (l->watches[i]->dead)
			free(l->watches[i]);
		else
			l->watches[kept++] = l->watches[i];
	}
	l->n_watches = kept;
	l->dead = false;
}

void
labloop_free(struct labloop *l)
{
	if (l == NULL)
		return;
	sweep(l);
	timerq_fini(&l->timers);
	free(l->watches);
	free(l->fds);
	free(l->late);
	free(l);
}

int64_t
labloop_now(const struct labloop *l)
{
	(void)l;
	return clock_monotonic();
}

struct labwatch *
labloop_watch(struct labloop *l, int fd, short events,
    void (*ready)(void *ctx, short revents), void *ctx)
{
	struct labwatch *w = mem_zero(1, sizeof(*w));

	w->loop = l;
	w->fd = fd;
	w->events = events;
	w->ready = ready;
	w->ctx = ctx;
	*MEM_PUSH(l->watches, l->n_watches, l->cap_watches) = w;
	return w;
}

void
labloop_unwatch(struct labwatch *w)
{
	if (w == NULL)
		return;
	w->dead = true;
	w->loop->dead = true;
}

void
labwatch_events(struct labwatch *w, short events)
{
	w->events = events;
}

void
labloop_arm(struct labloop *l, struct labtimer *t, int64_t at_ns)
{
	timerq_arm(&l->timers, &t->timer, at_ns);
}

void
labloop_disarm(struct labloop *l, struct labtimer *t)
{
	timerq_disarm(&l->timers, &t->timer);
}

static bool
fire_one(struct labloop *l)
{
	int64_t now_ns = clock_monotonic(), due_ns;
	struct labloop_lateness *late;
	struct labtimer *t;

	if (!timerq_next(&l->timers, &due_ns) || due_ns > now_ns)
		return false;
	t = (struct labtimer *)timerq_pop(&l->timers, now_ns);
	if (now_ns - due_ns > LABLOOP_LATE) {
		late = MEM_PUSH(l->late, l->n_late, l->cap_late);
		late->due_ns = due_ns;
		late->late_ns = now_ns - due_ns;
	}
	t->fire(t->ctx, now_ns);
	return true;
}

/* How long ppoll(2) may wait. */
static struct timespec
wait_for(int64_t until_ns)
{
	int64_t left = until_ns - clock_monotonic();

	if (left < 0)
		left = 0;
	if (left > WAIT_MOST)
		left = WAIT_MOST;
	return (struct timespec){ .tv_sec = (time_t)(left / 1000000000),
		.tv_nsec = (long)(left % 1000000000) };
}

/* Waits, and tells everyone whose descriptor is ready. */
static bool
poll_once(struct labloop *l, int64_t until_ns)
{
	struct timespec wait = wait_for(until_ns);
	size_t i, n;
	bool any = false;

	if (l->dead)
		sweep(l);
	n = l->n_watches;
	l->fds = mem_grow(l->fds, &l->cap_fds, n, sizeof(*l->fds));
	for (i = 0; i < n; i++)
		l->fds[i] = (struct pollfd){ .fd = l->watches[i]->fd,
			.events = l->watches[i]->events };
	if (ppoll(l->fds, (nfds_t)n, &wait, NULL) <= 0)
		return false;
	for (i = 0; i < n; i++) {
		if (l->fds[i].revents == 0 || l->watches[i]->dead)
			continue;
		l->watches[i]->ready(l->watches[i]->ctx, l->fds[i].revents);
		any = true;
	}
	return any;
}

bool
labloop_turn(struct labloop *l, int64_t until_ns)
{
	int64_t due_ns, wait_ns;
	bool ready, fired;

	for (;;) {
		/* Descriptors first and without waiting, and a timer behind
		 * them: neither must starve the other. */
		ready = poll_once(l, 0);
		fired = fire_one(l);
		if (ready || fired)
			return true;
		wait_ns = until_ns;
		if (timerq_next(&l->timers, &due_ns) && due_ns < wait_ns)
			wait_ns = due_ns;
		if (poll_once(l, wait_ns))
			return true;
		if (clock_monotonic() >= until_ns &&
		    !(timerq_next(&l->timers, &due_ns) && due_ns <= until_ns))
			return false;
	}
}

const struct labloop_lateness *
labloop_lateness(const struct labloop *l, size_t *n)
{
	*n = l->n_late;
	return l->late;
}
