/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child - a copy of ourselves, and how it ended, so that a confined process
 * (world/confine.h) can have some.
 *
 * In FreeBSD's capability mode wait4(2) and its like are not allowed: it would
 * end us, or leave a zombie behind. There the child is known by a process
 * descriptor (pdfork(2)), which can be polled, and whose closing lets go of
 * what is left of it. Such a child sends no SIGCHLD on any system that has
 * them: who wants to know its end holds one side of a pipe or a socket.
 * Linux: fork(2), waitpid(2).
 */
#ifndef WORLD_CHILD_H
#define WORLD_CHILD_H

#include <sys/types.h>

#include <stddef.h>

struct child { /* zeroed is none */
	pid_t pid;
	int fd; /* FreeBSD's descriptor */
};

enum child_kind {
	CHILD_LASTING, /* goes on when we end; only before confine_calls() */
	CHILD_OURS,    /* FreeBSD ends it with us, or when it is let go */
};

/* As fork(2); *out is none in the child, or when there is none. */
pid_t child_fork(enum child_kind kind, struct child *out);

/* Waits until it has ended, and says how in a few words ("it was killed by
 * signal 9"), or that it has. It is none then. */
void child_wait(struct child *c, char *how, size_t size);

#endif
