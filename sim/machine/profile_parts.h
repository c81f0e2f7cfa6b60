/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile_parts - a profile's inside, shared by its reader (profile_read.c)
 * and who draws from it (profile.c).
 */
#ifndef SIM_MACHINE_PROFILE_PARTS_H
#define SIM_MACHINE_PROFILE_PARTS_H

#include "base/prng.h"
#include "sim/machine/profile.h"

enum shape { FIXED, UNIFORM, TRIANGULAR, ONE_OF };

struct dist {
	enum shape shape;
	int64_t value[PROFILE_VALUES];
	size_t count;
};

struct delay {
	char *name;
	struct dist dist;
	struct prng prng;
	bool scaled; /* by the run's load */
};

struct flag {
	char *name;
	bool value;
};

struct limit {
	char *name;
	int64_t value;
};

struct records {
	char *name;
	char *text[PROFILE_RECORDS];
	size_t count;
};

struct profile {
	char *title;
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
};

struct delay *profile_find_delay(const struct profile *p, const char *name);

#endif
