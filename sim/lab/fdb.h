/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fdb - a learning switch's forwarding database: behind which port an address
 * was last heard. Pure; ports are the caller's numbers.
 *
 * An entry follows the newest frame of its address (a guest's announcement
 * after a migration moves it). Entries do not age: a lab's run is shorter than
 * any switch's ageing time. There is room for FDB_MAX; a guest that invents
 * addresses drives out what was silent for longest.
 */
#ifndef SIM_LAB_FDB_H
#define SIM_LAB_FDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FDB_MAX	 256
#define FDB_NONE (-1)

struct fdb_entry {
	uint8_t mac[6];
	int port;
	uint64_t heard; /* grows with each frame */
};

struct fdb { /* zeroed */
	struct fdb_entry entries[FDB_MAX];
	size_t n;
	uint64_t frames;
	uint64_t driven_out;
};

/* A frame of this source came in. Gives the port where it was before when it
 * is another one, else FDB_NONE. Group addresses are nobody's. */
int fdb_learn(struct fdb *f, const uint8_t mac[6], int port);

/* FDB_NONE: unknown, or a group: to all. */
int fdb_find(const struct fdb *f, const uint8_t mac[6]);

/* The port is gone, and what was behind it unknown. */
void fdb_forget(struct fdb *f, int port);

#endif
