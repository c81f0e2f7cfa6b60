/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/childproc.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* What the child could not do; it goes through a pipe that exec closes. */
enum step { STEP_DIE_WITH = 1, STEP_KEEP, STEP_LIMIT, STEP_EXEC };

struct trouble {
	int step, why, fd;
};

static int
by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Closes all between the kept ones, which are in order; the highest is the
 * pipe's. */
static void
close_others(const int *keep, size_t n)
{
	int from = 3;
	size_t i;

	for (i = 0; i < n; i++) {
		for (; from < keep[i]; from++)
			close(from);
		from = keep[i] + 1;
	}
	closefrom(from);
}

static void
give_up(int fd, struct trouble t)
{
	if (write(fd, &t, sizeof(t)) != (ssize_t)sizeof(t))
		_exit(126);
	_exit(127);
}

/* 0 or an errno. */
static int
limit_files(int64_t most)
{
	struct rlimit limit = { (rlim_t)most, (rlim_t)most };

	if (most <= 0)
		return 0;
	signal(SIGXFSZ, SIG_IGN);
	return setrlimit(RLIMIT_FSIZE, &limit) < 0 ? errno : 0;
}

/* In the child; only calls that are safe between fork and exec. keep has the
 * n to be kept and the pipe among them. */
static void
become(const struct childproc *c, const int *keep, size_t n, int pipe_fd,
    pid_t parent)
{
	sigset_t none;
	int signo, null, why;
	size_t i;

	if ((why = childproc_die_with(parent)) != 0)
		give_up(pipe_fd, (struct trouble){ STEP_DIE_WITH, why, -1 });
	setpgid(0, 0);
	for (signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	if ((why = limit_files(c->file_most)) != 0)
		give_up(pipe_fd, (struct trouble){ STEP_LIMIT, why, -1 });
	null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(c->output_fd >= 0 ? c->output_fd : null, STDOUT_FILENO);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	close_others(keep, n);
	for (i = 0; i < n; i++)
		if (keep[i] != pipe_fd && fcntl(keep[i], F_SETFD, 0) < 0)
			give_up(pipe_fd,
			    (struct trouble){ STEP_KEEP, errno, keep[i] });
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(c->argv[0], (char *const *)(uintptr_t)c->argv);
	give_up(pipe_fd, (struct trouble){ STEP_EXEC, errno, -1 });
}

static int
tell(const struct childproc *c, struct trouble t, struct err *err)
{
	const char *program = c->argv[0];

	switch ((enum step)t.step) {
	case STEP_DIE_WITH:
		return err_sys(err, t.why, "%s: it could outlive us", program);
	case STEP_KEEP:
		return err_set(err, ERR_INPUT,
		    "%s: %d is no open descriptor to be kept", program, t.fd);
	case STEP_LIMIT:
		return err_sys(err, t.why, "%s: a limit for its files",
		    program);
	case STEP_EXEC:
		break;
	}
	if (t.why == ENOENT)
		return err_set(err, ERR_NOTFOUND,
		    "%s: there is no such "
		    "program",
		    program);
	return err_sys(err, t.why, "%s", program);
}

/* 0 when the program runs. A child that gave up is reaped. */
static int
await_exec(const struct childproc *c, int pipe_fd, pid_t pid, struct err *err)
{
	struct trouble t;
	ssize_t n;

	do
		n = read(pipe_fd, &t, sizeof(t));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return 0;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (n != (ssize_t)sizeof(t))
		return err_set(err, ERR_IO, "%s: the child has ended early",
		    c->argv[0]);
	return tell(c, t, err);
}

static int
start(const struct childproc *c, int *keep, const int fds[2], pid_t *pid,
    struct err *err)
{
	sigset_t all, before;
	pid_t parent = getpid(), child;
	int why;

	if (c->n_keep > 0)
		memcpy(keep, c->keep, c->n_keep * sizeof(*keep));
	keep[c->n_keep] = fds[1];
	qsort(keep, c->n_keep + 1, sizeof(*keep), by_number);
	if (keep[0] < 3)
		return err_set(err, ERR_INPUT,
		    "%s: descriptor %d cannot be kept, only those above 2",
		    c->argv[0], keep[0]);
	/* Until it has its own handlers the child must not run ours. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	if ((child = fork()) == 0)
		become(c, keep, c->n_keep + 1, fds[1], parent);
	why = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (child < 0)
		return err_sys(err, why, "fork");
	*pid = child;
	return 0;
}

int
childproc_start(const struct childproc *c, pid_t *pid, struct err *err)
{
	int *keep = mem_zero(c->n_keep + 1, sizeof(*keep));
	int fds[2], rc;
	pid_t child;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		free(keep);
		return err_sys(err, errno, "pipe");
	}
	rc = start(c, keep, fds, &child, err);
	close(fds[1]);
	if (rc == 0)
		rc = await_exec(c, fds[0], child, err);
	if (rc == 0)
		*pid = child;
	close(fds[0]);
	free(keep);
	return rc;
}
