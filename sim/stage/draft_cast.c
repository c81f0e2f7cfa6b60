/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/scenario/scn_lex.h"
#include "sim/stage/draft_parts.h"
#include "sim/stage/reenact_parts.h"

#define PARTS_MAX 64

/* The first value that the field has and which is none of these words. */
static const char *
first_value(const struct trace *t, const char *object, const char *field)
{
	size_t i;

	for (i = 0; i < t->n_states; i++)
		if (strcmp(t->states[i].object, object) == 0 &&
		    strcmp(t->states[i].field, field) == 0 &&
		    t->states[i].value[0] != '\0' &&
		    strcmp(t->states[i].value, "none") != 0)
			return t->states[i].value;
	return NULL;
}

static struct draft_nic *
find_nic(struct draft *d, const char *seen)
{
	size_t i;

	for (i = 0; i < d->n_nics; i++)
		if (strcmp(d->nics[i].seen, seen) == 0)
			return &d->nics[i];
	return NULL;
}

static struct draft_nic *
add_nic(struct draft *d, const char *seen)
{
	struct draft_nic *nic = find_nic(d, seen);

	if (nic != NULL || d->n_nics == PARTS_MAX ||
	    strlen(seen) >= SCN_NAME_MAX)
		return nic;
	nic = MEM_PUSH(d->nics, d->n_nics, d->cap_nics);
	snprintf(nic->seen, sizeof(nic->seen), "%s", seen);
	return nic;
}

static void
add_vf(struct draft *d, const struct trace *t, const char *seen, size_t nic)
{
	const char *driver = first_value(t, seen, "driver");
	struct draft_vf *vf;
	size_t i;

	for (i = 0; i < d->n_vfs; i++)
		if (strcmp(d->vfs[i].seen, seen) == 0)
			return;
	if (d->n_vfs == PARTS_MAX || strlen(seen) >= SCN_NAME_MAX)
		return;
	vf = MEM_PUSH(d->vfs, d->n_vfs, d->cap_vfs);
	snprintf(vf->seen, sizeof(vf->seen), "%s", seen);
	vf->nic = nic;
	snprintf(vf->driver, sizeof(vf->driver), "%.15s",
	    driver != NULL ? driver : "");
}

static void
cast_by_states(struct draft *d, const struct trace *t)
{
	const struct trace_state *s;
	struct draft_nic *nic;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->field, "vf") != 0 ||
		    (nic = add_nic(d, s->object)) == NULL)
			continue;
		if (strcmp(s->value, "none") != 0)
			add_vf(d, t, s->value, (size_t)(nic - d->nics));
	}
}

/* As the closed replay casts it: hn is the synthetic NIC; without one, who is
 * not the VF plays it. */
static void
cast_by_records(struct draft *d, const struct trace *t, struct recording *r)
{
	struct cast c;
	char mac[MAC_TEXT];
	size_t i;

	if (r->beside == NULL)
		r->beside = witness_new();
	cast_read(&c, r);
	for (i = 0; i < c.n; i++)
		if (c.list[i].kind == ACTOR_HN)
			add_nic(d, c.list[i].name);
	if (d->n_nics == 0) {
		add_nic(d, c.other[0] != '\0' ? c.other : "hn0");
		draft_remark(d,
		    "no hn is in the log: hn0 stands in for the synthetic "
		    "NIC%s%s",
		    c.other[0] != '\0' ? " " : "", c.other);
	}
	if (c.vf[0] != '\0')
		add_vf(d, t, c.vf, 0);
	for (i = 0; i < d->n_nics; i++) {
		const struct actor *a = cast_find(&c, d->nics[i].seen);

		if (a != NULL && a->has_mac)
			snprintf(d->nics[i].mac, sizeof(d->nics[i].mac), "%s",
			    mac_format(a->mac, mac));
	}
	cast_fini(&c);
}

static bool
has_object(const struct trace *t, const char *prefix)
{
	size_t i;

	for (i = 0; i < t->n_states; i++)
		if (strncmp(t->states[i].object, prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

/* --- names and machine --- */

static const struct {
	const char *log, *driver, *prefix;
} drivers[] = {
	{ "mlx5_core", "mlx5", "mce" },
	{ "mlx4_en", "mlx4", "mlxen" },
	{ "mlx4_core", "mlx4", "mlxen" },
	{ "mana", "mana", "mana" },
	{ "iavf", "iavf", "iavf" },
	{ "ixgbevf", "ixv", "ixv" },
};
#define DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

static size_t
driver_of(const char *log)
{
	size_t i;

	for (i = 0; i < DRIVERS; i++)
		if (strcmp(drivers[i].log, log) == 0)
			return i;
	return 0;
}

/* FreeBSD's names in place of Linux's. */
static void
translate_names(struct draft *d)
{
	struct draft_vf *vf;
	size_t i, k;

	for (i = 0; i < d->n_nics; i++) {
		snprintf(d->nics[i].name, SCN_NAME_MAX, "hn%u", (unsigned)i);
		if (strcmp(d->nics[i].name, d->nics[i].seen) != 0)
			draft_remark(d, "%s is the log's %s", d->nics[i].name,
			    d->nics[i].seen);
	}
	for (i = 0; i < d->n_vfs; i++) {
		vf = &d->vfs[i];
		k = driver_of(vf->driver);
		snprintf(vf->name, SCN_NAME_MAX, "%s%u", drivers[k].prefix,
		    (unsigned)i);
		snprintf(vf->driver, sizeof(vf->driver), "%s",
		    drivers[k].driver);
		draft_remark(d, "%s is the log's %s", vf->name, vf->seen);
	}
}

/* A driver that the machine knows; on Linux all but one behave alike. */
static const char *
known_driver(const struct draft *d, const struct draft_vf *vf,
    const char *standard)
{
	const char *driver = cast_driver(vf->seen);

	if (d->linux_guest)
		return strcmp(vf->driver, "e1000e") == 0 ? "e1000e" : "vmxnet3";
	return driver != NULL ? driver : standard;
}

void
draft_keep_name(struct draft *d, char name[SCN_NAME_MAX], const char *seen,
    const char *else_, size_t number)
{
	if (scn_is_name(seen, strlen(seen), ".")) {
		memcpy(name, seen, SCN_NAME_MAX);
		return;
	}
	snprintf(name, SCN_NAME_MAX, "%s%u", else_, (unsigned)number);
	draft_remark(d, "%s is the log's %s", name, seen);
}

static void
keep_names(struct draft *d, const char *standard)
{
	size_t i;

	for (i = 0; i < d->n_nics; i++)
		draft_keep_name(d, d->nics[i].name, d->nics[i].seen, "nic", i);
	for (i = 0; i < d->n_vfs; i++) {
		draft_keep_name(d, d->vfs[i].name, d->vfs[i].seen, "vf", i);
		snprintf(d->vfs[i].driver, sizeof(d->vfs[i].driver), "%.15s",
		    known_driver(d, &d->vfs[i], standard));
	}
}

static bool
is_azure(const struct draft *d)
{
	size_t i;

	for (i = 0; i < d->n_vfs; i++)
		if (strncmp(d->vfs[i].driver, "mlx", 3) == 0 ||
		    strcmp(d->vfs[i].driver, "mana") == 0)
			return true;
	return false;
}

/* One that can be a NIC's, and is not another one's. */
static bool
is_good_mac(const struct draft *d, size_t nic, const char *text)
{
	uint8_t mac[6], other[6];
	size_t i;

	if (strlen(text) >= MAC_TEXT || !mac_parse(text, mac) ||
	    (mac[0] & 1) != 0)
		return false;
	for (i = 0; i < nic; i++)
		if (mac_parse(d->nics[i].mac, other) &&
		    memcmp(mac, other, sizeof(mac)) == 0)
			return false;
	return true;
}

/* One who has no address of its own gets one that nobody has. */
static void
give_macs(struct draft *d, const struct trace *t)
{
	const char *mac;
	size_t i;

	for (i = 0; i < d->n_nics; i++) {
		mac = first_value(t, d->nics[i].seen, "mac");
		if (mac == NULL)
			mac = d->nics[i].mac;
		if (is_good_mac(d, i, mac)) {
			if (mac != d->nics[i].mac)
				snprintf(d->nics[i].mac, MAC_TEXT, "%s", mac);
			continue;
		}
		snprintf(d->nics[i].mac, MAC_TEXT, "02:00:5e:00:53:%02x",
		    (unsigned)i);
		d->nics[i].mac_stands_in = true;
		draft_remark(d,
		    "the MAC address of %s stands in: none of its own was "
		    "seen",
		    d->nics[i].name);
	}
}

/* Nobody is his own VF, nor another NIC. */
static void
drop_doubles(struct draft *d)
{
	size_t i;

	for (i = 0; i < d->n_vfs;)
		if (find_nic(d, d->vfs[i].seen) == NULL) {
			i++;
		} else {
			memmove(&d->vfs[i], &d->vfs[i + 1],
			    (d->n_vfs - i - 1) * sizeof(d->vfs[0]));
			d->n_vfs--;
		}
}

int
draft_cast(struct draft *d, const struct trace *t, struct recording *r,
    struct err *e)
{
	bool netvsc = false, by_states;
	const char *driver;
	size_t i;

	cast_by_states(d, t);
	by_states = d->n_nics > 0;
	if (!by_states)
		cast_by_records(d, t, r);
	drop_doubles(d);
	for (i = 0; i < d->n_nics; i++) {
		driver = first_value(t, d->nics[i].seen, "driver");
		netvsc = netvsc ||
		    (driver != NULL && strcmp(driver, "hv_netvsc") == 0);
	}
	if (d->n_nics == 0)
		return err_set(e, ERR_INPUT,
		    "no NIC is in the run whose VF could come or go");
	d->linux_guest = (by_states && !netvsc && has_object(t, "bond")) ||
	    strncmp(t->run.machine, "linux", 5) == 0;
	if (netvsc && !d->simulated)
		translate_names(d);
	else
		keep_names(d, "mlx5");
	if (!d->simulated && !netvsc && !d->linux_guest &&
	    strncmp(d->nics[0].seen, "hn", 2) != 0)
		snprintf(d->nics[0].name, SCN_NAME_MAX, "hn0");
	d->machine = mem_str(t->run.machine[0] != '\0' ? t->run.machine
		: d->linux_guest		       ? "linux-bond"
		: netvsc || is_azure(d)		       ? "azure-mlx5"
						       : "qemu-freebsd");
	give_macs(d, t);
	return 0;
}

void
draft_add_vf(struct draft *d, const struct trace *t, const char *name)
{
	const char *mac = first_value(t, name, "mac");
	struct draft_vf *vf;
	size_t before = d->n_vfs;

	add_vf(d, t, name, 0);
	if (d->n_vfs == before)
		return;
	vf = &d->vfs[before];
	draft_keep_name(d, vf->name, name, "vf", before);
	snprintf(vf->driver, sizeof(vf->driver), "%.15s",
	    known_driver(d, vf, "mlx5"));
	if (mac != NULL && strcmp(mac, d->nics[0].mac) != 0 &&
	    is_good_mac(d, 0, mac))
		snprintf(vf->mac, sizeof(vf->mac), "%s", mac);
}

/* --- addresses --- */

static void
add_rc(struct draft *d, const char *name, const char *value)
{
	strbuf_addc(&d->rc, ' ');
	for (; *name != '\0'; name++) /* as rc(8) maps eth0.10 */
		strbuf_addc(&d->rc, *name == '.' ? '_' : *name);
	strbuf_addc(&d->rc, '=');
	scn_quote(&d->rc, value);
}

static bool
uses_dhcp(const struct draft *d, const struct trace *t, size_t nic)
{
	const char *agg = first_value(t, d->nics[nic].seen, "member-of");

	return first_value(t, d->nics[nic].seen, "dhclient") != NULL ||
	    (agg != NULL && first_value(t, agg, "dhclient") != NULL);
}

/* The list of addresses of the NIC, or of what carries it. */
static const char *
addresses_of(const struct draft *d, const struct trace *t, size_t nic)
{
	static const char *const aggregates[] = { "lagg0", "bond0" };
	const char *list = first_value(t, d->nics[nic].seen, "inet");
	const char *agg = first_value(t, d->nics[nic].seen, "member-of");
	size_t i;

	if (list == NULL && agg != NULL)
		list = first_value(t, agg, "inet");
	for (i = 0; i < 2 && nic == 0 && list == NULL; i++)
		list = first_value(t, aggregates[i], "inet");
	return list;
}

static void
add_address(struct draft *d, struct draft_nic *nic, const struct ipaddr *a,
    unsigned *v4, unsigned *v6)
{
	char name[SCN_NAME_MAX + 32], value[IPADDR_TEXT + 32];
	char text[IPADDR_TEXT];

	if (a->family == 4) {
		ipaddr_format(a, true, text);
		snprintf(value, sizeof(value), "inet %s", text);
		if (*v4 == 0)
			snprintf(nic->address, sizeof(nic->address), "%s",
			    text);
		if (*v4 == 0)
			snprintf(name, sizeof(name), "ifconfig_%s", nic->name);
		else
			snprintf(name, sizeof(name), "ifconfig_%s_alias%u",
			    nic->name, *v4 - 1);
		(*v4)++;
	} else {
		if ((a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80) ||
		    *v6 > 0)
			return;
		ipaddr_format(a, false, text);
		snprintf(value, sizeof(value), "inet6 %s prefixlen %u", text,
		    a->prefix);
		snprintf(name, sizeof(name), "ifconfig_%s_ipv6", nic->name);
		(*v6)++;
	}
	add_rc(d, name, value);
}

static void
stand_in(struct draft *d, size_t i)
{
	static const char *const nets[] = { "192.0.2", "198.51.100",
		"203.0.113" };
	struct draft_nic *nic = &d->nics[i];
	char name[SCN_NAME_MAX + 16], value[IPADDR_TEXT + 16];

	if (i < 3)
		snprintf(nic->address, sizeof(nic->address), "%s.10/24",
		    nets[i]);
	else
		snprintf(nic->address, sizeof(nic->address), "198.18.%u.10/24",
		    (unsigned)i);
	nic->address_stands_in = true;
	snprintf(name, sizeof(name), "ifconfig_%s", nic->name);
	snprintf(value, sizeof(value), "inet %s", nic->address);
	add_rc(d, name, value);
	draft_remark(d, "the address of %s stands in: none was seen",
	    nic->name);
}

static void
configure_nic(struct draft *d, const struct trace *t, size_t i)
{
	const char *list = addresses_of(d, t, i);
	char name[SCN_NAME_MAX + 16], *copy, *rest, *word;
	unsigned v4 = 0, v6 = 0;
	struct ipaddr a;

	if (uses_dhcp(d, t, i)) {
		snprintf(name, sizeof(name), "ifconfig_%s", d->nics[i].name);
		add_rc(d, name, "DHCP");
		return;
	}
	copy = rest = mem_str(list == NULL ? "" : list);
	while ((word = strsep(&rest, " ")) != NULL)
		if (ipaddr_parse(word, &a))
			add_address(d, &d->nics[i], &a, &v4, &v6);
	free(copy);
	if (v4 == 0)
		stand_in(d, i);
}

/* "10.0.0.1 via eth0", when it is of a NIC's net. */
static void
configure_router(struct draft *d, const struct trace *t)
{
	const char *route = first_value(t, "route", "default");
	struct ipaddr router, net;
	char text[IPADDR_TEXT];
	size_t i;

	if (route != NULL) {
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(route, " "),
		    route);
		for (i = 0; i < d->n_nics; i++)
			if (ipaddr_parse(text, &router) &&
			    ipaddr_parse(d->nics[i].address, &net) &&
			    ipaddr_in_net(&router, &net))
				snprintf(d->router, sizeof(d->router), "%s",
				    text);
	}
	if (d->router[0] == '\0' && !d->simulated &&
	    ipaddr_parse(d->nics[0].address, &net) && net.prefix <= 30) {
		router = ipaddr_network(&net);
		router.bytes[3] |= 1;
		router.prefix = 32;
		if (ipaddr_same_host(&router, &net))
			router.bytes[3]++;
		ipaddr_format(&router, false, d->router);
		draft_remark(d, "the default router stands in: none was seen");
	}
	if (d->router[0] != '\0')
		add_rc(d, "defaultrouter", d->router);
}

void
draft_addresses(struct draft *d, const struct trace *t)
{
	const char *xt = first_value(t, "sysctl", "hw.hn.vf_transparent");
	size_t i;

	for (i = 0; i < d->n_nics; i++)
		configure_nic(d, t, i);
	configure_router(d, t);
	d->transparent = xt != NULL && strcmp(xt, "0") != 0;
}
