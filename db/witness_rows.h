/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness_rows - what lies beside a recording, as rows of its run: the
 * aggregate's ports, master and active port; addresses and the default route
 * that outputs show; routing hints; and as notes what was typed ("typed") and
 * what the host did ("host").
 */
#ifndef DB_WITNESS_ROWS_H
#define DB_WITNESS_ROWS_H

#include "db/trace.h"
#include "db/witness.h"

/* Adds to t, which has the recording's own start. */
void witness_add_rows(const struct witness *w, struct trace *t);

#endif
