/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/operation_row.h"

#include <string.h>

static const char *const kind_words[] = {
	[OP_LAGG_CREATE] = "lagg-create",
	[OP_LAGG_DESTROY] = "lagg-destroy",
	[OP_DESCR] = "descr",
	[OP_PORT_ADD] = "port-add",
	[OP_PORT_DEL] = "port-del",
	[OP_UP] = "up",
	[OP_DOWN] = "down",
	[OP_ADDR_ADD] = "addr-add",
	[OP_ADDR_DEL] = "addr-del",
	[OP_DEFAULT_ADD] = "default-add",
	[OP_DEFAULT_DEL] = "default-del",
	[OP_SYSCTL] = "sysctl",
	[OP_PROCESS] = "process",
	[OP_PRIMARY] = "primary",
	[OP_MTU] = "mtu",
	[OP_CAPS] = "caps",
	[OP_RENAME] = "rename",
	[OP_ETHER] = "ether",
	[OP_CLONE] = "clone",
	[OP_DESTROY] = "destroy",
	[OP_VLAN] = "vlan",
	[OP_RTADV] = "rtadv",
	[OP_NO_DAD] = "no-dad",
	[OP_RTSOL] = "rtsol",
	[OP_DHCP_START] = "dhcp-start",
	[OP_DHCP_STOP] = "dhcp-stop",
	NULL,
};

/* clang-format off */
#define OF struct operation
static const struct rowfield fields[] = {
	ROWFIELD_ENUM(OF, "op", kind, kind_words),
	ROWFIELD(OF, "ifname", ROW_STR, ifname),
	ROWFIELD(OF, "other", ROW_STR, other),
	ROWFIELD(OF, "addr", ROW_ADDR, addr),
	ROWFIELD(OF, "mac", ROW_BYTES, mac),
	ROWFIELD(OF, "text", ROW_STR, text),
	ROWFIELD(OF, "value", ROW_INT, value),
	ROWFIELD(OF, "program", ROW_STR, program),
	ROWFIELD(OF, "why", ROW_STR, why),
};
#undef OF
/* clang-format on */
#define FIELDS (sizeof(fields) / sizeof(*fields))

void
operation_row_write(const struct operation *op, struct strbuf *out)
{
	if (op->kind == OP_LAGG_CREATE) /* what is zero is left out */
		rowtext_put_str(out, "op", kind_words[OP_LAGG_CREATE]);
	rowtext_put_fields(out, fields, FIELDS, op);
}

int
operation_row_take(const struct rowtext *r, struct operation *op, struct err *e)
{
	return rowtext_take_field(r, fields, FIELDS, op, e);
}

bool
operation_row_read(const char *text, size_t bytes, struct operation *op)
{
	struct rowtext r;
	bool good = true;
	int rc;

	memset(op, 0, sizeof(*op));
	rowtext_open(&r, text, bytes);
	while ((rc = rowtext_next(&r, NULL)) == ROWTEXT_WORD && good)
		good = operation_row_take(&r, op, NULL) > 0;
	rowtext_close(&r);
	return good && rc == ROWTEXT_END;
}
