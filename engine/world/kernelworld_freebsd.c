/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/kernelworld.h"

#include <assert.h>
#include <stddef.h>

int
kernelworld_open(const struct kernelworld_config *config,
    struct kernelworld **out, struct err *err)
{
	(void)config;
	*out = NULL;
	return err_set(err, ERR_UNSUPPORTED,
	    "changing interfaces is for Linux only so far; run the rules "
	    "alone, and hyperv_vfattach and hyperv_vfup as their scripts");
}

void
kernelworld_close(struct kernelworld *w)
{
	assert(w == NULL);
}

/* Nobody has one. */
void
kernelworld_observe(struct kernelworld *w, struct snapshot *out)
{
	(void)out;
	assert(w == NULL);
}

int
kernelworld_apply(struct kernelworld *w, const struct operation *op)
{
	(void)op;
	assert(w == NULL);
	return 0;
}
