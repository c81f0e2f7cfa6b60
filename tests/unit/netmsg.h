/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netmsg - routing messages for tests: netlink's built piece by piece, both
 * systems' read from fixtures/routing, and what a table says of them.
 */
#ifndef TESTS_NETMSG_H
#define TESTS_NETMSG_H

#include "base/strbuf.h"
#include "world/linktable.h"

/* A message of this type begins; all that is added until the next one is its
 * body. Appended to sb. */
void netmsg_begin(struct strbuf *sb, unsigned type, unsigned flags,
    uint32_t sequence);
void netmsg_u8(struct strbuf *sb, unsigned value);
void netmsg_u32(struct strbuf *sb, uint32_t value);
void netmsg_end(struct strbuf *sb); /* fills in the length */

/* An attribute; netmsg_nest() gives what netmsg_nested() closes. */
void netmsg_attr(struct strbuf *sb, unsigned type, const void *data,
    size_t bytes);
void netmsg_attr_u32(struct strbuf *sb, unsigned type, uint32_t value);
size_t netmsg_nest(struct strbuf *sb, unsigned type);
void netmsg_nested(struct strbuf *sb, size_t at);

/* RTM_NEWLINK (16) or RTM_DELLINK (17) up to its attributes; with its name
 * when that is not NULL. */
void netmsg_link(struct strbuf *sb, unsigned type, uint32_t index,
    uint32_t flags, const char *name);

/* Line number `line` (from 0) of those in the file that are no remarks, as
 * bytes appended to sb. False behind the last. */
bool netmsg_line(const char *path, size_t line, struct strbuf *sb);

typedef size_t netmsg_next_fn(const void *data, size_t bytes,
    struct ifevent *out);

/* A table, and everything that it told: a line each, "gone NAME" or a hint. */
struct netmsg_bench {
	struct linktable table;
	struct strbuf told;
};

void netmsg_bench_init(struct netmsg_bench *b);
void netmsg_bench_fini(struct netmsg_bench *b);
void netmsg_feed(struct netmsg_bench *b, netmsg_next_fn *next,
    const struct strbuf *messages, bool as_answer);

#endif
