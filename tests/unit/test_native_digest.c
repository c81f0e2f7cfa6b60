/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failover/native_digest.h: two planners that will act differently have two
 * digests. A search that takes them for one leaves histories out and says that
 * it has seen them all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failover/native_life.h"
#include "failover/native_parts.h"

#define NOW   (INT64_C(100) * 1000000000)
#define LATER (NOW + INT64_C(3) * 1000000000)

/* What the planner decides by; the rest only tells a person, or is worked out
 * anew at each look. */
struct decides {
	const char *name;
	size_t offset;
	enum { FLAG, TIME, NUMBER, TEXT } type;
};
#define BY(type, field)                                                        \
	{                                                                      \
#field, offsetof(struct pair, field), type                     \
	}

static const struct decides fields[] = {
	BY(NUMBER, index),
	BY(NUMBER, unit),
	BY(TEXT, hn),
	BY(TEXT, lagg),
	BY(TEXT, descr),
	BY(TEXT, mac),
	BY(FLAG, managed),
	BY(FLAG, has_joined),
	BY(FLAG, just_joined),
	BY(FLAG, dirty),
	BY(NUMBER, caps),
	BY(NUMBER, lost),
	BY(TEXT, vf.name),
	BY(NUMBER, vf.index),
	BY(FLAG, vf.replaced),
	BY(FLAG, vf.seen_up),
	BY(FLAG, vf.set_down),
	BY(FLAG, vf.left_down),
	BY(FLAG, vf.carried),
	BY(TIME, vf.theirs_ns),
	BY(TIME, vf.all_down_ns),
	BY(TIME, vf.since_ns),
	BY(TIME, vf.due_ns),
	BY(TIME, vf.idle_ns),
	BY(TIME, vf.grace_ns),
	BY(TIME, vf.retry_ns),
	BY(TIME, vf.loose_ns),
	BY(TIME, vf.stray_ns),
	BY(NUMBER, config.n_stale),
	BY(NUMBER, config.n_former),
	BY(TEXT, config.old_gateway),
	BY(TEXT, config.old_gateway6),
	BY(TEXT, config.borrowed),
	BY(TEXT, config.learned),
	BY(TEXT, config.remade),
	BY(NUMBER, config.n_rerouted),
	BY(FLAG, config.drop_client),
	BY(FLAG, config.drop_rtadv),
	BY(FLAG, config.new_mtu),
	BY(FLAG, config.asked_route),
	BY(TIME, config.client_ns),
	BY(TIME, config.client_step_ns),
	BY(TIME, config.bare_ns),
	BY(TIME, config.bare_step_ns),
	BY(TIME, config.route_ns),
	BY(TIME, config.rtsol_ns),
	BY(TIME, config.unrouted_ns),
	BY(TIME, config.odd_mtu_ns),
	BY(NUMBER, config.odd_mtu),
	BY(NUMBER, config.odd_tries),
	BY(NUMBER, config.solicited),
};

static void
fill(struct pair *p)
{
	const struct decides *f;
	size_t i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		f = &fields[i];
		if (f->type == TIME)
			memcpy((char *)p + f->offset, &(const int64_t){ LATER },
			    sizeof(int64_t));
	}
	p->vf.carried = true;
	p->vf.since_ns = NOW - 1;
	p->vf.grace_ns = 1;
}

static void
change(struct pair *p, const struct decides *f)
{
	char *at = (char *)p + f->offset;
	int64_t ns;

	switch (f->type) {
	case FLAG:
		*(bool *)(void *)at = !*(bool *)(void *)at;
		break;
	case TIME:
		memcpy(&ns, at, sizeof(ns));
		ns++;
		memcpy(at, &ns, sizeof(ns));
		break;
	case NUMBER:
	case TEXT:
		*at = (char)(*at + 1);
		break;
	}
}

static struct digest
digest_of(const struct pair *p)
{
	struct digest d;

	digest_begin(&d, NOW);
	native_pair_digest(p, &d);
	return d;
}

static void
each_field_that_decides_counts(void **state)
{
	struct digest before, after;
	struct pair p;
	size_t i;

	(void)state;
	fill(&p);
	before = digest_of(&p);
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		fill(&p);
		change(&p, &fields[i]);
		after = digest_of(&p);
		if (before.low == after.low && before.high == after.high)
			fail_msg("%s does not count", fields[i].name);
	}
}

/* Who adds a field says here, and in native_digest.c, whether it decides. */
static void
no_field_is_new(void **state)
{
	(void)state;
	if (sizeof(void *) != 8)
		skip();
	assert_int_equal(sizeof(struct vf_care), 128);
	assert_int_equal(sizeof(struct config_care), 1376);
	assert_int_equal(sizeof(struct pair) - sizeof(struct rc_net), 1704);
	assert_int_equal(sizeof(struct hold) - sizeof(struct operation), 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_that_decides_counts),
		cmocka_unit_test(no_field_is_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
