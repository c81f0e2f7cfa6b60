/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "event/devline.h"
#include "sim/machine/hn.h"

struct facts {
	struct machine *m;
	const struct recording *r;
	struct ifnet *hn;
	struct vevent event;
	struct devline line;
	size_t next;
};

static bool
is_clone(const char *ifname)
{
	static const char *const prefixes[] = { "lagg", "lo", "vlan", "tap",
		"tun", "epair", "bridge", "pflog", "enc" };
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (strncmp(ifname, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return ifname[0] == '\0' || strlen(ifname) >= IFNAME_MAX;
}

static struct ifnet *
new_vf(struct facts *f, const char *ifname)
{
	struct ifnet *vf = ifnet_new(f->m, KIND_VF, ifname, f->hn->mac);

	snprintf(vf->vf.driver, sizeof(vf->vf.driver), "vf");
	vf->vf.carrier = true;
	return vf;
}

/* hn's own records name it; any other NIC of the recording is taken for its
 * VF, the only kind that comes and goes here. */
static void
ifnet_fact(struct facts *f, const char *ifname, const char *type)
{
	struct ifnet *ifp = ifnet_find(f->m, ifname);

	if (strcmp(type, "ATTACH") == 0 && ifp == NULL)
		new_vf(f, ifname);
	if (ifp == NULL || ifp->kind == KIND_LAGG)
		return;
	if (strcmp(type, "LINK_UP") == 0)
		ifnet_set_link(ifp, LINK_UP);
	else if (strcmp(type, "LINK_DOWN") == 0)
		ifnet_set_link(ifp, LINK_DOWN);
	else if (strcmp(type, "DETACH") == 0 && ifp->kind == KIND_VF)
		ifnet_remove(ifp);
}

static void
vf_fact(struct facts *f, bool up)
{
	struct ifnet *vf = f->hn->hn.vf;

	f->hn->hn.rxvf = up;
	if (vf != NULL)
		ifnet_set_up(vf, up);
	machine_changed(f->m, f->hn);
}

static void
take(struct facts *f)
{
	const char *system = devline_system(&f->line);
	const char *ifname = devline_subsystem(&f->line);
	const char *type = devline_type(&f->line);
	struct ifnet *ifp;

	if (f->line.kind != DEVLINE_NOTIFY || is_clone(ifname))
		return;
	if (strcmp(system, "IFNET") == 0) {
		ifnet_fact(f, ifname, type);
	} else if (strcmp(system, "ETHERNET") == 0) {
		ifp = ifnet_find(f->m, ifname);
		if (ifp != NULL && ifp->kind == KIND_VF)
			hn_vf_arrived(ifp);
	} else if (strcmp(system, "HYPERV_NIC_VF") == 0 &&
	    strcmp(ifname, f->hn->name) == 0) {
		vf_fact(f, strcmp(type, "VF_UP") == 0);
	}
}

static void
arm_next(struct facts *f)
{
	int64_t at;

	if (f->next == f->r->n_records)
		return;
	at = f->r->records[f->next].at_ns;
	vclock_at(&f->m->clock, &f->event,
	    at > f->m->clock.now_ns ? at : f->m->clock.now_ns);
}

static void
record_fire(void *ctx, struct vevent *e)
{
	struct facts *f = ctx;
	const struct recording_record *rec = &f->r->records[f->next++];

	(void)e;
	devline_parse(&f->line, rec->raw, rec->raw_bytes);
	take(f);
	devctl_inject(f->m, rec->raw, rec->raw_bytes);
	arm_next(f);
}

/* A VF that leaves before it came was there from the start. */
static void
present_vfs(struct facts *f)
{
	struct devline line = { 0 };
	struct ifnet *vf;
	const char *ifname;
	size_t i;

	for (i = 0; i < f->r->n_records; i++) {
		devline_parse(&line, f->r->records[i].raw,
		    f->r->records[i].raw_bytes);
		ifname = devline_subsystem(&line);
		if (line.kind != DEVLINE_NOTIFY ||
		    strcmp(devline_system(&line), "IFNET") != 0 ||
		    is_clone(ifname) || ifnet_find(f->m, ifname) != NULL)
			continue;
		if (strcmp(devline_type(&line), "ATTACH") == 0)
			break;
		vf = new_vf(f, ifname);
		vf->link = LINK_UP;
		hn_vf_arrived(vf);
	}
	devline_fini(&line);
}

/* Whether the recording says when the hn hands over to its VF. One that has
 * no hn(4) does not, nor one in which the VF is never upped or downed: there
 * it follows from the VF's flag (FACTS.md C.3, N2 and N3). */
static bool
is_told(const struct facts *f)
{
	struct devline line = { 0 };
	bool told = false;
	size_t i;

	for (i = 0; i < f->r->n_records && !told; i++) {
		devline_parse(&line, f->r->records[i].raw,
		    f->r->records[i].raw_bytes);
		told = line.kind == DEVLINE_NOTIFY &&
		    strcmp(devline_system(&line), "HYPERV_NIC_VF") == 0 &&
		    strcmp(devline_subsystem(&line), f->hn->name) == 0;
	}
	devline_fini(&line);
	return told;
}

struct facts *
facts_follow(struct machine *m, const struct recording *r, struct ifnet *hn)
{
	struct facts *f = mem_zero(1, sizeof(*f));

	f->m = m;
	f->r = r;
	f->hn = hn;
	f->event.fire = record_fire;
	f->event.ctx = f;
	f->event.domain = VGUEST;
	m->following = true;
	hn->hn.untold = !is_told(f);
	present_vfs(f);
	arm_next(f);
	return f;
}

void
facts_free(struct facts *f)
{
	if (f == NULL)
		return;
	vclock_cancel(&f->m->clock, &f->event);
	devline_fini(&f->line);
	free(f);
}
