/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/daemonrun.h"

#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"

#define READS_AT_END 64 /* of what is left in the pipe: it holds 64 KiB */

struct output {
	int fd; /* -1: none */
	struct strbuf line;
};

struct daemonrun {
	struct daemonrun_user user;
	pid_t pid;	/* 0: none runs */
	size_t current; /* its output */
	struct output outputs[DAEMONRUN_OPEN];
};

struct daemonrun *
daemonrun_new(const struct daemonrun_user *user)
{
	struct daemonrun *d = mem_zero(1, sizeof(*d));
	size_t i;

	d->user = *user;
	for (i = 0; i < DAEMONRUN_OPEN; i++)
		d->outputs[i].fd = -1;
	return d;
}

static void
close_output(struct output *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	strbuf_fini(&o->line);
}

void
daemonrun_free(struct daemonrun *d)
{
	size_t i;

	if (d == NULL)
		return;
	if (d->pid != 0) {
		kill(d->pid, SIGKILL);
		waitpid(d->pid, NULL, 0);
	}
	for (i = 0; i < DAEMONRUN_OPEN; i++)
		close_output(&d->outputs[i]);
	free(d);
}

/* --- starting and signals --- */

/* In the child; only calls that are safe between fork and exec. */
static void
become_shell(const char *command, int out)
{
	static const char *const env[] = {
		"PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:"
		"/usr/local/bin",
		"HOME=/", "LANG=C", NULL
	};
	const char *argv[] = { "sh", "-c", command, NULL };
	sigset_t none;
	int signo, null;

	setsid();
	for (signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	closefrom(3);
	if (chdir("/") == 0)
		execve("/bin/sh", (char *const *)(uintptr_t)argv,
		    (char *const *)(uintptr_t)env);
	_exit(127);
}

/* Where there is none free, the oldest leftover is not listened to any more;
 * which one that is matters little. */
static size_t
find_place(const struct daemonrun *d)
{
	size_t i;

	for (i = 0; i < DAEMONRUN_OPEN; i++)
		if (d->outputs[i].fd < 0)
			return i;
	return (d->current + 1) % DAEMONRUN_OPEN;
}

int
daemonrun_start(struct daemonrun *d, const char *command, struct err *err)
{
	sigset_t all, before;
	int fds[2], why;
	pid_t pid;

	if (d->pid != 0)
		return err_set(err, ERR_STATE, "the daemon runs already");
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	/* Until it has its own handlers the child must not run ours. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	if ((pid = fork()) == 0)
		become_shell(command, fds[1]);
	why = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return err_sys(err, why, "fork");
	}
	d->pid = pid;
	d->current = find_place(d);
	close_output(&d->outputs[d->current]);
	d->outputs[d->current].fd = fds[0];
	return 0;
}

bool
daemonrun_is_running(const struct daemonrun *d)
{
	return d->pid != 0;
}

int
daemonrun_signal(struct daemonrun *d, int signo, struct err *err)
{
	if (d->pid == 0)
		return err_set(err, ERR_STATE, "no daemon runs");
	/* Its pid cannot be another's: it is not reaped. */
	if (kill(d->pid, signo) < 0)
		return err_sys(err, errno, "kill");
	return 0;
}

/* --- its lines --- */

static void
give_line(struct daemonrun *d, struct output *o)
{
	d->user.line(d->user.ctx, strbuf_str(&o->line), o->line.bytes);
	strbuf_reset(&o->line);
}

static void
take_bytes(struct daemonrun *d, struct output *o, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (bytes[i] != '\n')
			strbuf_addc(&o->line, bytes[i]);
		if (bytes[i] == '\n' || o->line.bytes == DAEMONRUN_LINE)
			give_line(d, o);
	}
}

/* True when there may be more at once. */
static bool
read_output(struct daemonrun *d, struct output *o)
{
	char bytes[4096];
	ssize_t n;

	if (o->fd < 0)
		return false;
	n = read(o->fd, bytes, sizeof(bytes));
	if (n > 0) {
		take_bytes(d, o, bytes, (size_t)n);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (o->line.bytes > 0)
		give_line(d, o);
	close_output(o);
	return false;
}

size_t
daemonrun_fill(const struct daemonrun *d, struct pollfd *fds)
{
	size_t i, n = 0;

	for (i = 0; i < DAEMONRUN_OPEN; i++)
		if (d->outputs[i].fd >= 0)
			fds[n++] = (struct pollfd){ .fd = d->outputs[i].fd,
				.events = POLLIN };
	return n;
}

void
daemonrun_polled(struct daemonrun *d, const struct pollfd *fds, size_t n)
{
	size_t i, k;

	for (k = 0; k < n; k++)
		for (i = 0; fds[k].revents != 0 && i < DAEMONRUN_OPEN; i++)
			if (d->outputs[i].fd == fds[k].fd)
				read_output(d, &d->outputs[i]);
}

void
daemonrun_reap(struct daemonrun *d)
{
	int status = 0, i;

	if (d->pid == 0 || waitpid(d->pid, &status, WNOHANG) != d->pid)
		return;
	d->pid = 0;
	for (i = 0; i < READS_AT_END && read_output(d, &d->outputs[d->current]);
	     i++)
		;
	d->user.ended(d->user.ctx,
	    WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}
