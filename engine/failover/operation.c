/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/operation.h"

/* What came with the second half of the kinds, so that a function fits on a
 * screen. */
static void
more_text(const struct operation *op, struct strbuf *out)
{
	char mac[MAC_TEXT];
	const char *i = op->ifname;

	switch (op->kind) {
	case OP_PRIMARY:
		strbuf_addf(out, "%s primary %s", i, op->other);
		break;
	case OP_MTU:
		strbuf_addf(out, "%s mtu %d", i, op->value);
		break;
	case OP_CAPS:
		strbuf_addf(out, "%s capabilities 0x%x", i,
		    (unsigned)op->value);
		break;
	case OP_RENAME:
		strbuf_addf(out, "%s name %s", i, op->other);
		break;
	case OP_ETHER:
		strbuf_addf(out, "%s ether %s", i, mac_format(op->mac, mac));
		break;
	case OP_CLONE:
		strbuf_addf(out, "%s create", i);
		break;
	case OP_DESTROY:
		strbuf_addf(out, "%s destroy", i);
		break;
	case OP_VLAN:
		if (op->other[0] == '\0')
			strbuf_addf(out, "%s -vlandev", i);
		else
			strbuf_addf(out, "%s vlan %d vlandev %s", i, op->value,
			    op->other);
		break;
	case OP_RTADV:
		strbuf_addf(out, "%s %saccept_rtadv", i,
		    op->value != 0 ? "" : "-");
		break;
	case OP_NO_DAD:
		strbuf_addf(out, "%s %sno_dad", i, op->value != 0 ? "" : "-");
		break;
	case OP_RTSOL:
		strbuf_addf(out, "%s rtsol", i);
		break;
	case OP_DHCP_START:
		strbuf_addf(out, "%s dhclient start%s", i,
		    op->value != 0 ? " and wait" : "");
		break;
	case OP_DHCP_STOP:
		strbuf_addf(out, "%s dhclient stop", i);
		break;
	default:
		break;
	}
}

void
operation_text(const struct operation *op, struct strbuf *out)
{
	char addr[IPADDR_TEXT];
	const char *i = op->ifname;

	switch (op->kind) {
	case OP_LAGG_CREATE:
		strbuf_addf(out, "%s create failover", i);
		break;
	case OP_LAGG_DESTROY:
		strbuf_addf(out, "%s destroy", i);
		break;
	case OP_DESCR:
		strbuf_addf(out, "%s description \"%s\"", i, op->text);
		break;
	case OP_PORT_ADD:
		strbuf_addf(out, "%s port-add %s", i, op->other);
		break;
	case OP_PORT_DEL:
		strbuf_addf(out, "%s port-del %s", i, op->other);
		break;
	case OP_UP:
		strbuf_addf(out, "%s up", i);
		break;
	case OP_DOWN:
		strbuf_addf(out, "%s down", i);
		break;
	case OP_ADDR_ADD:
		strbuf_addf(out, "%s address-add %s", i,
		    ipaddr_format(&op->addr, true, addr));
		break;
	case OP_ADDR_DEL:
		strbuf_addf(out, "%s address-del %s", i,
		    ipaddr_format(&op->addr, true, addr));
		break;
	case OP_DEFAULT_ADD:
		strbuf_addf(out, "default-route add %s via %s",
		    ipaddr_format(&op->addr, false, addr), i);
		break;
	case OP_DEFAULT_DEL:
		strbuf_addf(out, "default-route delete%s",
		    op->addr.family == 6 ? " inet6" : "");
		break;
	case OP_SYSCTL:
		strbuf_addf(out, "sysctl %s=%d", op->text, op->value);
		break;
	case OP_PROCESS:
		strbuf_addf(out, "process %s", op->text);
		break;
	default:
		more_text(op, out);
		break;
	}
}
