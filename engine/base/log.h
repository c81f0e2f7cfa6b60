/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log - lines for the operator, through one replaceable sink.
 *
 * Only daemon/ and cmd/ log; layers below return what they have to say. A
 * line is "subsystem: text" or "subsystem: error: text", one line whatever
 * the text holds: bytes that are not printable ASCII are written as \xNN (a
 * newline as \n), because records come from outside and must not be able to
 * forge a line or to talk to a terminal.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

struct log {
	enum log_level most; /* lines beyond this level are dropped */
	/* line has no newline, and lives only during the call. */
	void (*write)(void *ctx, enum log_level level, const char *line);
	void *ctx;
};

void log_line(const struct log *log, enum log_level level,
    const char *subsystem, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Two sinks. The first wants nothing; ctx of the second is the program's name
 * and outlives the log. */
void log_to_stderr(void *ctx, enum log_level level, const char *line);
void log_to_syslog(void *ctx, enum log_level level, const char *line);

#endif
