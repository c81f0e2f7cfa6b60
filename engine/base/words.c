/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/words.h"

#include <string.h>

bool
words_have(const char *text, const char *wanted)
{
	size_t bytes = strlen(wanted);
	const char *at;

	for (at = text; bytes > 0 && (at = strstr(at, wanted)) != NULL; at++)
		if ((at == text || at[-1] == ' ') &&
		    (at[bytes] == ' ' || at[bytes] == '\0'))
			return true;
	return false;
}
