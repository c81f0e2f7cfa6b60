/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/iftable.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/machine.h"

static struct iftable_slot *
name_slot(struct iftable *t, const char *name)
{
	return &t->names[hash_str(HASH_START, name) % IFTABLE_SLOTS];
}

static size_t
mac_slot(const uint8_t mac[6])
{
	return hash_bytes(HASH_START, mac, 6) % IFTABLE_SLOTS;
}

void
iftable_enter(struct iftable *t, struct ifnet *ifp)
{
	LIST_INSERT_HEAD(name_slot(t, ifp->name), ifp, named);
	if (ifp->kind == KIND_HN)
		LIST_INSERT_HEAD(&t->macs[mac_slot(ifp->mac)], ifp, maced);
}

void
iftable_leave(struct iftable *t, struct ifnet *ifp)
{
	(void)t;
	LIST_REMOVE(ifp, named);
	if (ifp->kind == KIND_HN)
		LIST_REMOVE(ifp, maced);
}

struct ifnet *
ifnet_find(struct machine *m, const char *name)
{
	struct ifnet *ifp;

	LIST_FOREACH (ifp, name_slot(&m->table, name), named)
		if (strcmp(ifp->name, name) == 0)
			return ifp;
	return NULL;
}

struct ifnet *
ifnet_find_hn(const struct machine *m, const uint8_t mac[6])
{
	struct ifnet *hn, *best = NULL;

	LIST_FOREACH (hn, &m->table.macs[mac_slot(mac)], maced)
		if (memcmp(hn->mac, mac, 6) == 0 &&
		    (best == NULL || hn->index < best->index))
			best = hn;
	return best;
}

void
ifnet_set_mac(struct ifnet *ifp, const uint8_t mac[6])
{
	struct machine *m = ifp->m;
	struct ifnet *vlan;

	if (ifp->kind == KIND_HN && ifp->attached)
		LIST_REMOVE(ifp, maced);
	memcpy(ifp->mac, mac, sizeof(ifp->mac));
	if (ifp->kind == KIND_HN && ifp->attached)
		LIST_INSERT_HEAD(&m->table.macs[mac_slot(mac)], ifp, maced);
	machine_changed(m, ifp);
	TAILQ_FOREACH (vlan, &m->ifs, entry)
		if (m->n_vlans > 0 && vlan->kind == KIND_VLAN &&
		    vlan->vlan.parent == ifp)
			ifnet_set_mac(vlan, mac);
}

int
ifnet_rename(struct ifnet *ifp, const char *name)
{
	struct machine *m = ifp->m;

	if (name[0] == '\0' || strlen(name) >= sizeof(ifp->name))
		return SIM_EINVAL;
	if (strcmp(name, ifp->name) == 0)
		return 0;
	if (ifnet_find(m, name) != NULL)
		return SIM_EEXIST;
	machine_rt(m, "ANNOUNCE %s departure", ifp->name);
	hn_vf_departed(ifp);
	machine_renamed(m, ifp);
	iftable_leave(&m->table, ifp);
	snprintf(ifp->name, sizeof(ifp->name), "%s", name);
	iftable_enter(&m->table, ifp);
	bus_names_changed(m);
	machine_rt(m, "ANNOUNCE %s arrival", ifp->name);
	return 0;
}
