/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/words.h"
#include "sim/machine/ifnet.h"
#include "sim/search/watch_parts.h"

struct violation *
watch_broken(struct watch *w, enum invariant i, const char *fmt, ...)
{
	struct violation *v;
	va_list ap;

	if ((w->broken & INVARIANT_BIT(i)) != 0 ||
	    !invariant_holds_under(i, w->policy))
		return NULL;
	w->broken |= INVARIANT_BIT(i);
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
watch_words(char *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out, VIOLATION_TEXT, fmt, ap);
	va_end(ap);
}

void
watch_moment(struct violation *v, int64_t came_ns, int64_t early_ns)
{
	if (v == NULL)
		return;
	v->came_ns = came_ns;
	v->early_ns = early_ns;
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
	watch_prompt_begin(w);
}

void
watch_digest(const struct watch *w, struct digest *d)
{
	size_t i;

	for (i = 0; i < w->h->n_pairs; i++) {
		digest_since(d, w->came_ns[i], w->h->vf_delay_ns);
		digest_since(d, w->other_ns[i], w->h->vf_delay_ns);
		watch_nic_digest(&w->nics[i], d);
	}
	watch_births_digest(w, d);
}

/* --- what the kernel tells --- */

/* Behind text, when at begins with it. */
static const char *
behind(const char *at, const char *text)
{
	size_t bytes = strlen(text);

	return strncmp(at, text, bytes) == 0 ? at + bytes : NULL;
}

static bool
read_record(const struct trace_record *r, struct watch_told *out)
{
	static const char *const systems[] = {
		[WATCH_IFNET] = "IFNET subsystem=",
		[WATCH_ETHERNET] = "ETHERNET subsystem=",
		[WATCH_VF] = "HYPERV_NIC_VF subsystem=",
	};
	const char *at = behind(r->raw, "!system="), *name = NULL;
	size_t i, bytes;

	for (i = 0; at != NULL && i <= WATCH_VF && name == NULL; i++) {
		name = behind(at, systems[i]);
		out->system = (enum watch_system)i;
	}
	if (name == NULL)
		return false;
	bytes = strcspn(name, " ");
	out->type = behind(name + bytes, " type=");
	if (bytes >= sizeof(out->name) || out->type == NULL)
		return false;
	memcpy(out->name, name, bytes);
	out->name[bytes] = '\0';
	out->at_ns = r->emit_ns;
	return true;
}

static void
see_record(struct watch *w, const struct trace_record *r)
{
	struct watch_told told;
	size_t i;

	if (r->planted || !read_record(r, &told))
		return;
	if (told.system == WATCH_ETHERNET) {
		for (i = 0; i < w->h->n_pairs; i++)
			if (strcmp(told.name, w->h->pairs[i].vf) == 0)
				w->came_ns[i] = told.at_ns;
			else if (strcmp(told.name, w->h->pairs[i].other) == 0)
				w->other_ns[i] = told.at_ns;
		return;
	}
	watch_hn_told(w, &told);
	/* Linux tells of a device that only moved elsewhere, too. */
	if (told.system == WATCH_IFNET && w->m->os == SNAP_FREEBSD)
		watch_births_told(w, &told);
}

/* --- what the engine does --- */

/* FACTS.md J.2: to bring up what its NIC does not know may panic the kernel,
 * and what is no port yet makes a hole (D.5). */
static void
see_unjoined(struct watch *w, const struct trace_operation *o, size_t pair,
    const char *name)
{
	const struct ifnet *hn = w->nics[pair].hn;
	const struct ifnet *vf = ifnet_find(w->m, name);
	struct violation *v;

	if (vf == NULL || hn == NULL ||
	    (vf == hn->hn.vf && vf->member_of != NULL &&
		vf->member_of == hn->member_of))
		return;
	v = watch_broken(w, INVARIANT_UNJOINED, "%s is brought up, and %s",
	    vf->name,
	    vf != hn->hn.vf ? "its NIC does not know it"
			    : "is no port beside its NIC");
	watch_expect(v,
	    "count operation \"%s up\" == 0 between " MARK_CAME
	    " and " MARK_EARLY,
	    vf->name);
	watch_moment(v, o->start_ns, o->start_ns + 1);
}

/* Then only since it came last it may not have happened. */
static bool
was_up_before(const struct watch *w, const struct trace_operation *o)
{
	const struct trace_operation *before;

	for (before = w->t->operations; before < o; before++)
		if (strcmp(before->text, o->text) == 0)
			return true;
	return false;
}

static void
see_up(struct watch *w, const struct trace_operation *o, size_t pair,
    const char *vf, int64_t came_ns)
{
	const struct course_pair *p = &w->h->pairs[pair];
	size_t name = strlen(vf);
	struct violation *v;
	bool again;

	if (strncmp(o->text, vf, name) != 0 ||
	    strcmp(o->text + name, " up") != 0)
		return;
	see_unjoined(w, o, pair, vf);
	watch_join_began(w, pair, o->start_ns);
	/* The up of an aggregate that a person has set down is one of the VF
	 * too; whoever is started then finds that up. */
	if (w->h->updown && p->lagg_downed)
		return;
	if (p->upped || o->start_ns >= came_ns + w->h->vf_delay_ns)
		return;
	v = watch_broken(w, INVARIANT_DELAY,
	    "%s is brought up %lld ms after it came, not %lld", vf,
	    (long long)((o->start_ns - came_ns) / DUR_MS),
	    (long long)(w->h->vf_delay_ns / DUR_MS));
	again = was_up_before(w, o);
	watch_expect(v,
	    "count operation \"%s\" == 0 between %s and " MARK_EARLY, o->text,
	    again ? MARK_CAME : "start");
	watch_moment(v, again ? came_ns : 0, o->start_ns + 1);
}

static void
break_foreign(struct watch *w, const struct trace_operation *o)
{
	struct violation *v = watch_broken(w, INVARIANT_FOREIGN, "%s", o->text);

	watch_expect(v,
	    "count operation \"%s\" == 0 between " MARK_CAME " and " MARK_EARLY,
	    o->text);
	watch_moment(v, o->start_ns, o->start_ns + 1);
}

/* One that is given another MAC is a NIC of its own (FACTS.md C.2). */
static void
see_stranger(struct watch *w, const struct trace_operation *o, size_t pair)
{
	const struct ifnet *hn = w->nics[pair].hn;
	const struct ifnet *vf;

	if (!words_have(o->text, w->h->pairs[pair].vf))
		return;
	vf = ifnet_find(w->m, w->h->pairs[pair].vf);
	if (vf != NULL && hn != NULL &&
	    memcmp(vf->mac, hn->mac, sizeof(vf->mac)) != 0)
		break_foreign(w, o);
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
	for (i = 0; i < w->h->n_pairs; i++) {
		see_up(w, o, i, w->h->pairs[i].vf, w->came_ns[i]);
		see_up(w, o, i, w->h->pairs[i].other, w->other_ns[i]);
		see_stranger(w, o, i);
	}
	for (i = 0; i < w->h->n_foreign; i++)
		if (words_have(o->text, w->h->foreign[i]))
			break_foreign(w, o);
}

void
watch_step(struct watch *w)
{
	struct violation *v;

	watch_hn_step(w);
	while (w->n_records < w->t->n_records)
		see_record(w, &w->t->records[w->n_records++]);
	while (w->n_operations < w->t->n_operations)
		see_operation(w, &w->t->operations[w->n_operations++]);
	watch_lease_step(w);
	watch_prompt_step(w);
	if (w->m->panicked) {
		v = watch_broken(w, INVARIANT_PANIC, "the kernel panicked");
		watch_expect(v, "vm panicked no");
	}
}
