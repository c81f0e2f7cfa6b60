/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/nicpair.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct teller {
	void (*note)(void *ctx, const char *text);
	void *ctx;
};

__attribute__((format(printf, 2, 3))) static void
tell(const struct teller *t, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (t->note == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->note(t->ctx, text);
}

/* --- declared --- */

int
nicpair_declare(struct nicpairs *p, const char *text, struct err *err)
{
	const char *fits = strchr(text, '=');
	size_t bytes = fits != NULL ? (size_t)(fits - text) : strlen(text), i;
	struct nicpair fresh = { .unit = (unsigned)p->count };

	if (bytes == 0 || bytes >= sizeof(fresh.declared))
		return err_set(err, ERR_INPUT,
		    "\"%s\": an interface's name has 1 to %zu bytes; write "
		    "SYNTHETIC or SYNTHETIC=VF, such as eth0=ens*",
		    text, sizeof(fresh.declared) - 1);
	if (fits != NULL &&
	    (fits[1] == '\0' || strlen(fits + 1) >= sizeof(fresh.fits)))
		return err_set(err, ERR_INPUT,
		    "\"%s\": what the VF's name or place must fit has 1 to "
		    "%zu bytes; leave the \"=\" out for any VF",
		    text, sizeof(fresh.fits) - 1);
	if (p->count == NICPAIR_MOST)
		return err_set(err, ERR_INPUT, "more than %d pairs",
		    NICPAIR_MOST);
	memcpy(fresh.declared, text, bytes);
	if (fits != NULL)
		memcpy(fresh.fits, fits + 1, strlen(fits + 1));
	for (i = 0; i < p->count; i++)
		if (strcmp(p->pairs[i].declared, fresh.declared) == 0)
			return err_set(err, ERR_INPUT,
			    "\"%s\": %s is declared already", text,
			    fresh.declared);
	p->pairs[p->count++] = fresh;
	return 0;
}

/* --- the synthetic NIC --- */

static const uint8_t *
mac_of(const struct ifevent *e)
{
	return e->permanent ? e->permanent_mac : e->mac;
}

/* What is made of other interfaces has the MAC of one of them. */
static bool
is_made_of_others(const struct ifevent *e)
{
	static const char *const kinds[] = { "bond", "team", "bridge", "vlan",
		"macvlan", "ipvlan", "failover" };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(e->link_kind, kinds[i]) == 0)
			return true;
	return false;
}

static bool
is_it(const struct nicpair *p, const struct ifevent *e)
{
	return p->known && memcmp(p->mac, mac_of(e), sizeof(p->mac)) == 0 &&
	    strcmp(p->device, e->device) == 0 && !is_made_of_others(e);
}

static const struct ifevent *
find_synthetic(const struct nicpair *p, const struct linklook *l)
{
	const struct ifevent *e = linklook_find(l, p->index);
	size_t i;

	if (e != NULL && is_it(p, e))
		return e;
	for (i = 0; i < l->n_links; i++)
		if (is_it(p, &l->links[i]))
			return &l->links[i];
	e = p->declared[0] != '\0' ? linklook_named(l, p->declared) : NULL;
	/* One that has come back on another device has its MAC still. */
	if (e == NULL || (e->has & IFHAS_MAC) == 0 || is_made_of_others(e) ||
	    (p->known && memcmp(p->mac, mac_of(e), sizeof(p->mac)) != 0))
		return NULL;
	return e;
}

/* An hv_netvsc or net_failover has its VF, or is itself, as a port without an
 * aggregate that anybody configured. */
static bool
is_joined(const struct nicpair *p, const struct ifevent *e,
    const struct linklook *l)
{
	size_t i;

	if (e->master != 0 && e->port_kind[0] == '\0')
		return true;
	for (i = 0; i < l->n_links; i++)
		if (l->links[i].master == e->index)
			return true;
	return p->declared[0] == '\0';
}

/* --- its VF --- */

static bool
fits(const struct nicpair *p, const struct ifevent *e)
{
	if (p->fits[0] == '\0')
		return strcmp(e->bus, "pci") == 0;
	return fnmatch(p->fits, e->name, 0) == 0 ||
	    fnmatch(p->fits, e->device, 0) == 0;
}

static bool
may_be_vf(const struct nicpair *p, const struct ifevent *e)
{
	return e->index != p->index && e->device[0] != '\0' &&
	    e->link_kind[0] == '\0' && (e->has & IFHAS_MAC) != 0 &&
	    memcmp(mac_of(e), p->mac, sizeof(p->mac)) == 0 && fits(p, e);
}

/* Of several it stays the one that it was; else the first that there is. */
static const struct ifevent *
find_vf(const struct nicpair *p, const struct linklook *l)
{
	const struct ifevent *first = NULL, *e;
	size_t i;

	for (i = 0; i < l->n_links; i++) {
		e = &l->links[i];
		if (!may_be_vf(p, e))
			continue;
		if (e->index == p->vf)
			return e;
		if (first == NULL)
			first = e;
	}
	return first;
}

/* --- a look --- */

static void
tell_state(const struct nicpair *p, const struct ifevent *e,
    const struct teller *t)
{
	char mac[MAC_TEXT];

	mac_format(p->mac, mac);
	if (!p->known)
		tell(t, "no interface %s that could be a synthetic NIC",
		    p->declared);
	else if (p->state == NICPAIR_ABSENT)
		tell(t, "the synthetic NIC %s (%s) is gone", p->declared, mac);
	else if (p->state == NICPAIR_JOINED)
		tell(t,
		    "%s (%s): its driver joins it with its VF itself "
		    "(transparent): nothing to do",
		    e->name, mac);
	else if (p->vmbus)
		tell(t, "%s (%s) is a synthetic NIC", e->name, mac);
	else
		tell(t,
		    "%s (%s, %s) is declared a synthetic NIC: a stand-in, "
		    "not Hyper-V's",
		    e->name, mac, e->device[0] != '\0' ? e->device : "no bus");
}

static void
update_vf(struct nicpair *p, const struct ifevent *synthetic,
    const struct linklook *l, const struct teller *t)
{
	const struct ifevent *vf = NULL;
	uint32_t was = p->vf;

	if (p->state == NICPAIR_OURS)
		vf = find_vf(p, l);
	p->vf = vf != NULL ? vf->index : 0;
	if (p->vf == was)
		return;
	if (vf != NULL)
		tell(t, "%s on %s %s is the VF of %s", vf->name, vf->bus,
		    vf->device, synthetic->name);
	else if (synthetic != NULL)
		tell(t, "%s has no VF now", synthetic->name);
}

/* Linux cannot move it (FACTS.md G.4 14). */
static void
tell_vlans(struct nicpair *p, const struct ifevent *synthetic,
    const struct linklook *l, const struct teller *t)
{
	const struct ifevent *e;
	size_t i;

	for (i = 0; i < l->n_links && p->state == NICPAIR_OURS; i++) {
		e = &l->links[i];
		if ((e->has & IFHAS_PARENT) == 0 || e->parent != p->index ||
		    e->index <= p->vlan)
			continue;
		p->vlan = e->index;
		tell(t,
		    "%s is a VLAN on %s and gets no traffic there any more: "
		    "make it on the bond",
		    e->name, synthetic->name);
	}
}

static void
update(struct nicpair *p, const struct linklook *l, const struct teller *t)
{
	const struct ifevent *e = find_synthetic(p, l);
	enum nicpair_state was = p->state;
	p->state = NICPAIR_ABSENT;
	p->index = 0;
	if (e != NULL) {
		p->known = true;
		p->index = e->index;
		memcpy(p->mac, mac_of(e), sizeof(p->mac));
		memcpy(p->device, e->device, sizeof(p->device));
		p->vmbus = strcmp(e->bus, NICPAIR_VMBUS) == 0;
		p->state = is_joined(p, e, l) ? NICPAIR_JOINED : NICPAIR_OURS;
	}
	if (p->state != was || !p->looked)
		tell_state(p, e, t);
	p->looked = true;
	update_vf(p, e, l, t);
	tell_vlans(p, e, l, t);
}

/* What nobody declared, and its driver makes a synthetic NIC. */
static void
meet(struct nicpairs *p, const struct linklook *l)
{
	const struct ifevent *e;
	struct nicpair *fresh;
	size_t i, k;

	for (i = 0; i < l->n_links && p->count < NICPAIR_MOST; i++) {
		e = &l->links[i];
		if (strcmp(e->bus, NICPAIR_VMBUS) != 0 ||
		    (e->has & IFHAS_MAC) == 0)
			continue;
		for (k = 0; k < p->count; k++)
			if (is_it(&p->pairs[k], e) ||
			    strcmp(p->pairs[k].declared, e->name) == 0)
				break;
		if (k < p->count)
			continue;
		fresh = &p->pairs[p->count];
		memset(fresh, 0, sizeof(*fresh));
		fresh->unit = (unsigned)p->count++;
		fresh->known = true;
		memcpy(fresh->mac, mac_of(e), sizeof(fresh->mac));
		memcpy(fresh->device, e->device, sizeof(fresh->device));
	}
}

void
nicpair_update(struct nicpairs *p, const struct linklook *l,
    void (*note)(void *ctx, const char *text), void *ctx)
{
	const struct teller t = { note, ctx };
	size_t i;

	meet(p, l);
	for (i = 0; i < p->count; i++)
		update(&p->pairs[i], l, &t);
}

/* --- asked --- */

const struct nicpair *
nicpair_of(const struct nicpairs *p, uint32_t index)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (index != 0 && p->pairs[i].index == index)
			return &p->pairs[i];
	return NULL;
}

const struct nicpair *
nicpair_of_vf(const struct nicpairs *p, uint32_t index)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (index != 0 && p->pairs[i].vf == index)
			return &p->pairs[i];
	return NULL;
}

int
nicpair_transparent(const struct nicpairs *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->pairs[i].state != NICPAIR_JOINED)
			return 0;
	return p->count > 0 ? 1 : -1;
}
