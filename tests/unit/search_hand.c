/* SPDX-License-Identifier: BSD-2-Clause */
#include "search_hand.h"

static struct explorer explorer = { .step = 1,
	.policy = CORE_NATIVE,
	.jobs = 1 };
struct trial search_hand;

int
search_hand_open(void **state)
{
	(void)state;
	return explorer_open(&explorer) &&
		explorer_hand(&explorer, &search_hand)
	    ? 0
	    : -1;
}

int
search_hand_close(void **state)
{
	(void)state;
	explorer_hand_fini(&search_hand);
	explorer_fini(&explorer);
	return 0;
}
