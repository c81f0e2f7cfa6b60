/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/labnoise.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PERIOD	INT64_C(100000000)
#define SECOND	(INT64_C(1000000000) / PERIOD) /* looks in one */
#define THREADS 64

struct look { /* since the look before */
	int64_t at_ns;
	int64_t wait_ns; /* the most of any thread */
};

struct thread {
	long id;
	int64_t waited_ns;
};

struct labnoise {
	struct labloop *loop;
	struct labtimer timer;
	pid_t pid;
	struct thread threads[THREADS];
	size_t n_threads;
	struct look *looks;
	size_t n_looks, cap_looks;
};

/* "running waiting times", ns. */
static bool
waited(pid_t pid, long thread, int64_t *out)
{
	char path[64], line[128];
	int64_t ran_ns;
	bool good;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/schedstat", (long)pid,
	    thread);
	if ((f = fopen(path, "re")) == NULL)
		return false;
	good = fgets(line, sizeof(line), f) != NULL &&
	    sscanf(line, "%" SCNd64 " %" SCNd64, &ran_ns, out) == 2;
	fclose(f);
	return good;
}

static struct thread *
find(struct labnoise *n, long id)
{
	size_t i;

	for (i = 0; i < n->n_threads; i++)
		if (n->threads[i].id == id)
			return &n->threads[i];
	if (n->n_threads == THREADS)
		return NULL;
	n->threads[n->n_threads].id = id;
	n->threads[n->n_threads].waited_ns = -1;
	return &n->threads[n->n_threads++];
}

/* What the thread has waited since it was looked at last. */
static int64_t
waited_more(struct labnoise *n, long id)
{
	struct thread *t = find(n, id);
	int64_t all_ns, more_ns = 0;

	if (t == NULL || !waited(n->pid, id, &all_ns))
		return 0;
	if (t->waited_ns >= 0)
		more_ns = all_ns - t->waited_ns;
	t->waited_ns = all_ns;
	return more_ns;
}

static int64_t
look(struct labnoise *n)
{
	const struct dirent *entry;
	int64_t most_ns = 0, ns;
	char path[64];
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)n->pid);
	if ((d = opendir(path)) == NULL)
		return 0;
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		ns = waited_more(n, strtol(entry->d_name, NULL, 10));
		if (ns > most_ns)
			most_ns = ns;
	}
	closedir(d);
	return most_ns;
}

static void
tick(void *ctx, int64_t now_ns)
{
	struct labnoise *n = ctx;
	struct look *l = MEM_PUSH(n->looks, n->n_looks, n->cap_looks);

	l->at_ns = now_ns;
	l->wait_ns = look(n);
	labloop_arm(n->loop, &n->timer, now_ns + PERIOD);
}

struct labnoise *
labnoise_new(struct labloop *loop)
{
	struct labnoise *n = mem_zero(1, sizeof(*n));

	n->loop = loop;
	n->timer.fire = tick;
	n->timer.ctx = n;
	return n;
}

void
labnoise_free(struct labnoise *n)
{
	if (n == NULL)
		return;
	labloop_disarm(n->loop, &n->timer);
	free(n->looks);
	free(n);
}

void
labnoise_watch(struct labnoise *n, pid_t pid)
{
	labloop_disarm(n->loop, &n->timer);
	n->pid = pid;
	n->n_threads = 0;
	if (pid != 0)
		labloop_arm(n->loop, &n->timer, labloop_now(n->loop));
}

struct labnoise_worst
labnoise_worst(const struct labnoise *n, int64_t from_ns, int64_t until_ns)
{
	struct labnoise_worst worst = { 0 };
	const struct labloop_lateness *late;
	int64_t sum_ns = 0;
	size_t i, n_late;

	for (i = 0; i < n->n_looks; i++) {
		if (n->looks[i].at_ns < from_ns || n->looks[i].at_ns > until_ns)
			continue;
		worst.total_ns += n->looks[i].wait_ns;
		sum_ns += n->looks[i].wait_ns;
		if (i >= SECOND && n->looks[i - SECOND].at_ns >= from_ns)
			sum_ns -= n->looks[i - SECOND].wait_ns;
		if (sum_ns > worst.wait_ns) {
			worst.wait_ns = sum_ns;
			worst.from_ns = n->looks[i].at_ns - PERIOD * SECOND;
		}
	}
	late = labloop_lateness(n->loop, &n_late);
	for (i = 0; i < n_late; i++)
		if (late[i].due_ns >= from_ns && late[i].due_ns <= until_ns &&
		    late[i].late_ns > worst.late_ns)
			worst.late_ns = late[i].late_ns;
	return worst;
}
