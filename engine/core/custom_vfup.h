/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * custom_vfup - the one command that the engine runs though no rule has it: an
 * administrator's own /usr/libexec/hyperv/hyperv_vfup.NAME (DESIGN.md 3).
 */
#ifndef CORE_CUSTOM_VFUP_H
#define CORE_CUSTOM_VFUP_H

#include <stdbool.h>

#include "failover/snapshot.h"

#define CUSTOM_VFUP "/usr/libexec/hyperv/hyperv_vfup."

/* False: the shell would not take that for one word, or the name leads out of
 * the folder; then there is no such command. */
bool custom_vfup_command(const char *ifname,
    char command[sizeof(CUSTOM_VFUP) + IFNAME_MAX]);

/* Whether it is such a command. */
bool custom_vfup_is(const char *command);

#endif
