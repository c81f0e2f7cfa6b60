/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * selfpath - where the running program's own file lies.
 */
#ifndef BASE_COMPAT_SELFPATH_H
#define BASE_COMPAT_SELFPATH_H

#include <stddef.h>

#include "base/err.h"

/* Writes the absolute path of the executable, NUL-terminated. ERR_IO when the
 * system does not say, ERR_INPUT when it does not fit. */
int selfpath(char *buf, size_t bytes, struct err *err);

#endif
