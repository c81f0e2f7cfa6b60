/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch_parts - the inside of the watch over a run (sim/search/invariant.h):
 * what is looked at after everything that happens (watch.c; watch_hn.c: the
 * NICs; watch_births.c: who came and went; watch_lease.c: routes and clients;
 * watch_prompt.c: that the engine is quick; watch_join.c: that a VF's coming
 * costs nothing), and what at the end (watch_end.c).
 */
#ifndef SIM_SEARCH_WATCH_PARTS_H
#define SIM_SEARCH_WATCH_PARTS_H

#include "sim/search/invariant.h"

/* Notes the first time that one is broken, and gives NULL afterwards, or when
 * it is not claimed of this policy. The expectation is still to be told. */
struct violation *watch_broken(struct watch *w, enum invariant i,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* v may be NULL. */
void watch_expect(struct violation *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Of VIOLATION_TEXT bytes. */
void watch_words(char *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Its marks; v may be NULL. */
void watch_moment(struct violation *v, int64_t came_ns, int64_t early_ns);

/* A record of the kernel's own, one that the invariants know. */
enum watch_system { WATCH_IFNET, WATCH_ETHERNET, WATCH_VF };
struct watch_told {
	enum watch_system system;
	char name[IFNAME_MAX]; /* subsystem= */
	const char *type;      /* the rest of the record, behind type= */
	int64_t at_ns;
};

/* The NIC of a pair, by its hardware, since a person may have renamed it; or
 * NULL. */
struct ifnet *watch_find_hn(const struct watch *w, size_t pair);
void watch_hn_told(struct watch *w, const struct watch_told *r);
void watch_hn_step(struct watch *w);
void watch_nic_digest(const struct watch_nic *n, struct digest *d);
void watch_births_told(struct watch *w, const struct watch_told *r);
void watch_births_digest(const struct watch *w, struct digest *d);
void watch_lease_step(struct watch *w);
void watch_prompt_begin(struct watch *w);
void watch_prompt_step(struct watch *w);
/* A VF is upped, and its NIC has handed over to it; at the end. */
void watch_join_began(struct watch *w, size_t pair, int64_t at_ns);
void watch_join_ended(struct watch_nic *n, int64_t at_ns);
void watch_join_end(struct watch *w, size_t pair);

#endif
