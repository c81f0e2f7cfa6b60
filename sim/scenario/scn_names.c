/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/scenario/scn_names.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "base/suggest.h"

/* A suggestion compares every name with the mistyped one; repeated marks can
 * be many, and nobody mistypes the thousandth. */
#define NEAREST_MAX 1000

struct scn_name {
	UT_hash_handle hh;
	struct scn_named named;
	char name[];
};

void
scn_names_fini(struct scn_names *names)
{
	struct scn_name *n, *next;

	HASH_ITER (hh, names->head, n, next) {
		HASH_DEL(names->head, n);
		free(n);
	}
}

const struct scn_named *
scn_names_find(const struct scn_names *names, const char *name)
{
	struct scn_name *n;

	HASH_FIND_STR(names->head, name, n);
	return n == NULL ? NULL : &n->named;
}

const struct scn_named *
scn_names_add(struct scn_names *names, const char *name, int64_t value,
    unsigned line)
{
	const struct scn_named *older = scn_names_find(names, name);
	size_t bytes = strlen(name);
	struct scn_name *n;

	if (older != NULL)
		return older;
	n = mem_zero(1, sizeof(*n) + bytes + 1);
	memcpy(n->name, name, bytes);
	n->named.value = value;
	n->named.line = line;
	HASH_ADD_STR(names->head, name, n);
	return NULL;
}

const char *
scn_names_nearest(const struct scn_names *names, const char *word)
{
	const char *known[NEAREST_MAX];
	const struct scn_name *n;
	size_t count = 0;

	for (n = names->head; n != NULL && count < NEAREST_MAX; n = n->hh.next)
		known[count++] = n->name;
	return suggest(word, known, count);
}
