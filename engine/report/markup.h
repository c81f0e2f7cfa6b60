/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * markup - text from outside inside HTML, XML and Markdown. Whatever the
 * bytes, they stay text: they open no element, end no attribute and break no
 * table.
 */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include <stddef.h>

#include "base/strbuf.h"

/* Appends a string cleaned (report/clean.h) and with < > & " as entities:
 * attributes stand in double quotes. */
void markup_text(struct strbuf *out, const char *s);

/* The same, of which what is longer than max bytes is cut off at a character
 * and replaced by "..". max >= 2. */
void markup_cut(struct strbuf *out, const char *s, size_t max);

/* The same without cleaning, for text that is clean and has lines. */
void markup_lines(struct strbuf *out, const char *s);

/* ` name="value"` */
void markup_attribute(struct strbuf *out, const char *name, const char *value);

/* One cell of a Markdown table: cleaned, on one line, with each character
 * escaped that means something there, HTML's too. */
void markup_cell(struct strbuf *out, const char *s);

#endif
