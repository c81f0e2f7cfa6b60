/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario is refused with a finding, or has one canonical form, which
 * parses and is its own canonical form.
 */
#include "fuzz.h"

#include <string.h>

#include "sim/scenario/scenario.h"

/* Each is parsed and written several times. */
unsigned
fuzz_mutations(void)
{
	return 8000;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const char *text = (const char *)data;
	struct diag d = { 0 }, again = { 0 };
	struct scenario *s;
	char *once, *twice;

	s = scenario_parse("fuzz.scn", text, bytes, &d);
	FUZZ_HOLDS((s == NULL) == (d.errors > 0));
	once = scenario_format("fuzz.scn", text, bytes, &again);
	FUZZ_HOLDS((once == NULL) == (s == NULL));
	scenario_free(s);
	if (once == NULL)
		return 0;
	s = scenario_parse("fuzz.scn", once, strlen(once), &again);
	FUZZ_HOLDS(s != NULL);
	twice = scenario_format("fuzz.scn", once, strlen(once), &again);
	FUZZ_HOLDS(twice != NULL && strcmp(once, twice) == 0);
	scenario_free(s);
	free(once);
	free(twice);
	return 0;
}
