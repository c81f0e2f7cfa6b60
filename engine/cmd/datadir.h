/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * datadir - finds the files that come with the programs.
 *
 * Looks in this order, and takes the first that exists:
 *	1. $SWITCHBACK_DATA/KIND/NAME, and nowhere else when the variable is set
 *	2. the source tree above the program's own file
 *	3. ../share/switchback/KIND/NAME from the program's own file
 *	4. PREFIX/share/switchback/KIND/NAME, as it was when it was built
 */
#ifndef CMD_DATADIR_H
#define CMD_DATADIR_H

#include "base/err.h"

/* kind is "machines" (fixtures/machines in the source tree), "rules"
 * (engine/rules/conf), "recordings" (fixtures/recordings) or "lab" (sim/lab).
 * Gives a path, which the caller frees, or NULL: with ERR_NOTFOUND, the text
 * naming where it looked, or ERR_INPUT when name is not a plain file name. */
char *datadir_find(const char *kind, const char *name, struct err *err);

#endif
