/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_bsd_table - the tables of interfaces and routes of a struct fake_bsd. */
#ifndef UNIT_FAKE_BSD_TABLE_H
#define UNIT_FAKE_BSD_TABLE_H

#include "base/strbuf.h"
#include "world/bsdkernel.h"

/* ctx: a struct fake_bsd. As struct bsdkernel_ops has it. */
int fake_bsd_table(void *ctx, enum bsdkernel_table what, struct strbuf *out);

#endif
