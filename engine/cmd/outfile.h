/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outfile - a file that the user wants written.
 */
#ifndef CMD_OUTFILE_H
#define CMD_OUTFILE_H

#include <stdio.h>

#include "base/strbuf.h"

/* Opens path for writing, or gives standard output for NULL. NULL after
 * "switchback COMMAND: PATH: why" on stderr. */
FILE *outfile_open(const char *command, const char *path);

/* Writes all of text and closes, but for standard output, which main looks
 * after. Gives the exit status: CMD_TROUBLE, after a message, when it did not
 * get there. f may be NULL: an open that failed and has been told. */
int outfile_finish(const char *command, const char *path, FILE *f,
    const struct strbuf *text);

/* Both. */
int outfile_write(const char *command, const char *path,
    const struct strbuf *text);

#endif
