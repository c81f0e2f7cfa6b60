/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smallworld - one machine with one pair, small enough to be searched whole:
 * what may happen to it (its deeds, the steps of a scenario), what must stand
 * how for each of them, and which faults may strike.
 *
 * A deed breaks something or mends it, or does neither: so all that is broken
 * can be mended, and then the end must look like the course says. That the VF
 * is away is nothing broken.
 */
#ifndef SIM_SEARCH_SMALLWORLD_H
#define SIM_SEARCH_SMALLWORLD_H

#include "sim/search/course.h"

/* How the world stands: a bit for each thing that is otherwise than at the
 * beginning. */
enum smallworld_bit {
	SMALLWORLD_VF_AWAY = 1 << 0,
	SMALLWORLD_LINK_LOST = 1 << 1, /* the VF's */
	SMALLWORLD_WITHDRAWN = 1 << 2, /* the VF's association */
	SMALLWORLD_UNPLUGGED = 1 << 3, /* the NIC's medium */
	SMALLWORLD_NIC_AWAY = 1 << 4,
	SMALLWORLD_DEAD = 1 << 5, /* the daemon */
};
#define SMALLWORLD_BROKEN                                                      \
	(SMALLWORLD_LINK_LOST | SMALLWORLD_WITHDRAWN | SMALLWORLD_UNPLUGGED |  \
	    SMALLWORLD_NIC_AWAY | SMALLWORLD_DEAD)

struct smallworld_deed {
	const char *kind;	  /* its letter in the alphabet, a word */
	const char *step;	  /* in a scenario; %s: the VF */
	uint32_t needs, excludes; /* bits that must be set, and must not */
	uint32_t sets, clears;
	bool of_guest; /* the NIC must have come to the guest as well */
};

#define SMALLWORLD_DEEDS 15
#define SMALLWORLD_KINDS 9

struct smallworld {
	struct course course; /* its scenario's steps are the deeds */
	uint32_t chosen;      /* a bit for each deed */
};

extern const char smallworld_alphabet[]; /* what is chosen by itself */

/* The profile of the machine that a world has: "mlx5" is one on Azure with
 * IPv4, "vmx" one in QEMU with an IPv6 address besides. NULL: there is no such
 * world. */
const char *smallworld_machine(const char *world);

/* kinds: words with commas between them; NULL: smallworld_alphabet. False when
 * one of them is not known, or the world is not. */
bool smallworld_open(struct smallworld *w, const char *world,
    const char *kinds);
void smallworld_fini(struct smallworld *w);

/* All words, from 0 to SMALLWORLD_KINDS - 1. */
const char *smallworld_kind(size_t i);

const struct smallworld_deed *smallworld_deed(size_t i);
const struct scn_step *smallworld_step(const struct smallworld *w, size_t i);

/* Whether the world lets a chosen deed happen as it stands. */
bool smallworld_allows(const struct smallworld *w, size_t i, uint32_t stands);
/* The deed that mends something that is broken, chosen or not; or
 * SMALLWORLD_DEEDS. */
size_t smallworld_mends(uint32_t stands);

#endif
