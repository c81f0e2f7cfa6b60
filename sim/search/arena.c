/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define COPIED	1024 /* at a time */
#define GRAIN	16
#define SMALL	1024 /* up to here by the grain, then powers of two */
#define CLASSES (SMALL / GRAIN + 48)

struct piece { /* in front of what is given out */
	union {
		size_t class;	    /* while it is in use */
		struct piece *next; /* while it is free */
	} u;
	size_t unused; /* so that all is aligned as for malloc() */
};

struct ground { /* what an arena begins with */
	struct piece *freed[CLASSES];
	size_t bytes; /* used, with all that is free again */
};

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SANITIZED true
#else
#define SANITIZED false
#endif

struct arena {
	struct mem_source source;
	bool pool;
	struct ground *ground; /* owned: most_bytes */
	size_t most_bytes;
	char *base; /* owned */
	size_t base_bytes;
};

static _Thread_local struct arena *present;

void __real_free(void *p);
void __wrap_free(void *p);

static size_t
class_of(size_t bytes, size_t *room)
{
	size_t class = (bytes + GRAIN - 1) / GRAIN;

	*room = class * GRAIN;
	if (*room <= SMALL)
		return class;
	for (class = SMALL / GRAIN + 1, *room = SMALL * 2; *room < bytes;
	     class ++)
		*room *= 2;
	assert(class < CLASSES);
	return class;
}

static void *
zero_outside(const struct arena *a, size_t bytes)
{
	void *p;

	assert(a->pool);
	mem_from(NULL);
	p = mem_zero(1, bytes);
	mem_from(&a->source);
	return p;
}

static void *
zero(void *ctx, size_t bytes)
{
	struct arena *a = ctx;
	struct ground *g = a->ground;
	size_t room, class = class_of(bytes > 0 ? bytes : 1, &room);
	struct piece *p = g->freed[class];

	if (p != NULL) {
		g->freed[class] = p->u.next;
	} else {
		if (room + sizeof(*p) > a->most_bytes - g->bytes)
			return zero_outside(a, bytes);
		p = (struct piece *)(void *)((char *)g + g->bytes);
		g->bytes += room + sizeof(*p);
	}
	p->u.class = class;
	return memset(p + 1, 0, bytes);
}

/* All that is freed comes by here. */
void
__wrap_free(void *p)
{
	uintptr_t at = (uintptr_t)p, from;
	struct piece *piece;
	struct ground *g;
	size_t class;

	if (present == NULL || p == NULL) {
		__real_free(p);
		return;
	}
	g = present->ground;
	from = (uintptr_t)g;
	if (at < from || at >= from + present->most_bytes) {
		__real_free(p);
		return;
	}
	piece = (struct piece *)p - 1;
	class = piece->u.class;
	piece->u.next = g->freed[class];
	g->freed[class] = piece;
}

struct arena *
arena_new(size_t most_bytes)
{
	struct arena *a = mem_zero(1, sizeof(*a));

	assert(present == NULL);
	a->source.zero = zero;
	a->source.ctx = a;
	a->most_bytes = most_bytes;
	a->ground = mem_zero(1, most_bytes + COPIED);
	a->ground->bytes = (sizeof(struct ground) + GRAIN - 1) / GRAIN * GRAIN;
	present = a;
	return a;
}

struct arena *
arena_new_pool(size_t most_bytes)
{
	struct arena *a = SANITIZED ? NULL : arena_new(most_bytes);

	if (a != NULL)
		a->pool = true;
	return a;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	assert(present == a);
	present = NULL;
	free(a->ground);
	free(a->base);
	free(a);
}

void
arena_enter(struct arena *a)
{
	if (a != NULL)
		mem_from(&a->source);
}

void
arena_leave(void)
{
	mem_from(NULL);
}

void
arena_set_base(struct arena *a)
{
	free(a->base);
	a->base_bytes = a->ground->bytes;
	a->base = mem_copy(a->ground, a->base_bytes);
}

/* What of this grain the base has. */
static size_t
in_base(const struct arena *a, size_t at)
{
	return at >= a->base_bytes	  ? 0
	    : a->base_bytes - at < COPIED ? a->base_bytes - at
					  : COPIED;
}

void
arena_keep(const struct arena *a, struct arena_image *image)
{
	const char *from = (const char *)a->ground;
	size_t grains = (a->ground->bytes + COPIED - 1) / COPIED, n = 0, i;

	image->bytes = a->ground->bytes;
	image->differs =
	    mem_grow(image->differs, &image->cap_differs, grains / 8 + 1, 1);
	memset(image->differs, 0, grains / 8 + 1);
	for (i = 0; i < grains; i++) {
		if (in_base(a, i * COPIED) == COPIED &&
		    memcmp(from + i * COPIED, a->base + i * COPIED, COPIED) ==
			0)
			continue;
		image->differs[i / 8] |= (unsigned char)(1u << i % 8);
		image->grains = mem_grow(image->grains, &image->cap_grains,
		    (n + 1) * COPIED, 1);
		memcpy(image->grains + n++ * COPIED, from + i * COPIED, COPIED);
	}
}

static bool
differs(const struct arena_image *image, size_t i)
{
	return (image->differs[i / 8] & 1u << i % 8) != 0;
}

void
arena_bring_back(struct arena *a, const struct arena_image *image)
{
	const char *next = image->grains;
	char *to = (char *)a->ground;
	size_t grains = (image->bytes + COPIED - 1) / COPIED, i, k;

	if (image->bytes == 0)
		memcpy(to, a->base, a->base_bytes);
	/* As much as possible at a time. */
	for (i = 0; i < grains; i = k) {
		for (k = i + 1;
		     k < grains && differs(image, k) == differs(image, i);)
			k++;
		if (differs(image, i)) {
			memcpy(to + i * COPIED, next, (k - i) * COPIED);
			next += (k - i) * COPIED;
		} else {
			memcpy(to + i * COPIED, a->base + i * COPIED,
			    (k - i) * COPIED);
		}
	}
}

void
arena_image_fini(struct arena_image *image)
{
	free(image->differs);
	free(image->grains);
	memset(image, 0, sizeof(*image));
}
