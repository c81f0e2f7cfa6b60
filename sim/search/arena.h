/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena - one piece of memory in which all of a run lives, so that the run can
 * be kept as it stands and brought back: a copy of the piece, at the same
 * address.
 *
 * Between arena_enter() and arena_leave() what this thread asks base/mem.h for
 * lies in the arena. It may be freed at any time and in the usual way: programs
 * that link this file are linked with --wrap=free. What was asked for outside
 * stays outside, and is not brought back; a run must not change it.
 */
#ifndef SIM_SEARCH_ARENA_H
#define SIM_SEARCH_ARENA_H

#include <stddef.h>

struct arena;

/* Room for most_bytes; to need more ends the program. One for each thread at a
 * time. */
struct arena *arena_new(size_t most_bytes);

/* One that only gives memory faster than malloc(): it is never kept, and what
 * finds no room in it comes from the system. NULL where a sanitizer looks after
 * each piece of memory, which it could not do in here. */
struct arena *arena_new_pool(size_t most_bytes);

void arena_free(struct arena *a);  /* NULL is fine, and: */
void arena_enter(struct arena *a); /* nothing changes */
void arena_leave(void);

/* How it stands now is its base, of which an image has only what differs. Of
 * both, and of bringing back: outside. */
void arena_set_base(struct arena *a);

struct arena_image { /* zeroed, it is the base */
	size_t bytes;
	unsigned char *differs; /* owned: a bit for each grain of the arena */
	size_t cap_differs;
	char *grains; /* owned: those */
	size_t cap_grains;
};

/* An image may be taken again and again. */
void arena_keep(const struct arena *a, struct arena_image *image);
void arena_bring_back(struct arena *a, const struct arena_image *image);
void arena_image_fini(struct arena_image *image);

#endif
