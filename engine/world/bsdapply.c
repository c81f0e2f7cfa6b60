/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdapply.h"

#include <stdio.h>
#include <string.h>

#include "world/bsdlook.h"
#include "world/bsdmsg.h"
#include "world/bsdreply.h"

#define DHCLIENT "/sbin/dhclient"
#define RTSOL	 "/sbin/rtsol"
#define WORDS	 16 /* of a command */

static int
ask(const struct bsdkernel *k, uint32_t code, const char *ifname)
{
	struct bsdrequest r;

	bsdrequest_init(&r, code, ifname);
	return bsdkernel_ask(k, &r);
}

/* --- interfaces --- */

/* A kernel without the cloner has its module at best: ifconfig(8) loads
 * that, too. */
static int
create(const struct bsdkernel *k, const char *ifname)
{
	char driver[IFNAME_MAX], module[IFNAME_MAX + 8];
	int unit, rc = ask(k, BSD_SIOCIFCREATE2, ifname);

	if (rc != BSD_EINVAL || !bsdreply_unit(ifname, driver, &unit))
		return rc;
	/* A VLAN is called as its parent, with its tag. */
	snprintf(module, sizeof(module), "if_%s",
	    strchr(ifname, '.') != NULL ? "vlan" : driver);
	if (k->ops->load(k->ctx, module) != 0)
		return rc;
	return ask(k, BSD_SIOCIFCREATE2, ifname);
}

static int
create_lagg(const struct bsdkernel *k, const char *ifname)
{
	struct bsdrequest r;
	int rc = create(k, ifname);

	if (rc != 0)
		return rc;
	bsdrequest_set_failover(&r, ifname);
	rc = bsdkernel_ask(k, &r);
	/* It is not what was asked for, and nobody's: it has no mark yet. */
	if (rc != 0)
		ask(k, BSD_SIOCIFDESTROY, ifname);
	return rc;
}

static int
set_up(const struct bsdkernel *k, const char *ifname, bool up)
{
	struct bsdrequest r;
	uint32_t flags;
	int rc;

	bsdrequest_init(&r, BSD_SIOCGIFFLAGS, ifname);
	if ((rc = bsdkernel_ask(k, &r)) != 0)
		return rc;
	flags = bsdreply_flags(&r);
	if (((flags & BSD_IFF_UP) != 0) == up)
		return 0;
	bsdrequest_set_flags(&r, ifname,
	    up ? flags | BSD_IFF_UP : flags & ~(uint32_t)BSD_IFF_UP);
	return bsdkernel_ask(k, &r);
}

static int
set_port(const struct bsdkernel *k, const char *lagg, const char *port,
    bool add)
{
	struct bsdrequest r;

	bsdrequest_set_port(&r, lagg, port, add);
	return bsdkernel_ask(k, &r);
}

/* Only what it could do: the kernel refuses the whole otherwise. */
static int
set_caps(const struct bsdkernel *k, const char *ifname, uint32_t caps)
{
	struct snap_if i = { .caps = 0 };
	struct bsdrequest r;
	int rc;

	bsdrequest_init(&r, BSD_SIOCGIFCAP, ifname);
	if ((rc = bsdkernel_ask(k, &r)) != 0)
		return rc;
	bsdreply_caps(&r, &i);
	bsdrequest_set_caps(&r, ifname, caps & i.caps);
	return bsdkernel_ask(k, &r);
}

/* The rest of what the kernel has told goes back as it was, as ifconfig(8)
 * does it. Where IPv6 is disabled nothing else would come of it. */
static int
set_nd6(const struct bsdkernel *k, const char *ifname, uint32_t on,
    uint32_t off)
{
	struct bsdrequest r;
	int rc;

	bsdrequest_init(&r, BSD_SIOCGIFINFO_IN6, ifname);
	if ((rc = bsdkernel_ask(k, &r)) != 0)
		return rc;
	bsdrequest_set_nd6(&r, on, off);
	return bsdkernel_ask(k, &r);
}

/* A stand-in keeps its link while its VF carries, so that the VF has to be
 * first, which it is when the other one joins anew. For a moment nobody
 * carries, unless the VF has its link already. */
static int
prefer(const struct bsdkernel *k, const struct bsdpair *pair)
{
	const struct snap_port *port;
	struct snap_if lagg;
	struct bsdrequest r;
	int rc;

	memset(&lagg, 0, sizeof(lagg));
	bsdrequest_get_port(&r, pair->vf);
	if (bsdkernel_ask(k, &r) != 0)
		return 0; /* no port yet: nothing to prefer */
	bsdreply_port(&r, lagg.name);
	bsdrequest_get_lagg(&r, lagg.name);
	if ((rc = bsdkernel_ask(k, &r)) != 0)
		return rc;
	bsdreply_lagg(&r, &lagg);
	port = snap_port_find(&lagg, pair->vf);
	if (port == NULL || port->master ||
	    snap_port_find(&lagg, pair->synth) == NULL)
		return 0;
	if ((rc = set_port(k, lagg.name, pair->synth, false)) != 0)
		return rc;
	return set_port(k, lagg.name, pair->synth, true);
}

static int
up(const struct bsdkernel *k, const struct bsdpairs *pairs, const char *ifname)
{
	const struct bsdpair *pair = bsdpair_of_vf(pairs, ifname);
	int rc = set_up(k, ifname, true);

	return rc != 0 || pair == NULL ? rc : prefer(k, pair);
}

/* --- addresses and routes --- */

/* 0: there is no such interface. */
static uint32_t
index_of(const struct bsdkernel *k, const char *ifname)
{
	struct bsdrequest r;

	bsdrequest_init(&r, BSD_SIOCGIFINDEX, ifname);
	return bsdkernel_ask(k, &r) == 0 ? bsdreply_index(&r) : 0;
}

static int
set_addr(const struct bsdkernel *k, const struct operation *op)
{
	uint32_t index = index_of(k, op->ifname);
	bool add = op->kind == OP_ADDR_ADD;
	struct bsdrequest r;

	if (index == 0)
		return BSD_ENXIO;
	if (!bsdrequest_addr(&r, op->ifname, &op->addr, index, add))
		return BSD_EINVAL;
	/* rc disables IPv6 on what it does not configure with it. */
	if (add && op->addr.family == 6)
		(void)set_nd6(k, op->ifname, 0, BSD_ND6_IFDISABLED);
	return bsdkernel_ask(k, &r);
}

/* Since 13 there may be several default routes at once (ROUTE_MPATH, which
 * GENERIC has), and a deletion that names no gateway finds none of them. */
static int
delete_each(const struct bsdkernel *k, unsigned family, uint32_t index)
{
	uint8_t message[BSDROUTE_BYTES];
	struct strbuf table = { 0 };
	size_t at, step, bytes;
	struct bsdmsg m;
	int rc = BSD_ESRCH, one;

	if (k->ops->table(k->ctx,
		family == 6 ? BSDKERNEL_ROUTES6 : BSDKERNEL_ROUTES,
		&table) != 0)
		table.bytes = 0;
	for (at = 0; at < table.bytes &&
	     (step = bsdmsg_next(table.data + at, table.bytes - at,
		  BSDMSG_SOCKET, &m)) > 0;
	     at += step) {
		if (!bsdmsg_is_default(&m) || m.index != index)
			continue;
		bytes = bsdroute_default(message, &m.gateway, index, false);
		one = k->ops->route(k->ctx, message, bytes);
		/* Two by one gateway go together. */
		if (rc == BSD_ESRCH || one != BSD_ESRCH)
			rc = one;
	}
	strbuf_fini(&table);
	return rc;
}

static int
set_default(const struct bsdkernel *k, const struct operation *op)
{
	static const struct ipaddr none = { .family = 0 };
	bool add = op->kind == OP_DEFAULT_ADD;
	struct ipaddr gateway = op->addr;
	uint8_t message[BSDROUTE_BYTES];
	uint32_t index = 0;
	size_t bytes;
	int rc;

	if (add && memcmp(gateway.bytes, none.bytes, sizeof(none.bytes)) == 0)
		return BSD_EINVAL;
	if (op->ifname[0] != '\0')
		index = index_of(k, op->ifname);
	if (add && index == 0)
		return BSD_ENXIO;
	if (!add && gateway.family != 6)
		gateway.family = 4;
	/* To be taken away whatever interface it is on. */
	bytes = bsdroute_default(message, &gateway, index, add);
	if (bytes == 0)
		return BSD_EINVAL;
	rc = k->ops->route(k->ctx, message, bytes);
	return add || rc != BSD_ESRCH ? rc
				      : delete_each(k, gateway.family, index);
}

/* --- programs --- */

static bool
is_plain(const char *word)
{
	return word[0] != '\0' && word[0] != '-' &&
	    strspn(word,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._:-") == strlen(word);
}

/* dhclient_flags are words between blanks: rc does not quote them either. */
static int
start_client(const struct bsdkernel *k, const struct operation *op)
{
	const char *argv[WORDS + 1] = { DHCLIENT };
	char flags[sizeof(op->text)], *rest = flags, *word;
	size_t n = 1;

	if (!is_plain(op->ifname))
		return BSD_EINVAL;
	if (op->value == 0)
		argv[n++] = "-b"; /* does not wait for the lease */
	memcpy(flags, op->text, sizeof(flags));
	flags[sizeof(flags) - 1] = '\0';
	while (n < WORDS - 1 && (word = strsep(&rest, " \t")) != NULL)
		if (*word != '\0')
			argv[n++] = word;
	argv[n] = op->ifname;
	return k->ops->start(k->ctx, argv);
}

static int
stop_client(const struct bsdkernel *k, const char *ifname)
{
	char path[96];
	int pid;

	snprintf(path, sizeof(path), BSDLOOK_PIDFILE, ifname);
	pid = k->ops->holder(k->ctx, path);
	return pid <= 0 ? BSD_ENOENT : k->ops->terminate(k->ctx, pid);
}

static int
solicit(const struct bsdkernel *k, const char *ifname)
{
	const char *const argv[] = { RTSOL, ifname, NULL };

	return is_plain(ifname) ? k->ops->start(k->ctx, argv) : BSD_EINVAL;
}

/* --- all --- */

static int
apply_request(const struct bsdkernel *k, const struct operation *op)
{
	struct bsdrequest r;

	switch (op->kind) {
	case OP_DESCR:
		bsdrequest_set_descr(&r, op->ifname, op->text);
		break;
	case OP_MTU:
		bsdrequest_set_mtu(&r, op->ifname, op->value);
		break;
	case OP_RENAME:
		bsdrequest_set_name(&r, op->ifname, op->other);
		break;
	case OP_ETHER:
		bsdrequest_set_mac(&r, op->ifname, op->mac);
		break;
	case OP_VLAN:
		bsdrequest_set_vlan(&r, op->ifname, op->other,
		    (unsigned)op->value);
		break;
	default:
		return BSD_EOPNOTSUPP;
	}
	return bsdkernel_ask(k, &r);
}

static int
apply_config(const struct bsdkernel *k, const struct operation *op)
{
	switch (op->kind) {
	case OP_ADDR_ADD:
	case OP_ADDR_DEL:
		return set_addr(k, op);
	case OP_DEFAULT_ADD:
	case OP_DEFAULT_DEL:
		return set_default(k, op);
	case OP_RTADV:
		return op->value != 0
		    ? set_nd6(k, op->ifname,
			  BSD_ND6_ACCEPT_RTADV | BSD_ND6_AUTO_LINKLOCAL,
			  BSD_ND6_IFDISABLED)
		    : set_nd6(k, op->ifname, 0, BSD_ND6_ACCEPT_RTADV);
	case OP_NO_DAD:
		return op->value != 0
		    ? set_nd6(k, op->ifname, BSD_ND6_NO_DAD, 0)
		    : set_nd6(k, op->ifname, 0, BSD_ND6_NO_DAD);
	case OP_RTSOL:
		return solicit(k, op->ifname);
	case OP_DHCP_START:
		return start_client(k, op);
	case OP_DHCP_STOP:
		return stop_client(k, op->ifname);
	default:
		return apply_request(k, op);
	}
}

int
bsdapply(const struct bsdkernel *k, const struct bsdpairs *pairs,
    const struct operation *op)
{
	switch (op->kind) {
	case OP_LAGG_CREATE:
		return create_lagg(k, op->ifname);
	case OP_CLONE:
		return create(k, op->ifname);
	case OP_LAGG_DESTROY:
	case OP_DESTROY:
		return ask(k, BSD_SIOCIFDESTROY, op->ifname);
	case OP_PORT_ADD:
	case OP_PORT_DEL:
		return set_port(k, op->ifname, op->other,
		    op->kind == OP_PORT_ADD);
	case OP_UP:
		return up(k, pairs, op->ifname);
	case OP_DOWN:
		return set_up(k, op->ifname, false);
	case OP_CAPS:
		return set_caps(k, op->ifname, (uint32_t)op->value);
	case OP_SYSCTL:
		return k->ops->set(k->ctx, op->text, op->value);
	case OP_PROCESS:
		return 0; /* it would only read, or wait */
	default:
		return apply_config(k, op);
	}
}
