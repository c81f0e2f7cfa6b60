/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdkernel - the calls that FreeBSD's part of the world makes, as one table:
 * bsdlook.h and bsdapply.h decide what to ask for, bsdkernel_freebsd.c asks,
 * a test answers with a real kernel's bytes.
 *
 * Every function gives 0 or an errno of FreeBSD, if not said otherwise.
 */
#ifndef WORLD_BSDKERNEL_H
#define WORLD_BSDKERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "world/bsdrequest.h"

enum bsdkernel_table {
	BSDKERNEL_INTERFACES, /* NET_RT_IFLISTL, all families */
	/* NET_RT_DUMP of IPv4: bsdmsg_take_near() of it at least. A router may
	 * have a million of others. */
	BSDKERNEL_ROUTES,
	BSDKERNEL_ROUTES6,
};

struct bsdkernel_ops {
	/* ioctl(2) on a socket of its family; what the kernel has answered is
	 * in the request then, in data and extra. */
	int (*ask)(void *ctx, struct bsdrequest *r);
	/* sysctl(3); appended to out. */
	int (*table)(void *ctx, enum bsdkernel_table what, struct strbuf *out);
	/* The driver's own name of an interface, that no rename changes. */
	int (*driver)(void *ctx, uint32_t index, char *name, size_t bytes);
	/* By name; *bytes is the room, and then what was filled. */
	int (*get)(void *ctx, const char *name, void *buf, size_t *bytes);
	int (*set)(void *ctx, const char *name, int value);
	/* A message on a routing socket. */
	int (*route)(void *ctx, const void *message, size_t bytes);
	int (*load)(void *ctx, const char *module); /* kldload(2) */

	bool (*exists)(void *ctx, const char *path);
	/* The end of a file, at most so many bytes; appended. */
	int (*read)(void *ctx, const char *path, size_t most,
	    struct strbuf *out);
	/* The other process that holds this pidfile(3); 0: none. */
	int (*holder)(void *ctx, const char *path);
	int (*terminate)(void *ctx, int pid);
	/* Starts a program, without a shell, and does not wait for it. Both
	 * strings are borrowed for the call. argv ends with NULL. */
	int (*start)(void *ctx, const char *const *argv);
};

struct bsdkernel {
	const struct bsdkernel_ops *ops;
	void *ctx;
};

int bsdkernel_ask(const struct bsdkernel *k, struct bsdrequest *r);

/* Sets the pointer of a request, where it needs one, and takes it out again:
 * for an ask() that hands it to a kernel. */
void bsdkernel_point(struct bsdrequest *r);
void bsdkernel_unpoint(struct bsdrequest *r);

/* Numbers and texts of sysctl(3). otherwise: when there is none of the name.
 * The text is "" then. */
int bsdkernel_number(const struct bsdkernel *k, const char *name,
    int otherwise);
int bsdkernel_text(const struct bsdkernel *k, const char *name, char *out,
    size_t bytes);

/* The system that we run on: bsdkernel_freebsd.c. ERR_IO. */
struct bsdkernel_own;
int bsdkernel_open(struct bsdkernel_own **out, struct err *err);
void bsdkernel_close(struct bsdkernel_own *own); /* NULL is fine */
const struct bsdkernel *bsdkernel_of(const struct bsdkernel_own *own);

#endif
