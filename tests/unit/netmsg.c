/* SPDX-License-Identifier: BSD-2-Clause */
#include "netmsg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t message_at;

static void
put_u16(struct strbuf *sb, unsigned value)
{
	uint16_t v = (uint16_t)value;

	strbuf_add(sb, &v, sizeof(v));
}

void
netmsg_u8(struct strbuf *sb, unsigned value)
{
	strbuf_addc(sb, (char)value);
}

void
netmsg_u32(struct strbuf *sb, uint32_t value)
{
	strbuf_add(sb, &value, sizeof(value));
}

void
netmsg_begin(struct strbuf *sb, unsigned type, unsigned flags,
    uint32_t sequence)
{
	message_at = sb->bytes;
	netmsg_u32(sb, 0);
	put_u16(sb, type);
	put_u16(sb, flags);
	netmsg_u32(sb, sequence);
	netmsg_u32(sb, 0);
}

static void
pad(struct strbuf *sb)
{
	while (sb->bytes % 4 != 0)
		netmsg_u8(sb, 0);
}

void
netmsg_end(struct strbuf *sb)
{
	uint32_t bytes = (uint32_t)(sb->bytes - message_at);

	memcpy(sb->data + message_at, &bytes, sizeof(bytes));
	pad(sb);
}

void
netmsg_attr(struct strbuf *sb, unsigned type, const void *data, size_t bytes)
{
	put_u16(sb, (unsigned)bytes + 4);
	put_u16(sb, type);
	strbuf_add(sb, data, bytes);
	pad(sb);
}

void
netmsg_attr_u32(struct strbuf *sb, unsigned type, uint32_t value)
{
	netmsg_attr(sb, type, &value, sizeof(value));
}

size_t
netmsg_nest(struct strbuf *sb, unsigned type)
{
	size_t at = sb->bytes;

	put_u16(sb, 0);
	put_u16(sb, type | 0x8000); /* NLA_F_NESTED */
	return at;
}

void
netmsg_nested(struct strbuf *sb, size_t at)
{
	uint16_t bytes = (uint16_t)(sb->bytes - at);

	memcpy(sb->data + at, &bytes, sizeof(bytes));
}

void
netmsg_link(struct strbuf *sb, unsigned type, uint32_t index, uint32_t flags,
    const char *name)
{
	netmsg_begin(sb, type, 0, 0);
	netmsg_u8(sb, 0);
	netmsg_u8(sb, 0);
	put_u16(sb, 1);
	netmsg_u32(sb, index);
	netmsg_u32(sb, flags);
	netmsg_u32(sb, 0);
	if (name != NULL)
		netmsg_attr(sb, 3, name, strlen(name) + 1);
}

bool
netmsg_line(const char *path, size_t line, struct strbuf *sb)
{
	FILE *f = fopen(path, "r");
	static char text[65536];
	unsigned byte;
	size_t i;

	if (f == NULL) {
		perror(path);
		abort();
	}
	while (fgets(text, sizeof(text), f) != NULL) {
		if (text[0] == '#' || line-- > 0)
			continue;
		for (i = 0; sscanf(text + i, "%2x", &byte) == 1; i += 2)
			netmsg_u8(sb, byte);
		fclose(f);
		return true;
	}
	fclose(f);
	return false;
}

static void
on_hint(void *ctx, const char *text)
{
	strbuf_addf(ctx, "%s\n", text);
}

static void
on_gone(void *ctx, const char *name)
{
	strbuf_addf(ctx, "gone %s\n", name);
}

void
netmsg_bench_init(struct netmsg_bench *b)
{
	const struct linktable_user user = { on_hint, on_gone, &b->told };

	memset(b, 0, sizeof(*b));
	linktable_init(&b->table, &user);
}

void
netmsg_bench_fini(struct netmsg_bench *b)
{
	linktable_fini(&b->table);
	strbuf_fini(&b->told);
}

void
netmsg_feed(struct netmsg_bench *b, netmsg_next_fn *next,
    const struct strbuf *messages, bool as_answer)
{
	struct ifevent e;
	size_t at, step;

	for (at = 0; at < messages->bytes; at += step) {
		step = next(messages->data + at, messages->bytes - at, &e);
		if (step == 0)
			return;
		e.answer = as_answer;
		linktable_take(&b->table, &e);
	}
}
