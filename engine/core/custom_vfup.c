/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/custom_vfup.h"

#include <stdio.h>
#include <string.h>

bool
custom_vfup_command(const char *ifname,
    char command[sizeof(CUSTOM_VFUP) + IFNAME_MAX])
{
	if (*ifname == '\0' || strlen(ifname) >= IFNAME_MAX ||
	    strpbrk(ifname, "/ \t\n'\"\\$`;&|<>()*?[]#~") != NULL)
		return false;
	snprintf(command, sizeof(CUSTOM_VFUP) + IFNAME_MAX, CUSTOM_VFUP "%s",
	    ifname);
	return true;
}

bool
custom_vfup_is(const char *command)
{
	char again[sizeof(CUSTOM_VFUP) + IFNAME_MAX];

	return strncmp(command, CUSTOM_VFUP, strlen(CUSTOM_VFUP)) == 0 &&
	    custom_vfup_command(command + strlen(CUSTOM_VFUP), again) &&
	    strcmp(command, again) == 0;
}
