/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/flows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "packet/flows_parts.h"

#define LATE_DEFAULT   (100 * DUR_MS)
#define NUMBERED_BYTES 40 /* of UDP and a probe, or of all others */
#define FIRST_TABLE    1024
/* In a key, instead of a place: of the flow, wherever it is seen; of a probe,
 * whatever its addresses. */
#define NO_PLACE    UINT16_MAX
#define ANY_ADDRESS (UINT16_MAX - 1)

void
flows_init(struct flows *f, const struct flows_options *options)
{
	memset(f, 0, sizeof(*f));
	f->options = *options;
	if (f->options.late_ns == 0)
		f->options.late_ns = LATE_DEFAULT;
	if (f->options.max_flows == 0)
		f->options.max_flows = FLOWS_MAX;
	f->first_ns[0] = f->first_ns[1] = -1;
	f->last_ns[0] = f->last_ns[1] = -1;
	f->in = mem_zero(1, sizeof(*f->in));
	f->in->size = FIRST_TABLE;
	f->in->table = mem_zero(f->in->size, sizeof(*f->in->table));
}

static void
free_side(struct flow_side *s)
{
	struct flow_sighting *g;

	while ((g = s->sightings) != NULL) {
		s->sightings = g->next;
		tracker_fini(&g->tracker);
		free(g);
	}
	if (s->own != NULL)
		tracker_fini(s->own);
	free(s->own);
	samples_fini(&s->samples);
	free(s->repeats);
	free(s->stalls);
}

void
flows_fini(struct flows *f)
{
	size_t i;

	for (i = 0; i < f->n_flows; i++) {
		free_side(&f->list[i]->side[0]);
		free_side(&f->list[i]->side[1]);
		free(f->list[i]);
	}
	for (i = 0; i < f->n_places; i++)
		free(f->places[i].name);
	free(f->places);
	free(f->list);
	free(f->oddities);
	if (f->in != NULL) {
		free(f->in->table);
		free(f->in->entries);
		free(f->in);
	}
	memset(f, 0, sizeof(*f));
}

/* --- places --- */

int
flows_add_place(struct flows *f, unsigned side, const char *name, int linktype)
{
	struct flow_place *p;

	if (f->n_places == FLOWS_PLACES)
		return -1;
	p = MEM_PUSH(f->places, f->n_places, f->cap_places);
	p->name = mem_str(name);
	p->side = side;
	p->linktype = linktype;
	p->parent = f->n_places - 1;
	return (int)(f->n_places - 1);
}

/* An interface within a capture on all of them. */
static size_t
place_of(struct flows *f, size_t parent, uint32_t ifindex)
{
	struct strbuf name = { 0 };
	size_t i;
	int made;

	if (ifindex == 0)
		return parent;
	for (i = parent; i < f->n_places; i++)
		if (f->places[i].parent == parent &&
		    f->places[i].ifindex == ifindex)
			return i;
	if (f->places[parent].ifindex == 0) { /* the first one */
		f->places[parent].ifindex = ifindex;
		strbuf_addf(&name, "%s if%" PRIu32, f->places[parent].name,
		    ifindex);
		free(f->places[parent].name);
		f->places[parent].name = strbuf_take(&name);
		return parent;
	}
	strbuf_addf(&name, "%.*s if%" PRIu32,
	    (int)(strstr(f->places[parent].name, " if") -
		f->places[parent].name),
	    f->places[parent].name, ifindex);
	made = flows_add_place(f, f->places[parent].side, strbuf_str(&name),
	    f->places[parent].linktype);
	strbuf_fini(&name);
	if (made < 0)
		return parent;
	f->places[made].ifindex = ifindex;
	f->places[made].parent = parent;
	return (size_t)made;
}

/* --- the table --- */

static uint64_t
mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t
key_hash(const struct flow_key *k)
{
	const uint64_t *w = k->words;
	uint64_t h = mix(mix(w[0], w[4]), w[5]);

	if ((w[1] | w[2] | w[3]) != 0) /* IPv6 */
		h = mix(mix(mix(h, w[1]), w[2]), w[3]);
	return h ^ h >> 32;
}

static bool
key_equal(const struct flow_key *a, const struct flow_key *b)
{
	const uint64_t *x = a->words, *y = b->words;

	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
		   (x[4] ^ y[4]) | (x[5] ^ y[5])) == 0;
}

/* The slot of the key, or the free one where it belongs. */
static struct flow_slot *
find_slot(const struct flows_inside *in, const struct flow_key *k,
    uint64_t hash)
{
	size_t at = hash & (in->size - 1);
	const struct flow_slot *s = &in->table[at];

	while (s->entry != 0 &&
	    !(s->hash == (uint32_t)hash &&
		key_equal(&in->entries[s->entry - 1].key, k))) {
		at = (at + 1) & (in->size - 1);
		s = &in->table[at];
	}
	return &in->table[at];
}

/* What was put under the key, or NULL. */
static void *
find(const struct flows_inside *in, const struct flow_key *k)
{
	const struct flow_slot *s = find_slot(in, k, key_hash(k));

	return s->entry == 0 ? NULL : in->entries[s->entry - 1].what;
}

static void
grow_table(struct flows_inside *in)
{
	struct flow_slot *old = in->table, *s;
	size_t i, size = in->size;

	in->size *= 2;
	in->table = mem_zero(in->size, sizeof(*in->table));
	for (i = 0; i < size; i++) {
		if (old[i].entry == 0)
			continue;
		s = find_slot(in, &in->entries[old[i].entry - 1].key,
		    old[i].hash);
		*s = old[i];
	}
	free(old);
}

/* Makes what the value of the key, which may have one. */
static void
put(struct flows_inside *in, const struct flow_key *k, void *what)
{
	uint64_t hash = key_hash(k);
	struct flow_slot *s = find_slot(in, k, hash);
	struct flow_entry *e;

	in->last = 0;
	if (s->entry != 0) {
		in->entries[s->entry - 1].what = what;
		return;
	}
	if (in->n_entries >= in->size / 2) {
		grow_table(in);
		s = find_slot(in, k, hash);
	}
	e = MEM_PUSH(in->entries, in->n_entries, in->cap_entries);
	e->key = *k;
	e->what = what;
	s->hash = (uint32_t)hash;
	s->entry = (uint32_t)in->n_entries;
}

static void
make_key(struct flow_key *k, const struct frame *fr, const struct number *n,
    size_t place)
{
	memset(k->words, 0, sizeof(k->words));
	if (fr->family == 4) {
		k->words[0] =
		    (uint64_t)frame_get32(fr->src) << 32 | frame_get32(fr->dst);
	} else {
		memcpy(&k->words[0], fr->src, 16);
		memcpy(&k->words[2], fr->dst, 16);
	}
	k->words[4] = (uint64_t)fr->src_port << 48 |
	    (uint64_t)fr->dst_port << 32 | n->stream;
	/* What IP numbers may do so and may not, packet by packet. */
	k->words[5] = (uint64_t)fr->proto << 48 |
	    (uint64_t)(n->kind <= NUMBERING_IPID ? 0 : n->kind) << 40 |
	    (uint64_t)n->role << 32 | (uint64_t)fr->family << 16 | place;
}

/* --- flows and sightings --- */

static struct flow *
new_flow(struct flows *f, const struct frame *fr, const struct number *n)
{
	size_t bytes = fr->family == 4 ? 4 : 16;
	struct flow *w;

	w = mem_zero(1, sizeof(*w));
	w->index = f->n_flows;
	*MEM_PUSH(f->list, f->n_flows, f->cap_flows) = w;
	w->src.family = w->dst.family = fr->family;
	w->src.prefix = w->dst.prefix = (uint8_t)(bytes * 8);
	memcpy(w->src.bytes, fr->src, bytes);
	memcpy(w->dst.bytes, fr->dst, bytes);
	w->proto = fr->proto;
	w->ports = fr->ports;
	w->src_port = fr->src_port;
	w->dst_port = fr->dst_port;
	w->group = fr->group;
	w->kind = n->kind;
	w->role = n->role;
	w->stream = n->stream;
	w->side[0].first_at = w->side[1].first_at = -1;
	w->side[0].delay_min_ns = w->side[1].delay_min_ns = INT64_MAX;
	w->side[0].delay_max_ns = w->side[1].delay_max_ns = INT64_MIN;
	w->side[0].samples.bits = w->side[1].samples.bits = n->bits;
	return w;
}

static void
setup_tracker(const struct flows *f, const struct flow *w, struct tracker *t)
{
	tracker_init(t, &f->in->holes);
	t->sent_stamps = w->kind == NUMBERING_PROBE;
	if (w->kind == NUMBERING_PROBE || w->kind == NUMBERING_ECHO) {
		t->pause_ns = PAUSE_NS;
		t->pause_tenths = w->kind == NUMBERING_PROBE
		    ? PAUSE_TENTHS_OURS
		    : PAUSE_TENTHS_OTHERS;
	}
}

static struct flow_sighting *
new_sighting(struct flows *f, struct flow *w, size_t place)
{
	struct flow_sighting *g = mem_zero(1, sizeof(*g)), **end;
	struct flow_side *s = &w->side[f->places[place].side];

	g->flow = w;
	g->place = place;
	setup_tracker(f, w, &g->tracker);
	for (end = &s->sightings; *end != NULL; end = &(*end)->next)
		continue;
	*end = g;
	if (++s->n_sightings == 1) {
		s->all = &g->tracker;
	} else if (s->n_sightings == 2) {
		/* Up to now the first one's is everybody's. */
		s->own = mem_zero(1, sizeof(*s->own));
		tracker_copy(s->own, s->all);
		s->all = s->own;
	}
	f->in->sightings++;
	return g;
}

/* A stream that moved has one already. */
static struct flow_sighting *
find_sighting(const struct flow *w, unsigned side, size_t place)
{
	struct flow_sighting *g = w->side[side].sightings;

	while (g != NULL && g->place != place)
		g = g->next;
	return g;
}

/* A key for a probe's number alone. */
static void
stream_key(struct flow_key *k, const struct flow_key *of)
{
	memset(k, 0, sizeof(*k));
	k->words[4] = of->words[4] & UINT32_MAX;
	k->words[5] = (of->words[5] & ~(uint64_t)NO_PLACE) | ANY_ADDRESS;
}

static bool
shares_end(const struct flow *w, const struct frame *fr)
{
	size_t bytes = fr->family == 4 ? 4 : 16;

	return w->src.family == fr->family &&
	    (memcmp(w->src.bytes, fr->src, bytes) == 0 ||
		memcmp(w->dst.bytes, fr->dst, bytes) == 0);
}

/* Whether number and time are what its next ones would be, to a period and a
 * hundredth of the time between. */
static bool
goes_on(const struct tracker *t, const struct number *n)
{
	int64_t period, step, off;
	uint64_t numbers;

	if (t == NULL || !t->any || n->value < t->next ||
	    n->sent_ns < t->last_ns)
		return false;
	period = tracker_period(t);
	step = n->sent_ns - t->last_ns;
	numbers = n->value - t->next + 1;
	if (period == 0 || numbers > (uint64_t)(step / period) + 2)
		return false;
	off = step - (int64_t)numbers * period;
	return (off < 0 ? -off : off) <= period + step / 100;
}

/* The stream of which this probe is the next one, from other addresses. */
static struct flow *
find_moved(struct flows *f, const struct flow_key *k, const struct frame *fr,
    const struct number *n)
{
	struct flow *w;
	struct flow_key key;

	if (n->kind != NUMBERING_PROBE)
		return NULL;
	stream_key(&key, k);
	w = find(f->in, &key);
	if (w == NULL || !shares_end(w, fr) ||
	    !(goes_on(w->side[0].all, n) || goes_on(w->side[1].all, n)))
		return NULL;
	w->moves++;
	return w;
}

static struct flow *
open_flow(struct flows *f, const struct flow_key *any, const struct frame *fr,
    const struct number *n, struct flow *before)
{
	struct flow *w = before == NULL ? find_moved(f, any, fr, n) : NULL;
	struct flow_key key;

	if (w == NULL) {
		w = new_flow(f, fr, n);
		w->generation = before == NULL ? 0 : before->generation + 1;
		w->older = before;
	}
	put(f->in, any, w);
	if (n->kind == NUMBERING_PROBE) {
		stream_key(&key, any);
		put(f->in, &key, w);
	}
	return w;
}

/* For its first packet at this place, or its first after it began anew
 * there; old is NULL or what it was before. NULL when there are too many. */
static struct flow_sighting *
open_sighting(struct flows *f, struct flow_key *k, const struct frame *fr,
    const struct number *n, const struct flow_sighting *old)
{
	struct flow_key any = *k;
	struct flow_sighting *g;
	struct flow *w, *before;

	if (f->in->sightings >= f->options.max_flows)
		return NULL;
	any.words[5] = (any.words[5] & ~(uint64_t)NO_PLACE) | NO_PLACE;
	w = before = find(f->in, &any);
	if (w == NULL || (old != NULL && w == old->flow))
		w = open_flow(f, &any, fr, n, before);
	g = find_sighting(w, f->places[k->words[5] & NO_PLACE].side,
	    k->words[5] & NO_PLACE);
	if (g == NULL)
		g = new_sighting(f, w, k->words[5] & NO_PLACE);
	put(f->in, k, g);
	return g;
}

static struct flow_sighting *
sighting_of(struct flows *f, struct flow_key *k, const struct frame *fr,
    const struct number *n)
{
	struct flows_inside *in = f->in;
	const struct flow_slot *s;

	if (in->last != 0 && key_equal(&in->entries[in->last - 1].key, k))
		return in->entries[in->last - 1].what;
	s = find_slot(in, k, key_hash(k));
	if (s->entry == 0)
		return open_sighting(f, k, fr, n, NULL);
	in->last = s->entry;
	return in->entries[s->entry - 1].what;
}

/* --- packets --- */

static bool
is_told(struct flows *f, enum frame_kind kind)
{
	switch (kind) {
	case FRAME_IP:
		return true;
	case FRAME_OTHER:
		f->counts.other++;
		return false;
	case FRAME_FRAGMENT:
		f->counts.fragments++;
		return false;
	case FRAME_CUT:
		f->counts.cut++;
		return false;
	case FRAME_BAD:
		f->counts.bad++;
		return false;
	}
	return false;
}

void
flows_add(struct flows *f, const struct flows_packet *p)
{
	struct flow_place *place = &f->places[p->place];
	struct flow_seen seen;
	struct flow_sighting *g, *again;
	struct flow_key key;
	unsigned side = place->side;

	/* Zeroing all of seen costs more than all the rest here. */
	seen.at_ns = p->at_ns;
	seen.wire = p->wire_bytes;
	f->counts.packets++;
	if (f->first_ns[side] < 0)
		f->first_ns[side] = p->at_ns;
	if (p->at_ns > f->last_ns[side])
		f->last_ns[side] = p->at_ns;
	if (!frame_knows(place->linktype)) {
		f->counts.unknown_link++;
		return;
	}
	if (!is_told(f,
		frame_decode(place->linktype, p->data, p->bytes, &seen.frame)))
		return;
	seen.place = p->place;
	if (seen.frame.ifindex != 0)
		seen.place = place_of(f, p->place, seen.frame.ifindex);
	f->places[seen.place].packets++;
	numbering_of(&seen.frame, &seen.number);
	if (seen.number.kind <= NUMBERING_IPID && p->bytes < p->wire_bytes &&
	    seen.frame.l4_have < NUMBERED_BYTES)
		f->counts.shortened++;
	make_key(&key, &seen.frame, &seen.number, seen.place);
	g = sighting_of(f, &key, &seen.frame, &seen.number);
	if (g == NULL) {
		f->counts.untold++;
		return;
	}
	if (flow_take(f, g, &seen))
		return;
	again = open_sighting(f, &key, &seen.frame, &seen.number, g);
	if (again != NULL)
		flow_take(f, again, &seen);
	else
		f->counts.untold++;
}

struct flow *
flows_reverse(const struct flows *f, const struct flow *w)
{
	struct number n = { .kind = w->kind,
		.role = w->role == NUMBERING_REQUEST ? NUMBERING_REPLY
		    : w->role == NUMBERING_REPLY     ? NUMBERING_REQUEST
						     : NUMBERING_ONE_WAY,
		.stream = w->stream };
	struct frame fr = { .family = w->src.family,
		.proto = w->proto,
		.src = w->dst.bytes,
		.dst = w->src.bytes,
		.src_port = w->dst_port,
		.dst_port = w->src_port };
	struct flow *found;
	struct flow_key k;

	make_key(&k, &fr, &n, NO_PLACE);
	found = find(f->in, &k);
	while (found != NULL && found->generation != w->generation)
		found = found->older;
	return found;
}
