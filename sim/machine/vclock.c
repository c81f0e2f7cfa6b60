/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/vclock.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* A thread that may run at once does so within this time: what the profiles
 * give a system call at most. */
#define DISPATCH INT64_C(20000)

void
vclock_fini(struct vclock *c)
{
	timerq_fini(&c->queue[VHOST]);
	timerq_fini(&c->queue[VGUEST]);
}

void
vclock_at(struct vclock *c, struct vevent *e, int64_t at_ns)
{
	assert(at_ns >= c->now_ns);
	if (c->drawn != NULL) {
		e->window = *c->drawn;
		memset(c->drawn, 0, sizeof(*c->drawn));
		if (e->window.most_ns == 0)
			e->window.least_ns = e->window.most_ns =
			    at_ns - c->now_ns;
		if (e->window.most_ns == 0)
			e->window.most_ns = DISPATCH;
	}
	timerq_arm(&c->queue[e->domain], &e->timer, at_ns);
}

void
vclock_after(struct vclock *c, struct vevent *e, int64_t delay_ns)
{
	vclock_at(c, e, c->now_ns + delay_ns);
}

void
vclock_cancel(struct vclock *c, struct vevent *e)
{
	timerq_disarm(&c->queue[e->domain], &e->timer);
}

void
vclock_freeze(struct vclock *c, int64_t duration_ns)
{
	int64_t until = c->now_ns + duration_ns;

	if (until > c->frozen_until_ns)
		c->frozen_until_ns = until;
}

bool
vclock_is_frozen(const struct vclock *c)
{
	return c->now_ns < c->frozen_until_ns;
}

/* When the first event of a domain would fire. */
static bool
first_of(const struct vclock *c, enum vdomain domain, int64_t *at_ns)
{
	if (!timerq_next(&c->queue[domain], at_ns))
		return false;
	if (domain == VGUEST && *at_ns < c->frozen_until_ns)
		*at_ns = c->frozen_until_ns;
	return true;
}

/* At one instant: lower rank first, and of one rank the host's. */
static int
first_domain(const struct vclock *c, int64_t *at_ns)
{
	int64_t host, guest;
	bool have_host = first_of(c, VHOST, &host);
	bool have_guest = first_of(c, VGUEST, &guest);
	int host_rank, guest_rank;

	if (!have_host && !have_guest)
		return -1;
	if (have_host && have_guest && host == guest) {
		host_rank = c->queue[VHOST].heap[0]->rank;
		guest_rank = c->queue[VGUEST].heap[0]->rank;
		*at_ns = host;
		return guest_rank < host_rank ? VGUEST : VHOST;
	}
	if (have_host && (!have_guest || host < guest)) {
		*at_ns = host;
		return VHOST;
	}
	*at_ns = guest;
	return VGUEST;
}

bool
vclock_next(const struct vclock *c, int64_t *at_ns)
{
	return first_domain(c, at_ns) >= 0;
}

bool
vclock_step(struct vclock *c, int64_t limit_ns)
{
	struct vevent *e;
	int64_t at;
	int domain = first_domain(c, &at);

	if (domain < 0 || at > limit_ns) {
		if (limit_ns > c->now_ns)
			c->now_ns = limit_ns;
		return false;
	}
	if (at > c->now_ns)
		c->now_ns = at;
	e = (struct vevent *)(void *)timerq_pop(&c->queue[domain], at);
	assert(e != NULL);
	e->fire(e->ctx, e);
	return true;
}

static bool
comes_before(const struct vevent *a, const struct vevent *b)
{
	if (a->timer.rank != b->timer.rank)
		return a->timer.rank < b->timer.rank;
	if (a->domain != b->domain)
		return a->domain == VHOST;
	if (a->timer.deadline_ns != b->timer.deadline_ns)
		return a->timer.deadline_ns < b->timer.deadline_ns;
	return a->timer.order < b->timer.order;
}

bool
vevent_precedes(const struct vevent *first, const struct vevent *second)
{
	return first->domain == second->domain &&
	    first->timer.order < second->timer.order &&
	    first->window.most_ns <= second->window.least_ns;
}

static struct vevent *
event_at(const struct vclock *c, size_t domain, size_t i)
{
	return (struct vevent *)(void *)c->queue[domain].heap[i];
}

static bool
must_wait(const struct vclock *c, const struct vevent *e, int64_t at_ns)
{
	const struct vevent *other;
	size_t i;

	for (i = 0; i < c->queue[e->domain].count && c->drawn != NULL; i++) {
		other = event_at(c, (size_t)e->domain, i);
		if (other->timer.deadline_ns <= at_ns &&
		    vevent_precedes(other, e))
			return true;
	}
	return false;
}

size_t
vclock_due(const struct vclock *c, int64_t at_ns, struct vevent **list,
    size_t most)
{
	struct vevent *e;
	size_t n = 0, i, at;
	int domain;

	for (domain = VHOST; domain <= VGUEST; domain++) {
		if (domain == VGUEST && at_ns < c->frozen_until_ns)
			break;
		for (i = 0; i < c->queue[domain].count && n < most; i++) {
			e = event_at(c, (size_t)domain, i);
			if (e->timer.deadline_ns > at_ns ||
			    must_wait(c, e, at_ns))
				continue;
			for (at = n++; at > 0 && comes_before(e, list[at - 1]);
			     at--)
				list[at] = list[at - 1];
			list[at] = e;
		}
	}
	return n;
}

void
vclock_fire(struct vclock *c, struct vevent *e)
{
	int64_t at_ns = e->timer.deadline_ns;

	if (e->domain == VGUEST && at_ns < c->frozen_until_ns)
		at_ns = c->frozen_until_ns;
	if (at_ns > c->now_ns)
		c->now_ns = at_ns;
	vclock_cancel(c, e);
	e->fire(e->ctx, e);
}

void
vclock_stand(struct vclock *c, int64_t at_ns)
{
	int64_t next = at_ns;

	(void)vclock_next(c, &next);
	assert(next >= at_ns);
	if (at_ns > c->now_ns)
		c->now_ns = at_ns;
}
