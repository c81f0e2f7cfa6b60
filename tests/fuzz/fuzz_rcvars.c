/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: lines NAME=VALUE, as rc.conf has said them, and the same bytes as the
 * text of an rc.conf. What concerns an interface is understood or reported.
 */
#include "fuzz.h"

#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "failover/rcfile.h"

static void
as_a_file(const char *data, size_t bytes)
{
	struct rcvars r = { 0 };
	struct diag d = { 0 };
	struct rc_net net;
	size_t i;

	FUZZ_HOLDS(rcfile_parse(&r, RC_CONF, "fuzz", data, bytes, &d) ==
	    (d.errors == 0));
	for (i = 0; i < r.n_vars; i++) {
		FUZZ_HOLDS(r.vars[i].line > 0 && r.vars[i].col > 0);
		FUZZ_HOLDS(rcvars_find(&r, r.vars[i].name) == &r.vars[i]);
	}
	rcvars_net(&r, "hn0", &d, &net);
	FUZZ_HOLDS(net.n_addrs <= RC_ADDRS && net.n_main <= net.n_addrs);
	FUZZ_HOLDS(net.n_vlans <= RC_VLANS && net.n_ports <= SNAP_PORTS);
	rcvars_fini(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct rcvars r = { 0 };
	struct diag d = { 0 };
	struct rc_net net;
	char *text = mem_strn((const char *)data, bytes), *rest = text;
	char *line, *value;
	unsigned n = 0;

	as_a_file((const char *)data, bytes);
	r.file = mem_str("fuzz");
	while ((line = strsep(&rest, "\n")) != NULL) {
		n++;
		if ((value = strchr(line, '=')) == NULL)
			continue;
		*value++ = '\0';
		rcvars_set(&r, line, value, n, 1);
		FUZZ_HOLDS(strcmp(rcvars_get(&r, line), value) == 0);
	}
	rcvars_net(&r, "hn0", &d, &net);
	FUZZ_HOLDS(net.n_addrs <= RC_ADDRS);
	FUZZ_HOLDS(net.vf_delay_ns >= 2 * DUR_SEC);
	FUZZ_HOLDS(net.configured == (rcvars_ifconfig(&r, "hn0") != NULL));
	rcvars_fini(&r);
	free(text);
	return 0;
}
