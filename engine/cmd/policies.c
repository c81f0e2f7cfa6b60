/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/policies.h"

#include <string.h>

#include "sim/stage/simstage.h"

int
policies_parse(const char *s, struct policies *out, struct err *e)
{
	static const enum core_policy all[] = { CORE_STOCK, CORE_NATIVE };
	struct policies p = { .count = 0 };
	size_t bytes, i, k;

	for (;;) {
		bytes = strcspn(s, ",");
		for (i = 0; i < 2; i++)
			if (strlen(policy_word(all[i])) == bytes &&
			    memcmp(policy_word(all[i]), s, bytes) == 0)
				break;
		for (k = 0; k < p.count && i < 2; k++)
			if (p.list[k] == all[i])
				i = 2;
		if (i == 2)
			return err_set(e, ERR_INPUT,
			    "\"%.40s\": give stock, native, or both with a "
			    "comma between them",
			    s);
		p.list[p.count++] = all[i];
		if (s[bytes] == '\0')
			break;
		s += bytes + 1;
	}
	*out = p;
	return 0;
}
