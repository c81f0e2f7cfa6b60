/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * version - which sources a program was made of. The build writes both for the
 * programs, which are linked with its object first; a test, which does not need
 * to be linked anew at each commit, has those of version.c.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

/* Twelve digits, and "-dirty" when files had been edited; "" when it was not
 * made in a git tree. */
extern const char version_commit[];

/* "0.1.0 (COMMIT)", or without the commit. */
extern const char version_text[];

#endif
