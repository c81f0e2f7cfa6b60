/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies of ourselves that end in every way, waited for and let go. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "world/child.h"

static void
end_by_status(void)
{
	_exit(3);
}

static void
end_by_signal(void)
{
	kill(getpid(), SIGKILL);
}

/* Where the system tells how, it is expected; elsewhere that it has. */
static void
check_end(enum child_kind kind, void (*end)(void), const char *expected)
{
	struct child c;
	char how[64];
	pid_t pid = child_fork(kind, &c);

	assert_true(pid >= 0);
	if (pid == 0)
		end();
	assert_int_equal(c.pid, pid);
	child_wait(&c, how, sizeof(how));
	if (strcmp(how, "it has ended") != 0)
		assert_string_equal(how, expected);
	/* Nothing of it is left, and it is none any more. */
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(c.pid, 0);
	child_wait(&c, how, sizeof(how));
	assert_string_equal(how, "it has ended");
}

static void
its_end_is_told_and_nothing_is_left(void **state)
{
	(void)state;
	check_end(CHILD_OURS, end_by_status, "it ended with status 3");
	check_end(CHILD_OURS, end_by_signal, "it was killed by signal 9");
	check_end(CHILD_LASTING, end_by_status, "it ended with status 3");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_end_is_told_and_nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
