/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ctltable - the rows that a daemon answers (base/rowtext.h) as a table for
 * people, in printable ASCII.
 */
#ifndef CMD_CTLTABLE_H
#define CMD_CTLTABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/* Whether the answer to this order is one for a table. */
bool ctltable_has(const char *order);

/* Appends the table of such an answer. ERR_INPUT when it is none. */
int ctltable_write(const char *order, const char *text, size_t bytes,
    struct strbuf *out, struct err *err);

#endif
