/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/strbuf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST 64 /* most never need more */

static void
make_room(struct strbuf *sb, size_t bytes)
{
	size_t need = sb->bytes + bytes + 1;

	if (need > sb->cap)
		sb->data = mem_grow(sb->data, &sb->cap,
		    need > FIRST ? need : FIRST, 1);
}

void
strbuf_fini(struct strbuf *sb)
{
	free(sb->data);
	memset(sb, 0, sizeof(*sb));
}

void
strbuf_reset(struct strbuf *sb)
{
	sb->bytes = 0;
	if (sb->data != NULL)
		sb->data[0] = '\0';
}

void
strbuf_add(struct strbuf *sb, const void *data, size_t bytes)
{
	make_room(sb, bytes);
	if (bytes > 0)
		memcpy(sb->data + sb->bytes, data, bytes);
	sb->bytes += bytes;
	sb->data[sb->bytes] = '\0';
}

void
strbuf_adds(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void
strbuf_add_slowly(struct strbuf *sb, char c)
{
	strbuf_add(sb, &c, 1);
}

void
strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	assert(n >= 0);
	if ((size_t)n < sizeof(small)) {
		strbuf_add(sb, small, (size_t)n);
		return;
	}
	make_room(sb, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(sb->data + sb->bytes, (size_t)n + 1, fmt, ap);
	va_end(ap);
	sb->bytes += (size_t)n;
}

const char *
strbuf_str(const struct strbuf *sb)
{
	return sb->data == NULL ? "" : sb->data;
}

char *
strbuf_take(struct strbuf *sb)
{
	char *s = sb->data == NULL ? mem_strn("", 0) : sb->data;

	memset(sb, 0, sizeof(*sb));
	return s;
}
