/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/keeper_serve.h"

struct hearing {
	const struct keeper_orders *orders;
	void *ctx;
};

/* The line was cleaned when it was made; it may come from who never did. */
static void
take_line(const struct hearing *h, const struct runnerwire *m)
{
	char *line = mem_strn(m->texts[0].data, m->texts[0].bytes), *p;
	int64_t level = m->numbers[0];

	for (p = line; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	if (level >= LOG_LEVEL_ERROR && level <= LOG_LEVEL_DEBUG)
		h->orders->log(h->ctx, (enum log_level)level, line);
	free(line);
}

static void
take_command(const struct hearing *h, const struct runnerwire *m)
{
	char *text = mem_strn(m->texts[0].data, m->texts[0].bytes);
	char *stamp = mem_strn(m->texts[2].data, m->texts[2].bytes);
	const struct world_cause cause = { .raw = m->texts[1].data,
		.bytes = m->texts[1].bytes,
		.timestamp = stamp,
		.media = (int)m->numbers[1] };

	h->orders->start(h->ctx, (uint32_t)m->numbers[0], text, &cause);
	free(stamp);
	free(text);
}

static bool
take(void *ctx, const struct runnerwire *m)
{
	const struct hearing *h = ctx;

	switch (m->kind) {
	case RUNNERWIRE_START:
		take_command(h, m);
		return true;
	case RUNNERWIRE_CANCEL:
		h->orders->cancel(h->ctx, (uint32_t)m->numbers[0]);
		return true;
	case RUNNERWIRE_CANCEL_ALL:
		h->orders->cancel_all(h->ctx);
		return true;
	case RUNNERWIRE_LOG:
		take_line(h, m);
		return true;
	default:
		return false;
	}
}

bool
keeper_orders_hear(struct strbuf *got, const void *data, size_t bytes,
    const struct keeper_orders *orders, void *ctx)
{
	struct hearing h = { orders, ctx };

	return runnerwire_hear(got, data, bytes, RUNNERWIRE_ENGINE, take, &h);
}
