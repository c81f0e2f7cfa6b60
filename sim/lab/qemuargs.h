/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qemuargs - the machine of the lab as QEMU's command line. Pure.
 *
 * A q35 machine. NIC pair number N has the synthetic NIC "hnN" (virtio-net)
 * behind the root port "hnN-slot" and the VF "vfN" (vmxnet3), with the same
 * MAC, behind "vfN-slot". Each NIC ends in a stream socket ("hnN-net",
 * "vfN-net"), frames behind a 4-byte length in network order. Memory, disk
 * and configuration of this host are not touched.
 *
 * The guest's side of the channel is the virtio-serial port "switchback".
 */
#ifndef SIM_LAB_QEMUARGS_H
#define SIM_LAB_QEMUARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define QEMU_NICS   8
#define QEMU_RAM_MB 160

struct json_t; /* <jansson.h> */

struct qemu_nic {
	uint8_t mac[6];	 /* of both */
	int hn_fd;	 /* the segment's other end of each; QEMU inherits */
	int vf_fd;	 /* them. -1: no such NIC (vf only) */
	bool vf_present; /* at the start */
	/* QEMU's own fail-over pair: the VF shows once the guest's driver has
	 * agreed, and a migration takes it away and gives it back by itself. */
	bool failover;
};

/* Strings are borrowed, and needed during qemu_start() only. Descriptors are
 * QEMU's from then on: qemu_start() closes ours, also when it fails. -1 (not
 * 0) where there is none. */
struct qemu_config {
	const char *binary; /* NULL: qemu-system-x86_64 */
	/* Either a kernel (an ELF one boots faster), with an initrd and a
	 * command line, both may be NULL; or a disk image, which is left as it
	 * is (snapshot). */
	const char *kernel, *initrd, *append, *image;
	const char *console; /* file its serial console is added to; or NULL */
	/* Bytes that this file may have, of a machine that has no disk image:
	 * what comes then is lost. 0: any. */
	int64_t console_most;
	const char *accel; /* "kvm"; NULL: "tcg". See enlightenments.h */
	const char *cpu;   /* model and flags; NULL or "": QEMU's own choice */
	unsigned ram_mb;   /* 0: QEMU_RAM_MB */
	struct qemu_nic nics[QEMU_NICS];
	size_t n_nics;
	int agent_fd;	 /* channel to the guest's part */
	int incoming_fd; /* a migration comes in here, and starts the machine */
	bool paused;	 /* do not run before qemu_cont() */
};

struct qemuargs {
	char **argv; /* owned; NULL at the end */
	size_t n, cap;
	int fds[2 * QEMU_NICS + 3]; /* to be inherited */
	size_t n_fds;
};

/* qmp_fd: QEMU's end of the control socket. */
void qemuargs_make(struct qemuargs *a, const struct qemu_config *c, int qmp_fd);
void qemuargs_fini(struct qemuargs *a);

/* Arguments of device_add for the VF of that pair: what the command line
 * says of one that is there at the start. The caller's. */
struct json_t *qemuargs_vf(const struct qemu_nic *nic, size_t number);

#endif
