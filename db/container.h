/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * container - many small text files in one, bytes kept exactly.
 *
 *	switchback-recordings 1
 *	# remarks, up to the first section
 *	=== NAME BYTES
 *	the BYTES bytes of the section
 *	=== NAME BYTES
 *	...
 *
 * After a section's bytes comes the next header on a line of its own; a
 * section whose last byte is no newline has one more behind it, which is not
 * counted. Names are unique, without blanks, '#' and '+'.
 */
#ifndef DB_CONTAINER_H
#define DB_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define CONTAINER_MAGIC	   "switchback-recordings 1\n"
#define CONTAINER_FILE_MAX (64u * 1024 * 1024)
/* Each name is compared with all others. */
#define CONTAINER_SECTIONS_MAX 4096

struct container_section {
	char *name;
	const char *data; /* borrowed from the container; not NUL-terminated */
	size_t bytes;
	unsigned line; /* of its first byte in the file */
};

struct container {
	char *path;
	char *text; /* the whole file */
	size_t bytes;
	struct container_section *sections;
	size_t n_sections, cap_sections;
	bool packed; /* false: a plain file, one section that is all of it */
};

/* Reads a file whole, at most CONTAINER_FILE_MAX bytes, regular files only.
 * A file without the magic line becomes one section, named after the file
 * without its folders. */
int container_read(const char *path, struct container **out, struct err *e);
void container_free(struct container *c); /* NULL is fine */

/* The section called name, or name with suffix behind it; else an error that
 * names the nearest one. */
int container_find(const struct container *c, const char *name,
    const char *suffix, const struct container_section **out, struct err *e);

#endif
