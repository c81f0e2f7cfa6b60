/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/suggest.h"

#include <string.h>

#define LONGEST 48
#define EDITS	2 /* more is another word */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance. */
static size_t
distance(const char *a, const char *b)
{
	size_t d[LONGEST + 1][LONGEST + 1];
	size_t na = strlen(a), nb = strlen(b), i, j, cost;

	if (na > LONGEST || nb > LONGEST || na > nb + EDITS || nb > na + EDITS)
		return LONGEST;
	for (i = 0; i <= na; i++)
		d[i][0] = i;
	for (j = 0; j <= nb; j++)
		d[0][j] = j;
	for (i = 1; i <= na; i++)
		for (j = 1; j <= nb; j++) {
			cost = a[i - 1] == b[j - 1] ? 0 : 1;
			d[i][j] = least(d[i - 1][j - 1] + cost,
			    least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[na][nb];
}

const char *
suggest(const char *word, const char *const known[], size_t count)
{
	size_t best = LONGEST, limit = strlen(word) / 3, i, now;
	const char *found = NULL;

	limit = limit < 1 ? 1 : least(limit, EDITS);
	for (i = 0; i < count; i++) {
		now = distance(word, known[i]);
		if (now < best) {
			best = now;
			found = known[i];
		}
	}
	return best <= limit ? found : NULL;
}
