/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes over the sockets between the engine and its keeper, as each side
 * reads it: the first byte says who sent it. What is a message is written
 * again as the same bytes. */
#include "fuzz.h"

#include <string.h>

#include "daemon/runnerwire.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	enum runnerwire_side from;
	struct strbuf again = { 0 };
	struct runnerwire m;
	struct wire frame;
	size_t used = 0, at = 1, i;

	if (bytes == 0)
		return 0;
	from = data[0] % 2 == 0 ? RUNNERWIRE_ENGINE : RUNNERWIRE_KEEPER;
	while (wire_frame(data + at, bytes - at, &frame, &used) > 0) {
		FUZZ_HOLDS(used > 0 && used <= bytes - at);
		if (!runnerwire_take(&frame, from, &m))
			break;
		for (i = 0; i < RUNNERWIRE_TEXTS; i++)
			FUZZ_HOLDS(m.texts[i].bytes == 0 ||
			    runnerwire_fits(m.kind, i, m.texts[i].bytes));
		strbuf_reset(&again);
		runnerwire_put(&again, &m);
		FUZZ_HOLDS(again.bytes == used);
		FUZZ_HOLDS(memcmp(again.data, data + at, used) == 0);
		at += used;
	}
	strbuf_fini(&again);
	return 0;
}
