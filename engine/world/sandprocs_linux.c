/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the processes of a sandbox rest: what /proc says of each thread.
 *
 * A thread that sleeps at both of two looks, without having gone to sleep
 * again between them, has slept from the one to the other. When all have, all
 * slept at the moment between the looks.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "world/sandparts.h"

/* System calls that may end because time goes by, and the argument that says
 * whether this one does: a pointer to a time, or (millis) a number. */
static const struct timed_call {
	long number;
	int argument;
	bool millis;
} timed_calls[] = {
	{ SYS_clock_nanosleep, 2, false },
	{ SYS_rt_sigtimedwait, 2, false },
	{ SYS_futex, 3, false },
	{ SYS_ppoll, 2, false },
	{ SYS_pselect6, 4, false },
	{ SYS_epoll_pwait, 3, true },
#ifdef SYS_nanosleep
	{ SYS_nanosleep, 0, false },
#endif
#ifdef SYS_poll
	{ SYS_poll, 2, true },
#endif
#ifdef SYS_select
	{ SYS_select, 4, false },
#endif
#ifdef SYS_epoll_wait
	{ SYS_epoll_wait, 3, true },
#endif
};

static bool
read_small(int dir, const char *path, char *buf, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static uint64_t
field(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 10);
}

/* Calls that end with a child of any kind, or with a signal such as its end
 * sends; a shell's wait is either. */
static int32_t
awaited(long number, const unsigned long long *arg)
{
	if (number == SYS_wait4)
		return (int32_t)arg[0] > 0 ? (int32_t)arg[0] : SANDPROC_ANY;
	if (number == SYS_waitid)
		return (int)arg[0] == P_PID ? (int32_t)arg[1] : SANDPROC_ANY;
#ifdef SYS_pause
	if (number == SYS_pause)
		return SANDPROC_ANY;
#endif
	return number == SYS_rt_sigsuspend ? SANDPROC_ANY : 0;
}

/* The text is "NUMBER ARG0 .. ARG5 SP PC"; else it is not understood. */
static bool
waits_for_clock(const char *text, int32_t *waits_for)
{
	unsigned long long arg[6];
	const struct timed_call *t;
	long number;
	size_t i;

	if (sscanf(text, "%ld %llx %llx %llx %llx %llx %llx", &number, &arg[0],
		&arg[1], &arg[2], &arg[3], &arg[4], &arg[5]) != 7)
		return false;
	*waits_for = awaited(number, arg);
	for (i = 0; i < sizeof(timed_calls) / sizeof(*timed_calls); i++) {
		t = &timed_calls[i];
		if (t->number != number)
			continue;
		return t->millis ? (int)(unsigned)arg[t->argument] > 0
				 : arg[t->argument] != 0;
	}
	return false;
}

static bool
rests(int proc, const char *folder, const char *status, struct sandproc *p)
{
	const char *state = strstr(status, "\nState:\t");
	char path[96], text[256];

	if (state == NULL)
		return false;
	state += 8;
	p->zombie = *state == 'Z';
	if (*state == 'Z' || *state == 'X' || *state == 'T')
		return true;
	if (*state != 'S')
		return false;
	/* The first one is ours: it never waits for a clock, and nobody may
	 * look into it. */
	if (p->pid == SANDPROC_FIRST)
		return true;
	snprintf(path, sizeof(path), "%s/syscall", folder);
	if (!read_small(proc, path, text, sizeof(text)))
		return false;
	/* A thread on its way to sleep says "running": the kernel looks
	 * whether it has left the processor. One that waits outside a call
	 * waits for its memory to come from the disk, and goes on then. */
	return strncmp(text, "running", 7) != 0 &&
	    strncmp(text, "-1 ", 3) != 0 &&
	    !waits_for_clock(text, &p->waits_for);
}

static void
look_at(int proc, int32_t pid, int32_t thread, struct sandprocs *out)
{
	char folder[64], path[96], status[4096];
	struct sandproc *p;
	size_t n;

	snprintf(folder, sizeof(folder), "%" PRId32 "/task/%" PRId32, pid,
	    thread);
	snprintf(path, sizeof(path), "%s/status", folder);
	if (!read_small(proc, path, status, sizeof(status)))
		return;
	p = MEM_PUSH(out->list, out->count, out->cap);
	p->pid = pid;
	p->thread = thread;
	p->parent = (int32_t)field(status, "\nPPid:\t");
	p->switches = field(status, "\nvoluntary_ctxt_switches:\t") +
	    field(status, "\nnonvoluntary_ctxt_switches:\t");
	p->rests = rests(proc, folder, status, p);
	if (strncmp(status, "Name:\t", 6) == 0) {
		n = strcspn(status + 6, "\n");
		if (n >= sizeof(p->name))
			n = sizeof(p->name) - 1;
		memcpy(p->name, status + 6, n);
		p->name[n] = '\0';
	}
}

/* The numbers that name the entries of a folder, ascending. */
static size_t
numbers_in(int dir, const char *path, int32_t **out)
{
	size_t n = 0, cap = 0, i;
	int32_t *list = NULL, *slot, number;
	struct dirent *e;
	char *end;
	DIR *d;
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (d = fdopendir(fd)) == NULL) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((e = readdir(d)) != NULL) {
		number = (int32_t)strtol(e->d_name, &end, 10);
		if (*end != '\0' || number <= 0)
			continue;
		slot = MEM_PUSH(list, n, cap);
		for (i = n - 1; i > 0 && list[i - 1] > number; i--)
			list[i] = list[i - 1];
		slot = &list[i];
		*slot = number;
	}
	closedir(d);
	*out = list;
	return n;
}

void
sandprocs_look(int proc_fd, struct sandprocs *out)
{
	int32_t *pids = NULL, *threads;
	size_t n_pids, n_threads, i, k;
	char path[64];

	out->count = 0;
	n_pids = numbers_in(proc_fd, ".", &pids);
	for (i = 0; i < n_pids; i++) {
		snprintf(path, sizeof(path), "%" PRId32 "/task", pids[i]);
		threads = NULL;
		n_threads = numbers_in(proc_fd, path, &threads);
		for (k = 0; k < n_threads; k++)
			look_at(proc_fd, pids[i], threads[k], out);
		free(threads);
	}
	free(pids);
}
