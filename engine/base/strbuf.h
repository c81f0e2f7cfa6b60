/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strbuf - bytes that grow. Always NUL-terminated behind the last byte, and
 * may hold NUL bytes itself. Zeroed memory is an empty strbuf.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stddef.h>

struct strbuf {
	char *data;   /* owned; NULL while nothing was ever added */
	size_t bytes; /* without the terminating NUL */
	size_t cap;
};

void strbuf_fini(struct strbuf *sb);  /* frees; leaves it empty */
void strbuf_reset(struct strbuf *sb); /* empties; keeps the memory */
void strbuf_add(struct strbuf *sb, const void *data, size_t bytes);
void strbuf_adds(struct strbuf *sb, const char *s);
void strbuf_add_slowly(struct strbuf *sb, char c); /* of strbuf_addc() */
void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *strbuf_str(const struct strbuf *sb); /* "" when empty */
char *strbuf_take(struct strbuf *sb); /* caller frees; sb is empty after */

static inline void
strbuf_addc(struct strbuf *sb, char c)
{
	if (sb->bytes + 2 > sb->cap) {
		strbuf_add_slowly(sb, c);
		return;
	}
	sb->data[sb->bytes++] = c;
	sb->data[sb->bytes] = '\0';
}

#endif
