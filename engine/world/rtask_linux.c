/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/rtask.h"

#include <sys/socket.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <poll.h>
#include <stdlib.h>

#include "base/mem.h"
#include "world/clock.h"
#include "world/rtnetlink.h"
#include "world/rtrequest.h"

/* The kernel's largest answer to a dump. */
#define ANSWER_BYTES  32768
#define RECEIVE_BYTES (1024 * 1024)

/* Tables that are never of one moment: somebody changes them all the time. */
#define MOST_TRIES 8

struct rtask {
	struct mnl_socket *mnl;
	int64_t wait_ns;
	uint32_t sequence;
	bool dirty; /* some of an answer may be left */
	uint8_t buf[ANSWER_BYTES] __attribute__((aligned(8)));
};

int
rtask_open(int64_t wait_ns, struct rtask **out, struct err *err)
{
	int bytes = RECEIVE_BYTES, rc;
	struct mnl_socket *mnl;

	mnl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (mnl == NULL)
		return err_sys(err, errno, "requests to the kernel (netlink)");
	if (mnl_socket_bind(mnl, 0, MNL_SOCKET_AUTOPID) < 0) {
		rc = err_sys(err, errno, "requests to the kernel (netlink)");
		mnl_socket_close(mnl);
		return rc;
	}
	/* Only root may go beyond the limit; less is not a failure. */
	(void)setsockopt(mnl_socket_get_fd(mnl), SOL_SOCKET, SO_RCVBUFFORCE,
	    &bytes, sizeof(bytes));
	*out = mem_zero(1, sizeof(**out));
	(*out)->mnl = mnl;
	(*out)->wait_ns = wait_ns;
	return 0;
}

void
rtask_close(struct rtask *r)
{
	if (r == NULL)
		return;
	mnl_socket_close(r->mnl);
	free(r);
}

uint32_t
rtask_sequence(struct rtask *r)
{
	/* 0 is what the kernel says by itself. */
	if (++r->sequence == 0)
		r->sequence = 1;
	return r->sequence;
}

/* Bytes, or 0 with errno when there is nothing until deadline_ns. */
static size_t
receive(struct rtask *r, int64_t deadline_ns)
{
	struct pollfd fd = { .fd = mnl_socket_get_fd(r->mnl),
		.events = POLLIN };
	int64_t left_ns;
	ssize_t n;

	for (;;) {
		n = mnl_socket_recvfrom(r->mnl, r->buf, sizeof(r->buf));
		if (n > 0)
			return (size_t)n;
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			return 0;
		left_ns = deadline_ns - clock_monotonic();
		if (left_ns <= 0) {
			errno = ETIMEDOUT;
			return 0;
		}
		(void)poll(&fd, 1, (int)(left_ns / 1000000) + 1);
	}
}

/* What is left of an answer that was given up. */
static void
drain(struct rtask *r)
{
	while (
	    r->dirty && mnl_socket_recvfrom(r->mnl, r->buf, sizeof(r->buf)) > 0)
		;
	r->dirty = true;
}

int
rtask_request(struct rtask *r, const uint8_t *message, size_t bytes)
{
	int64_t deadline_ns = clock_monotonic() + r->wait_ns;
	size_t n, at, step;
	struct ifevent e;

	drain(r);
	if (mnl_socket_sendto(r->mnl, message, bytes) < 0)
		return errno;
	while ((n = receive(r, deadline_ns)) > 0)
		for (at = 0; at < n; at += step) {
			step = rtnetlink_next(r->buf + at, n - at, &e);
			if (step == 0)
				break;
			if (e.kind != IFEVENT_ERROR ||
			    e.sequence != r->sequence)
				continue;
			r->dirty = false;
			return e.error;
		}
	return errno != 0 ? errno : EIO;
}

enum dump { DUMP_WHOLE, DUMP_BROKEN, DUMP_FAILED };

static enum dump
dump(struct rtask *r, unsigned type, struct linklook *look, struct err *err)
{
	int64_t deadline_ns = clock_monotonic() + r->wait_ns;
	uint32_t sequence = rtask_sequence(r);
	uint8_t message[RTREQUEST_BYTES];
	bool broken = false;
	size_t n, at, step;
	struct ifevent e;

	drain(r);
	n = rtrequest_dump(type, sequence, message);
	if (mnl_socket_sendto(r->mnl, message, n) < 0)
		goto failed;
	while ((n = receive(r, deadline_ns)) > 0)
		for (at = 0; at < n; at += step) {
			step = rtnetlink_next(r->buf + at, n - at, &e);
			if (step == 0)
				break;
			if (e.sequence != sequence)
				continue;
			broken = broken || e.broken;
			errno = e.error;
			if (e.kind == IFEVENT_ERROR ||
			    (e.kind == IFEVENT_END && e.error != 0))
				goto failed;
			if (e.kind == IFEVENT_END) {
				r->dirty = false;
				return broken ? DUMP_BROKEN : DUMP_WHOLE;
			}
			linklook_take(look, &e);
		}
failed:
	/* Changed so much meanwhile that the kernel gave up. */
	if (errno == EBUSY || errno == EAGAIN || errno == EINTR)
		return DUMP_BROKEN;
	err_sys(err, errno, "looking at all interfaces (netlink)");
	return DUMP_FAILED;
}

/* Links first and last the routes: an address or a route of a link that came
 * in between is of nobody, and is told as an event, for which we look again. */
int
rtask_look(struct rtask *r, struct linklook *look, struct err *err)
{
	static const unsigned types[] = { RTM_GETLINK, RTM_GETADDR,
		RTM_GETROUTE };
	enum dump how = DUMP_BROKEN;
	int tries;
	size_t i;

	for (tries = 0; tries < MOST_TRIES && how == DUMP_BROKEN; tries++) {
		linklook_reset(look);
		how = DUMP_WHOLE;
		for (i = 0; i < 3 && how == DUMP_WHOLE; i++)
			how = dump(r, types[i], look, err);
	}
	if (how == DUMP_FAILED)
		return ERR_IO;
	if (how == DUMP_BROKEN)
		return err_set(err, ERR_IO,
		    "looking at all interfaces (netlink): they changed "
		    "during each of %d looks",
		    MOST_TRIES);
	linklook_sort(look);
	return 0;
}
