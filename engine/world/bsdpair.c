/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdpair.h"

#include <stdio.h>
#include <string.h>

bool
bsdpair_fits(const char *glob, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name != '\0') {
		if (*glob == '*') {
			star = ++glob;
			retry = name;
		} else if (*glob == '?' || *glob == *name) {
			glob++;
			name++;
		} else if (star != NULL) {
			glob = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

static struct snap_if *
find(struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_ifs; i++)
		if (strcmp(s->ifs[i].name, name) == 0)
			return &s->ifs[i];
	return NULL;
}

static bool
is_declared(const struct bsdpairs *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (strcmp(p->pairs[i].synth, name) == 0)
			return true;
	return false;
}

/* A loopback or a tunnel has no MAC, and is no port of a lagg. */
static bool
has_mac(const struct snap_if *i)
{
	static const uint8_t none[6];

	return memcmp(i->mac, none, sizeof(none)) != 0;
}

static bool
may_be_vf(const struct bsdpairs *p, const struct bsdpair *pair,
    const struct snap_if *i, const struct snap_if *synth)
{
	if (i->class != IF_OTHER || i->paired == PAIRED_JOINED ||
	    is_declared(p, i->name))
		return false;
	return pair->fits[0] != '\0'
	    ? has_mac(i) && bsdpair_fits(pair->fits, i->name)
	    : i->parent[0] != '\0' && memcmp(i->mac, synth->mac, 6) == 0;
}

/* The first one that fits and is no other stand-in's; one on a bus before one
 * that is made by software. */
static struct snap_if *
find_vf(const struct bsdpairs *p, size_t n, struct snapshot *s,
    const struct snap_if *synth)
{
	struct snap_if *made = NULL, *i;
	size_t k;

	for (k = 0; k < s->n_ifs; k++) {
		i = &s->ifs[k];
		if (!may_be_vf(p, &p->pairs[n], i, synth))
			continue;
		if (i->parent[0] != '\0')
			return i;
		if (made == NULL)
			made = i;
	}
	return made;
}

/* Why it is none now; NULL: it is one. */
static const char *
why_not(const struct snap_if *synth)
{
	if (synth == NULL)
		return "is not there";
	if (synth->class == IF_HN || synth->paired == PAIRED_JOINED)
		return "is one of hn(4), which itself says what its VF is: it "
		       "is no stand-in";
	return synth->class != IF_OTHER ? "is no NIC" : NULL;
}

static void
tell(struct bsdpair *pair, const struct snap_if *synth, const char *vf,
    void (*note)(void *ctx, const char *text), void *ctx)
{
	const char *why = why_not(synth);
	char text[160];

	if (pair->looked && pair->there == (why == NULL) &&
	    strcmp(pair->vf, vf) == 0)
		return;
	pair->looked = true;
	if (why != NULL)
		snprintf(text, sizeof(text),
		    "stand-in: %s, declared to be a synthetic NIC, %s",
		    pair->synth, why);
	else if (*vf == '\0')
		snprintf(text, sizeof(text),
		    "stand-in: %s is taken for a synthetic NIC; it has no VF "
		    "now",
		    pair->synth);
	else
		snprintf(text, sizeof(text),
		    "stand-in: %s is taken for a synthetic NIC, %s for its VF",
		    pair->synth, vf);
	if (note != NULL)
		note(ctx, text);
	pair->there = why == NULL;
	snprintf(pair->vf, sizeof(pair->vf), "%s", vf);
}

/* The driver of hn(4), which GENERIC has, says how it would treat its own,
 * also where there is none: a stand-in is none of them. Those that it joins
 * with their VFs by itself are not to be managed. */
static void
set_transparent_ones_apart(struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->n_ifs && s->vf_transparent > 0; i++)
		if (s->ifs[i].class == IF_HN) {
			s->ifs[i].class = IF_OTHER;
			s->ifs[i].paired = PAIRED_JOINED;
		}
	s->vf_transparent = 0;
}

void
bsdpair_show(struct bsdpairs *p, struct snapshot *s,
    void (*note)(void *ctx, const char *text), void *ctx)
{
	struct snap_if *synth, *vf;
	size_t n;

	if (p->count > 0)
		set_transparent_ones_apart(s);
	for (n = 0; n < p->count; n++) {
		synth = find(s, p->pairs[n].synth);
		vf = why_not(synth) == NULL ? find_vf(p, n, s, synth) : NULL;
		tell(&p->pairs[n], synth, vf != NULL ? vf->name : "", note,
		    ctx);
		if (why_not(synth) != NULL)
			continue;
		synth->class = IF_HN;
		synth->unit = (int)n;
		synth->paired = PAIRED_AS_DECLARED;
		if (vf == NULL)
			continue;
		memcpy(synth->vf, vf->name, sizeof(synth->vf));
		synth->rxvf = vf->up && vf->running;
		memcpy(vf->mac, synth->mac, sizeof(vf->mac));
		if (vf->parent[0] == '\0')
			memcpy(vf->parent, BSDPAIR_NO_BUS,
			    sizeof(BSDPAIR_NO_BUS));
	}
}

const struct bsdpair *
bsdpair_of_vf(const struct bsdpairs *p, const char *vf)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->pairs[i].vf[0] != '\0' &&
		    strcmp(p->pairs[i].vf, vf) == 0)
			return &p->pairs[i];
	return NULL;
}
