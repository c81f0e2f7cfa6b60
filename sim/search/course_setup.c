/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine of a history, and what its rc.conf says. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/search/course_parts.h"

#define SEEDS	    UINT32_C(1000000) /* of the delays */
#define SMALL_QUEUE "8"		      /* records: it overflows now and then */

const char *const course_machines[COURSE_MACHINES] = { "qemu-freebsd",
	"azure-mlx5" };

struct model {
	const char *driver, *ifname;
};
static const struct model models[COURSE_MACHINES][4] = {
	{ { "vmx", "vmx" }, { "vtnet", "vtnet" }, { "vmx", "vmx" },
	    { "vtnet", "vtnet" } },
	{ { "mlx5", "mce" }, { "mlx4", "mlxen" }, { "mana", "mana" },
	    { "ixv", "ixv" } },
};

static void
add_rc(struct author *a, const char *name, const char *value)
{
	struct scenario *s = a->scn;

	scn_pair_add(&s->rc, &s->n_rc, &s->cap_rc, name, value);
}

__attribute__((format(printf, 4, 5))) static void
add_rc_of(struct author *a, const struct course_pair *p, const char *suffix,
    const char *fmt, ...)
{
	char name[64], value[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	snprintf(name, sizeof(name), "ifconfig_%s%s", p->hn, suffix);
	add_rc(a, name, value);
}

__attribute__((format(printf, 2, 3))) static void
want(struct course_pair *p, const char *fmt, ...)
{
	char text[IPADDR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ipaddr_parse(text, &p->addrs[p->n_addrs++]);
}

static void
add_pair_things(struct author *a, struct course_pair *p, size_t unit)
{
	const struct model *model =
	    &models[a->h->machine][choices_below(a->c, 4)];
	struct scenario *s = a->scn;
	struct scn_nic *nic = MEM_PUSH(s->nics, s->n_nics, s->cap_nics);
	struct scn_vf *vf = MEM_PUSH(s->vfs, s->n_vfs, s->cap_vfs);
	struct scn_probe *probe =
	    MEM_PUSH(s->probes, s->n_probes, s->cap_probes);
	const uint8_t mac[6] = { 0x52, 0x54, 0, 0xaa, (uint8_t)unit, 1 };
	unsigned number = (unsigned)unit & 0xff; /* a compiler sees it fit */
	char name[SCN_NAME_MAX];

	snprintf(p->hn, sizeof(p->hn), "hn%u", number);
	snprintf(p->vf, sizeof(p->vf), "%s%u", model->ifname, number);
	memcpy(p->mac, mac, 6);
	memcpy(nic->name, p->hn, sizeof(nic->name));
	memcpy(nic->mac, mac, 6);
	memcpy(vf->name, p->vf, sizeof(vf->name));
	memcpy(vf->of, p->hn, sizeof(vf->of));
	memcpy(vf->mac, mac, 6);
	vf->driver = mem_str(model->driver);
	vf->present = !choices_chance(a->c, 25);
	snprintf(name, sizeof(name), COURSE_PROBE "%u", number);
	probe->name = mem_str(name);
	probe->way = SCN_ECHO;
	probe->period_ns = 10 * DUR_MS;
	probe->from_ns = 10 * DUR_SEC;
	probe->until_ns = -1;
	if (unit > 0)
		memcpy(probe->of, p->hn, sizeof(probe->of));
	a->pairs[unit] = (struct standing){ .vf_there = vf->present,
		.vf_link = true,
		.media = true,
		.associated = true,
		.nic_there = true };
}

static void
add_inet6(struct author *a, struct course_pair *p, size_t unit)
{
	static const uint32_t usual[] = { 8, 2, 1 };

	switch (choices_weighted(a->c, usual, 3)) {
	case 1:
		add_rc_of(a, p, "_ipv6", "inet6 2001:db8:%zu::15/64", 2 + unit);
		want(p, "2001:db8:%zu::15/64", 2 + unit);
		break;
	case 2:
		add_rc_of(a, p, "_ipv6", "inet6 accept_rtadv");
		p->slaac = true;
		break;
	default:
		break;
	}
}

static void
add_vlan(struct author *a, struct course_pair *p, size_t unit)
{
	char name[32], text[IPADDR_TEXT];

	if (!choices_chance(a->c, 10))
		return;
	snprintf(name, sizeof(name), "vlans_%s", p->hn);
	add_rc(a, name, "10");
	snprintf(text, sizeof(text), "10.10.%zu.4/24", unit);
	add_rc_of(a, p, "_10", "inet %s", text);
	ipaddr_parse(text, &p->vlan_addr);
	snprintf(p->vlan, sizeof(p->vlan), "%s.10", p->hn);
}

static void
add_addresses(struct author *a, struct course_pair *p, size_t unit)
{
	static const uint32_t usual[] = { 12, 4, 1, 1 };
	static const char *const clients[] = { "", "DHCP", "SYNCDHCP" };
	/* What is said of all is said once. */
	uint32_t client =
	    choices_weighted(a->c, usual, a->h->n_pairs > 1 ? 3 : 4);
	char router[IPADDR_TEXT];
	bool alias = choices_chance(a->c, 25);
	bool routed = choices_chance(a->c, 60);

	p->dhcp = client > 0;
	if (client == 3) {
		add_rc(a, "ifconfig_DEFAULT", "DHCP");
		p->upped = true; /* so does rc(8) with a VF at boot */
		p->by_default = true;
	} else if (p->dhcp) {
		add_rc_of(a, p, "", "%s", clients[client]);
	} else {
		add_rc_of(a, p, "", "inet 10.0.%zu.15/24", 2 + unit);
		want(p, "10.0.%zu.15/24", 2 + unit);
	}
	p->has_alias = alias;
	if (alias) {
		add_rc_of(a, p, "_alias0", "inet 10.9.%zu.1/32", unit);
		want(p, "10.9.%zu.1/32", unit);
	}
	add_inet6(a, p, unit);
	add_vlan(a, p, unit);
	/* Of a second one's client nobody knows which route is wanted. */
	if (!routed || p->dhcp || unit > 0 || a->h->n_pairs > 1)
		return;
	snprintf(router, sizeof(router), "10.0.%zu.2", 2 + unit);
	ipaddr_parse(router, &p->router);
	add_rc(a, "defaultrouter", router);
}

static void
add_delay(struct author *a)
{
	static const uint32_t usual[] = { 8, 2, 1 };
	static const int delays[] = { 2, 5, 20 };
	uint32_t which = choices_weighted(a->c, usual, 3);
	char text[16];

	a->h->vf_delay_ns = delays[which] * DUR_SEC;
	if (which == 0)
		return;
	snprintf(text, sizeof(text), "%d", delays[which]);
	add_rc(a, "hyperv_vf_delay", text);
}

static void
add_flag(struct author *a, const char *name)
{
	struct scenario *s = a->scn;

	scn_pair_add(&s->flags, &s->n_flags, &s->cap_flags, name, "yes");
}

static void
add_kernel(struct author *a)
{
	struct scenario *s = a->scn;

	a->h->transparent = choices_chance(a->c, 4);
	scn_pair_add(&s->sysctls, &s->n_sysctls, &s->cap_sysctls,
	    "hw.hn.vf_transparent", a->h->transparent ? "1" : "0");
	if (choices_chance(a->c, 20))
		scn_pair_add(&s->sysctls, &s->n_sysctls, &s->cap_sysctls,
		    "hw.bus.devctl_queue", SMALL_QUEUE);
	if (choices_chance(a->c, 10))
		add_flag(a, "hn.async");
	if (choices_chance(a->c, 10))
		add_flag(a, "hn.association");
}

static void
name_foreign(struct author *a, const char *name)
{
	struct course *h = a->h;

	snprintf(h->foreign[h->n_foreign++], SCN_NAME_MAX, "%s", name);
}

/* What is there besides, and is the administrator's. */
static void
add_others(struct author *a)
{
	if (!choices_chance(a->c, 6))
		return;
	a->own_lagg = true;
	add_rc(a, "cloned_interfaces", "lagg0 tap0");
	add_rc(a, "ifconfig_lagg0",
	    "laggproto failover laggport tap0 inet 172.16.0.1/24");
	name_foreign(a, "lagg0");
	name_foreign(a, "tap0");
}

void
course_setup(struct author *a)
{
	struct course *h = a->h;
	size_t i;

	h->machine = choices_chance(a->c, 50) ? 1 : 0;
	a->scn->machine = mem_str(course_machines[h->machine]);
	a->scn->seed = 1 + choices_below(a->c, SEEDS);
	h->n_pairs = choices_chance(a->c, 10) ? 2 : 1;
	for (i = 0; i < h->n_pairs; i++) {
		add_pair_things(a, &h->pairs[i], i);
		add_addresses(a, &h->pairs[i], i);
	}
	add_delay(a);
	add_kernel(a);
	add_others(a);
	a->daemon_runs = a->dhcp_answers = a->router_speaks = true;
}
