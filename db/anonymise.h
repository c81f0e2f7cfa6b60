/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * anonymise - addresses and names in a run replaced by others, so that it can
 * be shown to strangers and still is the same story.
 *
 *	MAC addresses	locally administered ones; also in names (enx...),
 *			in GUIDs of NICs and IPv6 addresses made of them
 *	IPv4		a net (as wide as it is seen, /24 else) becomes one of
 *			RFC 5737's, or of 198.18.0.0/15 (RFC 2544) when these
 *			are used up; within it an address another one, but for
 *			a net's first and last
 *	IPv6		2001:db8::/32 (RFC 3849), nets kept apart by /48 and
 *			/64; the first 65536 addresses of a net keep their end
 *	GUIDs		others, but for the classes of vmbus
 *	hosts, users	host1, user1, ...: host names that a log's lines or
 *			texts tell, users of "user NAME", "(NAME@HOST)",
 *			names of home folders
 *
 * What is equal stays equal, what differs differs, in all texts of what was
 * learned together. What says nothing of anybody stays: loopback, link-local
 * prefixes, multicast, masks, 169.254.0.0/16, Azure's 168.63.129.16, the
 * unspecified and the broadcast address.
 *
 * The new values depend on the seed and on the order in which the old ones
 * appear, never on what they were: nothing can be computed back.
 *
 * All is learned first, then anonymiser_settle(), then mapped.
 */
#ifndef DB_ANONYMISE_H
#define DB_ANONYMISE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "db/recording.h"
#include "db/trace.h"

struct anonymiser;

struct anonymiser *anonymiser_new(const char *seed); /* NULL: the usual one */
void anonymiser_free(struct anonymiser *a);	     /* NULL is fine */

void anonymiser_learn(struct anonymiser *a, const char *text, size_t bytes);
void anonymiser_learn_host(struct anonymiser *a, const char *name);

/* ERR_INPUT when there are more nets or addresses than room for them. */
int anonymiser_settle(struct anonymiser *a, struct err *e);

/* Appends text with all that was learned replaced. names: hosts and users
 * too; without, in what a machine reads. */
void anonymiser_map(const struct anonymiser *a, const char *text, size_t bytes,
    bool names, struct strbuf *out);

/* A run's texts, and those of a recording's records and lines; learning leaves
 * them as they are. With the map the source goes, and the title of an import,
 * which is its file's name, becomes title. Of a recording the trace that
 * recording_trace() made is mapped too, by its own call. */
void anonymise_learn_trace(struct anonymiser *a, struct trace *t);
void anonymise_learn_recording(struct anonymiser *a, struct recording *r);
void anonymise_map_trace(struct anonymiser *a, struct trace *t,
    const char *title);
void anonymise_map_recording(struct anonymiser *a, struct recording *r,
    const char *title);

#endif
