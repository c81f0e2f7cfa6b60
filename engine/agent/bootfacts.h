/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bootfacts - what a guest finds that it runs on: the text of its hello, one
 * row of base/rowtext.h. Unknown ones are "".
 */
#ifndef AGENT_BOOTFACTS_H
#define AGENT_BOOTFACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

struct bootfacts {
	char version[32]; /* of the guest's part */
	char system[256]; /* "NAME (SYSTEM RELEASE MACHINE)", world/host.h */
	char cpu[16];	  /* what CPUID leaf 0x40000000 signs: "KVMKVMKVM" */
	char kernel[128]; /* the kernel's word for it: "Hypervisor detected:
			   * Microsoft Hyper-V", or what kern.vm_guest says */
};

void bootfacts_look(struct bootfacts *f);

void bootfacts_put(struct strbuf *out, const struct bootfacts *f);
int bootfacts_take(const char *text, size_t bytes, struct bootfacts *f,
    struct err *err);

/* The line of the kernel's log that says which hypervisor it runs on, without
 * its stamp; pure. False when this one, as /dev/kmsg has it, is another. */
bool bootfacts_of_kmsg(const char *line, size_t bytes, char *out, size_t size);

#endif
