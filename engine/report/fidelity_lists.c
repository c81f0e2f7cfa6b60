/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "event/devline.h"
#include "report/fidelity_parts.h"

#define NAME_ROOM 64

struct said *
said_add(struct said_list *l, int64_t at_ns, const char *text,
    const char *emitter)
{
	struct said *s = MEM_PUSH(l->list, l->n, l->cap);

	s->at_ns = at_ns;
	s->text = mem_str(text);
	s->emitter = mem_str(emitter);
	s->pair = SAID_ALONE;
	return s;
}

static void
list_fini(struct said_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		free(l->list[i].text);
		free(l->list[i].emitter);
	}
	free(l->list);
	memset(l, 0, sizeof(*l));
}

void
said_fini(struct said_both *b)
{
	list_fini(&b->recorded);
	list_fini(&b->emitted);
}

/* --- records --- */

/* tap and tun say when their device is opened. */
static bool
is_net_device(const struct devline *line)
{
	const char *name = devline_value(line, "cdev");

	return (strncmp(name, "tap", 3) == 0 || strncmp(name, "tun", 3) == 0) &&
	    isdigit((unsigned char)name[3]);
}

/* Whose order the record keeps; false when it is none of a network interface.
 */
static bool
emitter_of(const struct devline *line, char out[NAME_ROOM])
{
	const char *system = devline_system(line);
	const char *name = devline_subsystem(line);

	if (line->kind == DEVLINE_ATTACH || line->kind == DEVLINE_DETACH) {
		snprintf(out, NAME_ROOM, "bus");
		return true;
	}
	if (line->kind != DEVLINE_NOTIFY)
		return false;
	if (strcmp(system, "HYPERV_NIC_VF") == 0)
		snprintf(out, NAME_ROOM, "%.32s vf", name);
	else if (strcmp(system, "IFNET") == 0 &&
	    strncmp(devline_type(line), "LINK_", 5) == 0)
		snprintf(out, NAME_ROOM, "%.32s link", name);
	else if (strcmp(system, "IFNET") == 0 ||
	    strcmp(system, "ETHERNET") == 0)
		snprintf(out, NAME_ROOM, "%.32s", name);
	else if (strcmp(system, "DEVFS") == 0 && is_net_device(line))
		snprintf(out, NAME_ROOM, "devfs");
	else
		return false;
	return true;
}

static void
recorded_records(struct said_list *l, const struct recording *r, size_t boot)
{
	struct devline line = { 0 };
	char emitter[NAME_ROOM];
	struct said *s;
	size_t i;

	l->left_out = boot;
	for (i = 0; i < r->n_records; i++) {
		const struct recording_record *rec = &r->records[i];

		devline_parse(&line, rec->raw, rec->raw_bytes);
		if (!emitter_of(&line, emitter)) {
			l->left_out += i >= boot;
			continue;
		}
		s = said_add(l, rec->at_ns, rec->raw, emitter);
		s->optional = s->any_time = i < boot;
	}
	devline_fini(&line);
}

/* Whether a reader took the record for another file than this recording's:
 * "devctl_rec -n 1000 > /data/rec/k2_shrink.log"; or came too early for it. */
static bool
is_anothers(const struct recording *r, const struct trace_record *rec)
{
	const struct witness *w = r->beside;
	struct strbuf own = { 0 };
	bool anothers = false;
	size_t i;

	strbuf_addf(&own, "/%s.log", r->name);
	for (i = 0; w != NULL && i < w->n_deeds && !anothers; i++)
		anothers = strncmp(w->deeds[i].text, "devctl_rec ", 11) == 0 &&
		    (rec->fate != TRACE_RECORD_READ ||
			(w->deeds[i].at_ns == rec->read_ns &&
			    strstr(w->deeds[i].text, strbuf_str(&own)) ==
				NULL));
	strbuf_fini(&own);
	return anothers;
}

static void
emitted_records(struct said_list *l, const struct trace *t,
    const struct said_times *times, bool boots)
{
	struct devline line = { 0 };
	char emitter[NAME_ROOM];
	struct said *s;
	size_t i;

	for (i = 0; i < t->n_records; i++) {
		const struct trace_record *rec = &t->records[i];

		devline_parse(&line, rec->raw, rec->raw_bytes);
		if (rec->fate == TRACE_RECORD_DROPPED ||
		    (rec->emit_ns < times->from_ns && !boots) ||
		    is_anothers(times->recording, rec) ||
		    !emitter_of(&line, emitter)) {
			l->left_out++;
			continue;
		}
		s = said_add(l,
		    rec->fate == TRACE_RECORD_READ ? rec->read_ns
						   : rec->emit_ns,
		    rec->raw, emitter);
		s->optional = s->any_time = rec->emit_ns < times->from_ns;
	}
	devline_fini(&line);
}

/* A link record, or the message that goes with it. */
static bool
is_link(const struct said *s)
{
	const char *what = strrchr(s->emitter, ' ');

	return what != NULL &&
	    (strcmp(what, " link") == 0 || strcmp(what, " IFINFO") == 0);
}

/* The kernel reports the last of several changes: one before another may have
 * been swallowed. */
static void
fold_links(struct said_list *l)
{
	size_t i, k;

	for (i = 0; i < l->n; i++) {
		if (!is_link(&l->list[i]) || l->list[i].pair != SAID_ALONE)
			continue;
		for (k = i + 1; k < l->n &&
		     l->list[k].at_ns <= l->list[i].at_ns + FIDELITY_COALESCE;
		     k++)
			if (strcmp(l->list[k].emitter, l->list[i].emitter) == 0)
				l->list[i].folded = true;
	}
}

void
said_records(struct said_both *b, const struct trace *t,
    const struct said_times *times)
{
	size_t boot = recording_boot_end(times->recording);

	recorded_records(&b->recorded, times->recording, boot);
	emitted_records(&b->emitted, t, times, boot > 0);
	said_pair(b, times);
	fold_links(&b->recorded);
	fold_links(&b->emitted);
}

/* --- routing messages --- */

/* "NEWADDR lagg0 10.0.2.15/24" without the bits, which the recorder did not
 * always decode. */
static void
add_message(struct said_list *l, int64_t at_ns, const char *text)
{
	char *copy = mem_str(text), *rest = copy, *words[4] = { 0 };
	char emitter[NAME_ROOM];
	size_t n = 0, i;

	while (n < 4 && (words[n] = strsep(&rest, " ")) != NULL)
		n++;
	if (n < 3 ||
	    (strcmp(words[0] + 3, "ADDR") == 0 &&
		strncmp(words[2], "fe80:", 5) == 0)) {
		l->left_out++;
		free(copy);
		return;
	}
	if (strcmp(words[0] + 3, "ADDR") == 0) {
		words[2][strcspn(words[2], "/")] = '\0';
		snprintf(emitter, sizeof(emitter), "%.32s addr", words[1]);
	} else if (strcmp(words[0], "ADD") == 0 ||
	    strcmp(words[0], "DELETE") == 0) {
		if (strchr(words[1], ':') != NULL ||
		    strcmp(words[1], "default6") == 0)
			n = 0; /* IPv6 routes are left out */
		snprintf(emitter, sizeof(emitter), "route");
	} else {
		snprintf(emitter, sizeof(emitter), "%.32s %.16s", words[1],
		    words[0]);
	}
	if (n > 0) {
		struct strbuf out = { 0 };

		for (i = 0; i < n; i++)
			strbuf_addf(&out, "%s%s", i > 0 ? " " : "", words[i]);
		said_add(l, at_ns, strbuf_str(&out), emitter);
		strbuf_fini(&out);
	} else {
		l->left_out++;
	}
	free(copy);
}

/* "IFINFO vmx0 ..." and "ANNOUNCE vmx0 ...": of one interface. */
static bool
is_same_interface(const struct said *a, const struct said *b)
{
	const char *x = strchr(a->text, ' '), *y = strchr(b->text, ' ');
	size_t n = strcspn(x + 1, " ") + 1;

	return strncmp(x, y, n) == 0 && y[n] == ' ' &&
	    (b->text[0] == 'I' || strncmp(b->text, "ANNOUNCE", 8) == 0);
}

/* IFINFO without news: the last one of this interface said the same. */
static void
fold_repeated(struct said_list *l)
{
	size_t i, k;

	for (i = 1; i < l->n; i++) {
		if (strncmp(l->list[i].text, "IFINFO ", 7) != 0)
			continue;
		for (k = i; k > 0; k--)
			if (is_same_interface(&l->list[i], &l->list[k - 1]))
				break;
		if (k > 0 && strcmp(l->list[k - 1].text, l->list[i].text) == 0)
			l->list[i].folded = true;
	}
}

/* What the machine said of an interface before it began. */
static void
drop_early(struct said_list *l, int64_t from_ns)
{
	size_t i;

	for (i = 0; i < l->n && l->list[i].at_ns < from_ns; i++)
		l->list[i].optional = l->list[i].folded = true;
}

void
said_routes(struct said_both *b, const struct trace *t,
    const struct said_times *times)
{
	const struct witness *w = times->recording->beside;
	size_t i;

	for (i = 0; i < w->routes.count; i++)
		add_message(&b->recorded, w->routes.list[i].at_ns,
		    w->routes.list[i].text);
	for (i = 0; i < t->n_hints; i++)
		add_message(&b->emitted, t->hints[i].at_ns, t->hints[i].text);
	fold_repeated(&b->recorded);
	fold_repeated(&b->emitted);
	drop_early(&b->emitted, times->from_ns);
	said_pair(b, times);
	fold_links(&b->recorded);
	fold_links(&b->emitted);
}

/* --- the aggregate --- */

struct look { /* of the machine's aggregate, as it is now */
	bool exists;
	char ports[256], master[NAME_ROOM], active[NAME_ROOM];
};

static char *
look_text(const struct look *k)
{
	char *copy, *rest, *port, *text;
	struct strbuf pairs = { 0 };

	if (!k->exists)
		return mem_str("none");
	copy = rest = mem_str(k->ports);
	while ((port = strsep(&rest, " ")) != NULL)
		if (port[0] != '\0')
			strbuf_addf(&pairs, "%s=%d ", port,
			    (strcmp(port, k->master) == 0 ? 1 : 0) +
				(strcmp(port, k->active) == 0 ? 4 : 0));
	text = witness_aggregate_text(strbuf_str(&pairs));
	strbuf_fini(&pairs);
	free(copy);
	return text;
}

static void
learn(struct look *k, const struct trace_state *s)
{
	if (strcmp(s->field, "exists") == 0)
		k->exists = strcmp(s->value, "yes") == 0;
	else if (strcmp(s->field, "ports") == 0)
		snprintf(k->ports, sizeof(k->ports), "%s", s->value);
	else if (strcmp(s->field, "master") == 0)
		snprintf(k->master, sizeof(k->master), "%s", s->value);
	else if (strcmp(s->field, "active") == 0)
		snprintf(k->active, sizeof(k->active), "%s", s->value);
}

/* Rows of one instant make one look; what was before from_ns is the first. */
static void
emitted_looks(struct said_list *l, const struct trace *t, const char *name,
    int64_t from_ns)
{
	struct look look = { 0 };
	char *text = NULL, *last = NULL;
	int64_t at_ns;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		const struct trace_state *s = &t->states[i];

		if (strcmp(s->object, name) == 0)
			learn(&look, s);
		if (i + 1 < t->n_states &&
		    (t->states[i + 1].at_ns == s->at_ns ||
			t->states[i + 1].at_ns <= from_ns))
			continue;
		at_ns = s->at_ns > from_ns ? s->at_ns : from_ns;
		free(text);
		text = look_text(&look);
		if (last == NULL || strcmp(last, text) != 0)
			said_add(l, at_ns, text, name);
		free(last);
		last = mem_str(text);
	}
	free(text);
	free(last);
	if (l->n == 0)
		return;
	l->list[0].any_time = true;
	/* Who began to poll saw what was about to come. */
	l->list[0].optional =
	    l->n > 1 && l->list[1].at_ns < from_ns + FIDELITY_NEAR;
}

static void
forgive_blinks(struct said_list *l)
{
	size_t i;

	for (i = 0; i + 1 < l->n; i++)
		if (l->list[i + 1].at_ns - l->list[i].at_ns < FIDELITY_BLINK)
			l->list[i].optional = true;
}

void
said_aggregate(struct said_both *b, const struct trace *t,
    const struct said_times *times)
{
	const struct witness *w = times->recording->beside;
	int64_t from_ns = times->from_ns;
	size_t i;

	for (i = 0; i < w->aggregate.count; i++)
		said_add(&b->recorded, w->aggregate.list[i].at_ns,
		    w->aggregate.list[i].text, "lagg0");
	if (b->recorded.n > 0) {
		b->recorded.list[0].any_time = true;
		if (b->recorded.list[0].at_ns > from_ns)
			from_ns = b->recorded.list[0].at_ns;
	}
	emitted_looks(&b->emitted, t, "lagg0", from_ns);
	forgive_blinks(&b->recorded);
	forgive_blinks(&b->emitted);
	said_pair(b, times);
}
