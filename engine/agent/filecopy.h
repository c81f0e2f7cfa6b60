/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filecopy - files of the guest to the lab, and back.
 */
#ifndef AGENT_FILECOPY_H
#define AGENT_FILECOPY_H

#include <stdint.h>

#include "agent/labwire.h"
#include "base/err.h"

#define FILECOPY_MAX (4 * 1024 * 1024) /* bytes of a file */

/* Gives its contents as is=data rows, in order; the row lives during the call.
 * Its size, or ERR_NOTFOUND, ERR_IO, ERR_UNSUPPORTED (too large). */
int64_t filecopy_get(const char *path,
    void (*row)(void *ctx, struct labwire *m), void *ctx, struct err *err);

/* Writes a piece; one at 0 makes the file anew. 0, ERR_IO, or ERR_UNSUPPORTED
 * (too large). */
int filecopy_put(const char *path, int64_t offset, const void *data,
    size_t bytes, struct err *err);

#endif
