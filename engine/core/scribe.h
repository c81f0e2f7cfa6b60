/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scribe - writes down all that cores are told and answer, as the rows and
 * setups of core/decision.h, and hands them on. It is the cores' tap.
 *
 * A setup is handed on before the first row that names it. All rows of one
 * input stand together, the input first.
 */
#ifndef CORE_SCRIBE_H
#define CORE_SCRIBE_H

#include "core/core.h"

struct scribe_sink { /* what is given lives during the call */
	void (*setup)(void *ctx, const char *name, const char *body,
	    size_t bytes);
	void (*row)(void *ctx, int64_t at_ns, bool in, const char *kind,
	    const char *body, size_t bytes);
	void *ctx;
	/* A row "rest" now and then, where a replay may begin when the rows
	 * before are gone. */
	bool rests;
};

struct scribe;
struct scribe *scribe_new(const struct scribe_sink *sink);
/* NULL is fine. No core of it may be stepped any more. */
void scribe_free(struct scribe *s);

/* A core that was just made with this config; borrowed until it ends. */
void scribe_begin(struct scribe *s, struct core *c,
    const struct core_config *config, int64_t now_ns);

#endif
