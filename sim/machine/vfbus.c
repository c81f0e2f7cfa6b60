/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a VF comes and goes on its bus (FACTS.md B.2, B.5, B.6). All attach and
 * detach work of all NICs is done by one thread, one job after the other
 * (B.0).
 */
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/machine/cloned.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"

static int64_t
driver_delay(struct ifnet *ifp, const char *what)
{
	return profile_driver_delay(ifp->m->profile, ifp->vf.driver, what);
}

bool
bus_take(struct ktask *k)
{
	struct machine *m = k->m;

	if (m->bus_owner == NULL)
		m->bus_owner = k;
	if (m->bus_owner == k)
		return true;
	TAILQ_INSERT_TAIL(&m->bus_queue, k, waiting);
	return false;
}

static void
hand_over(struct machine *m)
{
	m->bus_owner = TAILQ_FIRST(&m->bus_queue);
	if (m->bus_owner == NULL)
		return;
	TAILQ_REMOVE(&m->bus_queue, m->bus_owner, waiting);
	ktask_wake(m->bus_owner);
}

/* Who waited for a name has waited longest. */
static void
ask_again(struct machine *m)
{
	struct ktask *k;

	while ((k = TAILQ_LAST(&m->bus_unnamed, ktask_queue)) != NULL) {
		TAILQ_REMOVE(&m->bus_unnamed, k, waiting);
		TAILQ_INSERT_HEAD(&m->bus_queue, k, waiting);
	}
}

void
bus_release(struct machine *m)
{
	ask_again(m);
	hand_over(m);
}

void
bus_yield(struct ktask *k)
{
	TAILQ_INSERT_TAIL(&k->m->bus_unnamed, k, waiting);
	hand_over(k->m);
}

void
bus_names_changed(struct machine *m)
{
	ask_again(m);
	if (m->bus_owner == NULL)
		hand_over(m);
}

/* What a % in a profile's record stands for; false for no such letter. */
static bool
expand(struct ifnet *vf, char letter, struct strbuf *text)
{
	switch (letter) {
	case 'i':
		strbuf_adds(text, vf->vf.device);
		return true;
	case 'u':
		strbuf_addf(text, "%d", vf->unit);
		return true;
	case 'b':
		strbuf_addf(text, "%u", vf->vf.bus);
		return true;
	case 'h':
		strbuf_addf(text, "%u", vf->vf.bus - 1);
		return true;
	default:
		break;
	}
	return false;
}

/* Record n of the driver's device and its parents. */
static bool
bus_record(struct ifnet *vf, char sign, size_t n)
{
	const char *p = profile_record(vf->m->profile, vf->vf.driver, n);
	struct strbuf text = { 0 };

	if (p == NULL &&
	    profile_record(vf->m->profile, vf->vf.driver, 0) == NULL)
		p = profile_record(vf->m->profile, "vf", n);
	if (p == NULL)
		return false;
	strbuf_addc(&text, sign);
	for (; *p != '\0'; p++)
		if (p[0] == '%' && expand(vf, p[1], &text))
			p++;
		else
			strbuf_addc(&text, *p);
	devctl_inject(vf->m, text.data, text.bytes);
	strbuf_fini(&text);
	return true;
}

/* The interface, by its name or by its driver's: a rename does not make it
 * another device. */
static struct ifnet *
find_vf(struct machine *m, const char *name)
{
	struct ifnet *ifp = ifnet_find(m, name);

	if (ifp != NULL)
		return ifp->kind == KIND_VF ? ifp : NULL;
	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (ifp->kind == KIND_VF && strcmp(ifp->vf.device, name) == 0)
			return ifp;
	return NULL;
}

/* --- arrival --- */

static struct ifnet *
new_vf(struct machine *m, const struct vf_arrival *a)
{
	struct ifnet *vf = ifnet_new(m, KIND_VF, a->name, a->mac);
	const struct ifnet *hn = ifnet_find_hn(m, a->mac);
	int64_t caps = 0;

	snprintf(vf->vf.driver, sizeof(vf->vf.driver), "%s", a->driver);
	snprintf(vf->vf.device, sizeof(vf->vf.device), "%s", a->name);
	vf->vf.bus = (uint32_t)(hn != NULL ? hn->unit : vf->unit) + 1;
	vf->vf.carrier = true;
	profile_driver_limit(m->profile, a->driver, "caps", &caps);
	if (driver_trait(vf, "linkstate"))
		caps |= CAP_LINKSTATE;
	ifnet_set_caps(vf, (uint32_t)caps, (uint32_t)caps);
	return vf;
}

/* The host's note that it has a VF for the vNIC precedes the VF (F.2). */
static void
associate(struct machine *m, const uint8_t mac[6], bool granted)
{
	struct ifnet *hn = ifnet_find_hn(m, mac);

	if (hn != NULL && !m->following)
		hn_host_association(hn, granted);
}

/* A ghost keeps the name, and the new device is not attached (FREEBSD.md,
 * vlan on the VF itself). */
static bool
is_ghost(const struct ifnet *ifp)
{
	return ifp != NULL && ifp->kind == KIND_VF && ifp->vf.ghost &&
	    !ifp->dying;
}

static int64_t
attach_step(struct machine *m, struct ktask *k)
{
	const struct vf_arrival *a = k->owned;
	struct ifnet *vf = k->ifp;

	switch (k->pc++) {
	case 0:
		k->pc = 0;
		if (!bus_take(k))
			return KTASK_PARKED;
		/* Behind the withdrawal of the VF before it. */
		if (k->sub++ == 0)
			associate(m, a->mac, true);
		if (is_ghost(ifnet_find(m, a->name)))
			break;
		/* Who waits for a name keeps nobody from giving it up. */
		if (ifnet_find(m, a->name) != NULL) {
			bus_yield(k);
			return KTASK_PARKED;
		}
		k->pc = 1;
		return profile_driver_delay(m->profile, a->driver, "probe");
	case 1:
		vf = k->ifp = new_vf(m, a);
		ifnet_attach_record(vf);
		return driver_delay(vf, "ether");
	case 2:
		hn_vf_arrived(vf);
		ifnet_ether_attached(vf);
		if (driver_trait(vf, "initial_link_down"))
			ifnet_set_link(vf, LINK_DOWN);
		machine_hint(m);
		return driver_delay(vf, "attached");
	}
	if (k->pc >= 4 && (k->pc == 4 || !k->sub3) &&
	    bus_record(vf, '+', (size_t)(k->pc - 4)))
		return driver_delay(vf, "bus");
	bus_release(m);
	return KTASK_DONE;
}

void
vf_offer(struct machine *m, const struct vf_arrival *vf)
{
	struct ktask *k =
	    ktask_start(m, attach_step, machine_delay(m, "host.offer"));

	k->owned = mem_copy(vf, sizeof(*vf));
	k->owned_bytes = sizeof(*vf);
}

/* --- departure --- */

enum {
	DETACH_START,
	DETACH_CLOSE,
	DETACH_DOWN,
	DETACH_DEPART,
	DETACH_RECORD,
	DETACH_BUS
};

/* The VF it means is still on its way here. */
static bool
is_expected(struct machine *m, const char *name)
{
	const struct vf_arrival *a;
	const struct ktask *k;

	TAILQ_FOREACH (k, &m->tasks, entry) {
		a = k->owned;
		if (k->step == attach_step && k->ifp == NULL &&
		    strcmp(a->name, name) == 0)
			return true;
	}
	return false;
}

/* A driver may refuse to go while a vlan is on it: the hardware goes without
 * a record, the interface stays. */
static bool
stays_as_ghost(struct machine *m, struct ifnet *vf)
{
	if (!driver_trait(vf, "vlan_blocks_detach") || !vlan_is_on(vf))
		return false;
	machine_kernel_note(m, "%s: Vlan in use, detach first", vf->name);
	vf->vf.surprised = vf->vf.ghost = true;
	vf->vf.carrier = false;
	machine_changed(m, vf);
	return true;
}

static int64_t
detach_start(struct machine *m, struct ktask *k)
{
	struct ifnet *vf;

	if (!bus_take(k))
		return KTASK_PARKED;
	vf = k->ifp = find_vf(m, k->op.ifname);
	if (vf == NULL && is_expected(m, k->op.ifname)) {
		bus_yield(k);
		return KTASK_PARKED;
	}
	if (vf == NULL || stays_as_ghost(m, vf)) {
		bus_release(m);
		return KTASK_DONE;
	}
	vf->dying = true;
	k->pc = DETACH_CLOSE;
	/* Commands to dead hardware time out (B.6). */
	return driver_delay(vf, vf->vf.surprised ? "surprise" : "grace");
}

static int64_t
detach_close(struct machine *m, struct ktask *k, struct ifnet *vf)
{
	if (driver_trait(vf, "detach_link_down")) {
		vf->running = false;
		machine_changed(m, vf);
		if (vf->link == LINK_UP)
			ifnet_set_link(vf, LINK_DOWN);
	}
	k->pc = DETACH_DOWN;
	return driver_delay(vf, "close");
}

static int64_t
detach_down(struct machine *m, struct ktask *k, struct ifnet *vf)
{
	int64_t delay;

	if (k->sub == 0)
		ifnet_drain_link(vf);
	/* Newer kernels look at who has the path, not at the flag (B.13). */
	if (vf->up || hn_has_thread(m)) {
		delay = hn_switch_step(k, vf, false, &k->sub);
		if (delay != KTASK_DONE)
			return delay;
		vf->up = false; /* IFINFO comes with the departure */
		machine_changed(m, vf);
	}
	k->pc = DETACH_DEPART;
	return machine_delay(m, "kernel.departure");
}

/* The device has let go; its bus goes when the host rescinds it, which it had
 * done already if nobody was asked. */
/* The host has given its NIC another one meanwhile, or said that it will. */
static bool
is_replaced(struct machine *m, const struct ifnet *gone)
{
	const struct vf_arrival *a;
	const struct ifnet *ifp;
	const struct ktask *k;

	TAILQ_FOREACH (ifp, &m->ifs, entry)
		if (ifp != gone && ifp->kind == KIND_VF && !ifp->dying &&
		    memcmp(ifp->hw_mac, gone->hw_mac, 6) == 0)
			return true;
	TAILQ_FOREACH (k, &m->tasks, entry) {
		a = k->owned;
		if (k->step == attach_step && k->sub > 0 &&
		    memcmp(a->mac, gone->hw_mac, 6) == 0)
			return true;
	}
	return false;
}

static int64_t
detach_bus(struct machine *m, struct ktask *k, struct ifnet *vf)
{
	int n = k->pc++ - DETACH_BUS;

	/* Only the driver is to go (sub3): the bus stays. */
	if (k->sub3 && n == 1)
		vf->vf.unbound = true;
	if ((k->sub3 && n == 1) || !bus_record(vf, '-', (size_t)n)) {
		bus_release(m);
		return KTASK_DONE;
	}
	if (k->sub3)
		return 0;
	if (n > 0 || vf->vf.surprised)
		return driver_delay(vf, "bus_gone");
	if (!is_replaced(m, vf))
		associate(m, vf->hw_mac, false);
	return machine_delay(m, "host.rescind");
}

static int64_t
detach_step(struct machine *m, struct ktask *k)
{
	struct ifnet *vf = k->ifp;

	switch (k->pc) {
	case DETACH_START:
		return detach_start(m, k);
	case DETACH_CLOSE:
		return detach_close(m, k, vf);
	case DETACH_DOWN:
		return detach_down(m, k, vf);
	case DETACH_DEPART:
		ifnet_remove(vf);
		k->pc = DETACH_RECORD;
		return machine_delay(m, "kernel.departure");
	case DETACH_RECORD:
		ifnet_detached(vf);
		k->pc = DETACH_BUS;
		return driver_delay(vf, "detached");
	}
	return detach_bus(m, k, vf);
}

void
vf_eject(struct machine *m, const char *name)
{
	struct ktask *k = ktask_start(m, detach_step, 0);

	snprintf(k->op.ifname, sizeof(k->op.ifname), "%s", name);
}

void
vf_rescind(struct machine *m, const char *name)
{
	struct ifnet *vf = find_vf(m, name);

	if (vf != NULL) {
		vf->vf.surprised = true;
		machine_changed(m, vf);
	}
	vf_eject(m, name);
}

static bool
is_called(const struct ifnet *vf, const char *device)
{
	char pci[24];

	snprintf(pci, sizeof(pci), "pci0:%u:0:0", vf->vf.bus);
	return strcmp(vf->vf.device, device) == 0 || strcmp(pci, device) == 0;
}

struct ktask *
vf_unbind(struct machine *m, const char *device)
{
	struct ifnet *vf;
	struct ktask *k;

	TAILQ_FOREACH (vf, &m->ifs, entry)
		if (vf->kind == KIND_VF && is_called(vf, device))
			break;
	if (vf == NULL)
		return NULL;
	k = ktask_start(m, detach_step, 0);
	memcpy(k->op.ifname, vf->vf.device, sizeof(k->op.ifname));
	k->sub3 = 1;
	return k;
}

struct ktask *
vf_bind(struct machine *m, const char *device)
{
	struct vf_arrival a;
	struct ifnet *vf;
	struct ktask *k;

	TAILQ_FOREACH (vf, &m->gone, entry)
		if (vf->vf.unbound && is_called(vf, device))
			break;
	if (vf == NULL)
		return NULL;
	vf->vf.unbound = false;
	memcpy(a.name, vf->vf.device, sizeof(a.name));
	memcpy(a.driver, vf->vf.driver, sizeof(a.driver));
	memcpy(a.mac, vf->hw_mac, sizeof(a.mac));
	k = ktask_start(m, attach_step, 0);
	k->owned = mem_copy(&a, sizeof(a));
	k->owned_bytes = sizeof(a);
	k->sub = k->sub3 = 1; /* the host is not asked again */
	return k;
}

void
vf_set_carrier(struct machine *m, const char *name, bool carrier)
{
	struct ifnet *vf = find_vf(m, name);

	if (vf == NULL)
		return;
	vf->vf.carrier = carrier;
	machine_changed(m, vf);
	driver_carrier(vf);
}
