/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * markup_rig - reads an HTML report as a browser would, and is stricter: each
 * element is closed, each attribute quoted, each entity known, nothing runs
 * and nothing is fetched.
 */
#ifndef TESTS_MARKUP_RIG_H
#define TESTS_MARKUP_RIG_H

#include <stddef.h>

/* Fails the test, with the place, unless the page keeps to it. */
void markup_rig_expect(const char *page);

/* The text of the value of attribute name in the n-th element (from 0) whose
 * start has the words `with`, as it is written; NULL when there is none.
 * Valid until the next call. */
const char *markup_rig_attribute(const char *page, const char *with, size_t n,
    const char *name);

#endif
