/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exhaust - switchback explore --exhaustive: every history of a small world
 * (sim/search/exhaustive.h), and what came of it.
 */
#ifndef CMD_EXHAUST_H
#define CMD_EXHAUST_H

#include <stdbool.h>

/* Whether --exhaustive is among the arguments. */
bool exhaust_is_asked(int argc, char **argv);

/* Gives the exit status. program is how switchback was called. */
int exhaust_main(int argc, char **argv, const char *program);

#endif
