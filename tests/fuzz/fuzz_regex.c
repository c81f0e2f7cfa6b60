/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: a pattern, a NUL, a text. Any pattern is refused or answers. */
#include "fuzz.h"

#include <string.h>

#include "base/mem.h"
#include "rules/regex.h"

/* A match costs text times pattern; this keeps one input short. */
#define TEXT_BYTES 256

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const uint8_t *nul = bytes > 0 ? memchr(data, 0, bytes) : NULL;
	size_t used = nul != NULL ? (size_t)(nul - data) : bytes;
	size_t rest = nul != NULL ? bytes - used - 1 : 0;
	char *pattern, *text;
	const char *why;
	struct regex *re;
	bool first;

	pattern = mem_strn((const char *)data, used);
	text = mem_strn(nul != NULL ? (const char *)nul + 1 : "",
	    rest > TEXT_BYTES ? TEXT_BYTES : rest);
	for (int escaped = 0; escaped < 2; escaped++) {
		why = NULL;
		re = regex_new(pattern, escaped == 1, &why);
		FUZZ_HOLDS((re == NULL) == (why != NULL && why[0] != '\0'));
		if (re == NULL)
			continue;
		first = regex_match(re, text);
		FUZZ_HOLDS(regex_match(re, text) == first);
		regex_free(re);
	}
	free(pattern);
	free(text);
	return 0;
}
