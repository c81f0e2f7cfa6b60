/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bsdworld - FreeBSD's part of a world, on any kernel that answers
 * (bsdkernel.h): kernelworld_freebsd.c gives it the one that we run on.
 *
 * Between a look and the change that follows from it an interface may go, and
 * another one get its name. Nothing is changed unless the name still has the
 * index of the last look (ENXIO), and nothing but an hn or its stand-in, what
 * is named as its VF, an aggregate or a vlan (EPERM).
 */
#ifndef WORLD_BSDWORLD_H
#define WORLD_BSDWORLD_H

#include "failover/operation.h"
#include "failover/snapshot.h"
#include "world/bsdkernel.h"
#include "world/bsdpair.h"

struct bsdworld;

/* The kernel is borrowed, the pairs are copied. note() may be NULL. */
struct bsdworld *bsdworld_new(const struct bsdkernel *kernel,
    const struct bsdpairs *pairs, void (*note)(void *ctx, const char *text),
    void *ctx);
void bsdworld_free(struct bsdworld *w); /* NULL is fine */

/* Whose pid file is ours: in devd's place it is the one that would be devd's,
 * and FreeBSD's fcntl(2) sees our own flock(2) on it. Not the process that
 * asks, nor its parent. */
void bsdworld_is_ours(struct bsdworld *w, int pid);

/* Fills a reset snapshot; one in which there is nothing to do when the kernel
 * cannot be asked now. */
void bsdworld_observe(struct bsdworld *w, struct snapshot *out);

/* 0 or an errno of FreeBSD; EPERM is ours, and the kernel's own is EACCES. Of
 * what a person has to see to (no right to it, no module of lagg(4)) note() is
 * told, once as long as it lasts. */
int bsdworld_apply(struct bsdworld *w, const struct operation *op);

#endif
