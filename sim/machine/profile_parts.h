/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile_parts - a profile's inside, shared by its reader (profile_read.c)
 * and who draws from it (profile.c).
 */
#ifndef SIM_MACHINE_PROFILE_PARTS_H
#define SIM_MACHINE_PROFILE_PARTS_H

#include "base/prng.h"
#include "sim/machine/profile.h"
#include "sim/machine/vclock.h"

enum shape { FIXED, UNIFORM, TRIANGULAR, ONE_OF };

struct dist {
	enum shape shape;
	int64_t value[PROFILE_VALUES];
	size_t count;
};

struct delay {
	char *name;
	uint64_t hash; /* of the name */
	size_t next;   /* in its bucket: its number and one, or 0 */
	struct dist dist;
	struct prng prng;
	uint64_t seeds; /* the profile's, when prng was seeded; 0: never */
	bool scaled;	/* by the run's load */
	struct vwindow width; /* before it was coarsened */
};

struct flag {
	char *name;
	uint64_t hash;
	bool value;
};

struct limit {
	char *name;
	uint64_t hash;
	int64_t value;
};

struct records {
	char *name;
	char *text[PROFILE_RECORDS];
	size_t count;
};

#define PROFILE_BUCKETS 256 /* a power of two */

struct profile {
	char *title;
	uint64_t seed, seeds; /* how often it was seeded */
	struct delay *delays;
	size_t n_delays, cap_delays;
	struct flag *flags;
	size_t n_flags, cap_flags;
	struct limit *limits;
	size_t n_limits, cap_limits;
	struct records *records;
	size_t n_records, cap_records;
	struct dist load; /* percent */
	int64_t load_percent;
	/* The delays whose hash ends so, the first one as in next. */
	size_t bucket[PROFILE_BUCKETS];
	bool coarse;
	struct vwindow drawn;
};

struct delay *profile_find_delay(const struct profile *p, const char *name);
/* A new one at the end. */
struct delay *profile_add_delay(struct profile *p, const char *name);
struct flag *profile_add_flag(struct profile *p, const char *name);

#endif
