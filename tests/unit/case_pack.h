/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * case_pack - the recorded cases of fixtures/conformance, read from their
 * packs into memory (the form is in the README there).
 */
#ifndef UNIT_CASE_PACK_H
#define UNIT_CASE_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct case_file {
	char *path; /* within the case */
	struct strbuf text;
};

struct pack_case {
	char *name;
	struct case_file *files;
	size_t n_files, cap_files;
	bool linked; /* it has symbolic links, which are left out */
};

struct case_list {
	struct pack_case *list;
	size_t n, cap;
};

/* Appends the cases of all packs of a folder. False: cannot be read. */
bool case_list_read(struct case_list *l, const char *folder);
void case_list_fini(struct case_list *l);

/* NULL when the case has no such file. */
const struct strbuf *pack_case_file(const struct pack_case *c,
    const char *path);

/* The next record of an "events" file, from *at on, with its escapes undone;
 * false behind the last. */
bool pack_case_event(const struct strbuf *events, size_t *at,
    struct strbuf *record);

#endif
