/* SPDX-License-Identifier: BSD-2-Clause */
/* search_hand - one who runs histories under native, for tests of a search. */
#ifndef TESTS_UNIT_SEARCH_HAND_H
#define TESTS_UNIT_SEARCH_HAND_H

#include "cmd/explorer.h"

extern struct trial search_hand;

/* For a group of tests, before and behind it. */
int search_hand_open(void **state);
int search_hand_close(void **state);

#endif
