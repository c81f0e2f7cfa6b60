/* SPDX-License-Identifier: BSD-2-Clause */
/* engine/world/childproc.h: what a child has, and that it does not stay. */
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "world/childproc.h"

/* A pipe with both ends high enough for either to be kept. */
static void
open_pipe(int fds[2])
{
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_true(fds[0] > 2 && fds[1] > 2);
}

/* All that comes until nobody can write any more. */
static void
read_all(int fd, char *text, size_t size)
{
	size_t at = 0;
	ssize_t n;

	while ((n = read(fd, text + at, size - 1 - at)) > 0)
		at += (size_t)n;
	assert_int_equal(n, 0);
	text[at] = '\0';
}

/* Runs a line of shell, which has fd (-1: none), to its end. */
static int
shell(const char *line, int fd, char *text, size_t size)
{
	const char *argv[] = { "sh", "-c", line, NULL };
	struct childproc c = { .argv = argv, .keep = &fd, .n_keep = fd >= 0 };
	int out[2], status;
	struct err e = { 0 };
	pid_t pid;

	open_pipe(out);
	c.output_fd = out[1];
	assert_int_equal(childproc_start(&c, &pid, &e), 0);
	close(out[1]);
	read_all(out[0], text, size);
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
it_has_the_kept_descriptors_and_no_other(void **state)
{
	int kept[2], other[2];
	char line[200], text[4000];

	(void)state;
	open_pipe(kept);
	assert_int_equal(pipe(other), 0); /* one that exec would not close */
	snprintf(line, sizeof(line),
	    "for n in 3 4 5 6 7 8 9; do true 2>/dev/null <&$n && echo $n; "
	    "done; "
	    "cat; echo kept >&%d",
	    kept[1]);
	assert_true(kept[0] < 8 && other[1] < 10);
	assert_int_equal(shell(line, kept[1], text, sizeof(text)), 0);
	snprintf(line, sizeof(line), "%d\n", kept[1]);
	assert_string_equal(text, line);
	close(kept[1]);
	read_all(kept[0], text, sizeof(text));
	assert_string_equal(text, "kept\n");
	close(kept[0]);
	close(other[0]);
	close(other[1]);
}

static void
its_signals_are_as_they_are_by_default(void **state)
{
	sigset_t term, before;
	char text[200];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	assert_int_equal(shell("(kill -PIPE $(exec sh -c 'echo $PPID')); "
			       "echo $?; kill $$; echo alive",
			     -1, text, sizeof(text)),
	    -1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
	assert_string_equal(text, "141\n");
}

/* What would make a file longer is refused, and the program goes on. */
static void
its_files_are_as_long_as_they_may_be(void **state)
{
	const char *argv[] = { "sh", "-c",
		"cd $TMPDIR && for i in 1 2 3; do echo 12345; done >file "
		"2>/dev/null; wc -c <file; rm file",
		NULL };
	struct childproc c = { .argv = argv, .file_most = 12 };
	char dir[] = "/tmp/test_childproc.XXXXXX", text[200];
	int out[2], status;
	struct err e;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(dir));
	setenv("TMPDIR", dir, 1);
	open_pipe(out);
	c.output_fd = out[1];
	assert_int_equal(childproc_start(&c, &pid, &e), 0);
	close(out[1]);
	read_all(out[0], text, sizeof(text));
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(strtol(text, NULL, 10), 12);
	unsetenv("TMPDIR");
	assert_int_equal(rmdir(dir), 0);
}

static void
a_program_that_is_not_there_is_told_and_leaves_no_child(void **state)
{
	const char *argv[] = { "no-such-program", NULL };
	struct childproc c = { .argv = argv, .output_fd = -1 };
	struct err e = { 0 };
	pid_t pid = 7;

	(void)state;
	assert_int_equal(childproc_start(&c, &pid, &e), ERR_NOTFOUND);
	assert_string_equal(e.text,
	    "no-such-program: there is no such program");
	argv[0] = "/";
	assert_int_equal(childproc_start(&c, &pid, &e), ERR_IO);
	assert_int_equal(e.sys_errno, EACCES);
	assert_int_equal(pid, 7);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
a_descriptor_that_is_none_is_refused(void **state)
{
	const char *argv[] = { "true", NULL };
	int keep[] = { 90, 1 };
	struct childproc c = { .argv = argv,
		.keep = keep,
		.n_keep = 1,
		.output_fd = -1 };
	struct err e = { 0 };
	pid_t pid;

	(void)state;
	assert_int_equal(childproc_start(&c, &pid, &e), ERR_INPUT);
	assert_string_equal(e.text,
	    "true: 90 is no open descriptor to be kept");
	c.n_keep = 2;
	assert_int_equal(childproc_start(&c, &pid, &e), ERR_INPUT);
	assert_string_equal(e.text,
	    "true: descriptor 1 cannot be kept, only those above 2");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* A parent of its own starts a sleeper and is killed: the pipe that the sleeper
 * holds closes. */
static void
it_ends_with_who_started_it_however_that_ends(void **state)
{
	const char *argv[] = { "sleep", "1000", NULL };
	int held[2], ready[2];
	struct childproc c = { .argv = argv,
		.keep = &held[1],
		.n_keep = 1,
		.output_fd = -1 };
	struct pollfd end = { .events = POLLIN };
	char text[100];
	pid_t parent, pid;

	(void)state;
	open_pipe(held);
	open_pipe(ready);
	end.fd = held[0];
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		if (childproc_start(&c, &pid, NULL) != 0 ||
		    write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(held[1]);
	assert_int_equal(read(ready[0], text, 1), 1);
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(poll(&end, 1, 30000), 1);
	assert_int_equal(read(held[0], text, 1), 0);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	close(held[0]);
	close(ready[0]);
	close(ready[1]);
}

static void
a_parent_that_has_already_gone_is_noticed(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) /* 1 is not the parent of a test */
		_exit(childproc_die_with(1) == ESRCH &&
			    childproc_die_with(getppid()) == 0
			? 0
			: 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_has_the_kept_descriptors_and_no_other),
		cmocka_unit_test(its_signals_are_as_they_are_by_default),
		cmocka_unit_test(its_files_are_as_long_as_they_may_be),
		cmocka_unit_test(
		    a_program_that_is_not_there_is_told_and_leaves_no_child),
		cmocka_unit_test(a_descriptor_that_is_none_is_refused),
		cmocka_unit_test(it_ends_with_who_started_it_however_that_ends),
		cmocka_unit_test(a_parent_that_has_already_gone_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
