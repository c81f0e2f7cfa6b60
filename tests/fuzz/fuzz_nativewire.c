/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The texts between the engine and who changes interfaces for it, whoever
 * wrote them: operations one way, variables of rc.conf the other. (Snapshots:
 * fuzz_decision.c.) What is understood comes out as the same again.
 */
#include "fuzz.h"

#include <string.h>

#include "failover/operation_row.h"
#include "failover/rcvars_text.h"

static void
operation(const char *text, size_t bytes)
{
	struct strbuf once = { 0 }, twice = { 0 };
	struct operation op, again;

	if (operation_row_read(text, bytes, &op)) {
		FUZZ_HOLDS(memchr(op.ifname, '\0', sizeof(op.ifname)) != NULL);
		FUZZ_HOLDS(memchr(op.other, '\0', sizeof(op.other)) != NULL);
		FUZZ_HOLDS(memchr(op.text, '\0', sizeof(op.text)) != NULL);
		FUZZ_HOLDS(op.kind <= OP_DHCP_STOP);
		operation_text(&op, &twice);
		strbuf_reset(&twice);
		operation_row_write(&op, &once);
		FUZZ_HOLDS(
		    operation_row_read(strbuf_str(&once), once.bytes, &again));
		operation_row_write(&again, &twice);
		FUZZ_HOLDS(strcmp(strbuf_str(&once), strbuf_str(&twice)) == 0);
	}
	strbuf_fini(&once);
	strbuf_fini(&twice);
}

static void
variables(const char *text, size_t bytes)
{
	struct strbuf once = { 0 }, twice = { 0 };
	struct rcvars rc = { 0 }, again = { 0 };
	struct err e;

	if (rcvars_read(&rc, text, bytes, &e) == 0) {
		FUZZ_HOLDS(rc.n_vars <= RCVARS_TEXT_MAX);
		rcvars_write(&rc, &once);
		FUZZ_HOLDS(rcvars_read(&again, strbuf_str(&once), once.bytes,
			       &e) == 0);
		rcvars_write(&again, &twice);
		FUZZ_HOLDS(strcmp(strbuf_str(&once), strbuf_str(&twice)) == 0);
	}
	rcvars_fini(&rc);
	rcvars_fini(&again);
	strbuf_fini(&once);
	strbuf_fini(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	operation((const char *)data, bytes);
	variables((const char *)data, bytes);
	return 0;
}
