/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_ROOM 16

void
samples_fini(struct samples *s)
{
	free(s->list);
	memset(s, 0, sizeof(*s));
}

static void
thin_out(struct samples *s)
{
	size_t i, kept = 0;

	s->shift++;
	for (i = 0; i < s->count; i++)
		if (samples_keeps(s, s->list[i].number))
			s->list[kept++] = s->list[i];
	s->count = kept;
}

void
samples_add(struct samples *s, size_t *budget, uint64_t number, int64_t at_ns)
{
	size_t before = s->cap;

	if (!samples_keeps(s, number))
		return;
	if (s->count == s->cap && before < SAMPLES_MAX &&
	    *budget < SAMPLES_BUDGET) {
		s->list = mem_grow(s->list, &s->cap,
		    before == 0 ? FIRST_ROOM : before * 2, sizeof(*s->list));
		*budget += s->cap - before;
	}
	while (s->count == s->cap && s->count > 0 && s->shift < 63)
		thin_out(s);
	if (s->count < s->cap && samples_keeps(s, number))
		s->list[s->count++] = (struct sample){ number, at_ns };
}

/* --- comparing --- */

static int
by_number(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int64_t
median(int64_t *list, size_t count)
{
	qsort(list, count, sizeof(*list), by_size);
	return list[count / 2];
}

static void
judge(int64_t *list, size_t count, struct sample_delays *out)
{
	size_t tenth = count / 10;

	if (count == 0)
		return;
	if (tenth == 0)
		tenth = 1;
	/* In order of numbers still; the ends are sorted within themselves,
	 * which the whole does not mind. */
	out->begin_ns = median(list, tenth);
	out->end_ns = median(list + count - tenth, tenth);
	out->median_ns = median(list, count);
	out->min_ns = list[0];
	out->p99_ns = list[count * 99 / 100];
	out->max_ns = list[count - 1];
}

void
samples_compare(struct samples *earlier, struct samples *later, uint64_t shift,
    struct sample_delays *out)
{
	int64_t *list = mem_zero(earlier->count + 1, sizeof(*list));
	size_t i, k = 0;
	uint64_t want;

	memset(out, 0, sizeof(*out));
	if (earlier->count > 0)
		qsort(earlier->list, earlier->count, sizeof(struct sample),
		    by_number);
	if (later->count > 0)
		qsort(later->list, later->count, sizeof(struct sample),
		    by_number);
	for (i = 0; i < earlier->count; i++) {
		want = earlier->list[i].number + shift;
		while (k < later->count && later->list[k].number < want)
			k++;
		if (k < later->count && later->list[k].number == want)
			list[out->count++] =
			    later->list[k].at_ns - earlier->list[i].at_ns;
	}
	judge(list, out->count, out);
	free(list);
}
