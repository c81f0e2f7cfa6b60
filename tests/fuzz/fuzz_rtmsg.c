/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes are FreeBSD's routing messages; the first says of which form. */
#include "fuzz.h"

#include <string.h>

#include "base/mem.h"
#include "world/bsdmsg.h"
#include "world/rtsock.h"

static void
look(const struct bsdmsg *m)
{
	FUZZ_HOLDS(m->kind <= BSDMSG_ROUTE);
	FUZZ_HOLDS(memchr(m->name, '\0', sizeof(m->name)) != NULL);
	FUZZ_HOLDS(m->link <= 2);
	FUZZ_HOLDS(
	    m->addr.family == 0 || m->addr.family == 4 || m->addr.family == 6);
	FUZZ_HOLDS(m->addr.prefix <= (m->addr.family == 4 ? 32 : 128));
	FUZZ_HOLDS(m->gateway.prefix <= (m->gateway.family == 4 ? 32 : 128));
	FUZZ_HOLDS(m->kind == BSDMSG_LINK || !m->has_mac);
}

static void
look_at_event(const struct ifevent *e)
{
	FUZZ_HOLDS(memchr(e->name, '\0', sizeof(e->name)) != NULL);
	FUZZ_HOLDS(e->kind == IFEVENT_OTHER || e->index != 0);
	FUZZ_HOLDS(e->kind != IFEVENT_ADDR || e->addr.family != 0);
	FUZZ_HOLDS(e->kind != IFEVENT_ROUTE || e->addr.family != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	enum bsdmsg_form form;
	struct ifevent e;
	struct bsdmsg m;
	size_t at, step;
	uint8_t *copy;

	if (bytes == 0)
		return 0;
	form = (data[0] & 1) != 0 ? BSDMSG_IFLISTL : BSDMSG_SOCKET;
	/* Of exactly this size: a read beyond it is seen. */
	copy = mem_copy(data + 1, bytes - 1);
	for (at = 0; at < bytes - 1; at += step) {
		step = bsdmsg_next(copy + at, bytes - 1 - at, form, &m);
		FUZZ_HOLDS(step <= bytes - 1 - at);
		if (step == 0)
			break;
		look(&m);
	}
	for (at = 0; at < bytes - 1; at += step) {
		step = rtsock_next(copy + at, bytes - 1 - at, &e);
		FUZZ_HOLDS(step <= bytes - 1 - at);
		if (step == 0)
			break;
		look_at_event(&e);
	}
	free(copy);
	return 0;
}
