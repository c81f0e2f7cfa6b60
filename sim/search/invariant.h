/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * invariant - what holds in every history, whatever happens in it. Each has a
 * name and a sentence, and says in the words of a scenario what it expected
 * when it does not hold: a scenario with this expectation fails as well.
 *
 * Some are looked at after everything that happens (safety), the others at
 * the end, when all was mended and the engine has had its quiet time
 * (liveness).
 */
#ifndef SIM_SEARCH_INVARIANT_H
#define SIM_SEARCH_INVARIANT_H

#include "base/digest.h"
#include "core/core.h"
#include "db/trace.h"
#include "sim/machine/machine.h"
#include "sim/search/course.h"
#include "sim/stage/simstage.h"

enum invariant {
	INVARIANT_PANIC,
	INVARIANT_FOREIGN,
	INVARIANT_DELAY,
	INVARIANT_ALOOF,
	INVARIANT_JOINED,
	INVARIANT_UP,
	INVARIANT_PORT,
	INVARIANT_VF,
	INVARIANT_PATH,
	INVARIANT_ADDRESS,
	INVARIANT_ALIAS,
	INVARIANT_STALE,
	INVARIANT_ADDRESS6,
	INVARIANT_TWICE,
	INVARIANT_ROUTE,
	INVARIANT_LEASE,
	INVARIANT_CLIENT,
	INVARIANT_LOST,
	INVARIANT_CALM,
	INVARIANT_ANEW,
	INVARIANT_VLAN,
	INVARIANT_SLAAC,
	INVARIANT_MTU,
	INVARIANT_ALTERNATE,
	INVARIANT_PRETEND,
	INVARIANT_RELINK,
	INVARIANT_ENABLED,
	INVARIANT_ATTACHED,
	INVARIANT_UNJOINED,
	INVARIANT_OUTLIVED,
	INVARIANT_REASKED,
	INVARIANT_PROMPT,
	INVARIANT_SEAMLESS,
	INVARIANT_OFFERED,
	INVARIANT_ALONE,
	INVARIANT_CAPS,
	INVARIANT_RXALL,
};
#define INVARIANTS	 (INVARIANT_RXALL + 1)
#define INVARIANT_BIT(i) (UINT64_C(1) << (i))

const char *invariant_name(enum invariant i);
const char *invariant_sentence(enum invariant i);
bool invariant_find(const char *name, enum invariant *out);
/* Whether it is claimed of this policy. */
bool invariant_holds_under(enum invariant i, enum core_policy policy);

#define VIOLATION_TEXT 160

struct violation {
	enum invariant broken;
	int64_t at_ns;
	char what[VIOLATION_TEXT];   /* for a person */
	char expect[VIOLATION_TEXT]; /* behind the word expect; its marks are
				      * COURSE_CALM and these two */
	int64_t came_ns, early_ns;   /* "came", "early"; 0: not needed */
};

#define MARK_CAME  "came"
#define MARK_EARLY "early"

struct watch_nic { /* the NIC of a pair, as it was looked at last */
	const struct ifnet *hn; /* NULL: it is away */
	bool told_up;		/* a VF_UP of it, and no VF_DOWN since */
	int64_t told_ns;	/* the newest of both; 0: none */
	int64_t linkless_ns;	/* has no link, but should, since; 0: no */
	int64_t outage_ns;	/* until then hn(4) pretends an outage */
	uint32_t capenable;	/* as the engine that runs found it */
	int64_t away_ns; /* its DHCP client has no link since; 0: it has */
	int64_t back_ns; /* and has one again since, and has not asked; 0: no */
	int64_t late_ns; /* the engine has something to do since; 0: no */
	int64_t vf_late_ns;	    /* the same of its VF, which has a delay */
	int64_t join_ns, joined_ns; /* its VF, last: upped, and VF_UP; 0: not */
	bool joins_well;	    /* nothing else happened meanwhile */
};

#define WATCH_BIRTHS 32

struct watch_birth { /* an interface that was told to be attached */
	uint32_t born;
	char name[IFNAME_MAX];
};

struct watch { /* what the invariants look at in one run */
	const struct course *h;
	struct simwalk *walk;
	struct machine *m;
	const struct trace *t;
	enum core_policy policy;
	size_t n_operations, n_records; /* seen before */
	/* Its VF, and the other one, last; 0: it is not there. */
	int64_t came_ns[COURSE_PAIRS], other_ns[COURSE_PAIRS];
	struct watch_nic nics[COURSE_PAIRS];
	size_t n_steps;		     /* of the history, done */
	int64_t disturbed_ns;	     /* when the last one was */
	bool daemon_runs, hurries;   /* the engine has no excuse to be slow */
	bool vf_may_wait;	     /* but with its VF */
	uint32_t n_born, departures; /* of the machine, when nics were found */
	unsigned starts;	     /* of the engine, then */
	struct watch_birth births[WATCH_BIRTHS];
	size_t n_births;
	struct violation found[INVARIANTS];
	size_t n_found;
	uint64_t broken; /* a bit each */
};

void watch_begin(struct watch *w, const struct course *h,
    enum core_policy policy, struct simwalk *walk, const struct trace *t);
void watch_step(struct watch *w);
/* All of it that decides what is broken from now on. */
void watch_digest(const struct watch *w, struct digest *d);
/* The run has come to its end, and nothing is torn down yet. */
void watch_end(struct watch *w);

#endif
