/* SPDX-License-Identifier: BSD-2-Clause */
/* What a supervisor is told, with a socket of ours in its place. */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/dur.h"
#include "daemon/supervisor.h"
#include "world/notify.h"

static char path[40];
static int listener;

static int
listen_to(const char *name, size_t bytes)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	memcpy(un.sun_path, name, bytes);
	assert_int_equal(bind(fd, (struct sockaddr *)&un,
			     (socklen_t)(offsetof(struct sockaddr_un,
					     sun_path) +
				 bytes)),
	    0);
	return fd;
}

/* The oldest datagram that waits; "" when none does. */
static const char *
heard(int fd)
{
	static char text[512];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static int
set_up(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/test_supervisor.%ld",
	    (long)getpid());
	unlink(path);
	listener = listen_to(path, strlen(path) + 1);
	setenv("NOTIFY_SOCKET", path, 1);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	close(listener);
	unlink(path);
	return 0;
}

static struct supervisor *
meet(void)
{
	struct supervisor *s;
	struct err e;

	assert_int_equal(supervisor_open(&s, &e), 0);
	return s;
}

static void
test_life(void **state)
{
	struct supervisor *s = meet();
	(void)state;
	supervisor_ready(s, "ready: 2 rules");
	assert_string_equal(heard(listener), "READY=1\nSTATUS=ready: 2 rules");
	supervisor_status(s, "a\nREADY=0\x1b\xff");
	assert_string_equal(heard(listener), "STATUS=a READY=0  ");
	supervisor_reloading(s, 5 * DUR_MS + 7);
	assert_string_equal(heard(listener),
	    "RELOADING=1\nMONOTONIC_USEC=5000");
	supervisor_stopping(s, "ending");
	assert_string_equal(heard(listener), "STOPPING=1\nSTATUS=ending");
	supervisor_tick(s, INT64_MAX);
	assert_string_equal(heard(listener), "");
	supervisor_close(s);
}

/* Children must not see what is meant for us. */
static void
test_environment(void **state)
{
	(void)state;
	setenv("WATCHDOG_USEC", "1000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	supervisor_close(meet());
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
	assert_null(meet());
}

static void
test_watchdog(void **state)
{
	struct supervisor *s;
	char pid[24];

	(void)state;
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv("WATCHDOG_USEC", "3000000", 1);
	setenv("WATCHDOG_PID", pid, 1);
	s = meet();
	/* Nobody counts before it is ready. */
	assert_true(supervisor_deadline(s) == INT64_MAX);
	supervisor_tick(s, DUR_SEC);
	assert_string_equal(heard(listener), "");
	supervisor_ready(s, "");
	assert_string_equal(heard(listener), "READY=1\nSTATUS=");
	assert_true(supervisor_deadline(s) <= 10 * DUR_SEC);
	supervisor_tick(s, 10 * DUR_SEC);
	assert_string_equal(heard(listener), "WATCHDOG=1");
	assert_int_equal(supervisor_deadline(s), 11500 * DUR_MS);
	supervisor_tick(s, 11499 * DUR_MS);
	assert_string_equal(heard(listener), "");
	supervisor_tick(s, 11500 * DUR_MS);
	assert_string_equal(heard(listener), "WATCHDOG=1");
	assert_int_equal(supervisor_deadline(s), 13 * DUR_SEC);
	supervisor_close(s);
}

static void
expect_no_watchdog(const char *usec, const char *pid)
{
	struct supervisor *s;

	setenv("NOTIFY_SOCKET", path, 1);
	setenv("WATCHDOG_USEC", usec, 1);
	if (pid != NULL)
		setenv("WATCHDOG_PID", pid, 1);
	s = meet();
	assert_non_null(s);
	supervisor_ready(s, "");
	assert_true(supervisor_deadline(s) == INT64_MAX);
	supervisor_close(s);
}

/* In the background: the starter is heard first, then its child. */
static void
test_background(void **state)
{
	struct supervisor *s;

	(void)state;
	setenv("WATCHDOG_USEC", "2000000", 1);
	s = meet();
	supervisor_hand_over(s, 77);
	assert_string_equal(heard(listener),
	    "MAINPID=77\nREADY=1\nSTATUS=ready");
	supervisor_detached(s);
	supervisor_ready(s, "x");
	assert_string_equal(heard(listener), "");
	supervisor_tick(s, 10 * DUR_SEC);
	assert_string_equal(heard(listener), "");
	assert_int_equal(supervisor_deadline(s), 11 * DUR_SEC);
	supervisor_tick(s, 11 * DUR_SEC);
	assert_string_equal(heard(listener), "WATCHDOG=1");
	supervisor_ready(s, "again");
	assert_string_equal(heard(listener), "READY=1\nSTATUS=again");
	supervisor_close(s);
}

/* What is not for us, or no number. */
static void
test_no_watchdog(void **state)
{
	(void)state;
	expect_no_watchdog("3000000", "1");
	expect_no_watchdog("3000000", "x");
	expect_no_watchdog("0", NULL);
	expect_no_watchdog("-5", NULL);
	expect_no_watchdog("99999999999999999999", NULL);
}

#ifdef __linux__
static void
test_abstract(void **state)
{
	char name[40];
	struct supervisor *s;
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "@test_supervisor.%ld", (long)getpid());
	setenv("NOTIFY_SOCKET", name, 1);
	name[0] = '\0';
	fd = listen_to(name, 1 + strlen(name + 1));
	s = meet();
	supervisor_status(s, "x");
	assert_string_equal(heard(fd), "STATUS=x");
	supervisor_close(s);
	close(fd);
}
#endif

static void
test_names(void **state)
{
	static const char far[] =
	    "/a-name-that-is-far-too-long-for-a-socket-a-name-that-is-far-"
	    "too-long-for-a-socket-a-name-that-is-far-too-long";
	static const char *const bad[] = { "", "/", "@", "relative", far };
	struct supervisor *s;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		setenv("NOTIFY_SOCKET", bad[i], 1);
		assert_int_equal(supervisor_open(&s, &e), ERR_INPUT);
		assert_null(s);
		assert_null(getenv("NOTIFY_SOCKET"));
	}
}

/* A manager that reads nothing, or has gone, holds nobody up. */
static void
test_deaf(void **state)
{
	struct notify *n;
	struct err e;
	int i;

	(void)state;
	assert_int_equal(notify_open(path, &n, &e), 0);
	for (i = 0; i < 100000 && notify_send(n, "STATUS=x"); i++)
		;
	assert_true(i > 0 && i < 100000);
	close(listener);
	unlink(path);
	assert_false(notify_send(n, "STATUS=x"));
	notify_close(n);
	listener = listen_to(path, strlen(path) + 1);
}

static void
test_nobody(void **state)
{
	(void)state;
	supervisor_ready(NULL, "x");
	supervisor_status(NULL, "x");
	supervisor_reloading(NULL, 0);
	supervisor_stopping(NULL, "x");
	assert_true(supervisor_deadline(NULL) == INT64_MAX);
	supervisor_tick(NULL, 0);
	supervisor_close(NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life),
		TEST(test_environment),
		TEST(test_watchdog),
		TEST(test_background),
		TEST(test_no_watchdog),
#ifdef __linux__
		TEST(test_abstract),
#endif
		TEST(test_names),
		TEST(test_deaf),
		TEST(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
