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

/* The first one that fits and is no other stand-in's. */
static struct snap_if *
find_vf(const struct bsdpairs *p, size_t n, struct snapshot *s,
    const struct snap_if *synth)
{
	const struct bsdpair *pair = &p->pairs[n];
	struct snap_if *i;
	size_t k;

	for (k = 0; k < s->n_ifs; k++) {
		i = &s->ifs[k];
		if (i->class != IF_OTHER || i->parent[0] == '\0' ||
		    is_declared(p, i->name))
			continue;
		if (pair->fits[0] != '\0' ? bsdpair_fits(pair->fits, i->name)
					  : memcmp(i->mac, synth->mac, 6) == 0)
			return i;
	}
	return NULL;
}

static void
tell(struct bsdpair *pair, bool there, const char *vf,
    void (*note)(void *ctx, const char *text), void *ctx)
{
	char text[160];

	if (pair->looked && pair->there == there && strcmp(pair->vf, vf) == 0)
		return;
	pair->looked = true;
	if (!there)
		snprintf(text, sizeof(text),
		    "stand-in: %s, declared to be a synthetic NIC, is not "
		    "there",
		    pair->synth);
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
	pair->there = there;
	snprintf(pair->vf, sizeof(pair->vf), "%s", vf);
}

void
bsdpair_show(struct bsdpairs *p, struct snapshot *s,
    void (*note)(void *ctx, const char *text), void *ctx)
{
	struct snap_if *synth, *vf;
	size_t n;

	/* There is no hn(4) that could be transparent. */
	if (p->count > 0 && s->vf_transparent < 0)
		s->vf_transparent = 0;
	for (n = 0; n < p->count; n++) {
		synth = find(s, p->pairs[n].synth);
		if (synth == NULL || synth->class != IF_OTHER) {
			tell(&p->pairs[n], false, "", note, ctx);
			continue;
		}
		vf = find_vf(p, n, s, synth);
		tell(&p->pairs[n], true, vf != NULL ? vf->name : "", note, ctx);
		synth->class = IF_HN;
		synth->unit = (int)n;
		synth->paired = PAIRED_AS_DECLARED;
		if (vf == NULL)
			continue;
		memcpy(synth->vf, vf->name, sizeof(synth->vf));
		synth->rxvf = vf->up && vf->running;
		memcpy(vf->mac, synth->mac, sizeof(vf->mac));
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
