/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/guest/program.h"

#include <stdio.h>
#include <string.h>

void
program_name(const char *command, char *name, size_t size)
{
	size_t bytes = strcspn(command, " \t");
	const char *p;

	for (p = command; p < command + bytes; p++)
		if (*p == '/') {
			bytes -= (size_t)(p + 1 - command);
			command = p + 1;
		}
	snprintf(name, size, "%.*s", (int)bytes, command);
}
