/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sysctltable - a table of sysctl(3) that may grow while it is read.
 */
#ifndef WORLD_SYSCTLTABLE_H
#define WORLD_SYSCTLTABLE_H

#include "base/strbuf.h"

/* Appends the whole table of mib, n names, or nothing. 0 or an errno; ENOMEM:
 * it grew at each try. */
int sysctltable_read(const int *mib, unsigned n, struct strbuf *out);

#endif
