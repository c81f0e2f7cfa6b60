/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz - what a fuzz target has: one function that takes any bytes, and ends
 * the process when something that must hold does not.
 *
 * The name and shape are libFuzzer's, which calls it in a V=fuzz build; in
 * the others tests/fuzz/replay_main.c does.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* How many mutations replay_main.c tries; a target that is slow says fewer. */
unsigned fuzz_mutations(void);

/* An assert that no build leaves out. */
#define FUZZ_HOLDS(claim)                                                      \
	do {                                                                   \
		if (!(claim)) {                                                \
			fprintf(stderr, "%s:%d: does not hold: %s\n",          \
			    __FILE__, __LINE__, #claim);                       \
			abort();                                               \
		}                                                              \
	} while (0)

#endif
