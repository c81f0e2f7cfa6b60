/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scarce - a system that has nothing left, for a moment: no descriptor, or no
 * process.
 */
#ifndef TESTS_UNIT_SCARCE_H
#define TESTS_UNIT_SCARCE_H

#include <stdbool.h>

void scarce_files(void);
/* False: whoever we are may have as many as there are. */
bool scarce_processes(void);

/* As it was before either of them. */
void scarce_end(void);

#endif
