/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * holes - what is missing of a stream, in the order of its numbers. Pure.
 *
 * They lie in blocks, so that one which opens or closes in the midst of very
 * many moves some hundred others at most, wherever a hostile capture wants it.
 * Few take little: a block begins small, and there is none for no hole.
 */
#ifndef PACKET_HOLES_H
#define PACKET_HOLES_H

#include <stddef.h>
#include <stdint.h>

struct hole { /* numbers first to end - 1 are missing; none: a pause */
	uint64_t first, end;
	int64_t from_ns, to_ns; /* stamps of the ones before and behind */
	int64_t seen_ns;	/* when the first packet beyond it arrived */
	uint64_t seen_at;	/* ... as the how manieth */
};

struct hole_block {
	size_t n, cap;
	struct hole *list; /* owned */
};

struct holes {			   /* zeroed: none */
	size_t n, cap;		   /* in all; cap is what they take of memory */
	struct hole_block *blocks; /* owned; none is empty */
	size_t n_blocks, cap_blocks;
};

/* Zeroed: the first. Behind the last of a block it is the next block's first;
 * inserting and removing leave it where it was, and make others void. */
struct hole_place {
	size_t block, at;
};

void holes_fini(struct holes *h);
void holes_copy(struct holes *to, const struct holes *from); /* to is new */

/* NULL behind the last. */
struct hole *holes_get(const struct holes *h, struct hole_place *p);

/* The first that ends behind number. */
struct hole_place holes_find(const struct holes *h, uint64_t number);

/* In front of the one there. */
void holes_insert(struct holes *h, struct hole_place p, const struct hole *new);
void holes_remove(struct holes *h, struct hole_place p);

/* So many of the first go. */
void holes_drop(struct holes *h, size_t count);

/* By how much inserting there lets cap grow: mostly 0. */
size_t holes_growth(const struct holes *h, struct hole_place p);

#endif
