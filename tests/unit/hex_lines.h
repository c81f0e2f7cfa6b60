/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hex_lines - the files in fixtures/freebsd and fixtures/routing: each line
 * ends in bytes, as hex, or as NAME=hex; one that begins with # is a remark.
 */
#ifndef TESTS_UNIT_HEX_LINES_H
#define TESTS_UNIT_HEX_LINES_H

#include <stddef.h>
#include <stdint.h>

#define HEX_LINE_BYTES 16384

struct hex_line {
	char words[256]; /* what stands before the bytes, without the blank */
	uint8_t data[HEX_LINE_BYTES];
	size_t bytes;
};

/* Calls take() for each line; fails the test when there is none. */
void hex_lines(const char *path,
    void (*take)(void *ctx, const struct hex_line *l), void *ctx);

/* The first line that begins with these words; fails the test when there is
 * none. */
void hex_line_find(const char *path, const char *start, struct hex_line *out);

/* The whole of a text file, NUL-terminated; the caller frees. */
char *hex_text(const char *path);

#endif
