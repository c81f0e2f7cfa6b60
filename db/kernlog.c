/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kernlog - the log of a Linux kernel. All lines are read first, because what
 * a line means depends on later ones: an interface is renamed, the one that
 * leaves its bond was unplugged, the machine was booted several times.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "db/kernlog_parts.h"

#define ACTORS_MAX 256
#define HALF_YEAR  (INT64_C(183) * 86400 * DUR_SEC)
#define YEAR	   (INT64_C(365) * 86400 * DUR_SEC)

struct entry { /* one line */
	int64_t at_ns;
	unsigned line;
	struct kernlog_says says;
	char who[32];
	char *text;
};

enum part { PART_NONE, PART_NETVSC, PART_VF, PART_BOND, PART_SLAVE };

struct actor { /* an interface */
	char name[FOREIGN_NAME];
	enum part part;
	char vf[FOREIGN_NAME]; /* of a netvsc or a synthetic slave */
	char device[48];
	char driver[24];
	char mac[24];
	bool present; /* when the log begins */
	bool met;     /* something was heard of it */
	bool released, gone;
};

struct kernlog {
	struct foreign_log *l;
	struct entry *list;
	size_t n, cap;
	struct actor *actors;
	size_t n_actors, cap_actors;
	bool boot_clock; /* most kernel lines have seconds since boot */
	bool leap;
	bool has_zero, has_offset, coarse, told_back;
	int64_t zero_ns, offset_ns, now_ns;
	size_t nics_seen;
};

/* --- reading --- */

static bool
is_kernel(const struct kernlog_head *h)
{
	return h->program[0] == '\0' || strcmp(h->program, "kernel") == 0;
}

/* Programs whose lines tell of addresses. */
static bool
is_configurer(const struct kernlog_head *h)
{
	return strcmp(h->program, "cloud-init") == 0 ||
	    strcmp(h->program, "systemd-networkd") == 0;
}

bool
kernlog_is_line(const char *s)
{
	struct kernlog_head h;
	struct kernlog_says says;

	kernlog_head_read(s, false, &h);
	if (h.clock == KERNLOG_NO_CLOCK)
		return false;
	if (s[0] == '[' || s[0] == '<' || strcmp(h.program, "kernel") == 0 ||
	    is_configurer(&h))
		return true;
	kernlog_says_read(h.message, &says);
	return says.what != SAYS_NOTHING;
}

/* Which clock the log is on. */
static void
look_over(struct kernlog *k)
{
	struct foreign_log *l = k->l;
	const char *text = l->at;
	size_t bytes = (size_t)(l->end - l->at), boot = 0, other = 0;
	struct kernlog_head h;

	k->leap = memmem(text, bytes, "Feb 29 ", 7) != NULL;
	while (foreign_next(l)) {
		kernlog_head_read(strbuf_str(&l->text), k->leap, &h);
		if (!is_kernel(&h) || h.clock == KERNLOG_NO_CLOCK)
			continue;
		if (h.clock == KERNLOG_BOOT)
			boot++;
		else
			other++;
	}
	k->boot_clock = boot > other;
	foreign_rewind(l, text, bytes);
	l->warnings = 0; /* they come again */
}

static void
not_back(struct kernlog *k, int64_t *at)
{
	if (*at >= k->now_ns)
		return;
	if (!k->told_back)
		foreign_warn(k->l, 1,
		    "the time is before the one above: the order of the lines "
		    "is kept");
	k->told_back = true;
	*at = k->now_ns;
}

/* The line's time on the run's clock. */
static int64_t
time_of(struct kernlog *k, const struct kernlog_head *h)
{
	int64_t at = k->now_ns;

	switch (h->clock) {
	case KERNLOG_NO_CLOCK:
		return at;
	case KERNLOG_DELTA:
		at += h->at_ns;
		return at > DUR_MAX ? k->now_ns : at;
	case KERNLOG_BOOT:
		if (!k->boot_clock)
			return k->now_ns;
		if (h->has_wall) {
			k->offset_ns = h->wall_ns - h->at_ns;
			k->has_offset = true;
		}
		at = h->at_ns;
		break;
	case KERNLOG_WALL:
		if (k->boot_clock) {
			if (!k->has_offset)
				return k->now_ns;
			/* Syslog's own clock is coarser than the kernel's. */
			at = h->wall_ns - k->offset_ns;
			return at > k->now_ns && at < k->now_ns + YEAR
			    ? at
			    : k->now_ns;
		}
		if (!k->has_zero) {
			k->zero_ns = h->wall_ns - h->wall_ns % DUR_SEC;
			k->has_zero = true;
		}
		at = h->wall_ns - k->zero_ns;
		if (at < k->now_ns - HALF_YEAR)
			at += YEAR + (k->leap ? 86400 * DUR_SEC : 0);
		k->coarse = k->coarse || h->coarse;
		break;
	}
	not_back(k, &at);
	return at;
}

static void
read_lines(struct kernlog *k)
{
	struct foreign_log *l = k->l;
	struct kernlog_head h;
	struct entry *e;

	while (foreign_next(l)) {
		kernlog_head_read(strbuf_str(&l->text), k->leap, &h);
		if (l->tally->host[0] == '\0')
			memcpy(l->tally->host, h.host, sizeof(h.host));
		if (!is_kernel(&h) && !is_configurer(&h)) {
			l->tally->passed++;
			continue;
		}
		if (h.message[0] == '\0') {
			l->tally->passed++;
			continue;
		}
		e = MEM_PUSH(k->list, k->n, k->cap);
		kernlog_says_read(h.message, &e->says);
		if (e->says.what == SAYS_BOOT) {
			k->now_ns = 0;
			k->has_zero = k->has_zero && !k->boot_clock;
		}
		e->at_ns = k->now_ns = time_of(k, &h);
		e->line = l->line;
		e->text = mem_str(h.message);
		snprintf(e->who, sizeof(e->who), "%s",
		    is_kernel(&h) ? "kernel" : h.program);
	}
}

/* --- one boot of several --- */

static bool
is_telling(const struct entry *e)
{
	switch (e->says.what) {
	case SAYS_VF_COMES:
	case SAYS_VF_GOES:
	case SAYS_TO_VF:
	case SAYS_FROM_VF:
	case SAYS_RELEASED:
	case SAYS_ACTIVE:
	case SAYS_LINK_DOWN:
		return true;
	default:
		return false;
	}
}

static void
drop(struct kernlog *k, size_t from, size_t until)
{
	size_t i;

	for (i = from; i < until; i++)
		free(k->list[i].text);
	memmove(&k->list[from], &k->list[until],
	    (k->n - until) * sizeof(k->list[0]));
	k->n -= until - from;
	k->l->tally->passed += until - from;
}

/* Keeps the boot of which most is told; the first of equals. */
static void
choose_boot(struct kernlog *k)
{
	size_t i, begin = 0, told = 0, best = 0, best_begin = 0,
		  best_end = k->n;
	size_t boots = 1;
	char text[160];

	for (i = 0; i <= k->n; i++) {
		if (i == k->n ||
		    (i > begin && k->list[i].says.what == SAYS_BOOT)) {
			if (told > best || (begin == 0 && i < k->n)) {
				best = told;
				best_begin = begin;
				best_end = i;
			}
			begin = i;
			told = 0;
			boots += i < k->n ? 1 : 0;
		}
		if (i < k->n && is_telling(&k->list[i]))
			told++;
	}
	if (boots == 1)
		return;
	k->l->tally->boots = boots - 1;
	k->l->line = k->list[best_begin].line;
	snprintf(text, sizeof(text),
	    "the machine was booted %zu times in this log; taken is the boot "
	    "of lines %u to %u: cut the file for another",
	    boots, k->list[best_begin].line, k->list[best_end - 1].line);
	foreign_warn(k->l, 1, text);
	drop(k, best_end, k->n);
	drop(k, 0, best_begin);
}

/* --- names --- */

struct alias {
	char from[FOREIGN_NAME], to[FOREIGN_NAME];
};

struct aliases {
	struct alias *list;
	size_t n, cap;
};

static struct alias *
find_alias(const struct aliases *a, const char *from)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (strcmp(a->list[i].from, from) == 0)
			return &a->list[i];
	return NULL;
}

static void
rename_to_last(const struct aliases *a, char name[FOREIGN_NAME])
{
	const struct alias *found = find_alias(a, name);

	if (found != NULL && found->to[0] != '\0')
		memcpy(name, found->to, FOREIGN_NAME);
}

/* From the end: whoever is called X before "Y: renamed from X" is Y. Where X
 * comes as a new VF, an older X is another one. */
static void
resolve_names(struct kernlog *k)
{
	struct aliases a = { 0 };
	struct alias *known;
	struct kernlog_says *s;
	char last[FOREIGN_NAME];
	size_t i;

	for (i = k->n; i-- > 0;) {
		s = &k->list[i].says;
		if (s->what == SAYS_RENAMED && a.n < ACTORS_MAX) {
			memcpy(last, s->name, sizeof(last));
			rename_to_last(&a, last);
			if ((known = find_alias(&a, s->other)) == NULL)
				known = MEM_PUSH(a.list, a.n, a.cap);
			memcpy(known->from, s->other, sizeof(known->from));
			memcpy(known->to, last, sizeof(known->to));
			memcpy(s->name, last, sizeof(last));
			continue;
		}
		rename_to_last(&a, s->name);
		known = find_alias(&a, s->other);
		rename_to_last(&a, s->other);
		if (s->what == SAYS_VF_COMES && known != NULL)
			known->to[0] = '\0';
	}
	free(a.list);
}

static struct actor *
actor(struct kernlog *k, const char *name)
{
	struct actor *a;
	size_t i;

	for (i = 0; i < k->n_actors; i++)
		if (strcmp(k->actors[i].name, name) == 0)
			return &k->actors[i];
	if (name[0] == '\0' || k->n_actors == ACTORS_MAX)
		return NULL;
	a = MEM_PUSH(k->actors, k->n_actors, k->cap_actors);
	snprintf(a->name, sizeof(a->name), "%s", name);
	return a;
}

/* The netvsc of which the log said only the device at first. */
static void
name_netvsc(struct kernlog *k)
{
	struct kernlog_says *s;
	size_t i, j;

	for (i = 0; i < k->n; i++) {
		s = &k->list[i].says;
		if (strcmp(s->driver, "hv_netvsc") != 0 || s->name[0] != '\0')
			continue;
		for (j = 0; j < k->n_actors; j++)
			if (strcmp(k->actors[j].device, s->device) == 0)
				memcpy(s->name, k->actors[j].name,
				    sizeof(s->name));
	}
}

/* --- who is who --- */

static void
meet(struct kernlog *k, const char *name, enum part part, bool comes)
{
	struct actor *a = actor(k, name);

	if (a == NULL)
		return;
	if (part != PART_NONE &&
	    (a->part == PART_NONE || a->part == PART_SLAVE))
		a->part = part;
	if (!a->met)
		a->present = !comes;
	a->met = true;
}

static void
meet_entry(struct kernlog *k, const struct kernlog_says *s)
{
	struct actor *a;

	switch (s->what) {
	case SAYS_VF_COMES:
	case SAYS_VF_GOES:
	case SAYS_TO_VF:
	case SAYS_FROM_VF:
		meet(k, s->name, PART_NETVSC, false);
		meet(k, s->other, PART_VF, s->what == SAYS_VF_COMES);
		break;
	case SAYS_SLOT_ADDED:
	case SAYS_SLOT_REMOVED:
		meet(k, s->name, PART_NETVSC, false);
		break;
	case SAYS_JOINED:
		meet(k, s->other, PART_NETVSC, false);
		meet(k, s->name, PART_VF, false);
		break;
	case SAYS_ENSLAVED:
	case SAYS_RELEASED:
	case SAYS_ACTIVE:
	case SAYS_SLAVE_UP:
	case SAYS_SLAVE_DOWN:
	case SAYS_PRIMARY:
	case SAYS_HWADDR:
	case SAYS_NONE_ACTIVE:
		meet(k, s->other, PART_BOND, false);
		if (s->what != SAYS_NONE_ACTIVE)
			meet(k, s->name, PART_SLAVE, false);
		if (s->what == SAYS_RELEASED && (a = actor(k, s->name)) != NULL)
			a->released = true;
		break;
	default:
		meet(k, s->name, PART_NONE, false);
		break;
	}
}

/* What the lines say of an actor besides. */
static void
learn(struct kernlog *k, const struct kernlog_says *s)
{
	struct actor *a = actor(k, s->name);

	if (a == NULL)
		return;
	if (s->driver[0] != '\0' && a->driver[0] == '\0') {
		memcpy(a->driver, s->driver, sizeof(a->driver));
		memcpy(a->device, s->device, sizeof(a->device));
	}
	if (a->mac[0] == '\0' && !kernlog_mac_of(a->device, a->mac) &&
	    s->mac[0] != '\0')
		memcpy(a->mac, s->mac, sizeof(a->mac));
}

/* Without a netvsc: the slave that is never released plays the synthetic NIC,
 * and one that is, or is the primary, its VF. */
static void
cast_bond(struct kernlog *k)
{
	struct actor *stays = NULL, *vf = NULL;
	const struct actor *primary = NULL;
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->list[i].says.what == SAYS_PRIMARY)
			primary = actor(k, k->list[i].says.name);
	for (i = 0; i < k->n_actors; i++) {
		struct actor *a = &k->actors[i];

		if (a->part != PART_SLAVE)
			continue;
		if (vf == NULL && (a->released || a == primary))
			vf = a;
		else if (stays == NULL && !a->released && a != primary)
			stays = a;
	}
	if (stays == NULL || vf == NULL)
		return;
	vf->part = PART_VF;
	stays->part = PART_NETVSC;
	memcpy(stays->vf, vf->name, sizeof(stays->vf));
	if (stays->mac[0] == '\0') /* a pair has one */
		memcpy(stays->mac, vf->mac, sizeof(stays->mac));
	foreign_say(k->l->t, k->list[0].at_ns, true,
	    "%s is the synthetic NIC and %s its VF: %s", stays->name, vf->name,
	    vf->released ? "of the two slaves it is the one that leaves"
			 : "it is the primary slave");
}

/* NICs that hv_netvsc does not name: whoever has an address, of a machine
 * that has that driver. */
static void
cast_addressed(struct kernlog *k)
{
	const struct kernlog_says *s;
	bool driver = false;
	struct actor *a;
	size_t i;

	for (i = 0; i < k->n; i++)
		driver = driver || k->list[i].says.what == SAYS_DRIVER_GONE ||
		    k->list[i].says.what == SAYS_DRIVER_BACK;
	for (i = 0; driver && i < k->n; i++) {
		s = &k->list[i].says;
		a = actor(k, s->name);
		if (a == NULL || a->part != PART_NONE ||
		    (a->driver[0] != '\0' &&
			strcmp(a->driver, "hv_netvsc") != 0) ||
		    (s->what != SAYS_ADDRESS && s->what != SAYS_READY) ||
		    strncmp(a->name, "eth", 3) != 0)
			continue;
		a->part = PART_NETVSC;
		snprintf(a->driver, sizeof(a->driver), "hv_netvsc");
		foreign_say(k->l->t, k->list[0].at_ns, true,
		    "%s is a NIC of hv_netvsc: the driver is there, and no "
		    "line names another",
		    a->name);
	}
}

static void
cast(struct kernlog *k)
{
	bool netvsc = false;
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (k->list[i].says.what == SAYS_NOTHING)
			continue;
		meet_entry(k, &k->list[i].says);
		learn(k, &k->list[i].says);
	}
	name_netvsc(k);
	for (i = 0; i < k->n_actors; i++)
		netvsc = netvsc || k->actors[i].part == PART_NETVSC;
	if (!netvsc)
		cast_bond(k);
	cast_addressed(k);
}

/* --- rows --- */

static void
set(struct kernlog *k, int64_t at, const char *who, const char *field,
    const char *value)
{
	trace_set_state(k->l->t, at, who, field, value);
}

/* What must have been so when the log began. */
static void
add_beginning(struct kernlog *k)
{
	int64_t at = k->list[0].at_ns;
	const struct kernlog_says *s;
	struct actor *a, *nic;
	size_t i;

	for (i = 0; i < k->n_actors; i++) {
		a = &k->actors[i];
		if (a->part == PART_NONE)
			continue;
		if (a->present || a->part == PART_BOND)
			set(k, at, a->name, "exists", "yes");
		if (a->mac[0] != '\0' && a->present)
			set(k, at, a->name, "mac", a->mac);
		if (a->part == PART_NETVSC)
			set(k, at, a->name, "vf",
			    a->vf[0] != '\0' ? a->vf : "none");
		if (a->driver[0] != '\0')
			set(k, at, a->name, "driver", a->driver);
	}
	/* A VF that is heard of before it comes was there. */
	for (i = 0; i < k->n; i++) {
		s = &k->list[i].says;
		if (s->what != SAYS_TO_VF && s->what != SAYS_FROM_VF &&
		    s->what != SAYS_VF_GOES)
			continue;
		a = actor(k, s->other);
		nic = actor(k, s->name);
		if (a == NULL || nic == NULL || !a->present ||
		    nic->vf[0] != '\0')
			continue;
		memcpy(nic->vf, a->name, sizeof(nic->vf));
		set(k, at, nic->name, "vf", a->name);
		if (nic->mac[0] != '\0')
			set(k, at, a->name, "mac", nic->mac);
		if (s->what == SAYS_FROM_VF)
			set(k, at, nic->name, "rxvf", "yes");
		foreign_say(k->l->t, at, true,
		    "%s was there when the log began: line %u speaks of it and "
		    "none says that it came",
		    a->name, k->list[i].line);
	}
}

static void
switch_path(struct kernlog *k, const struct entry *e, bool to_vf, bool inferred)
{
	const char *nic = e->says.name, *vf = e->says.other;
	struct trace *t = k->l->t;

	if (foreign_is(t, nic, "rxvf", to_vf ? "yes" : "no"))
		return;
	if (to_vf)
		set(k, e->at_ns, vf, "up", "yes");
	set(k, e->at_ns, nic, "rxvf", to_vf ? "yes" : "no");
	set(k, e->at_ns, nic, "datapath", to_vf ? "vf" : "synthetic");
	foreign_notify(t, e->at_ns, "HYPERV_NIC_VF", nic,
	    to_vf ? "VF_UP" : "VF_DOWN");
	if (inferred)
		foreign_say(t, e->at_ns, true,
		    "the data path leaves %s, which goes (line %u)", vf,
		    e->line);
}

static void
vf_comes(struct kernlog *k, const struct entry *e)
{
	struct actor *nic = actor(k, e->says.name);
	const char *vf = e->says.other;

	foreign_arrives(k->l->t, e->at_ns, vf);
	set(k, e->at_ns, e->says.name, "vf", vf);
	if (nic != NULL && nic->mac[0] != '\0')
		set(k, e->at_ns, vf, "mac", nic->mac);
}

static void
vf_goes(struct kernlog *k, const struct entry *e)
{
	if (foreign_is(k->l->t, e->says.name, "rxvf", "yes"))
		switch_path(k, e, false, true);
	foreign_leaves(k->l->t, e->at_ns, e->says.other);
	set(k, e->at_ns, e->says.name, "vf", "none");
}

/* The host took the slot, and nobody said that the VF unregistered. */
static void
slot_removed(struct kernlog *k, const struct entry *e)
{
	const char *vf = trace_get_state(k->l->t, e->says.name, "vf");
	struct entry gone = *e;

	if (vf == NULL || strcmp(vf, "none") == 0)
		return;
	snprintf(gone.says.other, sizeof(gone.says.other), "%s", vf);
	foreign_say(k->l->t, e->at_ns, true, "%s goes with its slot (line %u)",
	    gone.says.other, e->line);
	vf_goes(k, &gone);
}

/* A VF without netvsc: it left with its bond's word, and is back when it is
 * heard of again. */
static void
bonded_vf_is_back(struct kernlog *k, const struct entry *e)
{
	struct actor *a = actor(k, e->says.name);

	if (a == NULL || !a->gone)
		return;
	a->gone = false;
	foreign_arrives(k->l->t, e->at_ns, a->name);
	foreign_say(k->l->t, e->at_ns, true,
	    "%s came back: line %u is the first that speaks of it again",
	    a->name, e->line);
}

static void
released(struct kernlog *k, const struct entry *e)
{
	struct actor *a = actor(k, e->says.name);

	foreign_list(k->l->t, e->at_ns, e->says.other, "ports", e->says.name,
	    false);
	set(k, e->at_ns, e->says.name, "member-of", "none");
	if (foreign_is(k->l->t, e->says.other, "active", e->says.name))
		set(k, e->at_ns, e->says.other, "active", "none");
	if (a == NULL || a->part != PART_VF || a->gone ||
	    strcmp(a->driver, "hv_netvsc") == 0)
		return;
	if (trace_get_state(k->l->t, a->name, "exists") == NULL ||
	    foreign_is(k->l->t, a->name, "exists", "no"))
		return; /* netvsc told already */
	if (k->nics_seen > 0)
		return; /* and will */
	a->gone = true;
	foreign_leaves(k->l->t, e->at_ns, a->name);
	foreign_say(k->l->t, e->at_ns, true,
	    "%s was unplugged: %s releases it (line %u)", a->name,
	    e->says.other, e->line);
}

/* The driver is taken out and put in again: all its NICs with it. */
static void
driver(struct kernlog *k, const struct entry *e, bool back)
{
	struct actor *a;
	size_t i;

	for (i = 0; i < k->n_actors; i++) {
		a = &k->actors[i];
		if (a->part != PART_NETVSC || a->gone == !back)
			continue;
		a->gone = !back;
		if (back)
			foreign_arrives(k->l->t, e->at_ns, a->name);
		else
			foreign_leaves(k->l->t, e->at_ns, a->name);
		foreign_say(k->l->t, e->at_ns, true,
		    "%s %s with its driver (line %u)", a->name,
		    back ? "comes" : "goes", e->line);
	}
}

static void
bond_says(struct kernlog *k, const struct entry *e)
{
	const struct kernlog_says *s = &e->says;
	struct trace *t = k->l->t;

	bonded_vf_is_back(k, e);
	switch (s->what) {
	case SAYS_ENSLAVED:
		foreign_list(t, e->at_ns, s->other, "ports", s->name, true);
		set(k, e->at_ns, s->name, "member-of", s->other);
		set(k, e->at_ns, s->name, "up", "yes");
		break;
	case SAYS_ACTIVE:
		set(k, e->at_ns, s->other, "active", s->name);
		break;
	case SAYS_PRIMARY:
		set(k, e->at_ns, s->other, "master", s->name);
		break;
	default:
		foreign_link(t, e->at_ns, s->name, s->what == SAYS_SLAVE_UP);
		break;
	}
}

static void
add_address(struct kernlog *k, const struct entry *e)
{
	char route[80];

	foreign_list(k->l->t, e->at_ns, e->says.name, "inet", e->says.text,
	    true);
	if (e->says.mac[0] != '\0')
		set(k, e->at_ns, e->says.name, "mac", e->says.mac);
	if (e->says.router[0] == '\0')
		return;
	snprintf(route, sizeof(route), "%s via %s", e->says.router,
	    e->says.name);
	set(k, e->at_ns, "route", "default", route);
}

static void
ready(struct kernlog *k, const struct entry *e, bool up)
{
	set(k, e->at_ns, e->says.name, "up", "yes");
	if (up)
		foreign_link(k->l->t, e->at_ns, e->says.name, true);
	else if (!foreign_is(k->l->t, e->says.name, "link", "down"))
		set(k, e->at_ns, e->says.name, "link", "down");
}

static void
add_rows(struct kernlog *k, const struct entry *e)
{
	const struct kernlog_says *s = &e->says;
	char route[80];

	switch (s->what) {
	case SAYS_NOTHING:
	case SAYS_SLOT_ADDED:
	case SAYS_BOOT:
	case SAYS_JOINED:
	case SAYS_HWADDR:
		break;
	case SAYS_SLOT_REMOVED:
		slot_removed(k, e);
		break;
	case SAYS_VF_COMES:
		vf_comes(k, e);
		break;
	case SAYS_VF_GOES:
		vf_goes(k, e);
		break;
	case SAYS_TO_VF:
	case SAYS_FROM_VF:
		switch_path(k, e, s->what == SAYS_TO_VF, false);
		break;
	case SAYS_LINK_UP:
	case SAYS_LINK_DOWN:
		bonded_vf_is_back(k, e);
		foreign_link(k->l->t, e->at_ns, s->name,
		    s->what == SAYS_LINK_UP);
		break;
	case SAYS_READY:
	case SAYS_NOT_READY:
		ready(k, e, s->what == SAYS_READY);
		break;
	case SAYS_RENAMED:
		bonded_vf_is_back(k, e);
		break;
	case SAYS_RELEASED:
		released(k, e);
		break;
	case SAYS_NONE_ACTIVE:
		set(k, e->at_ns, s->other, "active", "none");
		break;
	case SAYS_ENSLAVED:
	case SAYS_ACTIVE:
	case SAYS_PRIMARY:
	case SAYS_SLAVE_UP:
	case SAYS_SLAVE_DOWN:
		bond_says(k, e);
		break;
	case SAYS_DRIVER_GONE:
	case SAYS_DRIVER_BACK:
		driver(k, e, s->what == SAYS_DRIVER_BACK);
		break;
	case SAYS_ADDRESS:
		add_address(k, e);
		break;
	case SAYS_ROUTE:
		snprintf(route, sizeof(route), "%s via %s", s->text, s->name);
		set(k, e->at_ns, "route", "default", route);
		break;
	}
}

/* Names that nobody can have are no names of ours: too many interfaces. */
static void
forget_the_many(struct kernlog *k)
{
	struct kernlog_says *s;
	size_t i;

	for (i = 0; i < k->n; i++) {
		s = &k->list[i].says;
		if ((s->name[0] != '\0' && actor(k, s->name) == NULL) ||
		    (s->other[0] != '\0' && s->what != SAYS_RENAMED &&
			actor(k, s->other) == NULL))
			s->what = SAYS_NOTHING;
	}
}

static void
write_rows(struct kernlog *k)
{
	struct foreign_tally *tally = k->l->tally;
	const struct entry *e;
	size_t i;

	if (k->has_zero && !k->boot_clock)
		foreign_say(k->l->t, k->list[0].at_ns, false,
		    "the clock's 0 is the second of the first line%s",
		    k->coarse ? "; times are whole seconds, and what is within "
				"one has the order of the lines"
			      : "");
	for (i = 0; i < k->n_actors; i++)
		k->nics_seen += strcmp(k->actors[i].driver, "hv_netvsc") == 0;
	add_beginning(k);
	for (i = 0; i < k->n; i++) {
		e = &k->list[i];
		trace_add_note(k->l->t, e->at_ns, e->who, e->text);
		if (e->says.what == SAYS_NOTHING)
			tally->kept++;
		else
			tally->understood++;
		add_rows(k, e);
	}
}

bool
kernlog_read(struct foreign_log *l)
{
	struct kernlog k = { .l = l };
	bool found = false;
	size_t i;

	look_over(&k);
	read_lines(&k);
	choose_boot(&k);
	for (i = 0; i < k.n; i++)
		found = found || k.list[i].says.what != SAYS_NOTHING;
	if (found) {
		resolve_names(&k);
		cast(&k);
		forget_the_many(&k);
		write_rows(&k);
	}
	for (i = 0; i < k.n; i++)
		free(k.list[i].text);
	free(k.list);
	free(k.actors);
	return found;
}
