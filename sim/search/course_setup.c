/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine of a history, and what its rc.conf says. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/search/course_parts.h"

#define SEEDS UINT32_C(1000000) /* of the delays */
/* Units of the first pair's VF on Linux, where NICs have their name, too, and
 * of its other VF anywhere. */
#define LINUX_VF 4
#define OTHER	 7

const char *const course_machines[COURSE_MACHINES] = { "qemu-freebsd",
	"azure-mlx5", "linux-bond" };

#define MODELS 5
struct model {
	const char *driver, *ifname;
};
/* Linux names all by their place; what em(4) and e1000e are there is a NIC
 * that negotiates. */
static const struct model models[COURSE_MACHINES][MODELS] = {
	{ { "vmx", "vmx" }, { "vtnet", "vtnet" }, { "vmx", "vmx" },
	    { "vtnet", "vtnet" }, { "em", "em" } },
	{ { "mlx5", "mce" }, { "mlx4", "mlxen" }, { "mana", "mana" },
	    { "ixv", "ixv" }, { "iavf", "iavf" } },
	{ { "vmxnet3", "eth" }, { "vmxnet3", "eth" }, { "e1000e", "eth" },
	    { "vmxnet3", "eth" }, { "e1000e", "eth" } },
};

void
course_add_rc(struct author *a, const char *name, const char *value)
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
	course_add_rc(a, name, value);
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

/* --- a pair --- */

static void
add_vf(struct author *a, struct course_pair *p, const struct model *model,
    const char *ifname, bool present)
{
	struct scenario *s = a->scn;
	struct scn_vf *vf = MEM_PUSH(s->vfs, s->n_vfs, s->cap_vfs);

	snprintf(vf->name, sizeof(vf->name), "%s", ifname);
	memcpy(vf->of, p->hn, sizeof(vf->of));
	memcpy(vf->mac, p->mac, 6);
	vf->driver = mem_str(model->driver);
	vf->present = present;
}

static void
name_pair(const struct author *a, struct course_pair *p, unsigned number,
    const struct model *model)
{
	if (a->h->on_linux) {
		snprintf(p->hn, sizeof(p->hn), "eth%u", number);
		snprintf(p->vf, sizeof(p->vf), "eth%u", number + LINUX_VF);
		snprintf(p->aggregate, sizeof(p->aggregate), "bond%u", number);
	} else {
		snprintf(p->hn, sizeof(p->hn), "hn%u", number);
		snprintf(p->vf, sizeof(p->vf), "%s%u", model->ifname, number);
		snprintf(p->aggregate, sizeof(p->aggregate), "lagg%u", number);
	}
}

static const struct model *
some_model(struct author *a)
{
	return &models[a->h->machine][choices_below(a->c, MODELS)];
}

/* Another host has another card, or gives it another unit. */
static void
add_other_vf(struct author *a, struct course_pair *p, unsigned number)
{
	const struct model *model;

	if (!choices_chance(a->c, 15))
		return;
	model = some_model(a);
	snprintf(p->other, sizeof(p->other), "%s%u", model->ifname,
	    number + OTHER);
	add_vf(a, p, model, p->other, false);
}

static void
add_probe(struct author *a, const struct course_pair *p, unsigned number)
{
	struct scenario *s = a->scn;
	struct scn_probe *probe =
	    MEM_PUSH(s->probes, s->n_probes, s->cap_probes);
	char name[SCN_NAME_MAX];

	snprintf(name, sizeof(name), COURSE_PROBE "%u", number);
	probe->name = mem_str(name);
	probe->way = SCN_ECHO;
	probe->period_ns = 10 * DUR_MS;
	probe->from_ns = 10 * DUR_SEC;
	probe->until_ns = -1;
	if (number > 0)
		memcpy(probe->of, p->hn, sizeof(probe->of));
}

static void
add_pair_things(struct author *a, struct course_pair *p, size_t unit)
{
	const uint8_t mac[6] = { 0x52, 0x54, 0, 0xaa, (uint8_t)unit, 1 };
	unsigned number = (unsigned)unit & 0xff; /* a compiler sees it fit */
	const struct model *model = some_model(a);
	struct scenario *s = a->scn;
	struct scn_nic *nic = MEM_PUSH(s->nics, s->n_nics, s->cap_nics);
	bool present;

	memcpy(p->mac, mac, 6);
	name_pair(a, p, number, model);
	memcpy(nic->name, p->hn, sizeof(nic->name));
	memcpy(nic->mac, mac, 6);
	present = !choices_chance(a->c, 25);
	add_vf(a, p, model, p->vf, present);
	add_other_vf(a, p, number);
	add_probe(a, p, number);
	a->pairs[unit] = (struct standing){ .vf_there = present,
		.vf_link = true,
		.media = true,
		.associated = true,
		.nic_there = true };
}

/* --- its configuration --- */

static void
add_inet6(struct author *a, struct course_pair *p, size_t unit)
{
	static const uint32_t usual[] = { 8, 2, 1 };

	switch (choices_weighted(a->c, usual, 3)) {
	case 1:
		add_rc_of(a, p, "_ipv6", "inet6 2001:db8:%zu::15/64", 2 + unit);
		want(p, "2001:db8:%zu::15/64", 2 + unit);
		a->scn->probes[unit].v6 = choices_chance(a->c, 40);
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

	if (a->h->on_linux || !choices_chance(a->c, 10))
		return;
	snprintf(name, sizeof(name), "vlans_%s", p->hn);
	course_add_rc(a, name, "10");
	snprintf(text, sizeof(text), "10.10.%zu.4/24", unit);
	add_rc_of(a, p, "_10", "inet %s", text);
	ipaddr_parse(text, &p->vlan_addr);
	snprintf(p->vlan, sizeof(p->vlan), "%.*s.10",
	    (int)(sizeof(p->vlan) - sizeof(".10")), p->hn);
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
		/* The latter waits at boot for a lease of the VF, too. */
		course_add_rc(a, "ifconfig_DEFAULT",
		    choices_chance(a->c, 30) ? "SYNCDHCP" : "DHCP");
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
	course_add_rc(a, "defaultrouter", router);
}

/* --- the machine --- */

static void
choose_machine(struct author *a)
{
	static const uint32_t usual[COURSE_MACHINES] = { 5, 5, 2 };
	struct course *h = a->h;

	h->machine = choices_weighted(a->c, usual,
	    a->policy == CORE_STOCK ? COURSE_LINUX : COURSE_MACHINES);
	h->on_linux = h->machine >= COURSE_LINUX;
	a->scn->machine = mem_str(course_machines[h->machine]);
	if (!h->on_linux)
		return;
	a->scn->system = SCN_LINUX;
	a->scn->only_policy = mem_str("native");
	a->scn->only_because = mem_str("FreeBSD's scripts are not on Linux");
}

void
course_setup(struct author *a)
{
	struct course *h = a->h;
	size_t i;

	choose_machine(a);
	a->scn->seed = 1 + choices_below(a->c, SEEDS);
	h->n_pairs = choices_chance(a->c, 10) ? 2 : 1;
	for (i = 0; i < h->n_pairs; i++) {
		add_pair_things(a, &h->pairs[i], i);
		add_addresses(a, &h->pairs[i], i);
	}
	course_options(a);
	a->daemon_runs = a->dhcp_answers = a->router_speaks = true;
}
