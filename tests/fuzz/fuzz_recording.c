/* SPDX-License-Identifier: BSD-2-Clause */
/* A recording that is accepted comes out again byte for byte. */
#include "fuzz.h"

#include <string.h>

#include "db/recording.h"
#include "db/trace.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct recording *r = recording_new("fuzz", "fuzz"), *back;
	struct strbuf out = { 0 };
	struct diag d = { 0 };
	struct trace *t;
	bool ok;

	ok = recording_parse(r, "fuzz", 1, (const char *)data, bytes, &d);
	FUZZ_HOLDS(ok == (d.errors == 0));
	if (ok) {
		recording_format(r, &out);
		FUZZ_HOLDS(out.bytes == bytes);
		FUZZ_HOLDS(bytes == 0 || memcmp(out.data, data, bytes) == 0);
		t = recording_trace(r);
		back = recording_of_trace(t);
		FUZZ_HOLDS(back->n_records == r->n_records);
		recording_free(back);
		trace_free(t);
	}
	strbuf_fini(&out);
	recording_free(r);
	return 0;
}
