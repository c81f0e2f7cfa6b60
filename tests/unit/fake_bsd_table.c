/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_bsd_table.h"

#include <string.h>

#include "fake_bsd.h"
#include "le_bytes.h"

static void
add_sockaddr(struct strbuf *out, const struct ipaddr *a)
{
	uint8_t sa[32] = { 0 };

	if (a->family == 4) {
		sa[0] = 16;
		sa[1] = 2;
		memcpy(sa + 4, a->bytes, 4);
		strbuf_add(out, sa, 16);
		return;
	}
	sa[0] = 28;
	sa[1] = 28;
	memcpy(sa + 8, a->bytes, 16);
	strbuf_add(out, sa, 32);
}

static void
add_dl(struct strbuf *out, const struct fake_if *i)
{
	uint8_t sa[56] = { 54, 18 };
	size_t n = strlen(i->name);

	le_put16(sa + 2, i->index);
	sa[4] = i->type;
	sa[5] = (uint8_t)n;
	sa[6] = i->type == 0x18 ? 0 : 6;
	memcpy(sa + 8, i->name, n);
	memcpy(sa + 8 + n, i->mac, sa[6]);
	strbuf_add(out, sa, sizeof(sa));
}

static void
finish(struct strbuf *out, size_t start)
{
	le_put16((uint8_t *)out->data + start, (unsigned)(out->bytes - start));
}

static void
add_link(struct strbuf *out, const struct fake_if *i)
{
	uint8_t m[176] = { 0, 0, 5, 14, 0x10 };
	size_t start = out->bytes;

	le_put32(m + 8, i->flags);
	le_put16(m + 12, i->index);
	le_put16(m + 16, 176);
	le_put16(m + 18, 24);
	m[24] = i->type;
	m[28] = i->link;
	le_put32(m + 32, i->mtu);
	strbuf_add(out, m, sizeof(m));
	add_dl(out, i);
	finish(out, start);
}

static struct ipaddr
mask_of(const struct ipaddr *a)
{
	struct ipaddr mask = { .family = a->family };
	size_t k;

	for (k = 0; k < a->prefix; k++)
		mask.bytes[k / 8] |= (uint8_t)(0x80 >> (k % 8));
	return mask;
}

static void
add_addr(struct strbuf *out, const struct fake_if *i, const struct ipaddr *a)
{
	uint8_t m[176] = { 0, 0, 5, 12, 0x24 };
	const struct ipaddr mask = mask_of(a);
	size_t start = out->bytes;

	le_put16(m + 12, i->index);
	le_put16(m + 16, 176);
	le_put16(m + 18, 24);
	strbuf_add(out, m, sizeof(m));
	add_sockaddr(out, &mask);
	add_sockaddr(out, a);
	finish(out, start);
}

/* To the network of an address, with gateway NULL on the link. */
static void
add_route(struct strbuf *out, const struct fake_if *i, const struct ipaddr *a,
    const struct ipaddr *gateway)
{
	uint8_t m[152] = { 0, 0, 5, 4 };
	const struct ipaddr net = ipaddr_network(a), mask = mask_of(a);
	size_t start = out->bytes;

	if (i == NULL || a->family == 0)
		return;
	le_put16(m + 4, i->index);
	le_put32(m + 8, gateway != NULL ? 0x803 : 0x1);
	le_put32(m + 12, 0x17);
	strbuf_add(out, m, sizeof(m));
	add_sockaddr(out, &net);
	gateway != NULL ? add_sockaddr(out, gateway) : add_dl(out, i);
	add_sockaddr(out, &mask);
	add_dl(out, i);
	finish(out, start);
}

static void
add_routes(struct fake_bsd *f, struct strbuf *out, bool is6)
{
	const struct ipaddr *gateway = is6 ? &f->gateway6 : &f->gateway;
	const struct ipaddr any = { .family = gateway->family };
	const struct fake_if *i;
	size_t k;

	add_route(out,
	    fake_bsd_by_index(f, is6 ? f->gateway6_if : f->gateway_if), &any,
	    gateway);
	if (!is6 && f->gateway_too.family != 0)
		add_route(out, fake_bsd_by_index(f, f->gateway_if), &any,
		    &f->gateway_too);
	for (i = f->ifs; i < f->ifs + FAKE_IFS; i++)
		for (k = 0; i->there && k < i->n_addrs; k++)
			if (i->addrs[k].family == (is6 ? 6 : 4) &&
			    !ipaddr_equal(&i->addrs[k], &i->unrouted))
				add_route(out, i, &i->addrs[k], NULL);
}

int
fake_bsd_table(void *ctx, enum bsdkernel_table what, struct strbuf *out)
{
	struct fake_bsd *f = ctx;
	size_t i, k;

	if (f->blind)
		return 12;
	if (what != BSDKERNEL_INTERFACES)
		add_routes(f, out, what == BSDKERNEL_ROUTES6);
	for (i = 0; what == BSDKERNEL_INTERFACES && i < FAKE_IFS; i++) {
		if (!f->ifs[i].there)
			continue;
		add_link(out, &f->ifs[i]);
		for (k = 0; k < f->ifs[i].n_addrs; k++)
			add_addr(out, &f->ifs[i], &f->ifs[i].addrs[k]);
	}
	return 0;
}
