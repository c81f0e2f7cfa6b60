/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_bsd.h"

#include <stdio.h>
#include <string.h>

#include "fake_bsd_table.h"
#include "le_bytes.h"

/* errno of FreeBSD */
enum { NOENT = 2, NXIO = 6, EXIST = 17, INVAL = 22, BUSY = 16, NOADDR = 49 };
enum { NOMSG = 83, SRCH = 3 };

static uint8_t *
pointer(const uint8_t *at)
{
	uint8_t *p;

	memcpy(&p, at, sizeof(p));
	return p;
}

/* --- interfaces --- */

struct fake_if *
fake_bsd_find(struct fake_bsd *f, const char *name)
{
	size_t i;

	for (i = 0; i < FAKE_IFS; i++)
		if (f->ifs[i].there && strcmp(f->ifs[i].name, name) == 0)
			return &f->ifs[i];
	return NULL;
}

struct fake_if *
fake_bsd_by_index(struct fake_bsd *f, uint32_t index)
{
	size_t i;

	for (i = 0; i < FAKE_IFS; i++)
		if (f->ifs[i].there && f->ifs[i].index == index)
			return &f->ifs[i];
	return NULL;
}

struct fake_if *
fake_bsd_add(struct fake_bsd *f, const char *name, uint8_t type,
    const char *mac)
{
	struct fake_if *i = f->ifs;

	while (i->there)
		i++;
	memset(i, 0, sizeof(*i));
	i->there = true;
	snprintf(i->name, sizeof(i->name), "%s", name);
	snprintf(i->driver, sizeof(i->driver), "%s", name);
	i->index = ++f->next_index;
	i->type = type;
	i->mtu = 1500;
	i->flags = 0x8802;
	i->caps = i->capenable = 0x80028;
	mac_parse(mac, i->mac);
	memcpy(i->own_mac, i->mac, sizeof(i->own_mac));
	fake_bsd_follow(f);
	return i;
}

static void
choose_primary(struct fake_bsd *f, struct fake_if *lagg)
{
	uint32_t best = 0;
	size_t i;

	for (i = 0; i < FAKE_IFS; i++)
		if (f->ifs[i].there && f->ifs[i].lagg == lagg->index &&
		    (best == 0 || f->ifs[i].index < best))
			best = f->ifs[i].index;
	lagg->primary = best;
}

static void
leave(struct fake_bsd *f, struct fake_if *port)
{
	struct fake_if *lagg = fake_bsd_by_index(f, port->lagg);

	port->lagg = 0;
	port->type = 6;
	memcpy(port->mac, port->own_mac, sizeof(port->mac));
	if (lagg != NULL && lagg->primary == port->index)
		choose_primary(f, lagg);
}

void
fake_bsd_remove(struct fake_bsd *f, const char *name)
{
	struct fake_if *i = fake_bsd_find(f, name);
	size_t k;

	if (i->lagg != 0)
		leave(f, i);
	for (k = 0; k < FAKE_IFS; k++)
		if (f->ifs[k].there && f->ifs[k].lagg == i->index)
			leave(f, &f->ifs[k]);
	i->there = false;
	fake_bsd_follow(f);
}

void
fake_bsd_put(struct fake_bsd *f, const char *name, const char *addr)
{
	struct fake_if *i = fake_bsd_find(f, name);

	ipaddr_parse(addr, &i->addrs[i->n_addrs++]);
}

bool
fake_bsd_has(struct fake_bsd *f, const char *name, const char *addr)
{
	struct fake_if *i = fake_bsd_find(f, name);
	struct ipaddr a;
	size_t k;

	ipaddr_parse(addr, &a);
	for (k = 0; i != NULL && k < i->n_addrs; k++)
		if (ipaddr_equal(&i->addrs[k], &a))
			return true;
	return false;
}

static bool
is_hn(const struct fake_if *i)
{
	return strncmp(i->driver, "hn", 2) == 0;
}

void
fake_bsd_follow(struct fake_bsd *f)
{
	struct fake_if *hn, *vf;
	size_t i, k;

	for (i = 0; i < FAKE_IFS; i++) {
		hn = &f->ifs[i];
		if (!hn->there || !is_hn(hn))
			continue;
		hn->vf = 0;
		hn->link = 2;
		for (k = 0; k < FAKE_IFS; k++) {
			vf = &f->ifs[k];
			if (!vf->there || vf->unknown || is_hn(vf) ||
			    vf->parent[0] == '\0' ||
			    memcmp(vf->mac, hn->mac, 6) != 0)
				continue;
			hn->vf = vf->index;
			if ((vf->flags & 1) != 0)
				hn->link = 1;
		}
	}
}

static bool
is_active(const struct fake_if *i)
{
	return i != NULL && i->link == 2 && (i->flags & 1) != 0;
}

const char *
fake_bsd_active(struct fake_bsd *f, const char *name)
{
	struct fake_if *lagg = fake_bsd_find(f, name);
	struct fake_if *port = fake_bsd_by_index(f, lagg->primary);
	uint32_t index;

	if (is_active(port))
		return port->name;
	for (index = 1; index <= f->next_index; index++) {
		port = fake_bsd_by_index(f, index);
		if (port != NULL && port->lagg == lagg->index &&
		    is_active(port))
			return port->name;
	}
	return "";
}

/* --- ioctls --- */

static struct ipaddr
get_addr(const uint8_t *sa, const uint8_t *mask)
{
	struct ipaddr a = { 0 };
	size_t bytes = sa[1] == 2 ? 4 : 16, from = sa[1] == 2 ? 4 : 8, k;

	a.family = sa[1] == 2 ? 4 : 6;
	a.prefix = sa[1] == 2 ? 32 : 128;
	memcpy(a.bytes, sa + from, bytes);
	for (k = 0; mask != NULL && k < 8 * bytes; k++)
		if ((mask[from + k / 8] & 0x80 >> (k % 8)) == 0) {
			a.prefix = (uint8_t)k;
			break;
		}
	return a;
}

static int
delete_address(struct fake_if *i, const uint8_t *d)
{
	/* No sockaddr_in, and no sockaddr_in6, is the first IPv4 address. */
	bool any = !(d[16] == 16 && d[17] == 2) && d[17] != 28;
	struct ipaddr a = get_addr(d + 16, NULL);
	size_t k;

	for (k = 0; k < i->n_addrs; k++)
		if (any ? i->addrs[k].family == 4
			: ipaddr_same_host(&i->addrs[k], &a)) {
			i->n_addrs--;
			memmove(&i->addrs[k], &i->addrs[k + 1],
			    (i->n_addrs - k) * sizeof(a));
			return 0;
		}
	return NOADDR;
}

static int
add_address(struct fake_bsd *f, struct fake_if *i, const uint8_t *d, bool is6)
{
	static const uint8_t ever[8] = { 255, 255, 255, 255, 255, 255, 255,
		255 };
	struct ipaddr a =
	    is6 ? get_addr(d + 16, d + 72) : get_addr(d + 16, d + 48);

	if (is6 ? d[16] != 28 || d[17] != 28 || memcmp(d + 120, ever, 8) != 0
		: d[16] != 16 || d[17] != 2 || d[48] != 16)
		return INVAL;
	if (is6 && (i->nd6 & 0x8) != 0)
		return INVAL;
	if (!is6 && delete_address(i, d) == 0)
		i->unrouted.family = 0; /* made again, with its route */
	i->addr_flags[i->n_addrs] = 0;
	i->addrs[i->n_addrs++] = a;
	i->flags |= 0x41;
	fake_bsd_follow(f);
	return 0;
}

static int
add_port(struct fake_bsd *f, struct fake_if *lagg, const char *name)
{
	struct fake_if *port = fake_bsd_find(f, name);
	size_t k = 0;

	if (port == NULL || port == lagg)
		return INVAL;
	if (port->lagg != 0)
		return port->lagg == lagg->index ? EXIST : BUSY;
	/* Its IPv6 addresses go. */
	while (k < port->n_addrs)
		if (port->addrs[k].family == 6) {
			port->n_addrs--;
			memmove(&port->addrs[k], &port->addrs[k + 1],
			    (port->n_addrs - k) * sizeof(port->addrs[0]));
		} else {
			k++;
		}
	port->lagg = lagg->index;
	port->type = 0xa1;
	if (lagg->primary == 0) {
		lagg->primary = port->index;
		memcpy(lagg->mac, port->mac, sizeof(lagg->mac));
	}
	memcpy(port->mac, lagg->mac, sizeof(port->mac));
	lagg->link = 2;
	fake_bsd_follow(f);
	return 0;
}

static int
del_port(struct fake_bsd *f, struct fake_if *lagg, const char *name)
{
	struct fake_if *port = fake_bsd_find(f, name);

	if (port == NULL)
		return INVAL;
	if (port->lagg != lagg->index)
		return NOENT;
	leave(f, port);
	fake_bsd_follow(f);
	return 0;
}

static int
get_lagg(struct fake_bsd *f, struct fake_if *lagg, uint8_t *d)
{
	uint8_t *to = pointer(d + 32);
	uint32_t room = le_get32(d + 24) / 72, n = 0, index;
	struct fake_if *port;

	if (strncmp(lagg->driver, "lagg", 4) != 0)
		return INVAL;
	for (index = 1; index <= f->next_index && n < room; index++) {
		port = fake_bsd_by_index(f, index);
		if (port == NULL || port->lagg != lagg->index)
			continue;
		snprintf((char *)to + 72 * n, 16, "%s", lagg->name);
		snprintf((char *)to + 72 * n + 16, 16, "%s", port->name);
		le_put32(to + 72 * n + 36,
		    (lagg->primary == index ? 1U : 0) |
			(strcmp(fake_bsd_active(f, lagg->name), port->name) == 0
				? 4U
				: 0));
		n++;
	}
	le_put32(d + 16, 2);
	le_put32(d + 40, n);
	return 0;
}

static int
create(struct fake_bsd *f, const char *name)
{
	struct fake_if *i;

	if (fake_bsd_find(f, name) != NULL)
		return EXIST;
	if (strncmp(name, "lagg", 4) == 0 && !f->has_lagg)
		return INVAL;
	i = fake_bsd_add(f, name, 6, "00:00:00:00:00:00");
	i->nd6 = 0x29; /* as rc leaves it: IPv6 is disabled */
	f->rx_all = f->rx_all < 0 ? 0 : f->rx_all;
	return 0;
}

static int
set_vlan(struct fake_bsd *f, struct fake_if *i, const uint8_t *v)
{
	if (i->type != 0x87)
		return INVAL;
	if (v[0] == '\0') {
		i->vlan_parent[0] = '\0';
		i->vlan_tag = 0;
		return 0;
	}
	if (fake_bsd_find(f, (const char *)v) == NULL)
		return NOENT;
	if (i->vlan_parent[0] != '\0')
		return BUSY;
	if (le_get16(v + 18) != 0x8100)
		return INVAL;
	snprintf(i->vlan_parent, sizeof(i->vlan_parent), "%s", (const char *)v);
	i->vlan_tag = le_get16(v + 16);
	return 0;
}

static int
questions(struct fake_bsd *f, struct fake_if *i, uint32_t code, uint8_t *d)
{
	size_t k, n = strlen(i->descr) + 1;
	struct ipaddr a;

	switch (code) {
	case 0xc0206911: /* SIOCGIFFLAGS */
		le_put16(d + 16, i->flags & 0xffff);
		le_put16(d + 18, i->flags >> 16);
		return 0;
	case 0xc0206920: /* SIOCGIFINDEX */
		le_put16(d + 16, i->index);
		return 0;
	case 0xc020691f: /* SIOCGIFCAP */
		le_put32(d + 16, i->caps);
		le_put32(d + 20, i->capenable);
		return 0;
	case 0xc020692a: /* SIOCGIFDESCR */
		if (n == 1)
			return NOMSG;
		if (n <= le_get32(d + 16))
			memcpy(pointer(d + 24), i->descr, n);
		le_put32(d + 16, (uint32_t)n);
		return 0;
	case 0xc048696c: /* SIOCGIFINFO_IN6 */
		le_put32(d + 16, 1500);
		le_put32(d + 36, i->nd6);
		return 0;
	case 0xc1206949: /* SIOCGIFAFLAG_IN6 */
		a = get_addr(d + 16, NULL);
		for (k = 0; k < i->n_addrs; k++)
			if (ipaddr_same_host(&i->addrs[k], &a)) {
				le_put32(d + 16, i->addr_flags[k]);
				return 0;
			}
		return NOADDR;
	case 0xc020693a: /* SIOCGETVLAN */
		snprintf((char *)pointer(d + 16), 16, "%s", i->vlan_parent);
		le_put16(pointer(d + 16) + 16, i->vlan_tag);
		return i->type == 0x87 ? 0 : INVAL;
	case 0xc0306938: /* SIOCGIFMEDIA */
		le_put32(d + 24, i->no_media ? 0 : i->media_down ? 1 : 3);
		return 0;
	case 0xc048698c: /* SIOCGLAGGPORT */
		if (i->lagg == 0)
			return NOENT;
		snprintf((char *)d, 16, "%s",
		    fake_bsd_by_index(f, i->lagg)->name);
		return 0;
	case 0xc050698f: /* SIOCGLAGG */
		return get_lagg(f, i, d);
	default:
		return -1;
	}
}

static int
changes(struct fake_bsd *f, struct fake_if *i, uint32_t code, uint8_t *d)
{
	switch (code) {
	case 0x80206910: /* SIOCSIFFLAGS */
		i->flags = le_get16(d + 16) | (uint32_t)le_get16(d + 18) << 16;
		i->flags =
		    (i->flags & 1) != 0 ? i->flags | 0x40 : i->flags & ~0x40U;
		if (i->parent[0] != '\0' && !is_hn(i))
			i->link = (i->flags & 1) != 0 ? 2 : 1;
		fake_bsd_follow(f);
		return 0;
	case 0x8044692b: /* SIOCAIFADDR */
	case 0x8088691b: /* SIOCAIFADDR_IN6 */
		return add_address(f, i, d, code == 0x8088691b);
	case 0x80206919: /* SIOCDIFADDR */
	case 0x81206919: /* SIOCDIFADDR_IN6 */
		return delete_address(i, d);
	case 0x8020691e: /* SIOCSIFCAP */
		if ((le_get32(d + 16) & ~i->caps) != 0)
			return INVAL;
		i->capenable = le_get32(d + 16);
		return 0;
	case 0x80206928: /* SIOCSIFNAME */
		snprintf(i->name, sizeof(i->name), "%s",
		    (const char *)pointer(d + 16));
		return 0;
	case 0x80206929: /* SIOCSIFDESCR */
		snprintf(i->descr, sizeof(i->descr), "%.*s",
		    (int)le_get32(d + 16),
		    le_get32(d + 16) == 0 ? "" : (const char *)pointer(d + 24));
		return 0;
	case 0x80206934: /* SIOCSIFMTU */
		i->mtu = le_get32(d + 16);
		return i->lagg != 0 ? INVAL : 0;
	case 0x80206939: /* SIOCSETVLAN */
		return set_vlan(f, i, pointer(d + 16));
	case 0x8020693c: /* SIOCSIFLLADDR */
		memcpy(i->mac, d + 18, 6);
		return d[16] == 6 && d[17] == 18 ? 0 : INVAL;
	case 0xc048696d: /* SIOCSIFINFO_IN6 */
		if (le_get32(d + 16) != 0)
			return INVAL;
		i->nd6 = le_get32(d + 36);
		return 0;
	case 0x80206979: /* SIOCIFDESTROY */
		if (i->parent[0] != '\0')
			return INVAL;
		fake_bsd_remove(f, i->name);
		return 0;
	case 0x8048698d: /* SIOCSLAGGPORT */
		return add_port(f, i, (const char *)d + 16);
	case 0x8048698e: /* SIOCSLAGGDELPORT */
		return del_port(f, i, (const char *)d + 16);
	case 0x80506990: /* SIOCSLAGG */
		return le_get32(d + 16) == 2 ? 0 : INVAL;
	default:
		return INVAL;
	}
}

static int
fake_control(void *ctx, unsigned family, uint32_t code, void *data)
{
	struct fake_bsd *f = ctx;
	struct fake_if *i = fake_bsd_find(f, data);
	bool is6 = (code & 0xffff) == 0x696c || (code & 0xffff) == 0x696d ||
	    (code & 0xffff) == 0x6949 || code == 0x8088691b ||
	    code == 0x81206919;
	bool is4 = code == 0x8044692b || code == 0x80206919;
	int rc;

	if (code == f->fails)
		return f->result;
	/* Where the kernel looks for its protocol. */
	if ((is6 && family != 28) || (is4 && family != 2))
		return INVAL;
	if (code == 0xc020697c)
		return create(f, data);
	if (i == NULL)
		return NXIO;
	rc = questions(f, i, code, data);
	return rc >= 0 ? rc : changes(f, i, code, data);
}

static int
fake_ask(void *ctx, struct bsdrequest *r)
{
	int rc;

	bsdkernel_point(r);
	rc = fake_control(ctx, r->family, r->code, r->data);
	bsdkernel_unpoint(r);
	return rc;
}

/* --- the rest --- */

static int
fake_driver(void *ctx, uint32_t index, char *name, size_t bytes)
{
	struct fake_bsd *f = ctx;
	const struct fake_if *i = fake_bsd_by_index(f, index);

	if (f->no_drivers || i == NULL)
		return NOENT;
	snprintf(name, bytes, "%s", i->driver);
	return 0;
}

static int
give(void *buf, size_t *bytes, const char *text)
{
	size_t n = strlen(text) + 1;

	if (n > *bytes)
		return 12;
	memcpy(buf, text, n);
	*bytes = n;
	return 0;
}

static int
fake_get(void *ctx, const char *name, void *buf, size_t *bytes)
{
	struct fake_bsd *f = ctx;
	int value = -1, unit;
	struct fake_if *i;
	char hn[16], what[32];

	if (strcmp(name, "hw.hn.vf_transparent") == 0)
		value = f->transparent;
	if (strcmp(name, "net.link.lagg.failover_rx_all") == 0)
		value = f->rx_all;
	if (value >= 0) {
		*bytes = sizeof(value);
		memcpy(buf, &value, sizeof(value));
		return 0;
	}
	/* mlx5en(4), mlx4en(4), and all others. */
	if (strcmp(name, "dev.mce.0.conf.device_name") == 0)
		return give(buf, bytes, "mlx5_core0");
	if (strcmp(name, "dev.mlx5_core.0.%parent") == 0)
		return give(buf, bytes, "pci1");
	if (strcmp(name, "hw.mlxen0.conf.device_name") == 0)
		return give(buf, bytes, "mlx4_core0");
	if (strcmp(name, "dev.mlx4_core.0.%parent") == 0)
		return give(buf, bytes, "pci2");
	if (sscanf(name, "dev.%15[a-z].%d.%31s", hn, &unit, what) != 3)
		return NOENT;
	snprintf(hn + strlen(hn), sizeof(hn) - strlen(hn), "%d", unit);
	for (i = f->ifs; i < f->ifs + FAKE_IFS; i++) {
		if (!i->there || strcmp(i->driver, hn) != 0)
			continue;
		if (strcmp(what, "%parent") == 0 &&
		    strncmp(hn, "mce", 3) != 0 && i->parent[0] != '\0')
			return give(buf, bytes, i->parent);
		if (is_hn(i) &&
		    (strcmp(what, "vf") == 0 || strcmp(what, "rxvf") == 0))
			return give(buf, bytes,
			    i->vf == 0 ||
				    (what[0] == 'r' &&
					(fake_bsd_by_index(f, i->vf)->flags &
					    1) == 0)
				? ""
				: fake_bsd_by_index(f, i->vf)->name);
	}
	return NOENT;
}

static int
fake_set(void *ctx, const char *name, int value)
{
	struct fake_bsd *f = ctx;

	if (strcmp(name, "net.link.lagg.failover_rx_all") != 0 || f->rx_all < 0)
		return NOENT;
	f->rx_all = value;
	return 0;
}

/* rt_delete_conditional(): of several ways one that is named only. */
static int
delete_default(struct fake_bsd *f, struct ipaddr *gateway, bool is_named,
    const uint8_t *sa)
{
	struct ipaddr named;

	if (gateway->family == 0)
		return SRCH;
	if (is_named) {
		named = get_addr(sa, NULL);
		if (ipaddr_same_host(&f->gateway_too, &named)) {
			f->gateway_too.family = 0;
			return 0;
		}
		if (!ipaddr_same_host(gateway, &named))
			return SRCH;
	} else if (gateway == &f->gateway && f->gateway_too.family != 0) {
		return SRCH;
	}
	*gateway = gateway == &f->gateway ? f->gateway_too : *gateway;
	if (gateway == &f->gateway)
		f->gateway_too.family = 0;
	else
		gateway->family = 0;
	return 0;
}

static int
fake_route(void *ctx, const void *message, size_t bytes)
{
	struct fake_bsd *f = ctx;
	const uint8_t *m = message, *at = m + 152;
	bool is6 = at[1] == 28, has_gateway = (le_get32(m + 12) & 2) != 0;
	size_t space = is6 ? 32 : 16;
	struct ipaddr *gateway = is6 ? &f->gateway6 : &f->gateway;
	uint32_t *index = is6 ? &f->gateway6_if : &f->gateway_if;

	if (le_get16(m) != bytes || m[2] != 5 || (le_get32(m + 12) & 5) != 5)
		return INVAL;
	if (m[3] == 2)
		return delete_default(f, gateway, has_gateway, at + space);
	if (gateway->family != 0)
		return EXIST;
	if (m[3] != 1 || !has_gateway || (le_get32(m + 12) & 0x10) == 0)
		return INVAL;
	*gateway = get_addr(at + space, NULL);
	at += 3 * space;
	if (at[0] != 54 || at[1] != 18)
		return INVAL;
	*index = le_get16(at + 2);
	return 0;
}

static int
fake_load(void *ctx, const char *module)
{
	struct fake_bsd *f = ctx;

	snprintf(f->wanted, sizeof(f->wanted), "%s", module);
	if (strcmp(module, "if_lagg") != 0 || f->no_modules)
		return NOENT;
	f->has_lagg = true;
	return 0;
}

static bool
fake_exists(void *ctx, const char *path)
{
	const struct fake_bsd *f = ctx;

	return strcmp(path, f->custom) == 0;
}

static int
fake_read(void *ctx, const char *path, size_t most, struct strbuf *out)
{
	static const char start[] = "/var/db/dhclient.leases.";
	char text[IPADDR_TEXT];
	struct fake_if *i;

	(void)most;
	if (strncmp(path, start, sizeof(start) - 1) != 0)
		return NOENT;
	i = fake_bsd_find(ctx, path + sizeof(start) - 1);
	if (i == NULL || i->lease.family == 0)
		return NOENT;
	strbuf_addf(out,
	    "lease {\n  interface \"%s\";\n  fixed-address 10.9.9.9;\n}\n"
	    "lease {\n  interface \"%s\";\n  fixed-address %s;\n"
	    "  option subnet-mask 255.255.255.0;\n}\n",
	    i->name, i->name, ipaddr_format(&i->lease, false, text));
	return 0;
}

static int
fake_holder(void *ctx, const char *path)
{
	struct fake_bsd *f = ctx;
	char name[32];
	struct fake_if *i;

	if (strcmp(path, "/var/run/devd.pid") == 0)
		return f->devd ? 77 : 0;
	if (sscanf(path, "/var/run/dhclient/dhclient.%31[a-z0-9].pid", name) !=
	    1)
		return 0;
	i = fake_bsd_find(f, name);
	return i != NULL && i->dhclient ? 1000 + (int)i->index : 0;
}

static int
fake_terminate(void *ctx, int pid)
{
	struct fake_if *i = fake_bsd_by_index(ctx, (uint32_t)pid - 1000);

	if (i == NULL)
		return SRCH;
	i->dhclient = false;
	return 0;
}

static int
fake_start(void *ctx, const char *const *argv)
{
	struct fake_bsd *f = ctx;
	struct strbuf words = { 0 };
	const char *last = NULL;
	struct fake_if *i;

	for (; *argv != NULL; last = *argv++)
		strbuf_addf(&words, "%s%s", words.bytes > 0 ? " " : "", *argv);
	snprintf(f->started, sizeof(f->started), "%s", strbuf_str(&words));
	strbuf_fini(&words);
	i = last != NULL ? fake_bsd_find(f, last) : NULL;
	if (i == NULL || strncmp(f->started, "/sbin/dhclient", 14) != 0)
		return 0;
	i->dhclient = true;
	if (f->server.family == 4) {
		i->lease = i->addrs[i->n_addrs++] = f->server;
		f->gateway = ipaddr_network(&f->server);
		f->gateway.prefix = 32;
		f->gateway.bytes[3] = 1;
		f->gateway_if = i->index;
	}
	return 0;
}

static const struct bsdkernel_ops fake_ops = {
	.ask = fake_ask,
	.table = fake_bsd_table,
	.driver = fake_driver,
	.get = fake_get,
	.set = fake_set,
	.route = fake_route,
	.load = fake_load,
	.exists = fake_exists,
	.read = fake_read,
	.holder = fake_holder,
	.terminate = fake_terminate,
	.start = fake_start,
};

void
fake_bsd_init(struct fake_bsd *f)
{
	memset(f, 0, sizeof(*f));
	f->rx_all = -1;
	f->kernel.ops = &fake_ops;
	f->kernel.ctx = f;
}
