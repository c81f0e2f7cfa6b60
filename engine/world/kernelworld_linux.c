/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/kernelworld.h"

#include <sys/socket.h>

#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "failover/native.h"
#include "world/bsderrno.h"
#include "world/clock.h"
#include "world/dhcpclient.h"
#include "world/linuxsnap.h"
#include "world/nicbus.h"
#include "world/rtask.h"
#include "world/rtrequest.h"

/* What no message tells is read again after this; by then somebody else may
 * have changed it. Our own changes are seen at once. */
#define STALE (INT64_C(50) * 1000000)
#define KNOWN 192 /* a synthetic NIC, a VF and a bond for each pair */

struct known {
	uint32_t index;
	struct linuxsnap_more more;
};

struct kernelworld {
	struct kernelworld_config config;
	struct nicpairs pairs;
	struct rtask *ask;
	struct linklook look; /* the last one */
	struct linuxsnap snap;
	struct dhcpclients clients;
	bool no_bonding;
	bool blind; /* the last look failed */
	struct known known[KNOWN];
	size_t n_known;
	int64_t known_ns; /* when the first of them was read */
};

static void
note(const struct kernelworld *w, const char *text)
{
	if (w->config.note != NULL)
		w->config.note(w->config.ctx, text);
}

/* --- opening --- */

static void
probe_bonding(struct kernelworld *w)
{
	uint8_t message[RTREQUEST_BYTES];
	size_t bytes = rtrequest_probe_bonding(rtask_sequence(w->ask), message);

	w->no_bonding = rtask_request(w->ask, message, bytes) == EOPNOTSUPP;
	if (w->no_bonding)
		note(w,
		    "this kernel has no bonding, nor a module for it: no "
		    "aggregate can be made (modprobe bonding says why)");
}

int
kernelworld_open(const struct kernelworld_config *config,
    struct kernelworld **out, struct err *err)
{
	struct kernelworld *w;
	struct rtask *ask;
	int rc;

	*out = NULL;
	rc = rtask_open(KERNELWORLD_WAIT, &ask, err);
	if (rc < 0)
		return rc;
	w = mem_zero(1, sizeof(*w));
	w->config = *config;
	w->pairs = *config->pairs;
	w->config.pairs = NULL;
	w->ask = ask;
	probe_bonding(w);
	*out = w;
	return 0;
}

void
kernelworld_close(struct kernelworld *w)
{
	if (w == NULL)
		return;
	rtask_close(w->ask);
	linklook_fini(&w->look);
	linuxsnap_fini(&w->snap);
	free(w);
}

/* --- looking --- */

/* A name that the kernel gave may hold all but "/" and blanks. */
static bool
option_path(const char *ifname, const char *option, char path[128])
{
	if (ifname[0] == '\0' || strcmp(ifname, ".") == 0 ||
	    strcmp(ifname, "..") == 0 || strchr(ifname, '/') != NULL)
		return false;
	snprintf(path, 128, "/proc/sys/net/ipv6/conf/%s/%s", ifname, option);
	return true;
}

/* otherwise: where there is no IPv6. */
static int
read_option(const char *ifname, const char *option, int otherwise)
{
	char path[128], text[16];
	ssize_t n = -1;
	int fd;

	if (!option_path(ifname, option, path) ||
	    (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return otherwise;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return otherwise;
	text[n] = '\0';
	return (int)strtol(text, NULL, 10);
}

/* A bond's port has no IPv6, whatever its options say (FACTS.md G.4 2). */
static void
read_more(const struct kernelworld *w, const struct snap_if *i,
    struct linuxsnap_more *out)
{
	out->dhclient =
	    dhcpclient_runs(&w->clients, i->name, clock_monotonic());
	if (i->class == IF_OTHER || i->lagg[0] != '\0')
		return;
	out->accept_rtadv = read_option(i->name, "accept_ra", 0) > 0;
	out->no_dad = read_option(i->name, "dad_transmits", 0) == 0;
}

static void
look_closer(void *ctx, const struct snap_if *i, struct linuxsnap_more *out)
{
	struct kernelworld *w = ctx;
	size_t k;

	for (k = 0; k < w->n_known; k++)
		if (w->known[k].index == i->index) {
			*out = w->known[k].more;
			return;
		}
	read_more(w, i, out);
	if (w->n_known == KNOWN)
		return;
	w->known[w->n_known].index = i->index;
	w->known[w->n_known++].more = *out;
}

static void
forget_stale(struct kernelworld *w)
{
	int64_t now_ns = clock_monotonic();

	if (w->n_known > 0 && now_ns - w->known_ns < STALE)
		return;
	w->n_known = 0;
	w->known_ns = now_ns;
}

void
kernelworld_observe(struct kernelworld *w, struct snapshot *out)
{
	struct err err;

	dhcpclient_reap(&w->clients);
	forget_stale(w);
	if (rtask_look(w->ask, &w->look, &err) < 0) {
		if (!w->blind)
			note(w, err.text);
		w->blind = true;
		linklook_reset(&w->look);
		/* Nothing is there that could be changed. */
		linuxsnap_fill(&w->snap, &w->look, &w->pairs, look_closer, w,
		    out);
		return;
	}
	if (w->blind)
		note(w, "looking at all interfaces works again");
	w->blind = false;
	nicbus_fill("/sys", &w->look);
	nicpair_update(&w->pairs, &w->look, w->config.note, w->config.ctx);
	linuxsnap_fill(&w->snap, &w->look, &w->pairs, look_closer, w, out);
	out->no_bonding = w->no_bonding;
}

/* --- changing --- */

static bool
is_synthetic(const struct kernelworld *w, const struct ifevent *e)
{
	const struct nicpair *p = nicpair_of(&w->pairs, e->index);

	return p != NULL && p->state == NICPAIR_OURS;
}

/* An aggregate is ours when it has our mark or our synthetic NIC, or may
 * become ours when it has no port. */
static bool
is_our_aggregate(const struct kernelworld *w, const struct ifevent *bond)
{
	const struct ifevent *e;
	bool has_ports = false;
	size_t i;

	if (!linuxsnap_is_aggregate(bond))
		return false;
	if (strncmp(bond->alias, NATIVE_MARK, strlen(NATIVE_MARK)) == 0)
		return true;
	for (i = 0; i < w->look.n_links; i++) {
		e = &w->look.links[i];
		if (e->master != bond->index)
			continue;
		if (is_synthetic(w, e))
			return true;
		has_ports = true;
	}
	return !has_ports;
}

static bool
may_touch(const struct kernelworld *w, const struct ifevent *e)
{
	return is_synthetic(w, e) ||
	    nicpair_of_vf(&w->pairs, e->index) != NULL ||
	    is_our_aggregate(w, e);
}

static int
find_target(const struct kernelworld *w, const char *name, uint32_t *index)
{
	const struct ifevent *e;

	*index = 0;
	if (name[0] == '\0')
		return 0;
	e = linklook_named(&w->look, name);
	if (e == NULL)
		return ENODEV;
	*index = e->index;
	return may_touch(w, e) ? 0 : EPERM;
}

static int
write_option(const char *ifname, const char *option, int value)
{
	char path[128], text[16];
	int fd, rc = 0;
	size_t bytes;

	if (!option_path(ifname, option, path))
		return EINVAL;
	snprintf(text, sizeof(text), "%d\n", value);
	bytes = strlen(text);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, text, bytes) != (ssize_t)bytes)
		rc = errno;
	close(fd);
	return rc;
}

/* Linux looks at dad_transmits of the interface; accept_dad of all interfaces
 * would outvote the interface's own. */
static int
set_no_dad(const char *ifname, bool no_dad)
{
	int rc = write_option(ifname, "dad_transmits", no_dad ? 0 : 1);

	return rc != 0 ? rc
		       : write_option(ifname, "accept_dad", no_dad ? 0 : 1);
}

/* RFC 4861, 4.1: to all routers, by a link-local address, hop limit 255. */
static int
solicit_routers(uint32_t index)
{
	struct nd_router_solicit rs = { .nd_rs_type = ND_ROUTER_SOLICIT };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_scope_id = index };
	int fd, hops = 255, rc = 0;

	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    IPPROTO_ICMPV6);
	if (fd < 0)
		return errno;
	memcpy(&to.sin6_addr, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x02", 16);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
		sizeof(hops)) < 0 ||
	    sendto(fd, &rs, sizeof(rs), 0, (struct sockaddr *)&to, sizeof(to)) <
		0)
		rc = errno;
	close(fd);
	return rc;
}

/* A lease that a synthetic NIC has: whoever has it next has a lease, too. */
static bool
is_leased(const struct kernelworld *w, const struct ipaddr *addr)
{
	const struct linklook_addr *a = w->look.addrs;
	size_t i;

	for (i = 0; i < w->look.n_addrs; i++)
		if ((a[i].is & IFADDR_ENDS) != 0 &&
		    nicpair_of(&w->pairs, a[i].index) != NULL &&
		    ipaddr_same_host(&a[i].addr, addr))
			return true;
	return false;
}

static int
request(struct kernelworld *w, const struct operation *op, uint32_t index,
    uint32_t other)
{
	const struct nicpair *p;
	struct rtrequest r = { .op = op, .index = index, .other = other };
	uint8_t message[RTREQUEST_BYTES];
	size_t bytes, i;

	/* On Hyper-V what is broadcast comes by the synthetic NIC, whatever
	 * carries (FACTS.md G.4 9); elsewhere it may come by both. */
	for (i = 0; i < w->pairs.count && !w->config.keep_rx_all; i++) {
		p = &w->pairs.pairs[i];
		if (p->state == NICPAIR_OURS && p->vmbus)
			r.rx_all = true;
	}
	r.ends = op->kind == OP_ADDR_ADD && op->addr.family == 4 &&
	    is_leased(w, &op->addr);
	r.sequence = rtask_sequence(w->ask);
	bytes = rtrequest_build(&r, message);
	return bytes == 0 ? EOPNOTSUPP : rtask_request(w->ask, message, bytes);
}

/* What look_closer() reads. */
static bool
changes_untold(enum op_kind kind)
{
	switch (kind) {
	case OP_RTADV:
	case OP_NO_DAD:
	case OP_DHCP_START:
	case OP_DHCP_STOP:
	case OP_PORT_ADD:
	case OP_PORT_DEL:
		return true;
	default:
		return false;
	}
}

static int
apply(struct kernelworld *w, const struct operation *op)
{
	uint32_t index = 0, other = 0;
	int rc = 0;

	if (op->kind == OP_LAGG_CREATE) {
		if (linklook_named(&w->look, op->ifname) != NULL)
			return EEXIST;
	} else {
		rc = find_target(w, op->ifname, &index);
		if (rc == 0)
			rc = find_target(w, op->other, &other);
		if (rc == 0 && index == 0)
			rc = ENODEV;
	}
	if (rc != 0)
		return rc;
	if (changes_untold(op->kind))
		w->n_known = 0;
	switch (op->kind) {
	case OP_RTADV:
		return write_option(op->ifname, "accept_ra", op->value);
	case OP_NO_DAD:
		return set_no_dad(op->ifname, op->value != 0);
	case OP_RTSOL:
		return solicit_routers(index);
	case OP_DHCP_START:
		return dhcpclient_start(&w->clients, op->ifname, op->text);
	case OP_DHCP_STOP:
		return dhcpclient_stop(&w->clients, op->ifname,
		    clock_monotonic());
	default:
		return request(w, op, index, other);
	}
}

int
kernelworld_apply(struct kernelworld *w, const struct operation *op)
{
	return bsderrno_of_linux(apply(w, op));
}

/* kernelevents.h, which is told the same, has the hints. */
int
kernelworld_fd(const struct kernelworld *w)
{
	(void)w;
	return -1;
}

bool
kernelworld_told(struct kernelworld *w)
{
	(void)w;
	return false;
}
