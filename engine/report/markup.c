/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/markup.h"

#include <string.h>

#include "report/clean.h"

void
markup_lines(struct strbuf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '<':
			strbuf_adds(out, "&lt;");
			break;
		case '>':
			strbuf_adds(out, "&gt;");
			break;
		case '&':
			strbuf_adds(out, "&amp;");
			break;
		case '"':
			strbuf_adds(out, "&quot;");
			break;
		default:
			strbuf_addc(out, *s);
		}
	}
}

void
markup_text(struct strbuf *out, const char *s)
{
	struct strbuf clean = { 0 };

	clean_text(&clean, s);
	markup_lines(out, strbuf_str(&clean));
	strbuf_fini(&clean);
}

void
markup_cut(struct strbuf *out, const char *s, size_t max)
{
	struct strbuf clean = { 0 };

	clean_text(&clean, s);
	if (clean.bytes > max) {
		max -= 2;
		while (max > 0 && (clean.data[max] & 0xc0) == 0x80)
			max--;
		clean.bytes = max;
		strbuf_adds(&clean, "..");
	}
	markup_lines(out, strbuf_str(&clean));
	strbuf_fini(&clean);
}

void
markup_attribute(struct strbuf *out, const char *name, const char *value)
{
	strbuf_addf(out, " %s=\"", name);
	markup_text(out, value);
	strbuf_addc(out, '"');
}

void
markup_cell(struct strbuf *out, const char *s)
{
	struct strbuf clean = { 0 };
	const char *c;

	clean_text(&clean, s);
	for (c = strbuf_str(&clean); *c != '\0'; c++) {
		if (*c == '<')
			strbuf_adds(out, "&lt;");
		else if (*c == '&')
			strbuf_adds(out, "&amp;");
		else if (strchr("\\`*_{}[]()>#|~@!:", *c) != NULL)
			strbuf_addf(out, "\\%c", *c);
		else
			strbuf_addc(out, *c);
	}
	strbuf_fini(&clean);
}
