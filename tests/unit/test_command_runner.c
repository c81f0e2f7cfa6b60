/* SPDX-License-Identifier: BSD-2-Clause */
/* Real children; what takes time is waited for, never slept for. */
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "world/clock.h"
#include "world/command_runner.h"
#include "world/signals.h"

#define PATIENCE (30 * DUR_SEC)

struct bench {
	struct command_runner *runner;
	struct strbuf said; /* "ID:STATUS:OUTPUT;" for each that ended */
	uint64_t total;	    /* of the last one */
	int signal_fd;
	uint32_t chain; /* started from within ended(); 0: none */
};

static void
ended(void *ctx, const struct command_end *end)
{
	struct bench *b = ctx;

	strbuf_addf(&b->said, "%u:%d:", end->id, end->status);
	strbuf_add(&b->said, end->output, end->output_bytes);
	strbuf_addc(&b->said, ';');
	b->total = end->output_total;
	if (b->chain != 0) {
		assert_int_equal(runner_start(b->runner, b->chain,
				     "echo chained", NULL),
		    0);
		b->chain = 0;
	}
}

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	const int child = SIGCHLD;

	b->runner = runner_new(ended, b);
	assert_int_equal(signals_open(&child, 1, &b->signal_fd, NULL), 0);
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	runner_free(b->runner);
	signals_close();
	strbuf_fini(&b->said);
	free(b);
	/* Not one child is left, not even a zombie. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return 0;
}

/* One turn of a loop as the daemon has it. */
static void
turn(struct bench *b)
{
	struct pollfd fds[17];
	size_t n;

	assert_in_range(runner_polls(b->runner), 0, 16);
	fds[0] = (struct pollfd){ .fd = b->signal_fd, .events = POLLIN };
	n = runner_fill(b->runner, fds + 1);
	if (poll(fds, (nfds_t)n + 1, 10) > 0)
		runner_polled(b->runner, fds + 1, n);
	signals_drain();
	if (signals_take(SIGCHLD))
		runner_reap(b->runner);
	if (runner_deadline(b->runner) <= clock_monotonic())
		runner_tick(b->runner, clock_monotonic());
}

static void
finish(struct bench *b)
{
	int64_t until = clock_monotonic() + PATIENCE;

	while (runner_count(b->runner) > 0) {
		if (clock_monotonic() > until)
			fail_msg("%zu commands do not end",
			    runner_count(b->runner));
		turn(b);
	}
}

static void
start(struct bench *b, uint32_t id, const char *text)
{
	struct err err;

	if (runner_start(b->runner, id, text, &err) < 0)
		fail_msg("%s", err.text);
}

static void
status_and_output_come_back(void **state)
{
	struct bench *b = *state;

	start(b, 7, "echo out; echo err >&2; exit 3");
	assert_int_equal(runner_count(b->runner), 1);
	finish(b);
	assert_string_equal(strbuf_str(&b->said), "7:3:out\nerr\n;");
	strbuf_reset(&b->said);
	start(b, 8, "kill -KILL $$");
	finish(b);
	assert_string_equal(strbuf_str(&b->said), "8:137:;");
}

static void
a_command_gets_nothing_of_ours(void **state)
{
	struct bench *b = *state;
	int leaky = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	sigset_t usr1;

	setenv("SECRET", "1", 1);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	signal(SIGTERM, SIG_IGN);
	dup2(leaky, 9);
	start(b, 1,
	    "for fd in 3 4 5 6 7 8 9; do "
	    "  (eval \"exec 1>&$fd\") 2>/dev/null && echo open $fd; done; "
	    "read x || echo no input; pwd; echo \"$SECRET$HOME$LANG\"; "
	    "sh -c 'kill -USR1 $$; echo blocked' 2>/dev/null; "
	    "sh -c 'kill -TERM $$; echo ignored' 2>/dev/null; true");
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
	finish(b);
	close(9);
	close(leaky);
	unsetenv("SECRET");
	/* The shell itself may say what has ended its children. */
	assert_int_equal(strncmp(strbuf_str(&b->said), "1:0:no input\n/\n/C\n",
			     18),
	    0);
	assert_null(strstr(strbuf_str(&b->said), "blocked"));
	assert_null(strstr(strbuf_str(&b->said), "ignored"));
}

static void
only_the_last_of_much_output_is_kept(void **state)
{
	struct bench *b = *state;

	start(b, 1,
	    "i=0; while [ $i -lt 30000 ]; do echo 01234567; i=$((i+1)); done; "
	    "echo the end");
	finish(b);
	assert_int_equal(b->total, 30000 * 9 + 8);
	assert_int_equal(b->said.bytes, 4 + RUNNER_OUTPUT + 1);
	assert_non_null(strstr(b->said.data, "01234567\nthe end\n;"));
}

static void
what_is_left_in_the_background_may_go_on_writing(void **state)
{
	char path[] = "/tmp/test_command_runner.XXXXXX", text[256], c = 0;
	struct bench *b = *state;
	int64_t until = clock_monotonic() + PATIENCE;
	int fd = mkstemp(path);

	/* It writes more than a pipe holds, then says so in the file. */
	snprintf(text, sizeof(text),
	    "(i=0; while [ $i -lt 20000 ]; do echo 01234567; i=$((i+1)); "
	    "done; echo x >%s) & exit 5",
	    path);
	start(b, 1, text);
	finish(b);
	assert_int_equal(strncmp(strbuf_str(&b->said), "1:5:", 4), 0);
	while (pread(fd, &c, 1, 0) == 0 && clock_monotonic() < until)
		turn(b);
	assert_int_equal(c, 'x');
	while (runner_polls(b->runner) > 0 && clock_monotonic() < until)
		turn(b);
	assert_int_equal(runner_polls(b->runner), 0);
	close(fd);
	unlink(path);
}

/* Reads a FIFO until the command has written (want 1) or until nobody has it
 * open any more (want 0). */
static void
wait_for_fifo(struct bench *b, int fd, ssize_t want)
{
	int64_t until = clock_monotonic() + PATIENCE;
	char c;

	while (read(fd, &c, 1) != want) {
		if (clock_monotonic() > until)
			fail_msg("%s",
			    want == 1 ? "it does not start"
				      : "some of it is still there");
		turn(b);
	}
}

/* Runs text, in which descriptor 3 is a FIFO that every process of the
 * command has open; cancels when it has written a byte there. Gives the FIFO
 * to read from. */
static int
cancel_when_started(struct bench *b, const char *text)
{
	char folder[] = "/tmp/test_command_runner.XXXXXX", path[64], all[512];
	int fd;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/fifo", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	snprintf(all, sizeof(all), "exec 3>%s; %s", path, text);
	start(b, 1, all);
	wait_for_fifo(b, fd, 1);
	unlink(path);
	rmdir(folder);
	runner_cancel(b->runner, 1, clock_monotonic());
	runner_cancel(b->runner, 1, clock_monotonic());
	return fd;
}

static void
a_cancelled_command_ends_soon(void **state)
{
	struct bench *b = *state;
	int64_t start_ns = clock_monotonic();
	int fd = cancel_when_started(b, "printf x >&3; exec sleep 1000");

	finish(b);
	assert_string_equal(strbuf_str(&b->said), "1:143:;");
	wait_for_fifo(b, fd, 0);
	close(fd);
	/* Without the time of grace: nothing was left to wait for. */
	assert_true(clock_monotonic() - start_ns < RUNNER_GRACE);
}

static void
what_ignores_sigterm_is_killed_with_its_children(void **state)
{
	struct bench *b = *state;
	int fd = cancel_when_started(b,
	    "trap '' TERM; (sleep 1000; sleep 1000) & "
	    "printf x >&3; while :; do sleep 1000; done");
	int64_t start_ns = clock_monotonic();

	finish(b);
	assert_string_equal(strbuf_str(&b->said), "1:137:;");
	assert_true(clock_monotonic() - start_ns >= RUNNER_GRACE - DUR_SEC);
	wait_for_fifo(b, fd, 0);
	close(fd);
}

static void
the_children_of_a_cancelled_shell_do_not_survive_it(void **state)
{
	struct bench *b = *state;
	/* The shell dies of SIGTERM at once; its child ignores it. */
	int fd = cancel_when_started(b,
	    "sh -c 'trap \"\" TERM; printf x >&3; "
	    "while :; do sleep 1; done' & wait");

	finish(b);
	assert_string_equal(strbuf_str(&b->said), "1:143:;");
	wait_for_fifo(b, fd, 0);
	close(fd);
}

static void
the_whole_group_is_told_to_end(void **state)
{
	struct bench *b = *state;
	int64_t start_ns = clock_monotonic();
	int fd =
	    cancel_when_started(b, "(printf x >&3; exec sleep 1000) & wait");

	finish(b);
	wait_for_fifo(b, fd, 0);
	close(fd);
	assert_true(clock_monotonic() - start_ns < RUNNER_GRACE);
}

static void
a_child_has_the_time_to_clean_up(void **state)
{
	struct bench *b = *state;
	int64_t start_ns = clock_monotonic();
	int fd = cancel_when_started(b,
	    "sh -c 'trap \"sleep 0.2; echo cleaned; exit\" TERM; "
	    "printf x >&3; while :; do sleep 0.1; done' & wait");

	finish(b);
	assert_non_null(strstr(strbuf_str(&b->said), "cleaned\n;"));
	/* It ends with the last of its output, not with the time of grace. */
	assert_true(clock_monotonic() - start_ns < RUNNER_GRACE);
	close(fd);
}

static void
a_child_that_hides_its_output_is_killed_too(void **state)
{
	struct bench *b = *state;
	int fd = cancel_when_started(b,
	    "sh -c 'trap \"\" TERM; printf x >&3; "
	    "while :; do sleep 1; done' >/dev/null 2>&1 & wait");

	finish(b);
	assert_string_equal(strbuf_str(&b->said), "1:143:;");
	wait_for_fifo(b, fd, 0);
	close(fd);
}

static void
the_end_of_one_may_start_another(void **state)
{
	struct bench *b = *state;

	b->chain = 2;
	start(b, 1, "true");
	finish(b);
	assert_string_equal(strbuf_str(&b->said), "1:0:;2:0:chained\n;");
}

static void
freeing_kills_what_still_runs(void **state)
{
	struct bench *b = *state;

	start(b, 1, "trap '' TERM; sleep 1000; sleep 1000");
	start(b, 2, "sleep 1000");
	/* tear_down() sees that nothing is left. */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(status_and_output_come_back),
		TEST(a_command_gets_nothing_of_ours),
		TEST(only_the_last_of_much_output_is_kept),
		TEST(what_is_left_in_the_background_may_go_on_writing),
		TEST(a_cancelled_command_ends_soon),
		TEST(what_ignores_sigterm_is_killed_with_its_children),
		TEST(the_children_of_a_cancelled_shell_do_not_survive_it),
		TEST(the_whole_group_is_told_to_end),
		TEST(a_child_has_the_time_to_clean_up),
		TEST(a_child_that_hides_its_output_is_killed_too),
		TEST(the_end_of_one_may_start_another),
		TEST(freeing_kills_what_still_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
