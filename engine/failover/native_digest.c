/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/native_digest.h"

#include "failover/native_life.h"
#include "failover/native_parts.h"

void
operation_digest(const struct operation *op, struct digest *d)
{
	digest_number(d, op->kind);
	digest_text(d, op->ifname);
	digest_text(d, op->other);
	digest_bytes(d, &op->addr, sizeof(op->addr));
	digest_bytes(d, op->mac, sizeof(op->mac));
	digest_text(d, op->text);
	digest_number(d, (uint64_t)op->value);
	digest_text(d, op->program);
}

/* 0 and NATIVE_NEVER mean something of their own. */
static void
mark(int64_t at_ns, struct digest *d)
{
	digest_number(d, at_ns == 0);
	digest_due(d, at_ns);
}

static void
vf_digest(const struct vf_care *c, struct digest *d)
{
	digest_text(d, c->name);
	digest_number(d, c->index);
	digest_number(d,
	    (uint64_t)(c->seen_up << 0 | c->set_down << 1 | c->left_down << 2 |
		c->carried << 3 | c->replaced << 4));
	digest_due(d, c->theirs_ns);
	digest_due(d, c->all_down_ns);
	/* It only makes a wait short again. */
	if (c->carried && c->retry_ns != NATIVE_RETRY_FIRST)
		digest_since(d, c->since_ns, NATIVE_RETRY_LAST);
	digest_due(d, c->due_ns);
	digest_due(d,
	    c->idle_ns == NATIVE_NEVER ? NATIVE_NEVER
				       : c->idle_ns + c->grace_ns);
	digest_number(d, (uint64_t)c->grace_ns);
	digest_number(d, (uint64_t)c->retry_ns);
	mark(c->loose_ns, d);
	mark(c->stray_ns, d);
}

/* One that went well, and so long ago that another try is no repetition, is
 * as if it had never been. */
static void
hold_digest(const struct hold *h, struct digest *d)
{
	if (h->step_ns == 0 && d->now_ns - h->done_ns >= NATIVE_AT_ONCE)
		return;
	operation_digest(&h->op, d);
	digest_due(d, h->until_ns);
	digest_number(d, (uint64_t)h->step_ns);
	digest_since(d, h->done_ns, NATIVE_AT_ONCE);
	digest_number(d, h->repeats);
}

static void
config_digest(const struct config_care *c, struct digest *d)
{
	digest_bytes(d, c->stale, c->n_stale * sizeof(c->stale[0]));
	digest_number(d, c->n_stale);
	digest_bytes(d, c->former, c->n_former * sizeof(c->former[0]));
	digest_number(d, c->n_former);
	digest_bytes(d, &c->old_gateway, sizeof(c->old_gateway));
	digest_bytes(d, &c->old_gateway6, sizeof(c->old_gateway6));
	digest_bytes(d, &c->borrowed, sizeof(c->borrowed));
	digest_bytes(d, &c->learned, sizeof(c->learned));
	digest_bytes(d, &c->remade, sizeof(c->remade));
	digest_bytes(d, c->rerouted, c->n_rerouted * sizeof(c->rerouted[0]));
	digest_number(d, c->n_rerouted);
	digest_number(d,
	    (uint64_t)(c->drop_client << 0 | c->drop_rtadv << 1 |
		c->new_mtu << 2 | c->asked_route << 3));
	digest_due(d, c->client_ns);
	digest_number(d, (uint64_t)c->client_step_ns);
	mark(c->bare_ns, d);
	digest_number(d, (uint64_t)c->bare_step_ns);
	mark(c->route_ns, d);
	mark(c->rtsol_ns, d);
	mark(c->unrouted_ns, d);
	mark(c->odd_mtu_ns, d);
	digest_number(d, c->odd_mtu);
	digest_number(d, c->odd_tries);
	digest_number(d, c->solicited);
	d->blind = d->blind || c->n_vlans > 0;
}

void
native_pair_digest(const struct pair *p, struct digest *d)
{
	size_t i;

	digest_number(d, p->index);
	digest_number(d, (uint64_t)p->unit);
	digest_text(d, p->hn);
	digest_text(d, p->lagg);
	digest_text(d, p->descr);
	digest_bytes(d, p->mac, sizeof(p->mac));
	digest_number(d,
	    (uint64_t)(p->managed << 0 | p->has_joined << 1 | p->dirty << 2 |
		p->just_joined << 3));
	digest_number(d, p->told & TOLD_REFUSED);
	digest_number(d, p->caps);
	digest_number(d, p->lost);
	config_digest(&p->config, d);
	vf_digest(&p->vf, d);
	for (i = 0; i < p->n_holds; i++)
		hold_digest(&p->holds[i], d);
	digest_since(d, p->seen_ns, NATIVE_STALE);
	/* What only a person is to be told, later, is no reason. */
	digest_number(d, p->wake_ns <= d->now_ns);
}
