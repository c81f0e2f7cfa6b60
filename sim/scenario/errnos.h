/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * errnos - FreeBSD's errors by name (sys/errno.h), whatever the host's are.
 */
#ifndef SIM_SCENARIO_ERRNOS_H
#define SIM_SCENARIO_ERRNOS_H

#include <stddef.h>

/* 0 when there is no such name. */
int errno_by_name(const char *name);

/* "ENOMEM", or NULL for a number without a name here. */
const char *errno_name(int number);

/* All names, for a suggestion: at most max of them; gives how many. */
size_t errno_names(const char *names[], size_t max);

#endif
