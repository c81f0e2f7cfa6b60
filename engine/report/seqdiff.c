/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/seqdiff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct table {
	uint16_t *length; /* of the common rest from a[i], b[k] on */
	size_t width;
};

static uint16_t *
cell(const struct table *t, size_t i, size_t k)
{
	return &t->length[i * t->width + k];
}

static void
fill(struct table *t, const char *const *a, size_t n_a, const char *const *b,
    size_t n_b)
{
	size_t i, k;
	uint16_t skip_a, skip_b;

	t->width = n_b + 1;
	t->length = mem_zero((n_a + 1) * t->width, sizeof(*t->length));
	for (i = n_a; i-- > 0;)
		for (k = n_b; k-- > 0;) {
			skip_a = *cell(t, i + 1, k);
			skip_b = *cell(t, i, k + 1);
			*cell(t, i, k) = strcmp(a[i], b[k]) == 0
			    ? (uint16_t)(*cell(t, i + 1, k + 1) + 1)
			    : skip_a > skip_b ? skip_a
					      : skip_b;
		}
}

/* Which of the two elements go together. */
static void
match(const struct table *t, const char *const *a, size_t n_a,
    const char *const *b, size_t n_b, size_t *of_a, size_t *of_b)
{
	size_t i, k;

	for (i = 0; i < n_a; i++)
		of_a[i] = SEQDIFF_NONE;
	for (k = 0; k < n_b; k++)
		of_b[k] = SEQDIFF_NONE;
	for (i = k = 0; i < n_a && k < n_b;)
		if (strcmp(a[i], b[k]) == 0) {
			of_a[i] = k;
			of_b[k++] = i++;
		} else if (*cell(t, i + 1, k) >= *cell(t, i, k + 1)) {
			i++;
		} else {
			k++;
		}
}

static bool
is_alone_too(const char *text, const char *const *list, const size_t *of,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (of[i] == SEQDIFF_NONE && strcmp(list[i], text) == 0)
			return true;
	return false;
}

void
seqdiff(const char *const *a, size_t n_a, const char *const *b, size_t n_b,
    seqdiff_fn *fn, void *ctx)
{
	size_t i = 0, k = 0, *of_a, *of_b;
	struct table t;

	n_a = n_a > SEQDIFF_MAX ? SEQDIFF_MAX : n_a;
	n_b = n_b > SEQDIFF_MAX ? SEQDIFF_MAX : n_b;
	of_a = mem_zero(n_a + 1, sizeof(*of_a));
	of_b = mem_zero(n_b + 1, sizeof(*of_b));
	fill(&t, a, n_a, b, n_b);
	match(&t, a, n_a, b, n_b, of_a, of_b);
	while (i < n_a || k < n_b)
		if (i < n_a && of_a[i] == SEQDIFF_NONE) {
			fn(ctx, i, SEQDIFF_NONE,
			    is_alone_too(a[i], b, of_b, n_b));
			i++;
		} else if (k < n_b && of_b[k] == SEQDIFF_NONE) {
			fn(ctx, SEQDIFF_NONE, k,
			    is_alone_too(b[k], a, of_a, n_a));
			k++;
		} else {
			fn(ctx, i++, k++, false);
		}
	free(t.length);
	free(of_a);
	free(of_b);
}
