/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtnllog - a recording of rtnetlink and of kobject uevents:
 *
 *	HOST_EPOCH GUEST_MONOTONIC RTM_NEWLINK idx=3 name=eth1 flags=0x1002 ...
 *	HOST_EPOCH GUEST_MONOTONIC RTM_DELLINK idx=3 name=eth1 ...
 *	HOST_EPOCH GUEST_MONOTONIC UEVENT add@/devices/... INTERFACE=eth1 ...
 *	HOST_EPOCH GUEST_MONOTONIC MON_START | RTM_type=20 | ...
 *
 * The guest's clock is the run's. A message tells of an interface as it is, so
 * the records are what changed since the one before; the first of an interface
 * that no uevent announced tells how it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "db/foreign_parts.h"
#include "db/witness_lines.h"

#define LINKS_MAX 256

enum { FLAG_UP = 0x1, EVENT_FAILOVER = 3 };

struct link {
	uint64_t index, master;
	char name[FOREIGN_NAME];
	char kind[16];
	bool up, carrier, is_port;
	bool there;
	unsigned turn; /* which of them came up last */
	char parent[24];
};

struct rtnllog {
	struct foreign_log *l;
	struct link links[LINKS_MAX];
	size_t n;
	int64_t now_ns;
	unsigned turns;
	char plugged[FOREIGN_NAME]; /* a uevent announced it */
	char slot[24], device[24];  /* the last PCI device of a uevent */
};

/* What is known by its number; any other is "pci". */
static const struct {
	const char *id, *driver;
} devices[] = {
	{ "15AD:07B0", "vmxnet3" },
	{ "8086:10D3", "e1000e" },
	{ "15B3:1016", "mlx5_core" },
	{ "15B3:1014", "mlx5_core" },
	{ "15B3:1004", "mlx4_core" },
};

bool
rtnllog_is_line(const char *s)
{
	int64_t host, guest;
	const char *rest = witness_seconds(s, &host);

	if (rest == NULL || *rest != ' ' ||
	    (rest = witness_seconds(rest + 1, &guest)) == NULL || *rest != ' ')
		return false;
	rest++;
	return strncmp(rest, "RTM_", 4) == 0 ||
	    strncmp(rest, "UEVENT ", 7) == 0 ||
	    strncmp(rest, "MON_START", 9) == 0;
}

static struct link *
find_link(struct rtnllog *r, uint64_t index)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->links[i].index == index)
			return &r->links[i];
	return NULL;
}

static const char *
name_of(struct rtnllog *r, uint64_t index)
{
	const struct link *k = index == 0 ? NULL : find_link(r, index);

	return k == NULL ? "none" : k->name;
}

static void
set(struct rtnllog *r, const char *who, const char *field, const char *value)
{
	trace_set_state(r->l->t, r->now_ns, who, field, value);
}

static uint64_t
hex_of(const char *line, const char *key)
{
	char text[24];

	return witness_value(line, key, text, sizeof(text))
	    ? strtoull(text, NULL, 16)
	    : 0;
}

/* The bond says that it changed over, not to whom: the port that is up with a
 * carrier, the last of several that came so. */
static void
failover(struct rtnllog *r, const struct link *bond)
{
	const struct link *best = NULL;
	size_t i;

	for (i = 0; i < r->n; i++) {
		const struct link *k = &r->links[i];

		if (k->there && k->master == bond->index && k->up &&
		    k->carrier && (best == NULL || k->turn > best->turn))
			best = k;
	}
	if (best == NULL ||
	    foreign_is(r->l->t, bond->name, "active", best->name))
		return;
	set(r, bond->name, "active", best->name);
	foreign_say(r->l->t, r->now_ns, true,
	    "%s changed over to %s, its port that came up last (line %u)",
	    bond->name, best->name, r->l->line);
}

static void
change_master(struct rtnllog *r, struct link *k, uint64_t master)
{
	if (k->master == master)
		return;
	if (k->master != 0 && strcmp(name_of(r, k->master), "none") != 0)
		foreign_list(r->l->t, r->now_ns, name_of(r, k->master), "ports",
		    k->name, false);
	k->master = master;
	k->turn = ++r->turns;
	set(r, k->name, "member-of", name_of(r, master));
	if (master != 0 && find_link(r, master) != NULL)
		foreign_list(r->l->t, r->now_ns, name_of(r, master), "ports",
		    k->name, true);
}

static void
renamed(struct rtnllog *r, struct link *k, const char *name)
{
	foreign_say(r->l->t, r->now_ns, false,
	    "%s is called %s from here on: FreeBSD would tell nobody", k->name,
	    name);
	set(r, k->name, "exists", "no");
	snprintf(k->name, sizeof(k->name), "%s", name);
	set(r, k->name, "exists", "yes");
}

static void
tell_hint(struct rtnllog *r, const struct link *k)
{
	char text[FOREIGN_NAME + 32];

	snprintf(text, sizeof(text), "IFINFO %s %s link-%s", k->name,
	    k->up ? "up" : "down", k->carrier ? "up" : "down");
	trace_add_hint(r->l->t, r->now_ns, text);
}

static struct link *
first_sight(struct rtnllog *r, uint64_t index, const char *name, bool *is_new)
{
	struct link *k = find_link(r, index);

	*is_new = k == NULL || !k->there;
	if (k == NULL) {
		if (r->n == LINKS_MAX)
			return NULL;
		k = &r->links[r->n++];
	}
	if (*is_new) {
		memset(k, 0, sizeof(*k));
		k->index = index;
		k->there = true;
		snprintf(k->name, sizeof(k->name), "%s", name);
		if (strcmp(r->plugged, name) == 0)
			foreign_arrives(r->l->t, r->now_ns, name);
		else
			set(r, name, "exists", "yes");
		r->plugged[0] = '\0';
	} else if (strcmp(k->name, name) != 0) {
		renamed(r, k, name);
	}
	return k;
}

static void
take_facts(struct rtnllog *r, struct link *k, const char *line)
{
	char text[48];

	if (witness_value(line, "mac", text, sizeof(text)) && text[0] != '-')
		set(r, k->name, "mac", text);
	if (witness_value(line, "mtu", text, sizeof(text)))
		set(r, k->name, "mtu", text);
	if (witness_value(line, "parent", k->parent, sizeof(k->parent)) &&
	    strncmp(k->parent, "virtio", 6) == 0)
		set(r, k->name, "driver", "virtio_net");
}

static bool
take_newlink(struct rtnllog *r, const char *line)
{
	char name[FOREIGN_NAME], kind[16] = "-";
	uint64_t index, master = 0, carrier = 0, event = 0;
	struct link *k;
	bool is_new, up;

	if (!witness_number(line, "idx", &index) ||
	    !witness_value(line, "name", name, sizeof(name)) ||
	    !foreign_is_name(name, strlen(name)) ||
	    (k = first_sight(r, index, name, &is_new)) == NULL)
		return false;
	witness_number(line, "master", &master);
	witness_number(line, "carrier", &carrier);
	witness_number(line, "event", &event);
	witness_value(line, "kind", kind, sizeof(kind));
	memcpy(k->kind, kind, sizeof(k->kind));
	up = (hex_of(line, "flags") & FLAG_UP) != 0;
	if ((up && !k->up) || (carrier != 0 && !k->carrier))
		k->turn = ++r->turns;
	if (is_new || up != k->up || (carrier != 0) != k->carrier) {
		k->up = up;
		k->carrier = carrier != 0;
		tell_hint(r, k);
	}
	set(r, name, "up", up ? "yes" : "no");
	/* The link of one that is down is not known. */
	if (is_new || !up)
		set(r, name, "link", carrier != 0 ? "up" : "down");
	else
		foreign_link(r->l->t, r->now_ns, name, carrier != 0);
	take_facts(r, k, line);
	change_master(r, k, master);
	if (event == EVENT_FAILOVER && strcmp(kind, "bond") == 0)
		failover(r, k);
	return true;
}

static bool
take_dellink(struct rtnllog *r, const char *line)
{
	uint64_t index;
	struct link *k;

	if (!witness_number(line, "idx", &index) ||
	    (k = find_link(r, index)) == NULL || !k->there)
		return false;
	change_master(r, k, 0);
	foreign_leaves(r->l->t, r->now_ns, k->name);
	k->there = false;
	return true;
}

/* "UEVENT add@/... SUBSYSTEM=net INTERFACE=eth1": its RTM_NEWLINK comes
 * behind. */
static void
take_uevent(struct rtnllog *r, const char *line)
{
	char value[FOREIGN_NAME];

	trace_add_hint(r->l->t, r->now_ns, line);
	if (witness_value(line, "PCI_SLOT_NAME", r->slot, sizeof(r->slot)))
		witness_value(line, "PCI_ID", r->device, sizeof(r->device));
	if (strncmp(line, "UEVENT add@", 11) == 0 &&
	    witness_value(line, "SUBSYSTEM", value, sizeof(value)) &&
	    strcmp(value, "net") == 0 &&
	    witness_value(line, "INTERFACE", value, sizeof(value)))
		memcpy(r->plugged, value, sizeof(value));
}

/* False: the line is of another form. */
static bool
take_time(struct rtnllog *r, const char *s, const char **rest)
{
	int64_t host, guest;
	const char *p;

	if (!rtnllog_is_line(s) &&
	    ((p = witness_seconds(s, &host)) == NULL || *p != ' '))
		return false;
	p = witness_seconds(s, &host);
	p = witness_seconds(p + 1, &guest);
	if (p == NULL || *p != ' ')
		return false;
	if (guest < r->now_ns)
		foreign_warn(r->l, 1,
		    "the guest's time is before the one above: the order of "
		    "the lines is kept");
	else
		r->now_ns = guest;
	*rest = p + 1;
	return true;
}

static void
take_line(struct rtnllog *r, const char *s)
{
	struct foreign_tally *tally = r->l->tally;
	const char *rest = s;
	bool known = false;

	if (s[0] == '\0') {
		tally->passed++;
		return;
	}
	if (take_time(r, s, &rest)) {
		if (strncmp(rest, "RTM_NEWLINK ", 12) == 0)
			known = take_newlink(r, rest);
		else if (strncmp(rest, "RTM_DELLINK ", 12) == 0)
			known = take_dellink(r, rest);
		else if ((known = strncmp(rest, "UEVENT ", 7) == 0))
			take_uevent(r, rest);
	}
	trace_add_note(r->l->t, r->now_ns, "kernel", rest);
	if (known)
		tally->understood++;
	else
		tally->kept++;
}

static void
tell_driver(struct rtnllog *r, const char *name)
{
	size_t i, k;

	for (i = 0; i < r->n; i++)
		for (k = 0; k < sizeof(devices) / sizeof(devices[0]); k++)
			if (strcmp(r->links[i].name, name) == 0 &&
			    strcmp(r->links[i].parent, r->slot) == 0 &&
			    strcmp(devices[k].id, r->device) == 0)
				set(r, name, "driver", devices[k].driver);
}

/* The bond's ports play the parts: the one that comes or goes is the VF, and
 * the other one its synthetic NIC. */
static void
cast(struct rtnllog *r)
{
	struct trace *t = r->l->t;
	const char *vf = NULL, *nic = NULL;
	size_t i;

	for (i = 0; i < t->n_states && vf == NULL; i++)
		if (strcmp(t->states[i].field, "exists") == 0 &&
		    (strcmp(t->states[i].value, "no") == 0 ||
			(t->states[i].at_ns > t->states[0].at_ns + DUR_SEC &&
			    strcmp(t->states[i].value, "yes") == 0)))
			vf = t->states[i].object;
	for (i = 0; i < t->n_states && vf != NULL && nic == NULL; i++)
		if (strcmp(t->states[i].field, "member-of") == 0 &&
		    strcmp(t->states[i].value, "none") != 0 &&
		    strcmp(t->states[i].object, vf) != 0)
			nic = t->states[i].object;
	/* One that was recorded in a part of its life only: by its place. */
	for (i = 0; i < r->n && vf != NULL && nic == NULL; i++)
		if (strcmp(r->links[i].name, vf) != 0 &&
		    strcmp(r->links[i].kind, "-") == 0)
			nic = r->links[i].name;
	if (nic == NULL)
		return;
	tell_driver(r, vf);
	trace_set_state(t, r->now_ns, nic, "vf", vf);
	foreign_say(t, r->now_ns, true, "%s is the synthetic NIC and %s its VF",
	    nic, vf);
}

bool
rtnllog_read(struct foreign_log *l)
{
	struct rtnllog *r = mem_zero(1, sizeof(*r));
	bool found;

	r->l = l;
	while (foreign_next(l))
		take_line(r, strbuf_str(&l->text));
	found = l->tally->understood > 0;
	if (found)
		cast(r);
	free(r);
	return found;
}
