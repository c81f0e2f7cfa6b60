/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes are a record, and what was taken apart can be asked for. */
#include "fuzz.h"

#include <string.h>

#include "base/hash.h"
#include "event/devline.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct devline line = { 0 };
	const struct devline_pair *p;

	/* Twice into the same struct, which is how a reader uses it. */
	devline_parse(&line, "!system=A subsystem=B type=C", 28);
	devline_parse(&line, (const char *)data, bytes);
	FUZZ_HOLDS(line.kind <= DEVLINE_OTHER);
	for (size_t i = 0; i < line.count; i++) {
		p = &line.pairs[i];
		FUZZ_HOLDS(strlen(p->value) == p->value_bytes);
		FUZZ_HOLDS(p->key_hash == hash_str(HASH_START, p->key));
		FUZZ_HOLDS(devline_get(&line, p->key) != NULL);
		FUZZ_HOLDS(devline_find(&line, p->key, p->key_hash) != NULL);
	}
	FUZZ_HOLDS(devline_system(&line) != NULL);
	FUZZ_HOLDS(devline_get(&line, "\x01 no such key") == NULL);
	devline_fini(&line);
	return 0;
}
