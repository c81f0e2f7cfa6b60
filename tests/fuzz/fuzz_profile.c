/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine profile is refused with a finding, or every delay drawn from it
 * is a length of time.
 */
#include "fuzz.h"

#include "base/dur.h"
#include "sim/machine/profile.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const char *const programs[] = { "ifconfig", "dhclient", "" };
	struct diag d = { 0 };
	struct profile *p;
	int64_t drawn;

	p = profile_parse("fuzz.profile", (const char *)data, bytes, &d);
	FUZZ_HOLDS((p == NULL) == (d.errors > 0));
	if (p == NULL)
		return 0;
	FUZZ_HOLDS(profile_title(p) != NULL);
	profile_seed(p, bytes);
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		drawn = profile_program_delay(p, "program", programs[i]);
		FUZZ_HOLDS(drawn >= 0 && drawn <= DUR_MAX);
	}
	profile_free(p);
	return 0;
}
