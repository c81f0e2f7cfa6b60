/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/clean.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool
is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

void
clean_ascii(struct strbuf *out, const char *s, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		strbuf_addc(out, is_plain(s[i]) ? s[i] : '?');
}

void
clean_cut(struct strbuf *out, const char *s, size_t width)
{
	size_t bytes = strlen(s);

	clean_ascii(out, s, bytes > width ? width - 2 : bytes);
	if (bytes > width)
		strbuf_adds(out, "..");
}

static bool
is_visible(uint32_t c)
{
	static const uint32_t hidden[][2] = {
		{ 0, 0x9f },	      /* controls, and what was too long */
		{ 0xad, 0xad },	      /* soft hyphen */
		{ 0x61c, 0x61c },     /* direction mark */
		{ 0x200b, 0x200f },   /* zero width, direction marks */
		{ 0x2028, 0x202e },   /* line ends, direction */
		{ 0x2060, 0x206f },   /* joiners, direction */
		{ 0xd800, 0xdfff },   /* halves of UTF-16 */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xfff0, 0xffff },   /* specials */
		{ 0xe0000, 0xe0fff }, /* tags */
	};
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (c >= hidden[i][0] && c <= hidden[i][1])
			return false;
	return c <= 0x10ffff && (c & 0xfffe) != 0xfffe;
}

/* The bytes of the sequence at s, 0 when it is none or cannot be seen. */
static size_t
sequence(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t i, n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	uint32_t c = s[0] & (0xffu >> (n + 1));

	if (s[0] < 0xc0 || s[0] > 0xf7)
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fu);
	}
	return c >= least[n] && is_visible(c) ? n : 0;
}

void
clean_text(struct strbuf *out, const char *s)
{
	size_t n;

	while (*s != '\0') {
		n = is_plain(*s) ? 1 : sequence((const unsigned char *)s);
		if (n > 0)
			strbuf_add(out, s, n);
		else
			strbuf_addc(out, '?');
		s += n > 0 ? n : 1;
	}
}
