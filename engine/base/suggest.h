/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * suggest - "did you mean": the known word nearest to a mistyped one.
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

/* The nearest of known[0..count) within two edits (insert, delete, replace,
 * swap of neighbours) and at most a third of the word, or NULL. */
const char *suggest(const char *word, const char *const known[], size_t count);

#endif
