/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/ends.h"

#include "sim/machine/dhclient.h"
#include "sim/machine/ifnet.h"
#include "sim/machine/inet.h"
#include "sim/machine/lagg.h"

static void
feed_name(struct digest *d, const struct ifnet *ifp)
{
	digest_text(d, ifp == NULL ? NULL : ifp->name);
}

static void
feed_route(struct digest *d, const struct route *r)
{
	feed_name(d, r == NULL ? NULL : r->ifp);
	if (r != NULL)
		digest_bytes(d, r->gateway.bytes, sizeof(r->gateway.bytes));
}

static void
feed(struct digest *d, const struct ifnet *ifp)
{
	size_t i;

	digest_text(d, ifp->name);
	digest_number(d,
	    (uint64_t)ifp->kind << 32 | (uint64_t)ifp->link << 8 |
		(uint64_t)ifp->up << 2 | (uint64_t)ifp->running << 1 |
		(uint64_t)dhclient_runs(ifp->m, ifp->name));
	digest_number(d, ifp->mtu);
	feed_name(d, ifp->member_of);
	if (ifp->kind == KIND_LAGG)
		feed_name(d, lagg_active(ifp));
	if (ifp->kind == KIND_HN)
		feed_name(d, ifp->hn.vf);
	for (i = 0; i < ifp->n_addrs; i++) {
		if (ifp->addrs[i].family == 6 && ifp->addrs[i].bytes[0] == 0xfe)
			continue; /* drawn by chance */
		digest_number(d, ifp->addrs[i].prefix);
		digest_bytes(d, ifp->addrs[i].bytes,
		    sizeof(ifp->addrs[i].bytes));
	}
}

void
end_digest(const struct machine *m, struct digest *d)
{
	struct digest one;
	const struct ifnet *ifp;

	digest_begin(d, 0);
	digest_number(d, m->panicked);
	TAILQ_FOREACH (ifp, &m->ifs, entry) {
		digest_begin(&one, 0);
		feed(&one, ifp);
		digest_one_of(d, &one);
	}
	feed_route(d, inet_default(m));
	feed_route(d, inet_default6(m));
}
