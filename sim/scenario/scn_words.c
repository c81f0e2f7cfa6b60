/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens, in the words of the language. */
#include <string.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/scn_lex.h"

static void
add_vf(const struct scn_step *p, struct strbuf *out)
{
	const char *n = p->name;

	if (p->kind == SCN_VF_ATTACH)
		strbuf_addf(out, "vf attach %s%s%s", n,
		    p->as != NULL ? " as " : "", p->as != NULL ? p->as : "");
	else if (p->kind == SCN_VF_LINK)
		strbuf_addf(out, "vf link %s %s", n, p->up ? "up" : "down");
	else
		strbuf_addf(out, "vf %s %s",
		    p->kind == SCN_VF_EJECT ? "eject" : "rescind", n);
}

static void
add_host(const struct scn_step *p, struct strbuf *out)
{
	if (p->kind == SCN_HOST_NETCHANGE)
		strbuf_addf(out, "host network-change %s", p->name);
	else if (p->kind == SCN_HOST_MEDIA)
		strbuf_addf(out, "host media %s %s", p->name,
		    p->up ? "connect" : "disconnect");
	else
		strbuf_addf(out, "host association %s %s", p->name,
		    p->up ? "granted" : "withdrawn");
}

static void
add_custom(const struct scn_custom *c, struct strbuf *out)
{
	char text[DUR_TEXT];

	strbuf_addf(out, "custom %s ", c->nic);
	switch (c->script) {
	case SCN_SCRIPT_MISSING:
		strbuf_adds(out, "missing");
		break;
	case SCN_SCRIPT_EXITS:
		strbuf_addf(out, "exits %d", c->status);
		break;
	case SCN_SCRIPT_TAKES:
		strbuf_addf(out, "takes %s", dur_format(c->takes_ns, text));
		break;
	case SCN_SCRIPT_HANGS:
		strbuf_adds(out, "hangs");
		break;
	case SCN_SCRIPT_NOT_EXECUTABLE:
		strbuf_adds(out, "not-executable");
		break;
	}
}

static void
add_vm(const struct scn_step *p, struct strbuf *out)
{
	char text[DUR_TEXT];

	if (p->kind == SCN_VM_FREEZE)
		strbuf_addf(out, "vm freeze %s",
		    dur_format(p->duration_ns, text));
	else if (p->duration_ns > 0)
		strbuf_addf(out, "vm migrate cancel after %s",
		    dur_format(p->duration_ns, text));
	else
		strbuf_adds(out, "vm migrate");
}

static void
add_pairs(const struct scn_step *p, struct strbuf *out)
{
	size_t i;

	strbuf_adds(out, "rc.conf");
	for (i = 0; i < p->n_pairs; i++) {
		strbuf_addf(out, " %s=", p->pairs[i].name);
		scn_quote(out, p->pairs[i].value);
	}
}

void
scn_step_text(const struct scn_step *p, struct strbuf *out)
{
	static const char *const plain[SCN_END + 1] = {
		[SCN_DHCP_ANSWERS] = "dhcp answers",
		[SCN_DHCP_SILENT] = "dhcp silent",
		[SCN_DHCP_NAKS] = "dhcp naks",
		[SCN_DAEMON_KILL] = "daemon kill",
		[SCN_DAEMON_START] = "daemon start",
		[SCN_DAEMON_RESTART] = "daemon restart",
		[SCN_DAEMON_RELOAD] = "daemon reload",
		[SCN_DEVD_CLOSE] = "devd-socket close",
		[SCN_NETLINK_OVERFLOW] = "netlink overflow",
	};

	switch (p->kind) {
	case SCN_VF_ATTACH:
	case SCN_VF_EJECT:
	case SCN_VF_RESCIND:
	case SCN_VF_LINK:
		add_vf(p, out);
		break;
	case SCN_NIC_DETACH:
	case SCN_NIC_ATTACH:
		strbuf_addf(out, "nic %s %s",
		    p->kind == SCN_NIC_DETACH ? "detach" : "attach", p->name);
		break;
	case SCN_HOST_NETCHANGE:
	case SCN_HOST_MEDIA:
	case SCN_HOST_ASSOC:
		add_host(p, out);
		break;
	case SCN_VM_FREEZE:
	case SCN_VM_MIGRATE:
		add_vm(p, out);
		break;
	case SCN_DHCP_OFFERS:
		strbuf_addf(out, "dhcp offers %s", p->text);
		break;
	case SCN_ROUTER:
		strbuf_addf(out, "router %s", p->up ? "advertises" : "silent");
		break;
	case SCN_RC_CONF:
		add_pairs(p, out);
		break;
	case SCN_CUSTOM:
		add_custom(&p->custom, out);
		break;
	case SCN_USER:
	case SCN_USER_SH:
		strbuf_adds(out, p->kind == SCN_USER ? "user " : "user sh ");
		scn_quote(out, p->text);
		break;
	case SCN_RECORD:
		strbuf_adds(out, "record ");
		scn_quote(out, p->text);
		strbuf_addf(out, " times %u", p->times);
		break;
	case SCN_DHCP_ANSWERS:
	case SCN_DHCP_SILENT:
	case SCN_DHCP_NAKS:
	case SCN_DAEMON_KILL:
	case SCN_DAEMON_START:
	case SCN_DAEMON_RESTART:
	case SCN_DAEMON_RELOAD:
	case SCN_DEVD_CLOSE:
	case SCN_NETLINK_OVERFLOW:
		strbuf_adds(out, plain[p->kind]);
		break;
	case SCN_RECORDS_READ:
		strbuf_adds(out, "records read");
		break;
	case SCN_MARK:
	case SCN_END:
		break;
	}
}
