/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/mem.h"
#include "base/strbuf.h"

static void
add_text(struct strbuf *out, const char *text)
{
	const unsigned char *s;

	for (s = (const unsigned char *)text; *s != '\0'; s++) {
		if (*s == '\n')
			strbuf_adds(out, "\\n");
		else if (*s == '\t')
			strbuf_addc(out, ' ');
		else if (*s < ' ' || *s > '~')
			strbuf_addf(out, "\\x%02x", *s);
		else
			strbuf_addc(out, (char)*s);
	}
}

static const char *
level_word(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error: ";
	case LOG_LEVEL_WARNING:
		return "warning: ";
	case LOG_LEVEL_INFO:
	case LOG_LEVEL_DEBUG:
		break;
	}
	return "";
}

void
log_line(const struct log *log, enum log_level level, const char *subsystem,
    const char *fmt, ...)
{
	struct strbuf line = { 0 };
	char *text = NULL;
	va_list ap;
	int bytes;

	if (level > log->most)
		return;
	strbuf_addf(&line, "%s: %s", subsystem, level_word(level));
	va_start(ap, fmt);
	bytes = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (bytes > 0) {
		text = mem_zero(1, (size_t)bytes + 1);
		va_start(ap, fmt);
		vsnprintf(text, (size_t)bytes + 1, fmt, ap);
		va_end(ap);
		add_text(&line, text);
		free(text);
	}
	log->write(log->ctx, level, strbuf_str(&line));
	strbuf_fini(&line);
}

void
log_to_stderr(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	fprintf(stderr, "%s\n", line);
}

static int
priority(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return LOG_ERR;
	case LOG_LEVEL_WARNING:
		return LOG_WARNING;
	case LOG_LEVEL_INFO:
		return LOG_NOTICE;
	case LOG_LEVEL_DEBUG:
		break;
	}
	return LOG_DEBUG;
}

void
log_to_syslog(void *ctx, enum log_level level, const char *line)
{
	/* Opening again is nothing when it is open, and syslog() keeps the
	 * pointer to the name. */
	openlog(ctx, LOG_PID, LOG_DAEMON);
	syslog(priority(level), "%s", line);
}
