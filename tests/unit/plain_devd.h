/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plain_devd - a second reading of devd.conf(5), to hold the engine's against:
 * every rule is tried in turn, every pattern goes to regcomp(3), and nothing
 * is shared with engine/rules or engine/event. Slow and obvious on purpose.
 *
 * Read from the recorded cases (fixtures/conformance/README.md) and what is
 * known of devd: the newest one's rules. It takes what devd accepts, and has
 * no findings: a text that devd refuses is refused.
 */
#ifndef UNIT_PLAIN_DEVD_H
#define UNIT_PLAIN_DEVD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct plain_file {
	const char *path; /* "devd.conf", or "FOLDER/NAME" */
	const char *text;
	size_t bytes;
};

struct plain_devd;

/* Of the files, the first is the main one; folders are read in the order of
 * names. NULL: devd would not start. */
struct plain_devd *plain_devd_new(const struct plain_file *files, size_t n);
void plain_devd_free(struct plain_devd *p);

/* What the kernel says of an interface's media: "ethernet", "802.11", "atm",
 * or NULL when it does not answer. */
typedef const char *plain_media(void *ctx, const char *ifname);

/* Appends the answer to one record in the form of the recorded cases: a line
 * ">COMMAND" for each action, or "-". The number of the rule that ran, in the
 * order of reading, or -1. */
int plain_devd_answer(const struct plain_devd *p, const char *record,
    size_t bytes, const char *timestamp, plain_media *media, void *ctx,
    struct strbuf *out);

#endif
