/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policies - "--policy stock,native" of several subcommands.
 */
#ifndef CMD_POLICIES_H
#define CMD_POLICIES_H

#include <stddef.h>

#include "base/err.h"
#include "core/core.h"

struct policies {
	enum core_policy list[2];
	size_t count;
};

/* ERR_INPUT when s is not a list of different policies. */
int policies_parse(const char *s, struct policies *out, struct err *e);

#endif
