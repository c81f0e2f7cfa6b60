/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem - memory that is there, or the program is not.
 *
 * Running out of memory is not an operating error we can act on: a fail-over
 * daemon which cannot allocate is of no use, its supervisor restarts it and
 * the state is read again from the kernel. So these functions never return
 * NULL; they abort with a line on stderr. Sizes that come from outside must
 * be bounded by the caller before they get here.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_zero(size_t count, size_t size);	/* calloc; free() it */
void *mem_copy(const void *from, size_t bytes); /* bytes may be 0 */
char *mem_str(const char *s);			/* strdup; NULL gives NULL */
char *mem_strn(const char *s, size_t bytes);	/* NUL-terminated copy */

/* The array again, with room for need elements, which is more than *cap. */
void *mem_move(void *array, size_t *cap, size_t need, size_t size);

/* Grows an array so that it has room for need elements. *cap is its present
 * capacity in elements. New room is not cleared. */
static inline void *
mem_grow(void *array, size_t *cap, size_t need, size_t size)
{
	return need <= *cap ? array : mem_move(array, cap, need, size);
}

/* Appends room for one element to the array a with count n and capacity cap,
 * and gives a pointer to it, zeroed. */
#define MEM_PUSH(a, n, cap)                                                    \
	((a) = mem_grow((a), &(cap), (n) + 1, sizeof(*(a))),                   \
	    memset(&(a)[(n)], 0, sizeof(*(a))), &(a)[(n)++])

/* From where else memory comes, for the thread that says so; NULL: from the
 * system again. zero() gives bytes that are zero. Who gives memory has to know
 * it again when it is freed (sim/search/arena.h). */
struct mem_source {
	void *(*zero)(void *ctx, size_t bytes);
	void *ctx;
};
void mem_from(const struct mem_source *source);

#endif
