/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kvmlook - what this host's KVM says of itself. Nothing is changed and no
 * machine is made. Always "no such thing" on a system without KVM.
 */
#ifndef WORLD_KVMLOOK_H
#define WORLD_KVMLOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KVMLOOK_LEAVES 32

struct kvmlook_leaf { /* of CPUID */
	uint32_t function, eax, ebx, ecx, edx;
};

struct kvmlook {
	int open_errno; /* of /dev/kvm; 0: it is open to us */
	int api;	/* KVM_GET_API_VERSION; 12 */
	bool hardware;	/* the processor virtualizes: VMX or SVM */
	bool hyperv;	/* KVM_CAP_HYPERV */
	/* KVM_GET_SUPPORTED_HV_CPUID: Hyper-V's leaves, from 0x40000000. */
	int leaves_errno; /* 0: it has answered */
	struct kvmlook_leaf leaves[KVMLOOK_LEAVES];
	size_t n_leaves;
};

void kvmlook(struct kvmlook *out);

#endif
