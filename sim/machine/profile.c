/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/prng.h"
#include "sim/machine/profile_parts.h"

/* --- names --- */

/* A name in one or three parts: "hn.filter", or "mlx5", ".", "open". Delays
 * are drawn for nearly all that happens, so nothing is put together for it. */
struct name {
	const char *first, *last; /* last NULL: only first */
	uint64_t hash;
};

static struct name
whole(const char *name)
{
	return (struct name){ name, NULL, hash_str(HASH_START, name) };
}

static struct name
dotted(const char *first, const char *last)
{
	uint64_t hash = hash_step(hash_str(HASH_START, first), '.');

	return (struct name){ first, last, hash_str(hash, last) };
}

static bool
is_called(const char *text, uint64_t hash, const struct name *n)
{
	size_t bytes;

	if (hash != n->hash)
		return false;
	if (n->last == NULL)
		return strcmp(text, n->first) == 0;
	bytes = strlen(n->first);
	return strncmp(text, n->first, bytes) == 0 && text[bytes] == '.' &&
	    strcmp(text + bytes + 1, n->last) == 0;
}

static struct delay *
find_delay(const struct profile *p, const struct name *n)
{
	size_t i = p->bucket[n->hash % PROFILE_BUCKETS];
	struct delay *d;

	for (; i > 0; i = d->next) {
		d = &p->delays[i - 1];
		if (is_called(d->name, d->hash, n))
			return d;
	}
	return NULL;
}

struct delay *
profile_find_delay(const struct profile *p, const char *name)
{
	const struct name n = whole(name);

	return find_delay(p, &n);
}

struct delay *
profile_add_delay(struct profile *p, const char *name)
{
	struct delay *d = MEM_PUSH(p->delays, p->n_delays, p->cap_delays);
	size_t *first;

	d->name = mem_str(name);
	d->hash = hash_str(HASH_START, name);
	first = &p->bucket[d->hash % PROFILE_BUCKETS];
	d->next = *first;
	*first = p->n_delays;
	return d;
}

struct flag *
profile_add_flag(struct profile *p, const char *name)
{
	struct flag *f = MEM_PUSH(p->flags, p->n_flags, p->cap_flags);

	f->name = mem_str(name);
	f->hash = hash_str(HASH_START, name);
	return f;
}

void
profile_free(struct profile *p)
{
	size_t i, k;

	if (p == NULL)
		return;
	for (i = 0; i < p->n_delays; i++)
		free(p->delays[i].name);
	for (i = 0; i < p->n_flags; i++)
		free(p->flags[i].name);
	for (i = 0; i < p->n_limits; i++)
		free(p->limits[i].name);
	for (i = 0; i < p->n_records; i++) {
		free(p->records[i].name);
		for (k = 0; k < p->records[i].count; k++)
			free(p->records[i].text[k]);
	}
	free(p->delays);
	free(p->flags);
	free(p->limits);
	free(p->records);
	free(p->title);
	free(p);
}

struct profile *
profile_copy(const struct profile *from)
{
	struct profile *p = mem_copy(from, sizeof(*from));
	size_t i, k;

	p->title = mem_str(from->title);
	p->delays = mem_copy(from->delays, from->n_delays * sizeof(*p->delays));
	p->cap_delays = p->n_delays;
	for (i = 0; i < p->n_delays; i++)
		p->delays[i].name = mem_str(p->delays[i].name);
	p->flags = mem_copy(from->flags, from->n_flags * sizeof(*p->flags));
	p->cap_flags = p->n_flags;
	for (i = 0; i < p->n_flags; i++)
		p->flags[i].name = mem_str(p->flags[i].name);
	p->limits = mem_copy(from->limits, from->n_limits * sizeof(*p->limits));
	p->cap_limits = p->n_limits;
	for (i = 0; i < p->n_limits; i++)
		p->limits[i].name = mem_str(p->limits[i].name);
	p->records =
	    mem_copy(from->records, from->n_records * sizeof(*p->records));
	p->cap_records = p->n_records;
	for (i = 0; i < p->n_records; i++) {
		p->records[i].name = mem_str(p->records[i].name);
		for (k = 0; k < p->records[i].count; k++)
			p->records[i].text[k] = mem_str(p->records[i].text[k]);
	}
	return p;
}

const char *
profile_title(const struct profile *p)
{
	return p->title == NULL ? "" : p->title;
}

/* --- drawing --- */

static int64_t
most_likely(const struct dist *d)
{
	switch (d->shape) {
	case FIXED:
		break;
	case UNIFORM:
		return d->value[0] + (d->value[1] - d->value[0]) / 2;
	case TRIANGULAR:
		return d->value[1];
	case ONE_OF:
		return d->value[d->count / 2];
	}
	return d->value[0];
}

static struct vwindow
width_of(const struct dist *d)
{
	struct vwindow w = { d->value[0], d->value[0] };
	size_t i,
	    n = d->shape == ONE_OF ? d->count
	    : d->shape == FIXED	   ? 1
	    : d->shape == UNIFORM  ? 2
				   : 3;

	for (i = 1; i < n; i++) {
		w.least_ns =
		    d->value[i] < w.least_ns ? d->value[i] : w.least_ns;
		w.most_ns = d->value[i] > w.most_ns ? d->value[i] : w.most_ns;
	}
	return w;
}

void
profile_coarsen(struct profile *p, int64_t unit_ns)
{
	struct dist *d;
	struct vwindow load = width_of(&p->load);
	size_t i;

	p->coarse = true;
	for (i = 0; i < p->n_delays; i++) {
		d = &p->delays[i].dist;
		p->delays[i].width = width_of(d);
		if (p->delays[i].scaled) {
			p->delays[i].width.least_ns =
			    p->delays[i].width.least_ns / 100 * load.least_ns;
			p->delays[i].width.most_ns =
			    p->delays[i].width.most_ns / 100 * load.most_ns;
		}
		d->value[0] =
		    (most_likely(d) + unit_ns / 2) / unit_ns * unit_ns;
		d->shape = FIXED;
		p->delays[i].scaled = false;
	}
}

static int64_t
between(struct prng *r, int64_t low, int64_t high)
{
	return low + (int64_t)prng_below(r, (uint64_t)(high - low) + 1);
}

static int64_t
draw(const struct dist *d, struct prng *r)
{
	const int64_t *v = d->value;
	int64_t a, b;

	switch (d->shape) {
	case FIXED:
		return v[0];
	case UNIFORM:
		return between(r, v[0], v[1]);
	case TRIANGULAR:
		/* Towards the mode: the nearer of two uniform draws on the
		 * side that a third one chooses by its width. */
		if (v[2] == v[0])
			return v[0];
		if (between(r, v[0], v[2]) < v[1]) {
			a = between(r, v[0], v[1]);
			b = between(r, v[0], v[1]);
			return a > b ? a : b;
		}
		a = between(r, v[1], v[2]);
		b = between(r, v[1], v[2]);
		return a < b ? a : b;
	case ONE_OF:
		return v[prng_below(r, d->count)];
	}
	return v[0];
}

struct vwindow *
profile_drawn(struct profile *p)
{
	return p->coarse ? &p->drawn : NULL;
}

void
profile_seed(struct profile *p, uint64_t seed)
{
	struct prng load;

	prng_seed_named(&load, seed, "load");
	p->load_percent = draw(&p->load, &load);
	/* Each delay has numbers of its own, from the first draw on. */
	p->seed = seed;
	p->seeds++;
}

static int64_t
draw_delay(struct profile *p, struct delay *d)
{
	int64_t ns;

	if (d->seeds != p->seeds) {
		d->seeds = p->seeds;
		prng_seed_named(&d->prng, p->seed, d->name);
	}
	ns = draw(&d->dist, &d->prng);
	p->drawn.least_ns += d->width.least_ns;
	p->drawn.most_ns += d->width.most_ns;
	return d->scaled ? ns / 100 * p->load_percent : ns;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int64_t
profile_likely(const struct profile *p, const char *name)
{
	const struct delay *d = profile_find_delay(p, name);
	struct dist sorted;

	if (d == NULL)
		return 0;
	if (d->dist.shape == UNIFORM)
		return d->dist.value[0] / 2 + d->dist.value[1] / 2;
	if (d->dist.shape == TRIANGULAR)
		return d->dist.value[1];
	sorted = d->dist;
	qsort(sorted.value, sorted.count, sizeof(sorted.value[0]), by_size);
	return sorted.value[sorted.count / 2];
}

int64_t
profile_delay(struct profile *p, const char *name)
{
	struct delay *d = profile_find_delay(p, name);

	return d == NULL ? 0 : draw_delay(p, d);
}

int64_t
profile_driver_delay(struct profile *p, const char *driver, const char *what)
{
	struct name name = dotted(driver, what);
	struct delay *d = find_delay(p, &name);

	if (d == NULL) {
		name = dotted("vf", what);
		d = find_delay(p, &name);
	}
	return d == NULL ? 0 : draw_delay(p, d);
}

static const struct flag *
find_flag(const struct profile *p, const struct name *n)
{
	size_t i;

	for (i = 0; i < p->n_flags; i++)
		if (is_called(p->flags[i].name, p->flags[i].hash, n))
			return &p->flags[i];
	return NULL;
}

bool
profile_driver_flag(const struct profile *p, const char *driver,
    const char *what)
{
	struct name name = dotted(driver, what);
	const struct flag *f = find_flag(p, &name);

	if (f == NULL) {
		name = dotted("vf", what);
		f = find_flag(p, &name);
	}
	return f != NULL && f->value;
}

bool
profile_flag(const struct profile *p, const char *name)
{
	const struct name n = whole(name);
	const struct flag *f = find_flag(p, &n);

	return f != NULL && f->value;
}

static bool
find_limit(const struct profile *p, const struct name *n, int64_t *value)
{
	size_t i;

	for (i = 0; i < p->n_limits; i++)
		if (is_called(p->limits[i].name, p->limits[i].hash, n)) {
			*value = p->limits[i].value;
			return true;
		}
	return false;
}

bool
profile_limit(const struct profile *p, const char *name, int64_t *value)
{
	const struct name n = whole(name);

	return find_limit(p, &n, value);
}

bool
profile_driver_limit(const struct profile *p, const char *driver,
    const char *what, int64_t *value)
{
	struct name name = dotted(driver, what);

	if (find_limit(p, &name, value))
		return true;
	name = dotted("vf", what);
	return find_limit(p, &name, value);
}

int64_t
profile_program_delay(struct profile *p, const char *kind, const char *name)
{
	struct name full = dotted(kind, name);
	struct delay *d = find_delay(p, &full);

	if (d == NULL) {
		full = dotted(kind, "default");
		d = find_delay(p, &full);
	}
	return d == NULL ? 0 : draw_delay(p, d);
}

const char *
profile_record(const struct profile *p, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < p->n_records; i++)
		if (strcmp(p->records[i].name, name) == 0)
			return n < p->records[i].count ? p->records[i].text[n]
						       : NULL;
	return NULL;
}

static bool
is_of_driver(const char *name, const char *driver)
{
	size_t n = strlen(driver);

	return strncmp(name, driver, n) == 0 &&
	    (name[n] == '\0' || name[n] == '.');
}

bool
profile_has_driver(const struct profile *p, const char *driver)
{
	size_t i;

	for (i = 0; i < p->n_records; i++)
		if (is_of_driver(p->records[i].name, driver))
			return true;
	for (i = 0; i < p->n_flags; i++)
		if (is_of_driver(p->flags[i].name, driver))
			return true;
	for (i = 0; i < p->n_delays; i++)
		if (is_of_driver(p->delays[i].name, driver))
			return true;
	for (i = 0; i < p->n_limits; i++)
		if (is_of_driver(p->limits[i].name, driver))
			return true;
	return false;
}
