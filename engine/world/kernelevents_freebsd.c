/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/kernelevents.h"

#include <assert.h>

int
kernelevents_open(struct kernelevents **out, struct err *err)
{
	*out = NULL;
	return err_set(err, ERR_UNSUPPORTED,
	    "this kernel tells its records on /dev/devctl");
}

/* Nobody has one. */
void
kernelevents_close(struct kernelevents *k)
{
	assert(k == NULL);
}

int
kernelevents_fd(const struct kernelevents *k)
{
	assert(k == NULL);
	return -1;
}

void
kernelevents_readable(struct kernelevents *k)
{
	assert(k == NULL);
}

size_t
kernelevents_next(struct kernelevents *k, char *out, size_t size)
{
	(void)out;
	(void)size;
	assert(k == NULL);
	return 0;
}

bool
kernelevents_has_more(const struct kernelevents *k)
{
	assert(k == NULL);
	return false;
}

bool
kernelevents_take_hint(struct kernelevents *k)
{
	assert(k == NULL);
	return false;
}

const char *
kernelevents_note(struct kernelevents *k)
{
	assert(k == NULL);
	return NULL;
}
