/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/operation.h"

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
		strbuf_addf(out, "default-route delete");
		break;
	case OP_SYSCTL:
		strbuf_addf(out, "sysctl %s=%d", op->text, op->value);
		break;
	case OP_PROCESS:
		strbuf_addf(out, "process %s", op->text);
		break;
	}
}
