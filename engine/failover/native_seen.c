/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/native_seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
seen_fini(struct seen *z)
{
	free(z->rows);
	free(z->next);
}

static bool
same_system(const struct seen *z, const struct snapshot *s)
{
	return z->failover_rx_all == s->failover_rx_all &&
	    ipaddr_equal(&z->gateway, &s->default_gateway) &&
	    ipaddr_equal(&z->gateway6, &s->default_gateway6) &&
	    strcmp(z->default_if, s->default_if) == 0 &&
	    strcmp(z->default_if6, s->default_if6) == 0;
}

static void
keep_system(struct seen *z, const struct snapshot *s)
{
	z->failover_rx_all = s->failover_rx_all;
	z->gateway = s->default_gateway;
	z->gateway6 = s->default_gateway6;
	memcpy(z->default_if, s->default_if, sizeof(z->default_if));
	memcpy(z->default_if6, s->default_if6, sizeof(z->default_if6));
}

static struct seen_row *
add_row(struct seen *z, const struct snap_if *i)
{
	struct seen_row *row = MEM_PUSH(z->next, z->n_next, z->cap_next);

	row->version = i->version;
	row->index = i->index;
	row->class = i->class;
	row->owner = SEEN_NOBODY;
	z->has_vlans = z->has_vlans || i->class == IF_VLAN;
	return row;
}

static void
begin_rows(struct seen *z)
{
	z->n_next = 0;
	z->has_vlans = false;
}

static void
swap_rows(struct seen *z)
{
	struct seen_row *rows = z->rows;
	size_t cap = z->cap_rows;

	z->rows = z->next;
	z->n_rows = z->n_next;
	z->cap_rows = z->cap_next;
	z->next = rows;
	z->cap_next = cap;
}

static void
keep_rows(struct seen *z, const struct snapshot *s)
{
	size_t i;

	begin_rows(z);
	for (i = 0; i < s->n_ifs; i++)
		add_row(z, &s->ifs[i]);
	swap_rows(z);
}

/* A NIC that is nobody's yet concerns a pair when its hn lists it, and then
 * that hn has changed. A lagg or vlan may become anybody's. */
static bool
mark(const struct seen_row *row, struct pair *pairs)
{
	if (row->owner != SEEN_NOBODY)
		pairs[row->owner].dirty = true;
	return row->owner != SEEN_NOBODY || row->class == IF_OTHER;
}

/* The same interfaces as before, at the same places? */
static bool
compare_rows(struct seen *z, const struct snapshot *s, struct pair *pairs,
    bool *all)
{
	const struct snap_if *i = s->ifs;
	struct seen_row *row = z->rows, *end = z->rows + z->n_rows;

	if (z->n_rows != s->n_ifs)
		return false;
	for (; row < end; row++, i++) {
		if (row->version == i->version && i->version != 0)
			continue;
		if (row->index != i->index || row->class != i->class)
			return false;
		row->version = i->version;
		if (!mark(row, pairs))
			*all = true;
	}
	return true;
}

static void
move(const struct seen_row *row, struct pair *pairs, size_t at)
{
	struct pair *p;

	if (row->owner == SEEN_NOBODY)
		return;
	p = &pairs[row->owner];
	if (row->class == IF_HN)
		p->at_hn = at;
	else if (row->class == IF_LAGG)
		p->at_lagg = at;
	else
		p->at_vf = at;
}

/* Some have come or gone: both lists are in the order of their indexes. False
 * when it takes more than that to say who is who. */
static bool
merge_rows(struct seen *z, const struct snapshot *s, struct pair *pairs)
{
	const struct seen_row *old = z->rows, *end = z->rows + z->n_rows;
	const struct snap_if *i = s->ifs, *last = s->ifs + s->n_ifs;
	struct seen_row *row;

	begin_rows(z);
	while (i < last || old < end) {
		if (i < last && old < end && old->index == i->index &&
		    old->class == i->class) {
			row = add_row(z, i);
			row->owner = old->owner;
			move(row, pairs, z->n_next - 1);
			if ((i->version == 0 || i->version != old->version) &&
			    !mark(row, pairs))
				return false;
			i++;
			old++;
		} else if (old < end && (i == last || old->index < i->index)) {
			if (old->class == IF_HN || !mark(old, pairs))
				return false;
			old++;
		} else {
			if (i->class != IF_OTHER)
				return false;
			add_row(z, i++);
		}
		if (i < last && i > s->ifs && i->index <= (i - 1)->index)
			return false;
	}
	swap_rows(z);
	return true;
}

bool
seen_update(struct seen *z, const struct snapshot *s, struct pair *pairs)
{
	bool all = !same_system(z, s);

	if (!all && z->rows != NULL &&
	    (compare_rows(z, s, pairs, &all) || merge_rows(z, s, pairs)) &&
	    !all)
		return true;
	keep_system(z, s);
	keep_rows(z, s);
	return false;
}

void
seen_own(struct seen *z, size_t at, size_t pair)
{
	z->rows[at].owner = pair;
}
