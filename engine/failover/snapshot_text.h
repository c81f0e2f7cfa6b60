/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snapshot_text - a snapshot as text and back, every field of it.
 *
 * Rows of base/rowtext.h. The first is the system, each further one an
 * interface:
 *
 *	vf_transparent=0 rx_all=1 gateway=10.0.0.1/32 default_if=lagg0
 *	if=hn0 index=2 class=hn up addr=10.0.0.4/24 addr_flags=8 vf=mce0
 *	if=mce0 same
 *
 * Between an addr or a port and the next one stands what belongs to it. What
 * is zero is left out. "same" is the interface of this name as it was in the
 * snapshot before; a text that is wholly like the one before is "same" alone.
 */
#ifndef FAILOVER_SNAPSHOT_TEXT_H
#define FAILOVER_SNAPSHOT_TEXT_H

#include "base/err.h"
#include "base/strbuf.h"
#include "failover/snapshot.h"

struct snapshot_writer; /* what "before" means; one for each sequence */
struct snapshot_writer *snapshot_writer_new(void);
void snapshot_writer_free(struct snapshot_writer *w); /* NULL is fine */

/* Appends to out, in which words of the first row may stand already. */
void snapshot_write(struct snapshot_writer *w, const struct snapshot *s,
    struct strbuf *out);

struct snapshot_parser;
struct snapshot_parser *snapshot_parser_new(void);
void snapshot_parser_free(struct snapshot_parser *p); /* NULL is fine */

#define SNAPSHOT_TEXT_IFS 4096 /* more interfaces are refused */

/* The next snapshot of the sequence, which lives until the call after this
 * one; NULL after an error, and p is then as it was. */
const struct snapshot *snapshot_parse(struct snapshot_parser *p,
    const char *text, size_t bytes, struct err *e);

#endif
