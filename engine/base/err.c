/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return code;
	e->code = code;
	e->sys_errno = 0;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return code;
}

int
err_sys(struct err *e, int errnum, const char *fmt, ...)
{
	va_list ap;
	size_t used;

	if (e == NULL)
		return ERR_IO;
	e->code = ERR_IO;
	e->sys_errno = errnum;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s",
	    strerror(errnum));
	return ERR_IO;
}

const char *
err_word(enum err_code code)
{
	switch (code) {
	case ERR_NONE:
		return "no error";
	case ERR_INPUT:
		return "bad input";
	case ERR_IO:
		return "system error";
	case ERR_NOTFOUND:
		return "not found";
	case ERR_VERSION:
		return "unknown version";
	case ERR_BUSY:
		return "busy";
	case ERR_STATE:
		return "wrong state";
	case ERR_UNSUPPORTED:
		return "not supported";
	}
	return "unknown error";
}
