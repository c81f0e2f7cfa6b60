/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandparts - what the files of a sandbox know of each other. For its own
 * files only; others use world/sandbox.h.
 */
#ifndef WORLD_SANDPARTS_H
#define WORLD_SANDPARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* The name under which the first process is started. */
#define SANDBOX_FIRST "switchback-sandbox"
#define SANDBOX_OURS  "/.switchback" /* what scripts need not know of */
#define SANDBOX_HOST  "/.host"	     /* the host's folders, to read */
#define SANDBOX_PATH                                                           \
	"/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"

/* Every shell script begins with this. The builtin of the name would never
 * come out of the shell; jobs (%1) are known to the shell alone. */
#define SANDBOX_PRELUDE                                                        \
	"kill() { case \"$*\" in *%*) command kill \"$@\" ;; "                 \
	"*) /bin/kill \"$@\" ;; esac; }; "

/* The first process; fd 3 is the harness. */
int sandbox_first(void);

/* Makes the root folder and goes into it. To be called with all privileges in
 * namespaces of our own. ERR_UNSUPPORTED, ERR_IO. */
int sandroot_make(int program_fd, struct err *err);
/* Writes a file, replacing what is in its place; folders above are made, and
 * those of the host are copied as links where it lies in one. */
int sandroot_put(const char *path, unsigned mode, const void *data,
    size_t bytes, struct err *err);
int sandroot_remove(const char *path, struct err *err);

/* The processes of a sandbox, seen through its own /proc. */
struct sandproc {
	int32_t pid, parent;
	int32_t thread;
	uint64_t switches; /* how often it has gone to sleep */
	bool rests;	   /* waits, and not for a clock */
	bool zombie;	   /* has ended, and its parent has not asked */
	/* The child whose end it waits for: its pid, SANDPROC_ANY or 0. */
	int32_t waits_for;
	char name[16];
};
#define SANDPROC_FIRST 1 /* the first process: asks for every child */
#define SANDPROC_ANY   (-1)
struct sandprocs {
	struct sandproc *list; /* owned; threads, by pid and thread */
	size_t count, cap;
};
void sandprocs_look(int proc_fd, struct sandprocs *out);
void sandprocs_fini(struct sandprocs *p);
/* Whether all rested from the first look to the second. An end of which the
 * parent will hear in a moment is news under way: the kernel shows a zombie
 * before it wakes who waits for it. */
bool sandprocs_at_rest(const struct sandprocs *a, const struct sandprocs *b);

#endif
