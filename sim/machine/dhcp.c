/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/dhcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/machine/dhclient.h"
#include "sim/machine/netpath.h"

struct dhcp *
dhcp_of(struct machine *m)
{
	if (m->dhcp == NULL) {
		m->dhcp = mem_zero(1, sizeof(*m->dhcp));
		TAILQ_INIT(&m->dhcp->leases);
		TAILQ_INIT(&m->dhcp->clients);
	}
	return m->dhcp;
}

void
dhcp_free(struct machine *m)
{
	struct dhcp_record *r;

	if (m->dhcp == NULL)
		return;
	dhclient_free_all(m);
	while ((r = TAILQ_FIRST(&m->dhcp->leases)) != NULL) {
		TAILQ_REMOVE(&m->dhcp->leases, r, entry);
		free(r);
	}
	free(m->dhcp);
	m->dhcp = NULL;
}

void
dhcp_set_mode(struct machine *m, enum dhcp_mode mode)
{
	dhcp_of(m)->mode = mode;
}

void
dhcp_set_offer(struct machine *m, const struct ipaddr *addr)
{
	dhcp_of(m)->offer = *addr;
}

/* --- the server --- */

bool
dhcp_address(struct machine *m, const struct ifnet *ifp, struct dhcp_lease *out)
{
	const struct ifnet *hn = netpath_nic(m, ifp);
	const struct ipaddr *offer = &dhcp_of(m)->offer;
	struct ipaddr a = { .family = 4, .prefix = 24, .bytes = { 10 } };

	if (hn == NULL)
		return false;
	a.bytes[1] = ifp->kind == KIND_VLAN ? (uint8_t)ifp->vlan.tag : 0;
	a.bytes[2] = (uint8_t)(2 + hn->unit);
	memset(out, 0, sizeof(*out));
	out->addr = out->router = a;
	out->addr.bytes[3] = 15;
	out->router.bytes[3] = 2;
	out->router.prefix = 32;
	out->until_ns = m->clock.now_ns + machine_delay(m, "dhcp.lease");
	if (offer->family != 0) {
		out->addr = *offer;
		if (!ipaddr_in_net(&out->router, offer)) {
			out->router = ipaddr_network(offer);
			out->router.bytes[3] |= 1;
			out->router.prefix = 32;
		}
	}
	return true;
}

struct message { /* on its way to the server and back */
	dhcp_answered *answer;
	int id;
	enum dhcp_kind kind;
	enum dhcp_answer reply;
	struct ipaddr wanted;
	struct dhcp_lease lease;
};

/* False: the server says nothing. */
static bool
serve(struct machine *m, const struct ifnet *ifp, struct message *msg)
{
	enum dhcp_mode mode = dhcp_of(m)->mode;

	if (mode == DHCP_SILENT || !dhcp_address(m, ifp, &msg->lease))
		return false;
	if (msg->kind == DHCP_DISCOVER)
		msg->reply = DHCP_OFFER;
	else if (mode == DHCP_NAKS ||
	    !ipaddr_same_host(&msg->wanted, &msg->lease.addr))
		msg->reply = DHCP_NAK;
	else
		msg->reply = DHCP_ACK;
	return true;
}

static int64_t
answer_step(struct machine *m, struct ktask *k)
{
	struct message *msg = k->owned;

	if (k->ifp->attached && netpath_frame_in(k->ifp, true) == PATH_OK)
		msg->answer(m, msg->id, msg->reply, &msg->lease);
	return KTASK_DONE;
}

void
dhcp_send(struct machine *m, struct ifnet *ifp, enum dhcp_kind kind,
    const struct ipaddr *wanted, dhcp_answered *answer, int id)
{
	struct message msg = {
		.answer = answer,
		.id = id,
		.kind = kind,
	};
	struct ktask *k;

	if (wanted != NULL)
		msg.wanted = *wanted;
	if (netpath_frame_out(ifp) != PATH_OK || !serve(m, ifp, &msg))
		return;
	k = ktask_start(m, answer_step, machine_delay(m, "dhcp.server"));
	k->ifp = ifp;
	k->owned = mem_copy(&msg, sizeof(msg));
}

/* --- the lease database --- */

static struct dhcp_record *
find(struct machine *m, const char *ifname)
{
	struct dhcp_record *r;

	TAILQ_FOREACH (r, &dhcp_of(m)->leases, entry)
		if (strcmp(r->ifname, ifname) == 0)
			return r;
	return NULL;
}

const struct dhcp_lease *
dhcp_recall(struct machine *m, const char *ifname)
{
	struct dhcp_record *r = find(m, ifname);

	return r != NULL && r->lease.until_ns > m->clock.now_ns ? &r->lease
								: NULL;
}

void
dhcp_remember(struct machine *m, const char *ifname,
    const struct dhcp_lease *lease)
{
	struct dhcp_record *r = find(m, ifname);

	if (r == NULL) {
		r = mem_zero(1, sizeof(*r));
		snprintf(r->ifname, sizeof(r->ifname), "%s", ifname);
		TAILQ_INSERT_TAIL(&dhcp_of(m)->leases, r, entry);
	}
	r->lease = *lease;
}
