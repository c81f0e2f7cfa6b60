/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program - the name of the program that a command line starts.
 */
#ifndef SIM_GUEST_PROGRAM_H
#define SIM_GUEST_PROGRAM_H

#include <stddef.h>

/* "hyperv_vfup.hn0" of "/usr/libexec/hyperv/hyperv_vfup.hn0 x"; cut off at
 * size. */
void program_name(const char *command, char *name, size_t size);

#endif
