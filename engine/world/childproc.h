/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * childproc - a program that does not outlive who started it.
 *
 * It is killed (SIGKILL) when the thread that started it ends, however that
 * happens: kill -9 of this process leaves nothing behind. So it is started by
 * the thread that goes on to wait for it. It has a process group of its own
 * (a ^C at the terminal is ours to act on), /dev/null to read from, signals as
 * they are by default, our environment and folder, and of our descriptors
 * only those that it is given, under the same numbers.
 *
 * It is the caller's child: who started it waits for it.
 */
#ifndef WORLD_CHILDPROC_H
#define WORLD_CHILDPROC_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct childproc {
	const char *const *argv; /* NULL at the end; argv[0] by PATH */
	const int *keep;	 /* descriptors, all above 2, in any order */
	size_t n_keep;
	int output_fd; /* above 2; its stdout and stderr; -1: /dev/null */
	/* Bytes that it may make a file long; 0: any. It is not ended by that
	 * (SIGXFSZ is ignored): a write that would go beyond fails. */
	int64_t file_most;
};

/* Returns when the program runs: 0 and *pid, or ERR_NOTFOUND (there is no such
 * program), ERR_INPUT (a descriptor that is none, or below 3) or ERR_IO, and
 * then there is no child. */
int childproc_start(const struct childproc *c, pid_t *pid, struct err *err);

/* In the child: to be killed when the parent's thread ends. 0, or an errno; of
 * a parent that is already gone, ESRCH. Each system has its own. */
int childproc_die_with(pid_t parent);

#endif
