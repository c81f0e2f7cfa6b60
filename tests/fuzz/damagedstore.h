/* SPDX-License-Identifier: BSD-2-Clause */
/* damagedstore - the stores of fixtures/db, one of each schema, with pieces of
 * an input in them, in a folder that is gone at the end of the process. */
#ifndef TESTS_FUZZ_DAMAGEDSTORE_H
#define TESTS_FUZZ_DAMAGEDSTORE_H

#include <stddef.h>
#include <stdint.h>

#define DAMAGEDSTORE_BASES 2
#define DAMAGEDSTORE_PATH  64 /* bytes of a path in the folder */

extern const char *const damagedstore_files[DAMAGEDSTORE_BASES];

/* The first of all. */
void damagedstore_begin(void);

/* A path in the folder; the file there goes with it. At most 4 of them. */
void damagedstore_path(char path[DAMAGEDSTORE_PATH], const char *name);

/* What is in one of the files, borrowed. */
const char *damagedstore_base(size_t which, size_t *bytes);

/* Writes it there, changed: three bytes of data for the place, one for how many
 * follow, and those, again and again. */
void damagedstore_write(const char *path, size_t which, const uint8_t *data,
    size_t bytes);

#endif
