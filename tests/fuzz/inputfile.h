/* SPDX-License-Identifier: BSD-2-Clause */
/* inputfile - files that a target begins with or makes of its input. Whatever
 * cannot be done ends it: targets are run in the repository's root. */
#ifndef TESTS_FUZZ_INPUTFILE_H
#define TESTS_FUZZ_INPUTFILE_H

#include <stddef.h>
#include <stdint.h>

/* All of it; the caller frees. A '\0' follows that *bytes does not count. */
char *inputfile_read(const char *path, size_t *bytes);
void inputfile_write(const char *path, const void *data, size_t bytes);

/* Standard input becomes a pipe with this in it, and then ends: a file would
 * wait for the disk. No more than a pipe takes at once. */
void inputfile_stdin(const uint8_t *data, size_t bytes);

#endif
