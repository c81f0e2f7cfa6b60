/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * operation_row - an operation as words of base/rowtext.h and back, every
 * field of it. What people read is operation_text().
 */
#ifndef FAILOVER_OPERATION_ROW_H
#define FAILOVER_OPERATION_ROW_H

#include "base/rowtext.h"
#include "failover/operation.h"

/* Appends "op=port-add ifname=lagg0 other=mce0 why=\"...\"". */
void operation_row_write(const struct operation *op, struct strbuf *out);

/* The newest word of r, as rowtext_take_field(). */
int operation_row_take(const struct rowtext *r, struct operation *op,
    struct err *e);

/* A row that is nothing else. False: it is none, and *op is of no use. */
bool operation_row_read(const char *text, size_t bytes, struct operation *op);

#endif
