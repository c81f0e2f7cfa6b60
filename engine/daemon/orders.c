/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/orders.h"

#include <string.h>

#include "base/suggest.h"

static int
tell_status(const struct orders *o, struct strbuf *out, struct err *err)
{
	struct status s = { 0 };

	(void)err;
	o->status(o->ctx, &s);
	status_row(&s, out);
	return 0;
}

static int
tell_metrics(const struct orders *o, struct strbuf *out, struct err *err)
{
	struct status s = { 0 };

	(void)err;
	o->status(o->ctx, &s);
	status_metrics(&s, out);
	return 0;
}

static int
reload(const struct orders *o, struct strbuf *out, struct err *err)
{
	return o->reload(o->ctx, out, err);
}

static int
dump(const struct orders *o, struct strbuf *out, struct err *err)
{
	return o->dump(o->ctx, out, err);
}

static int
state(const struct orders *o, struct strbuf *out, struct err *err)
{
	return o->state(o->ctx, out, err);
}

static int
pairs(const struct orders *o, struct strbuf *out, struct err *err)
{
	return o->pairs(o->ctx, out, err);
}

static int help(const struct orders *o, struct strbuf *out, struct err *err);

static const struct {
	const char *words; /* one or two */
	const char *what;
	int (*run)(const struct orders *o, struct strbuf *out, struct err *err);
} known[] = {
	{ "status", "the daemon's state and counts", tell_status },
	{ "metrics", "the same for Prometheus", tell_metrics },
	{ "state", "the interfaces as they were last seen", state },
	{ "pairs", "who is whose VF, and the fail-overs", pairs },
	{ "reload", "reads the rules again", reload },
	{ "recorder dump", "writes the flight recorder into its store", dump },
	{ "help", "this list", help },
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

static int
help(const struct orders *o, struct strbuf *out, struct err *err)
{
	size_t i;

	(void)o;
	(void)err;
	for (i = 0; i < KNOWN; i++)
		strbuf_addf(out, "%-14s %s\n", known[i].words, known[i].what);
	return 0;
}

static int
refuse(const char *order, struct err *err)
{
	const char *names[KNOWN], *near;
	size_t i;

	for (i = 0; i < KNOWN; i++)
		names[i] = known[i].words;
	near = suggest(order, names, KNOWN);
	if (near != NULL)
		return err_set(err, ERR_INPUT,
		    "there is no order \"%s\": did you mean \"%s\"?", order,
		    near);
	return err_set(err, ERR_INPUT,
	    "there is no order \"%s\": \"help\" lists them", order);
}

int
orders_take(void *ctx, size_t count, char *const *words, struct strbuf *out,
    struct err *err)
{
	struct strbuf order = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; i < count; i++)
		strbuf_addf(&order, "%s%s", i > 0 ? " " : "", words[i]);
	for (i = 0; i < KNOWN; i++)
		if (strcmp(known[i].words, strbuf_str(&order)) == 0)
			break;
	if (i < KNOWN)
		rc = known[i].run(ctx, out, err);
	else
		rc = refuse(strbuf_str(&order), err);
	strbuf_fini(&order);
	return rc;
}
