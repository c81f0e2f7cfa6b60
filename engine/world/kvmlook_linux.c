/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/kvmlook.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "base/mem.h"

#ifdef __x86_64__
#include <cpuid.h>

static bool
processor_virtualizes(void)
{
	unsigned eax, ebx, ecx, edx;

	if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & (1u << 5)) != 0)
		return true; /* VMX */
	return __get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx) &&
	    (ecx & (1u << 2)) != 0; /* SVM */
}

static int
look_leaves(int fd, struct kvmlook *out)
{
	size_t i, room = sizeof(struct kvm_cpuid_entry2) * KVMLOOK_LEAVES;
	struct kvm_cpuid2 *all = mem_zero(1, sizeof(*all) + room);
	const struct kvm_cpuid_entry2 *e;
	int why = 0;

	all->nent = KVMLOOK_LEAVES;
	if (ioctl(fd, KVM_GET_SUPPORTED_HV_CPUID, all) < 0)
		why = errno;
	for (i = 0; why == 0 && i < all->nent; i++) {
		e = &all->entries[i];
		out->leaves[out->n_leaves++] =
		    (struct kvmlook_leaf){ e->function, e->eax, e->ebx, e->ecx,
			    e->edx };
	}
	free(all);
	return why;
}
#else
static bool
processor_virtualizes(void)
{
	return false; /* not as a PC does */
}

static int
look_leaves(int fd, struct kvmlook *out)
{
	(void)fd;
	(void)out;
	return ENOTTY;
}
#endif

void
kvmlook(struct kvmlook *out)
{
	int fd;

	memset(out, 0, sizeof(*out));
	out->hardware = processor_virtualizes();
	if ((fd = open("/dev/kvm", O_RDWR | O_CLOEXEC)) < 0) {
		out->open_errno = errno;
		return;
	}
	out->api = ioctl(fd, KVM_GET_API_VERSION, 0);
	out->hyperv = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_HYPERV) > 0;
	out->leaves_errno = look_leaves(fd, out);
	close(fd);
}
