/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/strbuf.h"

void
diag_report(struct diag *d, enum diag_level level, const char *file,
    unsigned line, unsigned col, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (level == DIAG_ERROR)
		d->errors++;
	else if (level == DIAG_WARNING)
		d->warnings++;
	if (d->emit == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->emit(d->ctx, level, file, line, col, text);
}

const char *
diag_word(enum diag_level level)
{
	switch (level) {
	case DIAG_ERROR:
		return "error";
	case DIAG_WARNING:
		return "warning";
	case DIAG_NOTE:
		return "note";
	}
	return "note";
}

void
diag_emit_strbuf(void *ctx, enum diag_level level, const char *file,
    unsigned line, unsigned col, const char *text)
{
	struct strbuf *sb = ctx;

	strbuf_addf(sb, "%s", file);
	if (line > 0)
		strbuf_addf(sb, ":%u", line);
	if (line > 0 && col > 0)
		strbuf_addf(sb, ":%u", col);
	strbuf_addf(sb, ": %s: %s\n", diag_word(level), text);
}
