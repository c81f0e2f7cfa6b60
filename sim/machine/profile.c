/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/machine/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/prng.h"
#include "sim/machine/profile_parts.h"

struct delay *
profile_find_delay(const struct profile *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n_delays; i++)
		if (strcmp(p->delays[i].name, name) == 0)
			return &p->delays[i];
	return NULL;
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

void
profile_seed(struct profile *p, uint64_t seed)
{
	struct prng load;
	size_t i;

	prng_seed_named(&load, seed, "load");
	p->load_percent = draw(&p->load, &load);
	for (i = 0; i < p->n_delays; i++)
		prng_seed_named(&p->delays[i].prng, seed, p->delays[i].name);
}

static int64_t
draw_delay(struct profile *p, struct delay *d)
{
	int64_t ns = draw(&d->dist, &d->prng);

	return d->scaled ? ns / 100 * p->load_percent : ns;
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
	char name[64];
	struct delay *d;

	snprintf(name, sizeof(name), "%s.%s", driver, what);
	if ((d = profile_find_delay(p, name)) != NULL)
		return draw_delay(p, d);
	snprintf(name, sizeof(name), "vf.%s", what);
	return profile_delay(p, name);
}

bool
profile_driver_flag(const struct profile *p, const char *driver,
    const char *what)
{
	char name[64], fallback[64];
	bool value = false;
	size_t i;

	snprintf(name, sizeof(name), "%s.%s", driver, what);
	snprintf(fallback, sizeof(fallback), "vf.%s", what);
	for (i = 0; i < p->n_flags; i++) {
		if (strcmp(p->flags[i].name, name) == 0)
			return p->flags[i].value;
		if (strcmp(p->flags[i].name, fallback) == 0)
			value = p->flags[i].value;
	}
	return value;
}

bool
profile_flag(const struct profile *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n_flags; i++)
		if (strcmp(p->flags[i].name, name) == 0)
			return p->flags[i].value;
	return false;
}

bool
profile_limit(const struct profile *p, const char *name, int64_t *value)
{
	size_t i;

	for (i = 0; i < p->n_limits; i++)
		if (strcmp(p->limits[i].name, name) == 0) {
			*value = p->limits[i].value;
			return true;
		}
	return false;
}

bool
profile_driver_limit(const struct profile *p, const char *driver,
    const char *what, int64_t *value)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.%s", driver, what);
	if (profile_limit(p, name, value))
		return true;
	snprintf(name, sizeof(name), "vf.%s", what);
	return profile_limit(p, name, value);
}

int64_t
profile_program_delay(struct profile *p, const char *kind, const char *name)
{
	char full[96];
	struct delay *d;

	snprintf(full, sizeof(full), "%s.%s", kind, name);
	if ((d = profile_find_delay(p, full)) != NULL)
		return draw_delay(p, d);
	snprintf(full, sizeof(full), "%s.default", kind);
	return profile_delay(p, full);
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
