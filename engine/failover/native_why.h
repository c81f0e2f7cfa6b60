/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * native_why - what native_why() asks of the planner's other files.
 */
#ifndef FAILOVER_NATIVE_WHY_H
#define FAILOVER_NATIVE_WHY_H

#include "failover/native_parts.h"

/* The pair of the hn with this index, or NULL. */
const struct pair *native_pair(const struct native *n, uint32_t index);

/* Whether a bond can be made, as far as is known. */
bool native_has_bonding(const struct native *n);

/* Why the NIC that an hn lists is not proven to be its VF; NULL: it is. */
const char *native_unproven(const struct pair *p, const struct snap_if *hn,
    const struct snap_if *vf);

#endif
