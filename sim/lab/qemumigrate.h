/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemumigrate - the guest of one QEMU moved, running, into another one, which
 * was started with the other end of a socket pair as incoming_fd and with the
 * same machine (NIC pairs, MACs, memory, presence of VFs).
 *
 * The source says QEMU_STOPPED, the destination QEMU_RESUMED; between them the
 * guest, and its clock, stands.
 */
#ifndef SIM_LAB_QEMUMIGRATE_H
#define SIM_LAB_QEMUMIGRATE_H

#include "sim/lab/qemu.h"

/* QEMU's own defaults. */
#define QEMU_MIGRATE_BYTES_PER_S (INT64_C(128) << 20)
#define QEMU_MIGRATE_DOWNTIME	 (INT64_C(300) * 1000000)

struct qemu_migrate {
	int64_t bytes_per_s; /* at most; 0: the default */
	int64_t downtime_ns; /* aimed at, at most; 0: the default */
};

enum qemu_migrate_end {
	QEMU_MIGRATE_COMPLETED, /* the guest is the destination's */
	QEMU_MIGRATE_CANCELLED, /* it runs here, as before */
	QEMU_MIGRATE_FAILED,	/* so it does; or QEMU has refused or ended */
};

struct qemu_migrated { /* lives during the call */
	enum qemu_migrate_end end;
	struct err err; /* of QEMU_MIGRATE_FAILED */
	/* QEMU's own numbers; 0 where it says nothing. */
	int64_t total_ns, downtime_ns, setup_ns;
	int64_t transferred_bytes, ram_bytes;
	int64_t from_ns, to_ns; /* asked and known, clock_monotonic() */
};

/* Takes fd, the source's end. done() is called once. One at a time: a second
 * one fails with ERR_BUSY. */
void qemu_migrate(struct qemu *q, int fd, const struct qemu_migrate *how,
    void (*done)(void *ctx, const struct qemu_migrated *m), void *ctx);

/* Calls it off, if it is not too late: qemu_migrate()'s done() tells which. */
void qemu_migrate_cancel(struct qemu *q, struct qemu_done done);

#endif
