/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ifwatch - the interfaces of this system, kept up to date in a linktable: by
 * what the system tells (routesock.h) and by looking at everything, which its
 * socket answers where it can be asked, and iflook.h else.
 *
 * Nothing waits. Poll ifwatch_fd() for reading, tell ifwatch_readable(), and
 * ifwatch_look() now and then: that some messages were lost, or that their
 * consequences are told by none, is said by ifwatch_wants_look().
 */
#ifndef WORLD_IFWATCH_H
#define WORLD_IFWATCH_H

#include "base/err.h"
#include "world/linktable.h"

enum ifwatch_how {
	IFWATCH_AUTO,	/* listens if it can */
	IFWATCH_LISTEN, /* or does not open */
	IFWATCH_SOCKET, /* the same, and what its socket does not answer it does
			 * not know: for who may open nothing else any more */
	IFWATCH_LOOK,	/* only looks */
};

struct ifwatch_user {
	struct linktable_user table;
	/* Some of the table has changed: a message was taken, or a look is
	 * over. The user clears what it has seen. */
	void (*changed)(void *ctx, struct linktable *t);
	/* A line for the log: messages were lost. */
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

struct ifwatch;

/* 0, or ERR_IO. */
int ifwatch_open(enum ifwatch_how how, const struct ifwatch_user *user,
    struct ifwatch **out, struct err *err);
void ifwatch_close(struct ifwatch *w); /* NULL is fine */

int ifwatch_fd(const struct ifwatch *w); /* -1: there is nothing to poll */
void ifwatch_readable(struct ifwatch *w);

/* Begins to look at everything, or does; while it goes on it counts for one
 * more. */
void ifwatch_look(struct ifwatch *w);
bool ifwatch_is_looking(const struct ifwatch *w);
bool ifwatch_wants_look(const struct ifwatch *w);

/* Whether a change can go untold, so that only looking finds it. */
bool ifwatch_must_look(const struct ifwatch *w);

#endif
