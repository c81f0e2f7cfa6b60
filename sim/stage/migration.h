/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * migration - the simulated machine moves to another host while it runs. Its
 * memory is copied first (delay vm.precopy), and all goes on; then it stands
 * still for the rest (vm.downtime) and goes on at the other host, which
 * announces its MACs to the network, as the guest does itself where its NIC
 * is virtio (LAB.md 3). A NIC or VF that is there goes along.
 *
 * The trace has the vm's states `migrating` and `host`, counted from 1, if
 * there is a migration at all.
 */
#ifndef SIM_STAGE_MIGRATION_H
#define SIM_STAGE_MIGRATION_H

#include <stdint.h>

#include "sim/machine/machine.h"

struct migration;

/* stop: let the guest stand still for so long. What is given is borrowed. */
struct migration *migration_new(struct machine *m,
    void (*stop)(void *ctx, int64_t duration_ns), void *ctx);
void migration_free(struct migration *g); /* NULL is fine */

/* cancel_ns: so much later the host gives it up, which comes too late once
 * the guest has stood; 0: it does not. While one is under way another is
 * refused: a note says so. */
void migration_begin(struct migration *g, int64_t cancel_ns);

#endif
