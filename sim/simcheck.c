/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/simcheck.h"

#include <string.h>

#include "base/strbuf.h"

static bool
is_modelled(enum scn_stimulus kind)
{
	switch (kind) {
	case SCN_VF_ATTACH:
	case SCN_VF_EJECT:
	case SCN_VF_RESCIND:
	case SCN_VF_LINK:
	case SCN_HOST_NETCHANGE:
	case SCN_HOST_MEDIA:
	case SCN_VM_FREEZE:
	case SCN_DAEMON_KILL:
	case SCN_DAEMON_START:
	case SCN_DAEMON_RESTART:
	case SCN_DAEMON_RELOAD:
	case SCN_RC_CONF:
	case SCN_CUSTOM:
	case SCN_DEVD_CLOSE:
	case SCN_NETLINK_OVERFLOW:
	case SCN_USER:
	case SCN_USER_SH:
	case SCN_RECORD:
	case SCN_RECORDS_READ:
	case SCN_MARK:
	case SCN_END:
		return true;
	case SCN_NIC_DETACH:
	case SCN_NIC_ATTACH:
	case SCN_HOST_ASSOC:
	case SCN_DHCP_ANSWERS:
	case SCN_DHCP_SILENT:
	case SCN_DHCP_NAKS:
	case SCN_DHCP_OFFERS:
	case SCN_ROUTER:
		break;
	}
	return false;
}

static void
refuse(const struct scenario *s, struct diag *d, unsigned line, unsigned col,
    const char *what)
{
	diag_report(d, DIAG_ERROR, s->path, line, col,
	    "%s: the machine does not model it yet; remove the line", what);
}

void
simcheck_modelled(const struct scenario *s, struct diag *d)
{
	struct strbuf text = { 0 };
	size_t i;

	for (i = 0; i < s->n_steps; i++) {
		if (is_modelled(s->steps[i].kind))
			continue;
		strbuf_reset(&text);
		scn_step_text(&s->steps[i], &text);
		refuse(s, d, s->steps[i].line, s->steps[i].col,
		    strbuf_str(&text));
	}
	if (s->system != SCN_FREEBSD)
		refuse(s, d, 1, 1, "system linux");
	for (i = 0; i < s->n_flags; i++)
		if (strcmp(s->flags[i].value, "yes") != 0 &&
		    strcmp(s->flags[i].value, "no") != 0)
			diag_report(d, DIAG_ERROR, s->path, s->flags[i].line,
			    s->flags[i].col, "flag %s is yes or no, not %s",
			    s->flags[i].name, s->flags[i].value);
	strbuf_fini(&text);
}
