/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "sim/search/watch_parts.h"

struct violation *
watch_broken(struct watch *w, enum invariant i, const char *fmt, ...)
{
	struct violation *v;
	va_list ap;

	if ((w->broken & 1u << i) != 0 || !invariant_holds_under(i, w->policy))
		return NULL;
	w->broken |= 1u << i;
	v = &w->found[w->n_found++];
	memset(v, 0, sizeof(*v));
	v->broken = i;
	v->at_ns = simwalk_now(w->walk);
	va_start(ap, fmt);
	vsnprintf(v->what, sizeof(v->what), fmt, ap);
	va_end(ap);
	return v;
}

void
watch_expect(struct violation *v, const char *fmt, ...)
{
	va_list ap;

	if (v == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(v->expect, sizeof(v->expect), fmt, ap);
	va_end(ap);
}

void
watch_begin(struct watch *w, const struct course *h, enum core_policy policy,
    struct simwalk *walk, const struct trace *t)
{
	memset(w, 0, sizeof(*w));
	w->h = h;
	w->policy = policy;
	w->walk = walk;
	w->m = simwalk_machine(walk);
	w->t = t;
}

/* --- when its VF came --- */

static void
see_record(struct watch *w, const struct trace_record *r)
{
	char came[64];
	size_t i;

	if (strncmp(r->raw, "!system=ETHERNET ", 17) != 0)
		return;
	for (i = 0; i < w->h->n_pairs; i++) {
		snprintf(came, sizeof(came), "subsystem=%s type=IFATTACH",
		    w->h->pairs[i].vf);
		if (strstr(r->raw, came) != NULL)
			w->came_ns[i] = r->emit_ns;
	}
}

/* --- what the engine does --- */

/* The text names the interface, as a whole word. */
static bool
names(const char *text, const char *ifname)
{
	size_t bytes = strlen(ifname);
	const char *at;

	for (at = text; (at = strstr(at, ifname)) != NULL; at++)
		if ((at == text || at[-1] == ' ') &&
		    (at[bytes] == ' ' || at[bytes] == '\0'))
			return true;
	return false;
}

static void
see_up(struct watch *w, const struct trace_operation *o, size_t pair)
{
	const struct course_pair *p = &w->h->pairs[pair];
	char up[SCN_NAME_MAX + 4];
	struct violation *v;

	snprintf(up, sizeof(up), "%s up", p->vf);
	if (strcmp(o->text, up) != 0 || p->upped ||
	    o->start_ns >= w->came_ns[pair] + w->h->vf_delay_ns)
		return;
	v = watch_broken(w, INVARIANT_DELAY,
	    "%s is brought up %lld ms after it came, not %lld", p->vf,
	    (long long)((o->start_ns - w->came_ns[pair]) / DUR_MS),
	    (long long)(w->h->vf_delay_ns / DUR_MS));
	watch_expect(v,
	    "count operation \"%s\" == 0 between " MARK_CAME " and " MARK_EARLY,
	    up);
	if (v == NULL)
		return;
	v->came_ns = w->came_ns[pair];
	v->early_ns = o->start_ns + 1;
}

static void
see_operation(struct watch *w, const struct trace_operation *o)
{
	struct violation *v;
	size_t i;

	if (w->h->transparent) {
		v = watch_broken(w, INVARIANT_ALOOF, "%s", o->text);
		watch_expect(v, "count operation \" \" == 0");
		return;
	}
	for (i = 0; i < w->h->n_pairs; i++)
		see_up(w, o, i);
	for (i = 0; i < w->h->n_foreign; i++) {
		if (!names(o->text, w->h->foreign[i]))
			continue;
		v = watch_broken(w, INVARIANT_FOREIGN, "%s", o->text);
		watch_expect(v, "count operation \"%s\" == 0", o->text);
	}
}

void
watch_step(struct watch *w)
{
	struct violation *v;

	while (w->n_records < w->t->n_records)
		see_record(w, &w->t->records[w->n_records++]);
	while (w->n_operations < w->t->n_operations)
		see_operation(w, &w->t->operations[w->n_operations++]);
	if (w->m->panicked) {
		v = watch_broken(w, INVARIANT_PANIC, "the kernel panicked");
		watch_expect(v, "vm panicked no");
	}
}
