/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/command_runner.h"

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define READS_AT_END 64 /* of what is left in the pipe: it holds 64 KiB */

struct command {
	TAILQ_ENTRY(command) entry;
	uint32_t id;
	char *text;
	pid_t pid; /* of its shell, also when that is a zombie; 0: reaped */
	int fd;	   /* its output; -1: closed */
	bool cancelled;
	bool killed;
	int64_t kill_ns;
	char output[RUNNER_OUTPUT];
	size_t output_bytes;
	uint64_t output_total;
};
TAILQ_HEAD(commands, command);

struct command_runner {
	struct commands running;
	struct commands left; /* ended; their output is still open */
	size_t running_count, left_count;
	void (*ended)(void *ctx, const struct command_end *end);
	void *ctx;
};

struct command_runner *
runner_new(void (*ended)(void *ctx, const struct command_end *end), void *ctx)
{
	struct command_runner *r = mem_zero(1, sizeof(*r));

	TAILQ_INIT(&r->running);
	TAILQ_INIT(&r->left);
	r->ended = ended;
	r->ctx = ctx;
	return r;
}

static void
command_free(struct command *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->text);
	free(c);
}

static void
free_all(struct commands *list)
{
	struct command *c;

	while ((c = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, c, entry);
		command_free(c);
	}
}

void
runner_free(struct command_runner *r)
{
	struct command *c;

	if (r == NULL)
		return;
	TAILQ_FOREACH (c, &r->running, entry)
		kill(-c->pid, SIGKILL);
	TAILQ_FOREACH (c, &r->running, entry)
		waitpid(c->pid, NULL, 0);
	free_all(&r->running);
	free_all(&r->left);
	free(r);
}

/* --- starting --- */

/* In the child; only calls that are safe between fork and exec. */
static void
become_shell(const char *text, int out)
{
	static const char *const env[] = {
		"PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:"
		"/usr/local/bin",
		"HOME=/", "LANG=C", NULL
	};
	static const char failed[] = "/bin/sh: cannot be executed\n";
	const char *argv[] = { "sh", "-c", text, NULL };
	sigset_t none;
	int signo, null;

	setpgid(0, 0);
	for (signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(out >= 0 ? out : null, STDOUT_FILENO);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	closefrom(3);
	if (chdir("/") == 0)
		execve("/bin/sh", (char *const *)(uintptr_t)argv,
		    (char *const *)(uintptr_t)env);
	if (write(STDERR_FILENO, failed, sizeof(failed) - 1) < 0)
		_exit(126);
	_exit(127);
}

/* A pipe of which only the reading end does not wait: the writing end is the
 * command's. Without a pipe (too many descriptors) the command still runs. */
static void
open_pipe(int fds[2])
{
	fds[0] = fds[1] = -1;
	if (pipe2(fds, O_CLOEXEC) == 0)
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
}

int
runner_start(struct command_runner *r, uint32_t id, const char *text,
    struct err *err)
{
	sigset_t all, before;
	struct command *c;
	int fds[2], why;
	pid_t pid;

	open_pipe(fds);
	/* Until it has its own handlers the child must not run ours. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	if ((pid = fork()) == 0)
		become_shell(text, fds[1]);
	why = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (fds[1] >= 0)
		close(fds[1]);
	if (pid < 0) {
		if (fds[0] >= 0)
			close(fds[0]);
		return err_sys(err, why, "fork");
	}
	/* The child does so too; whoever comes first. */
	setpgid(pid, pid);
	c = mem_zero(1, sizeof(*c));
	c->id = id;
	c->text = mem_str(text);
	c->pid = pid;
	c->fd = fds[0];
	c->kill_ns = INT64_MAX;
	TAILQ_INSERT_TAIL(&r->running, c, entry);
	r->running_count++;
	return 0;
}

size_t
runner_count(const struct command_runner *r)
{
	return r->running_count;
}

bool
runner_owns(const struct command_runner *r, pid_t pid)
{
	const struct command *c;

	TAILQ_FOREACH (c, &r->running, entry)
		if (c->pid == pid)
			return true;
	return false;
}

/* --- cancelling --- */

static void
cancel(struct command *c, int64_t now_ns)
{
	if (c->cancelled)
		return;
	c->cancelled = true;
	c->kill_ns = now_ns + RUNNER_GRACE;
	/* Its pid cannot be another's: it is not reaped. */
	kill(-c->pid, SIGTERM);
}

void
runner_cancel(struct command_runner *r, uint32_t id, int64_t now_ns)
{
	struct command *c;

	TAILQ_FOREACH (c, &r->running, entry)
		if (c->id == id)
			cancel(c, now_ns);
}

void
runner_cancel_all(struct command_runner *r, int64_t now_ns)
{
	struct command *c;

	TAILQ_FOREACH (c, &r->running, entry)
		cancel(c, now_ns);
}

/* --- output --- */

static void
keep(struct command *c, const char *bytes, size_t count)
{
	size_t drop;

	c->output_total += count;
	if (count > sizeof(c->output)) {
		bytes += count - sizeof(c->output);
		count = sizeof(c->output);
	}
	if (c->output_bytes + count > sizeof(c->output)) {
		drop = c->output_bytes + count - sizeof(c->output);
		memmove(c->output, c->output + drop, c->output_bytes - drop);
		c->output_bytes -= drop;
	}
	memcpy(c->output + c->output_bytes, bytes, count);
	c->output_bytes += count;
}

/* True when there may be more at once. */
static bool
read_output(struct command *c)
{
	char bytes[4096];
	ssize_t n;

	if (c->fd < 0)
		return false;
	n = read(c->fd, bytes, sizeof(bytes));
	if (n > 0) {
		keep(c, bytes, (size_t)n);
		return true;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(c->fd);
		c->fd = -1;
	}
	return false;
}

size_t
runner_polls(const struct command_runner *r)
{
	return r->running_count + r->left_count;
}

static size_t
fill(const struct commands *list, struct pollfd *fds)
{
	const struct command *c;
	size_t n = 0;

	TAILQ_FOREACH (c, list, entry)
		if (c->fd >= 0)
			fds[n++] =
			    (struct pollfd){ .fd = c->fd, .events = POLLIN };
	return n;
}

size_t
runner_fill(const struct command_runner *r, struct pollfd *fds)
{
	size_t n = fill(&r->running, fds);

	return n + fill(&r->left, fds + n);
}

/* The array is in the order of the lists when it was filled. */
static size_t
take_polled(struct commands *list, const struct pollfd *fds, size_t count,
    bool *closed)
{
	struct command *c;
	size_t i = 0;

	TAILQ_FOREACH (c, list, entry) {
		if (i == count)
			break;
		if (c->fd != fds[i].fd)
			continue;
		if (fds[i].revents != 0)
			read_output(c);
		*closed |= c->fd < 0;
		i++;
	}
	return i;
}

static void
drop_closed(struct command_runner *r)
{
	struct command *c, *next;

	for (c = TAILQ_FIRST(&r->left); c != NULL; c = next) {
		next = TAILQ_NEXT(c, entry);
		if (c->fd >= 0)
			continue;
		TAILQ_REMOVE(&r->left, c, entry);
		r->left_count--;
		command_free(c);
	}
}

/* --- ending --- */

/* Whether its shell is a zombie. The zombie stays, and keeps the number of the
 * group from being used again. */
static bool
is_over(const struct command *c)
{
	siginfo_t si;

	memset(&si, 0, sizeof(si));
	return waitid(P_PID, (id_t)c->pid, &si, WEXITED | WNOHANG | WNOWAIT) ==
	    0 &&
	    si.si_pid == c->pid;
}

/* A group that was told to end has done so when nobody has its output open
 * any more, or when its time is over. */
static bool
may_end(const struct command *c)
{
	return is_over(c) && (!c->cancelled || c->killed || c->fd < 0);
}

static int
reap(struct command *c)
{
	int status = 0, i;

	for (i = 0; i < READS_AT_END && read_output(c); i++)
		;
	if (c->cancelled)
		kill(-c->pid, SIGKILL);
	waitpid(c->pid, &status, 0);
	c->pid = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void
tell(struct command_runner *r, struct command *c, int status)
{
	struct command_end end = {
		.id = c->id,
		.status = status,
		.text = c->text,
		.output = c->output,
		.output_bytes = c->output_bytes,
		.output_total = c->output_total,
	};

	r->ended(r->ctx, &end);
}

void
runner_reap(struct command_runner *r)
{
	struct commands over = TAILQ_HEAD_INITIALIZER(over);
	struct command *c, *next;
	int status;

	for (c = TAILQ_FIRST(&r->running); c != NULL; c = next) {
		next = TAILQ_NEXT(c, entry);
		if (!may_end(c))
			continue;
		TAILQ_REMOVE(&r->running, c, entry);
		TAILQ_INSERT_TAIL(&over, c, entry);
		r->running_count--;
	}
	/* ended() may start commands: the lists are in order before. */
	while ((c = TAILQ_FIRST(&over)) != NULL) {
		TAILQ_REMOVE(&over, c, entry);
		status = reap(c);
		tell(r, c, status);
		if (c->fd < 0) {
			command_free(c);
			continue;
		}
		TAILQ_INSERT_TAIL(&r->left, c, entry);
		r->left_count++;
	}
}

void
runner_polled(struct command_runner *r, const struct pollfd *fds, size_t count)
{
	bool closed = false;
	size_t n = take_polled(&r->running, fds, count, &closed);

	take_polled(&r->left, fds + n, count - n, &closed);
	drop_closed(r);
	/* A cancelled command may have waited for that. */
	if (closed)
		runner_reap(r);
}

int64_t
runner_deadline(const struct command_runner *r)
{
	const struct command *c;
	int64_t first = INT64_MAX;

	TAILQ_FOREACH (c, &r->running, entry)
		if (c->kill_ns < first)
			first = c->kill_ns;
	return first;
}

void
runner_tick(struct command_runner *r, int64_t now_ns)
{
	struct command *c;

	TAILQ_FOREACH (c, &r->running, entry) {
		if (c->kill_ns > now_ns)
			continue;
		c->kill_ns = INT64_MAX;
		c->killed = true;
		kill(-c->pid, SIGKILL);
	}
	runner_reap(r);
}
