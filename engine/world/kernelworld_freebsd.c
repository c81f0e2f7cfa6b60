/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/kernelworld.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "world/bsdremote.h"
#include "world/bsdworld.h"
#include "world/clock.h"
#include "world/nicpair.h"
#include "world/routesock.h"

#define READS 64 /* in one turn */

struct kernelworld {
	struct kernelworld_config config;
	struct bsdremote *remote;
	struct bsdworld *world;
	struct routesock *socket; /* NULL: nobody tells */
	uint8_t buf[ROUTESOCK_BYTES];
};

static void
copy_pairs(const struct nicpairs *from, struct bsdpairs *to)
{
	const struct nicpair *pair;
	size_t i;

	to->count = 0;
	for (i = 0; i < from->count && to->count < BSDPAIR_MOST; i++) {
		pair = &from->pairs[i];
		snprintf(to->pairs[to->count].synth, sizeof(to->pairs[0].synth),
		    "%s", pair->declared);
		snprintf(to->pairs[to->count].fits, sizeof(to->pairs[0].fits),
		    "%s", pair->fits);
		to->count++;
	}
}

static int
open_kernel(void *arg, struct bsdkernel *out)
{
	struct bsdkernel_own *own;
	struct err why;

	(void)arg;
	if (bsdkernel_open(&own, &why) < 0)
		return why.sys_errno;
	*out = *bsdkernel_of(own);
	return 0;
}

int
kernelworld_open(const struct kernelworld_config *config,
    struct kernelworld **out, struct err *err)
{
	struct bsdpairs pairs = { .count = 0 };
	const struct bsdremote_config remote = {
		.open = open_kernel,
		.wait_ns = KERNELWORLD_WAIT,
		.clock = clock_monotonic,
		.note = config->note,
		.ctx = config->ctx,
	};
	struct bsdkernel_own *own;
	struct kernelworld *w;
	struct err why;
	int rc;

	*out = NULL;
	/* Each process that asks opens its own; whether it can is said now. */
	if ((rc = bsdkernel_open(&own, err)) < 0)
		return rc;
	bsdkernel_close(own);
	copy_pairs(config->pairs, &pairs);
	w = mem_zero(1, sizeof(*w));
	w->config = *config;
	w->config.pairs = NULL;
	w->remote = bsdremote_new(&remote);
	w->world = bsdworld_new(bsdremote_kernel(w->remote), &pairs,
	    config->note, config->ctx);
	/* The engine, which has forked this process. */
	bsdworld_is_ours(w->world, (int)getppid());
	/* Without it there are still the records, and a look now and then. */
	if (routesock_open(&w->socket, &why) < 0 && config->note != NULL)
		config->note(config->ctx, why.text);
	*out = w;
	return 0;
}

void
kernelworld_close(struct kernelworld *w)
{
	if (w == NULL)
		return;
	routesock_close(w->socket);
	bsdworld_free(w->world);
	bsdremote_free(w->remote);
	free(w);
}

void
kernelworld_observe(struct kernelworld *w, struct snapshot *out)
{
	bsdworld_observe(w->world, out);
}

int
kernelworld_apply(struct kernelworld *w, const struct operation *op)
{
	return bsdworld_apply(w->world, op);
}

/* --- what is told --- */

int
kernelworld_fd(const struct kernelworld *w)
{
	return w->socket != NULL ? routesock_fd(w->socket) : -1;
}

static void
give_up(struct kernelworld *w, const struct err *why)
{
	if (w->config.note != NULL)
		w->config.note(w->config.ctx, why->text);
	routesock_close(w->socket);
	w->socket = NULL;
}

/* Whether there is anything to look at among these messages: each port that
 * joins makes some forty about its multicast memberships. */
static bool
is_worth_a_look(const uint8_t *at, size_t bytes)
{
	struct ifevent e;
	size_t step;

	for (; bytes > 0; at += step, bytes -= step) {
		step = routesock_next(at, bytes, &e);
		if (step == 0 || e.kind != IFEVENT_OTHER)
			return true;
	}
	return false;
}

bool
kernelworld_told(struct kernelworld *w)
{
	struct err why;
	bool look = false;
	ssize_t n;
	int i;

	for (i = 0; i < READS && w->socket != NULL; i++) {
		n = routesock_read(w->socket, w->buf, &why);
		if (n == ROUTESOCK_NOTHING)
			break;
		if (n == ROUTESOCK_FAILED)
			give_up(w, &why);
		/* Lost ones may have said anything. */
		if (n == ROUTESOCK_FAILED || n == ROUTESOCK_LOST ||
		    is_worth_a_look(w->buf, (size_t)n))
			look = true;
	}
	return look;
}
