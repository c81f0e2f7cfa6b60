/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies beside a recording is read whatever it is, done again, and held
 * against a machine that did nothing. */
#include "fuzz.h"

#include "db/recording.h"
#include "report/fidelity.h"
#include "sim/stage/reenact.h"

/* A whole run of the machine each. */
unsigned
fuzz_mutations(void)
{
	return 3000;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct recording *r = recording_new("fuzz", "fuzz");
	struct trace *t = trace_new();
	struct reenact again;
	struct fidelity *f;
	struct known *k;
	struct diag d = { 0 };
	size_t i;

	r->beside = witness_new();
	for (i = 0; witness_suffixes[i] != NULL; i++)
		FUZZ_HOLDS(witness_take(r->beside, witness_suffixes[i],
		    (const char *)data, bytes));
	if (reenact_is_possible(r)) {
		reenact(r, &again);
		FUZZ_HOLDS(again.from_ns >= 0);
		for (i = 1; i < again.scenario->n_steps; i++)
			FUZZ_HOLDS(again.scenario->steps[i - 1].at_ns <=
			    again.scenario->steps[i].at_ns);
		scenario_free(again.scenario);
		strbuf_fini(&again.left_out);
	}
	k = known_parse("fuzz", (const char *)data, bytes, &d);
	FUZZ_HOLDS((k == NULL) == (d.errors > 0));
	f = fidelity_compare(r, t, 0, k);
	FUZZ_HOLDS(fidelity_unknown(f) <= f->n);
	fidelity_free(f);
	known_free(k);
	trace_free(t);
	recording_free(r);
	return 0;
}
