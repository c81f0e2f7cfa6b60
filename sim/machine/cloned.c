/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/cloned.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "sim/machine/bond.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/lagg.h"

static const struct cloner {
	const char *prefix;
	enum ifkind kind;
} cloners[] = {
	{ "lagg", KIND_LAGG },
	{ "vlan", KIND_VLAN },
	{ "lo", KIND_LOOP },
	{ "tap", KIND_TAP },
	{ "tun", KIND_TUN },
	{ "epair", KIND_EPAIR },
	{ "bridge", KIND_BRIDGE },
};

static bool
is_letters(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!islower((unsigned char)s[i]))
			return false;
	return n > 0;
}

/* The kind of "tap0" or "tap"; NULL for an unknown one and for a unit that is
 * no number or has a zero in front. */
static const struct cloner *
cloner_of(const char *name)
{
	size_t n = strcspn(name, "0123456789"), i;
	const char *unit = name + n;

	if (strspn(unit, "0123456789") != strlen(unit) ||
	    (unit[0] == '0' && unit[1] != '\0') || !is_letters(name, n))
		return NULL;
	for (i = 0; i < sizeof(cloners) / sizeof(cloners[0]); i++)
		if (strlen(cloners[i].prefix) == n &&
		    strncmp(name, cloners[i].prefix, n) == 0)
			return &cloners[i];
	return NULL;
}

/* A real kernel draws them; here the same name has the same MAC. */
static void
made_up_mac(enum ifkind kind, const char *name, uint8_t mac[6])
{
	uint64_t h = hash_str(HASH_START, name);

	memset(mac, 0, 6);
	if (kind == KIND_LOOP || kind == KIND_TUN || kind == KIND_VLAN)
		return;
	mac[0] = kind == KIND_TAP ? 0x00 : 0x02;
	mac[1] = kind == KIND_TAP ? 0xbd : (uint8_t)(h >> 32);
	mac[2] = (uint8_t)(h >> 24);
	mac[3] = (uint8_t)(h >> 16);
	mac[4] = (uint8_t)(h >> 8);
	mac[5] = kind == KIND_EPAIR ? 0x0a : 0x00;
}

static void
cdev_record(struct ifnet *ifp, const char *type)
{
	if (ifp->kind == KIND_TAP || ifp->kind == KIND_TUN)
		devctl_emit(ifp->m,
		    "!system=DEVFS subsystem=CDEV type=%s cdev=%s%d", type,
		    ifp->kind == KIND_TAP ? "tap" : "tun", ifp->unit);
}

static struct ifnet *
attach(struct machine *m, enum ifkind kind, const char *name,
    const uint8_t mac[6])
{
	struct ifnet *ifp = ifnet_new(m, kind, name, mac);

	cdev_record(ifp, "CREATE");
	ifnet_attach_record(ifp);
	if (kind == KIND_LOOP || kind == KIND_TUN)
		return ifp;
	hn_vf_arrived(ifp);
	ifnet_ether_attached(ifp);
	return ifp;
}

static void
create_epair(struct machine *m, const char *name)
{
	struct ifnet *half[2];
	char full[IFNAME_MAX];
	uint8_t mac[6];
	size_t i;

	made_up_mac(KIND_EPAIR, name, mac);
	for (i = 0; i < 2; i++) {
		snprintf(full, sizeof(full), "%.14s%c", name, (int)('a' + i));
		mac[5] = (uint8_t)(0x0a + i);
		half[i] = attach(m, KIND_EPAIR, full, mac);
		half[i]->running = true;
	}
	half[0]->peer = half[1];
	half[1]->peer = half[0];
	ifnet_set_link(half[0], LINK_UP);
	ifnet_set_link(half[1], LINK_UP);
}

/* "em0.20": the name says it all; NULL when it is none of these. */
static struct ifnet *
parent_in_name(struct machine *m, const char *name, unsigned *tag)
{
	const char *dot = strrchr(name, '.');
	char parent[IFNAME_MAX];

	if (dot == NULL || dot[1] == '\0' || strlen(dot + 1) > 4 ||
	    strspn(dot + 1, "0123456789") != strlen(dot + 1))
		return NULL;
	snprintf(parent, sizeof(parent), "%.*s", (int)(dot - name), name);
	*tag = (unsigned)strtoul(dot + 1, NULL, 10);
	return ifnet_find(m, parent);
}

static bool
is_taken(struct machine *m, enum ifkind kind, const char *name)
{
	char half[IFNAME_MAX];

	if (kind != KIND_EPAIR)
		return ifnet_find(m, name) != NULL;
	snprintf(half, sizeof(half), "%.14sa", name);
	if (ifnet_find(m, half) != NULL)
		return true;
	half[strlen(half) - 1] = 'b';
	return ifnet_find(m, half) != NULL;
}

/* ifc_alloc_unit(): the first unit that is free. */
static void
choose_unit(struct machine *m, const struct cloner *c, char made[IFNAME_MAX])
{
	int unit = 0;

	do {
		snprintf(made, IFNAME_MAX, "%s%d", c->prefix, unit++);
	} while (is_taken(m, c->kind, made));
}

void
cloned_loopback(struct machine *m)
{
	static const uint8_t none[6];
	struct ifnet *lo = ifnet_new(m, KIND_LOOP, "lo0", none);

	ipaddr_parse("127.0.0.1/8", &lo->addrs[lo->n_addrs++]);
	lo->up = lo->running = true;
	lo->link = LINK_UP;
	machine_overlook(m, lo);
}

int
cloned_create(struct machine *m, const char *name, char made[IFNAME_MAX])
{
	const struct cloner *c = cloner_of(name);
	struct ifnet *parent;
	uint8_t mac[6] = { 0 };
	unsigned tag = 0;

	if (strlen(name) >= IFNAME_MAX)
		return SIM_EINVAL;
	snprintf(made, IFNAME_MAX, "%s", name);
	if (c == NULL) {
		parent = parent_in_name(m, name, &tag);
		if (parent == NULL)
			return SIM_EINVAL;
		if (ifnet_find(m, name) != NULL)
			return SIM_EEXIST;
		return vlan_config(attach(m, KIND_VLAN, name, mac), parent,
		    tag);
	}
	if (strcmp(name, c->prefix) == 0)
		choose_unit(m, c, made);
	else if (is_taken(m, c->kind, name))
		return SIM_EEXIST;
	if (c->kind == KIND_LAGG) {
		lagg_new(m, made);
	} else if (c->kind == KIND_EPAIR) {
		create_epair(m, made);
		strncat(made, "a", IFNAME_MAX - strlen(made) - 1);
	} else {
		made_up_mac(c->kind, made, mac);
		attach(m, c->kind, made, mac);
	}
	return 0;
}

/* --- the end --- */

static void
detach(struct ifnet *ifp)
{
	struct ifnet *parent = ifp->vlan.parent;

	if (ifp->kind == KIND_TAP)
		cdev_record(ifp, "DESTROY");
	ifp->dying = true;
	ifnet_remove(ifp);
	ifnet_detached(ifp);
	if (ifp->kind == KIND_TUN)
		cdev_record(ifp, "DESTROY");
	if (parent != NULL)
		vlan_unconfig(ifp);
}

int64_t
cloned_destroy_step(struct ktask *k, struct ifnet *ifp, int *pc)
{
	int64_t delay;

	k->result = 0;
	if (ifp->kind == KIND_VF || ifp->kind == KIND_HN) {
		k->result = SIM_EINVAL;
		return KTASK_DONE;
	}
	if (*pc == 0 && (!ifp->attached || ifp->dying)) {
		k->result = SIM_ENXIO;
		return KTASK_DONE;
	}
	if ((*pc)++ == 0) {
		if (ifp->kind == KIND_LAGG)
			return machine_delay(ifp->m, "lagg.destroy");
		if (ifp->peer != NULL) {
			ifp->dying = ifp->peer->dying = true;
			ifnet_set_link(ifp, LINK_DOWN);
			ifnet_set_link(ifp->peer, LINK_DOWN);
		}
		return machine_delay(ifp->m, "clone.destroy");
	}
	if (ifp->kind == KIND_LAGG && k->sub2 == 0 && lagg_is_locked(ifp))
		return LAGG_LOCK_POLL;
	if (ifp->kind == KIND_LAGG && ifp->attached) {
		delay = lagg_ports_step(k, ifp, false, &k->sub2);
		if (delay != KTASK_DONE)
			return delay;
	}
	*pc = 0;
	if (!ifp->attached) {
		k->result = SIM_ENXIO;
	} else if (ifp->kind == KIND_LAGG) {
		lagg_destroy(ifp);
	} else {
		if (ifp->peer != NULL && ifp->peer->attached)
			detach(ifp->peer);
		detach(ifp);
	}
	return KTASK_DONE;
}

/* --- flags --- */

void
cloned_flags(struct ifnet *ifp, bool up)
{
	switch (ifp->kind) {
	case KIND_LOOP:
		ifp->running = true;
		ifnet_set_link(ifp, up ? LINK_UP : LINK_DOWN);
		break;
	case KIND_BRIDGE:
		ifp->running = up;
		break;
	case KIND_TAP:
		ifp->running = ifp->running || up;
		break;
	default:
		break;
	}
	machine_changed(ifp->m, ifp);
}

void
cloned_open(struct ifnet *ifp)
{
	ifp->running = ifp->kind == KIND_TAP;
	ifnet_set_link(ifp, LINK_UP);
	machine_changed(ifp->m, ifp);
}

/* What was up goes down with it, IFINFO first (j_cdev.rt). */
void
cloned_close(struct ifnet *ifp)
{
	ifnet_set_up(ifp, false);
	ifp->running = false;
	ifnet_set_link(ifp, LINK_DOWN);
	machine_changed(ifp->m, ifp);
}

/* --- vlan --- */

bool
vlan_is_on(const struct ifnet *parent)
{
	const struct ifnet *v;

	if (parent->m->n_vlans == 0)
		return false;
	TAILQ_FOREACH (v, &parent->m->ifs, entry)
		if (v->kind == KIND_VLAN && v->vlan.parent == parent)
			return true;
	return false;
}

static int
why_not(const struct ifnet *vlan, const struct ifnet *parent, unsigned tag)
{
	const struct ifnet *v;

	if (vlan->kind != KIND_VLAN || tag == 0 || tag > 4094)
		return SIM_EINVAL;
	if (parent == NULL || parent->dying)
		return SIM_ENXIO;
	/* A port's type is another one than Ethernet's; then its hardware must
	 * tag by itself (vlan_config()). */
	if (parent->kind == KIND_LOOP || parent->kind == KIND_TUN ||
	    (parent->member_of != NULL && !bond_guest(parent->m) &&
		(parent->capenable & CAP_VLAN_HWTAGGING) == 0))
		return SIM_EPROTONOSUPPORT;
	if (vlan->vlan.parent != NULL)
		return SIM_EBUSY;
	TAILQ_FOREACH (v, &parent->m->ifs, entry)
		if (v->kind == KIND_VLAN && v->vlan.parent == parent &&
		    v->vlan.tag == tag)
			return SIM_EEXIST;
	return 0;
}

/* Offloads work through the parent's tagging only (vlan_capabilities()). */
static uint32_t
vlan_caps(const struct ifnet *parent)
{
	const uint32_t sums =
	    CAP_RXCSUM | CAP_TXCSUM | CAP_RXCSUM_IPV6 | CAP_TXCSUM_IPV6;
	uint32_t caps = parent->capenable & CAP_LINKSTATE;

	if ((parent->capenable & CAP_VLAN_HWCSUM) != 0)
		caps |= parent->capenable & sums;
	if ((parent->capenable & CAP_VLAN_HWTSO) != 0)
		caps |= parent->capenable & (CAP_TSO4 | CAP_TSO6);
	return caps;
}

/* What the vlan inherits of its parent it takes without a word (g_vlan.log:
 * no record of vlan30's link). */
int
vlan_config(struct ifnet *vlan, struct ifnet *parent, unsigned tag)
{
	int error = why_not(vlan, parent, tag);

	if (error != 0)
		return error;
	vlan->vlan.parent = parent;
	vlan->vlan.tag = tag;
	vlan->mtu = (parent->capenable & CAP_VLAN_MTU) != 0 ? parent->mtu
							    : parent->mtu - 4;
	ifnet_set_mac(vlan, parent->mac);
	ifnet_set_caps(vlan, vlan_caps(parent), vlan_caps(parent));
	vlan->running = true;
	vlan->link = parent->link;
	machine_changed(vlan->m, vlan);
	driver_changed(parent, "vlan_restarts");
	return 0;
}

void
vlan_unconfig(struct ifnet *vlan)
{
	static const uint8_t no_mac[6];
	struct ifnet *parent = vlan->vlan.parent;

	if (parent == NULL)
		return;
	vlan->vlan.parent = NULL;
	vlan->vlan.tag = 0;
	vlan->mtu = 1500;
	vlan->running = false;
	vlan->link = LINK_UNKNOWN;
	ifnet_set_caps(vlan, 0, 0);
	ifnet_set_mac(vlan, no_mac);
	machine_changed(vlan->m, vlan);
	if (parent->attached && !parent->dying)
		driver_changed(parent, "vlan_restarts");
}
