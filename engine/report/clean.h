/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clean - text from files and devices, made fit to print. Whatever the bytes,
 * they move no cursor, end no line and break no form.
 */
#ifndef REPORT_CLEAN_H
#define REPORT_CLEAN_H

#include <stddef.h>

#include "base/strbuf.h"

/* Appends s[0..bytes): printable ASCII as it is, '?' for each other byte. So
 * a byte is a column: for tables. */
void clean_ascii(struct strbuf *out, const char *s, size_t bytes);

/* The same for a string of which what does not fit into width columns is cut
 * off and replaced by ".."; shorter ones are not padded. width >= 2. */
void clean_cut(struct strbuf *out, const char *s, size_t width);

/* Appends a string with its well-formed UTF-8, but for control characters and
 * those that change the direction of writing or cannot be seen. */
void clean_text(struct strbuf *out, const char *s);

#endif
