/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
snapshot_fini(struct snapshot *s)
{
	free(s->ifs);
	memset(s, 0, sizeof(*s));
}

void
snapshot_reset(struct snapshot *s)
{
	struct snap_if *ifs = s->ifs;
	size_t cap = s->cap_ifs;
	size_t filled = s->n_ifs > s->n_filled ? s->n_ifs : s->n_filled;

	memset(s, 0, sizeof(*s));
	s->ifs = ifs;
	s->cap_ifs = cap;
	s->n_filled = filled;
	s->vf_transparent = -1;
	s->failover_rx_all = -1;
}

struct snap_if *
snapshot_add(struct snapshot *s)
{
	return MEM_PUSH(s->ifs, s->n_ifs, s->cap_ifs);
}

bool
snapshot_keep(struct snapshot *s, uint64_t version)
{
	if (version == 0 || s->n_ifs >= s->n_filled ||
	    s->ifs[s->n_ifs].version != version)
		return false;
	s->n_ifs++;
	return true;
}

const struct snap_if *
snapshot_find(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_ifs; i++)
		if (strcmp(s->ifs[i].name, name) == 0)
			return &s->ifs[i];
	return NULL;
}

const struct snap_port *
snap_port_find(const struct snap_if *lagg, const char *port)
{
	size_t i;

	for (i = 0; i < lagg->n_ports; i++)
		if (strcmp(lagg->ports[i].name, port) == 0)
			return &lagg->ports[i];
	return NULL;
}

bool
snap_if_has_addr(const struct snap_if *i, const struct ipaddr *a)
{
	return ipaddr_is_among(i->addrs, i->n_addrs, a);
}
