/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that listen to devd's sockets, and do what they like: each gets
 * every record from its coming on, whole, in order and once, until it goes or
 * does not keep up; its descriptor is closed once, and the limit holds.
 *
 * Input: the limit, then steps, a byte for what and whom, some with one more.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "daemon/devd_audience.h"

#define CLIENTS 32 /* descriptors 0.. */
#define DOOR	1000
#define STEPS	100
#define ROOM	200 /* bytes that a client may be behind */

struct client {
	bool open;    /* on our side */
	bool gone;    /* its own side is closed */
	uint64_t age; /* the later, the younger */
	size_t place; /* of the door it came in by */
	size_t room;
};

struct net {
	struct devd_audience audience;
	struct client clients[CLIENTS];
	size_t n_open;
	unsigned waiting[AUDIENCE_DOORS];
	bool endless; /* at each that comes in another one knocks */
	bool polled;  /* it is this that closes */
	unsigned in;  /* who came in at this turn */
	uint64_t came;
	/* of the record that is being sent */
	const char *raw;
	size_t raw_bytes;
	uint64_t last; /* age of who got it before */
	size_t told;
	uint64_t slow, left;
	struct pollfd fds[AUDIENCE_DOORS + CLIENTS];
	size_t n_fds;
};

/* --- the calls --- */

static int
accept_one(void *ctx, int door)
{
	struct net *n = ctx;
	int i;

	FUZZ_HOLDS(door == DOOR || door == DOOR + 1);
	if (n->waiting[door - DOOR] == 0)
		return -1;
	for (i = 0; i < CLIENTS && n->clients[i].open; i++)
		continue;
	if (i == CLIENTS)
		return -1;
	n->waiting[door - DOOR] -= !n->endless;
	n->in++;
	FUZZ_HOLDS(n->in <= AUDIENCE_DOORS * AUDIENCE_AT_ONCE);
	n->n_open++;
	n->clients[i] = (struct client){ .open = true,
		.age = ++n->came,
		.place = (size_t)(door - DOOR),
		.room = ROOM };
	return i;
}

static ssize_t
take(void *ctx, int client, size_t place, const void *data, size_t bytes)
{
	struct net *n = ctx;
	struct client *c = &n->clients[client];
	const char *got = data;

	FUZZ_HOLDS(client >= 0 && client < CLIENTS && c->open);
	FUZZ_HOLDS(place == c->place);
	FUZZ_HOLDS(c->age > n->last);
	n->last = c->age;
	n->told++;
	FUZZ_HOLDS(bytes == n->raw_bytes + 1);
	FUZZ_HOLDS(memcmp(got, n->raw, n->raw_bytes) == 0);
	FUZZ_HOLDS(got[bytes - 1] == '\n');
	if (c->gone || c->room == 0)
		bytes = 0;
	else if (bytes > c->room)
		bytes = c->room;
	c->room -= bytes;
	n->slow += bytes <= n->raw_bytes;
	return bytes > 0 ? (ssize_t)bytes : -1;
}

static void
close_one(void *ctx, int client)
{
	struct net *n = ctx;

	FUZZ_HOLDS(client >= 0 && client < CLIENTS);
	FUZZ_HOLDS(n->clients[client].open);
	n->left += n->polled && n->clients[client].gone;
	n->clients[client].open = false;
	n->n_open--;
}

static const struct audience_calls calls = { accept_one, take, close_one };

/* --- the steps --- */

static void
send_record(struct net *n, const uint8_t *data, size_t bytes)
{
	size_t before = n->n_open;

	n->raw = (const char *)data;
	n->raw_bytes = bytes < DEVLINE_MAX + 1 ? bytes : DEVLINE_MAX + 1;
	n->last = 0;
	n->told = 0;
	audience_send(&n->audience, n->raw, bytes);
	FUZZ_HOLDS(n->told == before);
}

static void
fill(struct net *n)
{
	struct pollfd *p;
	const struct client *c;
	size_t i;

	n->n_fds = audience_fill(&n->audience, n->fds);
	FUZZ_HOLDS(n->n_fds == audience_polls(&n->audience));
	FUZZ_HOLDS(n->n_fds == AUDIENCE_DOORS + n->n_open);
	for (i = 0; i < n->n_fds; i++) {
		p = &n->fds[i];
		if (p->fd >= DOOR) {
			p->revents = n->waiting[p->fd - DOOR] > 0 ? POLLIN : 0;
			continue;
		}
		c = &n->clients[p->fd];
		/* Whoever talks wakes nobody. */
		FUZZ_HOLDS(c->open && (p->events & POLLIN) == 0);
		p->revents = c->gone ? POLLHUP : 0;
	}
}

static void
polled(struct net *n)
{
	n->in = 0;
	n->polled = true;
	audience_polled(&n->audience, n->fds, n->n_fds);
	n->polled = false;
}

/* Who has gone is closed, and nobody else; who knocks without end does not
 * hold us. */
static void
turn(struct net *n)
{
	struct client before[CLIENTS], *c;
	size_t i;
	int fd;

	memcpy(before, n->clients, sizeof(before));
	fill(n);
	polled(n);
	for (i = AUDIENCE_DOORS; i < n->n_fds; i++) {
		fd = n->fds[i].fd;
		c = &n->clients[fd];
		if (before[fd].gone)
			FUZZ_HOLDS(!c->open || c->age != before[fd].age);
		else
			FUZZ_HOLDS(c->open && c->age == before[fd].age);
	}
	n->n_fds = 0; /* what poll() said is handed back once */
}

/* Gives how many of the bytes were used. */
static size_t
step(struct net *n, const uint8_t *data, size_t bytes)
{
	struct client *c = &n->clients[data[0] >> 3];
	size_t more = bytes > 1 ? data[1] : 0;

	switch (data[0] & 7) {
	case 0:
	case 1:
		n->waiting[data[0] & 1] += 1 + (data[0] >> 6);
		return 1;
	case 2: /* ever more of them */
		n->endless = (data[0] & 8) != 0;
		return 1;
	case 3:
		c->gone = c->open;
		return 1;
	case 4:
		c->room = c->room + more < ROOM ? c->room + more : ROOM;
		return 2;
	case 5:
		if ((data[0] & 8) != 0)
			turn(n);
		else
			fill(n);
		return 1;
	case 6: /* the array of a while ago: others were told meanwhile */
		polled(n);
		n->n_fds = 0;
		return 1;
	default:
		more = (data[0] & 8) != 0 ? more * 64 : more;
		if (bytes < 2 || more > bytes - 2)
			more = bytes < 2 ? 0 : bytes - 2;
		send_record(n, data + bytes - more, more);
		return 2;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct net n; /* too large for the stack */
	size_t at, i, steps = 0;

	if (bytes == 0)
		return 0;
	memset(&n, 0, sizeof(n));
	audience_init(&n.audience, &calls, &n, data[0] % CLIENTS);
	for (i = 0; i < AUDIENCE_DOORS; i++)
		n.audience.doors[i] = DOOR + (int)i;
	for (at = 1; at < bytes && steps < STEPS;
	     at += step(&n, data + at, bytes - at), steps++) {
		FUZZ_HOLDS(n.n_open == n.audience.count);
		FUZZ_HOLDS(n.audience.count <= data[0] % CLIENTS);
	}
	FUZZ_HOLDS(n.audience.counts.dropped == n.slow);
	FUZZ_HOLDS(
	    n.audience.counts.accepted == n.audience.count + n.slow + n.left);
	FUZZ_HOLDS(
	    n.came == n.audience.counts.accepted + n.audience.counts.refused);
	audience_fini(&n.audience);
	FUZZ_HOLDS(n.n_open == 0);
	return 0;
}
