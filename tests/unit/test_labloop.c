/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/labloop.h: order of timers, watches that come and go, lateness. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/lab/labloop.h"

struct rig {
	struct labloop *loop;
	struct labwatch *watch;
	char seen[8];
	size_t n;
	int fd;
};

static void
first(void *ctx, int64_t now_ns)
{
	struct rig *r = ctx;

	(void)now_ns;
	r->seen[r->n++] = '1';
}

static void
second(void *ctx, int64_t now_ns)
{
	struct rig *r = ctx;

	(void)now_ns;
	r->seen[r->n++] = '2';
}

static void
readable(void *ctx, short revents)
{
	struct rig *r = ctx;
	char byte;

	assert_true(revents & POLLIN);
	assert_int_equal(read(r->fd, &byte, 1), 1);
	r->seen[r->n++] = 'r';
	labloop_unwatch(r->watch);
}

static void
test_timers_in_order(void **state)
{
	struct rig r = { .loop = labloop_new() };
	struct labtimer a = { .fire = first, .ctx = &r };
	struct labtimer b = { .fire = second, .ctx = &r };
	int64_t now_ns = labloop_now(r.loop);

	(void)state;
	labloop_arm(r.loop, &b, now_ns + 2000000);
	labloop_arm(r.loop, &a, now_ns + 1000000);
	while (labloop_turn(r.loop, now_ns + 5000000))
		;
	assert_true(labloop_now(r.loop) >= now_ns + 5000000);
	assert_memory_equal(r.seen, "12", 2);
	labloop_free(r.loop);
}

/* A watch that removes itself is not called again. */
static void
test_watch(void **state)
{
	struct rig r = { .loop = labloop_new() };
	int64_t now_ns = labloop_now(r.loop);
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "ab", 2), 2);
	r.fd = fds[0];
	r.watch = labloop_watch(r.loop, fds[0], POLLIN, readable, &r);
	while (labloop_turn(r.loop, now_ns + 2000000))
		;
	assert_int_equal(r.n, 1);
	close(fds[0]);
	close(fds[1]);
	labloop_free(r.loop);
}

static void
test_lateness(void **state)
{
	struct rig r = { .loop = labloop_new() };
	struct labtimer a = { .fire = first, .ctx = &r };
	struct labtimer b = { .fire = second, .ctx = &r };
	int64_t now_ns = labloop_now(r.loop);
	const struct labloop_lateness *late;
	size_t n;

	(void)state;
	labloop_arm(r.loop, &a, now_ns - 2 * LABLOOP_LATE);
	labloop_arm(r.loop, &b, now_ns - 1000);
	while (labloop_turn(r.loop, now_ns))
		;
	late = labloop_lateness(r.loop, &n);
	assert_true(n >= 1);
	assert_int_equal(late[0].due_ns, now_ns - 2 * LABLOOP_LATE);
	assert_true(late[0].late_ns >= 2 * LABLOOP_LATE);
	assert_memory_equal(r.seen, "12", 2);
	labloop_free(r.loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers_in_order),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_lateness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
