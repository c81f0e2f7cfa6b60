/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/pcapng.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_OLD_PACKET = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	ORDER_MAGIC = 0x1a2b3c4d,
	ORDER_SWAPPED = 0x4d3c2b1a,
	OPTION_NAME = 2,
	OPTION_RESOLUTION = 9,
	OPTION_OFFSET = 14,
	OPTION_IF_DROP = 5,
	OPTION_OS_DROP = 7,
	RESOLUTION_MICRO = 6, /* without the option */
};

void
pcapng_fini(struct pcapng *p)
{
	free(p->interfaces);
	memset(p, 0, sizeof(*p));
}

static uint16_t
get16(const struct pcapng *p, const uint8_t *from)
{
	uint16_t v;

	memcpy(&v, from, sizeof(v));
	return p->swapped ? __builtin_bswap16(v) : v;
}

static uint32_t
get32(const struct pcapng *p, const uint8_t *from)
{
	uint32_t v;

	memcpy(&v, from, sizeof(v));
	return p->swapped ? __builtin_bswap32(v) : v;
}

static uint64_t
get64(const struct pcapng *p, const uint8_t *from)
{
	uint64_t v;

	memcpy(&v, from, sizeof(v));
	return p->swapped ? __builtin_bswap64(v) : v;
}

/* Its type reads the same in both orders; the magic behind the length says
 * which one it is. */
static bool
section_order(const uint8_t *head, bool *swapped)
{
	uint32_t magic;

	memcpy(&magic, head + 8, sizeof(magic));
	*swapped = magic == ORDER_SWAPPED;
	return magic == ORDER_MAGIC || magic == ORDER_SWAPPED;
}

int
pcapng_length(const struct pcapng *p, const uint8_t head[PCAPNG_HEAD],
    uint32_t *bytes, struct err *e)
{
	struct pcapng as = { .swapped = p->swapped };
	uint32_t type;

	memcpy(&type, head, sizeof(type));
	if (type == BLOCK_SECTION) {
		if (!section_order(head, &as.swapped))
			return err_set(e, ERR_INPUT,
			    "a section whose byte order is neither: the file "
			    "is damaged");
	} else if (!p->open) {
		return err_set(e, ERR_INPUT, "does not begin with a section");
	}
	*bytes = get32(&as, head + 4);
	if (*bytes < PCAPNG_HEAD || *bytes % 4 != 0 ||
	    *bytes > PCAPNG_BLOCK_MAX)
		return err_set(e, ERR_INPUT,
		    "a block of %" PRIu32 " bytes: the file is damaged",
		    *bytes);
	return 0;
}

/* --- options --- */

struct options {
	const struct pcapng *p;
	const uint8_t *at, *end;
};

/* The next one; false at the end, and at what does not fit. */
static bool
next_option(struct options *o, unsigned *code, const uint8_t **value,
    size_t *bytes)
{
	size_t left = (size_t)(o->end - o->at), padded;

	if (left < 4)
		return false;
	*code = get16(o->p, o->at);
	*bytes = get16(o->p, o->at + 2);
	padded = (*bytes + 3) / 4 * 4;
	if (*code == 0 || padded > left - 4)
		return false;
	*value = o->at + 4;
	o->at += 4 + padded;
	return true;
}

static void
take_name(struct pcapng_interface *i, const uint8_t *value, size_t bytes)
{
	if (bytes >= sizeof(i->name))
		bytes = sizeof(i->name) - 1;
	memcpy(i->name, value, bytes);
	i->name[bytes] = '\0';
}

static int
take_interface(struct pcapng *p, const uint8_t *body, size_t bytes,
    struct err *e)
{
	struct options o = { p, body + 8, body + bytes };
	struct pcapng_interface *i;
	const uint8_t *value;
	unsigned code;
	size_t n;

	if (bytes < 8)
		return err_set(e, ERR_INPUT,
		    "an interface of %zu bytes: the file is damaged", bytes);
	if (p->n_interfaces == PCAPNG_INTERFACES)
		return err_set(e, ERR_INPUT,
		    "has more than %d interfaces: take some of them out with "
		    "editcap or a filter",
		    PCAPNG_INTERFACES);
	i = MEM_PUSH(p->interfaces, p->n_interfaces, p->cap_interfaces);
	i->linktype = get16(p, body);
	i->snap_bytes = get32(p, body + 4);
	i->resolution = RESOLUTION_MICRO;
	while (next_option(&o, &code, &value, &n)) {
		if (code == OPTION_NAME)
			take_name(i, value, n);
		else if (code == OPTION_RESOLUTION && n >= 1)
			i->resolution = value[0];
		else if (code == OPTION_OFFSET && n >= 8)
			i->offset_s = (int64_t)get64(p, value);
	}
	return 0;
}

static void
take_statistics(struct pcapng *p, const uint8_t *body, size_t bytes)
{
	struct options o = { p, body + 12, body + bytes };
	const uint8_t *value;
	uint64_t dropped = 0;
	unsigned code;
	size_t n, at;

	if (bytes < 12)
		return;
	at = p->section + get32(p, body);
	if (at >= p->n_interfaces)
		return;
	while (next_option(&o, &code, &value, &n))
		if ((code == OPTION_IF_DROP || code == OPTION_OS_DROP) &&
		    n >= 8)
			dropped += get64(p, value);
	p->interfaces[at].dropped = dropped;
}

/* --- packets --- */

/* A stamp in the interface's resolution as nanoseconds; false when it lies
 * beyond what fits. */
static bool
stamp_ns(const struct pcapng_interface *i, uint64_t stamp, int64_t *ns)
{
	unsigned digits = i->resolution & 0x7f, k;
	uint64_t seconds, rest, scale = 1;
	int64_t whole;

	if (i->resolution & 0x80) {
		if (digits > 63)
			return false;
		seconds = stamp >> digits;
		rest = stamp & ((UINT64_C(1) << digits) - 1);
		/* 2^-n: the highest 32 bits of the fraction are finer than
		 * a nanosecond. */
		if (digits > 32)
			rest >>= digits - 32;
		else
			rest <<= 32 - digits;
		rest = rest * (uint64_t)DUR_SEC >> 32;
	} else {
		if (digits > 19)
			return false;
		for (k = 0; k < digits; k++)
			scale *= 10;
		seconds = stamp / scale;
		rest = stamp % scale;
		for (k = digits; k < 9; k++)
			rest *= 10;
		for (k = digits; k > 9; k--)
			rest /= 10;
	}
	if (seconds > INT64_MAX / (uint64_t)DUR_SEC - 1 ||
	    i->offset_s > INT64_MAX / DUR_SEC ||
	    i->offset_s < -(INT64_MAX / DUR_SEC))
		return false;
	whole = (int64_t)seconds + i->offset_s;
	if (whole < 0 || whole > UINT32_MAX) /* as far as classic files go */
		return false;
	*ns = whole * DUR_SEC + (int64_t)rest;
	return true;
}

static int
take_packet(const struct pcapng *p, uint32_t type, const uint8_t *body,
    size_t bytes, struct pcapng_packet *out, struct err *e)
{
	const struct pcapng_interface *i;
	uint64_t stamp;
	uint32_t number;

	if (bytes < 20)
		return err_set(e, ERR_INPUT,
		    "a packet block of %zu bytes: the file is damaged", bytes);
	number = type == BLOCK_PACKET ? get32(p, body) : get16(p, body);
	if (number >= p->n_interfaces - p->section)
		return err_set(e, ERR_INPUT,
		    "a packet on interface %" PRIu32 ", which the file does "
		    "not describe: it is damaged",
		    number);
	out->interface = p->section + number;
	i = &p->interfaces[out->interface];
	stamp = (uint64_t)get32(p, body + 4) << 32 | get32(p, body + 8);
	if (!stamp_ns(i, stamp, &out->at_ns))
		return err_set(e, ERR_INPUT,
		    "a packet of a time beyond the calendar: the file is "
		    "damaged, or its if_tsresol is wrong");
	out->bytes = get32(p, body + 12);
	out->wire_bytes = get32(p, body + 16);
	if (out->bytes > bytes - 20)
		return err_set(e, ERR_INPUT,
		    "a packet of %" PRIu32 " bytes in a block that has room "
		    "for %zu: the file is damaged",
		    out->bytes, bytes - 20);
	out->data = body + 20;
	return 1;
}

int
pcapng_take(struct pcapng *p, const uint8_t *block, uint32_t bytes,
    struct pcapng_packet *out, struct err *e)
{
	const uint8_t *body = block + 8;
	size_t inside = bytes - PCAPNG_HEAD;
	uint32_t type;

	memcpy(&type, block, sizeof(type));
	if (type == BLOCK_SECTION) {
		section_order(block, &p->swapped);
		p->section = p->n_interfaces;
		p->open = true;
	}
	if (get32(p, block + bytes - 4) != bytes)
		return err_set(e, ERR_INPUT,
		    "a block's two lengths differ: the file is damaged");
	type = get32(p, block);
	switch (type) {
	case BLOCK_PACKET:
	case BLOCK_OLD_PACKET:
		return take_packet(p, type, body, inside, out, e);
	case BLOCK_INTERFACE:
		return take_interface(p, body, inside, e);
	case BLOCK_STATISTICS:
		take_statistics(p, body, inside);
		return 0;
	case BLOCK_SIMPLE:
		return err_set(e, ERR_INPUT,
		    "has packets without a time (simple packet blocks), so "
		    "nothing can be told of gaps: capture again with tcpdump "
		    "or dumpcap");
	default:
		return 0;
	}
}
