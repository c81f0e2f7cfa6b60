/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * repeat - a command line that can be pasted into a shell.
 */
#ifndef CMD_REPEAT_H
#define CMD_REPEAT_H

#include "base/strbuf.h"

/* Appends word, in quotes when a POSIX shell would change it. */
void repeat_word(struct strbuf *out, const char *word);

#endif
