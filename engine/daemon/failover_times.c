/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/failover_times.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"

const int64_t failover_buckets[FAILOVER_BUCKETS] = {
	10 * DUR_MS,
	50 * DUR_MS,
	100 * DUR_MS,
	250 * DUR_MS,
	500 * DUR_MS,
	DUR_SEC,
	2500 * DUR_MS,
	5 * DUR_SEC,
	10 * DUR_SEC,
};

enum carrier { CARRIES_NOBODY, CARRIES_SYNTHETIC, CARRIES_VF };

struct state { /* of a pair, as a look finds it */
	enum carrier carrier, wanted;
};

struct care { /* of one synthetic NIC */
	int unit;
	char nic[IFNAME_MAX], lagg[IFNAME_MAX], vf[IFNAME_MAX];
	size_t at_lagg, at_vf;	    /* where they were in the last look */
	struct state rested, found; /* at the last rest; at the last look */
	bool known;		    /* there was a rest */
	bool open;
	/* of what is open; each 0 until it is */
	int64_t read_ns, decided_ns, applied_ns;
	uint64_t operations, failed;
	struct failover last;
	bool has_last;
};

struct failover_times {
	struct care *cares; /* owned */
	size_t n_cares, cap_cares;
	bool caused;
	int64_t cause_ns;
	struct failover_totals totals;
};

struct failover_times *
failover_times_new(void)
{
	return mem_zero(1, sizeof(struct failover_times));
}

void
failover_times_free(struct failover_times *t)
{
	if (t == NULL)
		return;
	free(t->cares);
	free(t);
}

void
failover_times_cause(struct failover_times *t, int64_t now_ns)
{
	if (!t->caused)
		t->cause_ns = now_ns;
	t->caused = true;
}

/* --- looking --- */

/* They are mostly in the order of the snapshot. */
static struct care *
care_of(struct failover_times *t, int unit, size_t guess)
{
	struct care *c;
	size_t i;

	if (guess < t->n_cares && t->cares[guess].unit == unit)
		return &t->cares[guess];
	for (i = 0; i < t->n_cares; i++)
		if (t->cares[i].unit == unit)
			return &t->cares[i];
	c = MEM_PUSH(t->cares, t->n_cares, t->cap_cares);
	memset(c, 0, sizeof(*c));
	c->unit = unit;
	return c;
}

static const struct snap_if *
find(const struct snapshot *s, const char *name, size_t *at)
{
	const struct snap_if *i;

	if (*name == '\0')
		return NULL;
	if (*at < s->n_ifs && strcmp(s->ifs[*at].name, name) == 0)
		return &s->ifs[*at];
	i = snapshot_find(s, name);
	if (i != NULL)
		*at = (size_t)(i - s->ifs);
	return i;
}

static enum carrier
carrier_of(const struct care *c, const struct snap_if *lagg)
{
	size_t i;

	for (i = 0; lagg != NULL && i < lagg->n_ports; i++) {
		if (!lagg->ports[i].active)
			continue;
		if (strcmp(lagg->ports[i].name, c->nic) == 0)
			return CARRIES_SYNTHETIC;
		if (strcmp(lagg->ports[i].name, c->vf) == 0)
			return CARRIES_VF;
	}
	return CARRIES_NOBODY;
}

static void
open_care(struct failover_times *t, struct care *c, int64_t now_ns)
{
	if (c->open)
		return;
	c->open = true;
	c->read_ns = t->caused ? t->cause_ns : now_ns;
	c->decided_ns = c->applied_ns = 0;
	c->operations = c->failed = 0;
}

static void
look_at(struct failover_times *t, struct care *c, const struct snapshot *s,
    const struct snap_if *hn, int64_t now_ns)
{
	const struct snap_if *lagg, *vf;

	memcpy(c->nic, hn->name, sizeof(c->nic));
	/* A stand-in leaves its aggregate for a moment. */
	if (hn->lagg[0] != '\0')
		memcpy(c->lagg, hn->lagg, sizeof(c->lagg));
	if (hn->vf[0] != '\0')
		memcpy(c->vf, hn->vf, sizeof(c->vf));
	vf = find(s, hn->vf, &c->at_vf);
	lagg = find(s, c->lagg, &c->at_lagg);
	c->found.carrier = carrier_of(c, lagg);
	c->found.wanted = vf != NULL ? CARRIES_VF : CARRIES_SYNTHETIC;
	if (c->known &&
	    (c->found.carrier != c->rested.carrier ||
		c->found.wanted != c->rested.wanted))
		open_care(t, c, now_ns);
}

void
failover_times_look(struct failover_times *t, int64_t now_ns,
    const struct snapshot *s)
{
	size_t i, k = 0;

	for (i = 0; i < s->n_ifs; i++)
		if (s->ifs[i].class == IF_HN) {
			look_at(t, care_of(t, s->ifs[i].unit, k), s, &s->ifs[i],
			    now_ns);
			k++;
		}
}

/* --- doing --- */

static bool
concerns(const struct care *c, const char *name)
{
	return *name != '\0' &&
	    (strcmp(c->nic, name) == 0 || strcmp(c->lagg, name) == 0 ||
		strcmp(c->vf, name) == 0);
}

static struct care *
care_of_operation(struct failover_times *t, const struct operation *op)
{
	size_t i;

	for (i = 0; i < t->n_cares; i++)
		if (concerns(&t->cares[i], op->ifname) ||
		    concerns(&t->cares[i], op->other))
			return &t->cares[i];
	return NULL;
}

void
failover_times_asked(struct failover_times *t, int64_t now_ns,
    const struct operation *op)
{
	struct care *c = care_of_operation(t, op);

	if (c == NULL)
		return;
	open_care(t, c, now_ns);
	if (c->operations++ == 0)
		c->decided_ns = now_ns;
}

void
failover_times_answered(struct failover_times *t, int64_t now_ns,
    const struct operation *op, int result)
{
	struct care *c = care_of_operation(t, op);

	t->totals.operations++;
	t->totals.failed += result != 0;
	if (c == NULL || !c->open)
		return;
	c->applied_ns = now_ns;
	c->failed += result != 0;
}

/* --- resting --- */

static void
add_to(struct failover_sums *sums, const struct failover *f)
{
	size_t i;

	sums->count++;
	sums->total_ns += f->total_ns;
	for (i = 0; i < FAILOVER_PHASES; i++)
		sums->phase_ns[i] += f->phase_ns[i];
	for (i = 0; i < FAILOVER_BUCKETS; i++)
		if (f->total_ns <= failover_buckets[i])
			break;
	sums->buckets[i]++;
}

static void
settle(struct failover_times *t, struct care *c, int64_t now_ns)
{
	struct failover *f = &c->last;
	bool to_vf = c->found.carrier == CARRIES_VF;
	int64_t decided_ns = c->decided_ns, applied_ns = c->applied_ns;

	if (c->operations == 0)
		decided_ns = applied_ns = c->read_ns;
	memset(f, 0, sizeof(*f));
	f->way = to_vf ? FAILOVER_TO_VF : FAILOVER_TO_SYNTHETIC;
	memcpy(f->nic, c->nic, sizeof(f->nic));
	memcpy(f->port, to_vf ? c->vf : c->nic, sizeof(f->port));
	f->settled_ns = now_ns;
	f->total_ns = now_ns - c->read_ns;
	f->phase_ns[FAILOVER_DECIDE] = decided_ns - c->read_ns;
	f->phase_ns[FAILOVER_APPLY] = applied_ns - decided_ns;
	f->phase_ns[FAILOVER_SETTLE] = now_ns - applied_ns;
	f->operations = c->operations;
	f->failed = c->failed;
	c->has_last = true;
	add_to(&t->totals.ways[f->way], f);
	t->totals.last = *f;
}

/* True when a fail-over has ended. While a VF is there that does not carry
 * yet, what is open stays so. */
static bool
rest(struct failover_times *t, struct care *c, int64_t now_ns)
{
	bool moved = c->found.carrier != c->rested.carrier;
	bool counts = c->open && moved && c->rested.carrier != CARRIES_NOBODY &&
	    c->found.carrier != CARRIES_NOBODY;

	/* Between two ports that carry there may be a look at none. */
	if (c->known && c->found.carrier == CARRIES_NOBODY &&
	    c->rested.carrier != CARRIES_NOBODY)
		return false;
	if (counts)
		settle(t, c, now_ns);
	c->rested.wanted = c->found.wanted;
	if (!c->known || moved || c->found.carrier == c->found.wanted)
		c->open = false;
	c->rested.carrier = c->found.carrier;
	c->known = true;
	return counts;
}

bool
failover_times_rest(struct failover_times *t, int64_t now_ns)
{
	bool ended = false;
	size_t i;

	t->caused = false;
	for (i = 0; i < t->n_cares; i++)
		if (rest(t, &t->cares[i], now_ns))
			ended = true;
	return ended;
}

/* --- telling --- */

const struct failover_totals *
failover_times_totals(const struct failover_times *t)
{
	return &t->totals;
}

static const struct care *
find_care(const struct failover_times *t, int unit)
{
	size_t i;

	for (i = 0; i < t->n_cares; i++)
		if (t->cares[i].unit == unit)
			return &t->cares[i];
	return NULL;
}

const struct failover *
failover_times_of(const struct failover_times *t, int unit)
{
	const struct care *c = find_care(t, unit);

	return c != NULL && c->has_last ? &c->last : NULL;
}

int64_t
failover_times_open(const struct failover_times *t, int unit)
{
	const struct care *c = find_care(t, unit);

	return c != NULL && c->open ? c->read_ns : 0;
}
