/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/confine.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/capability.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))

static uint64_t
needed(enum confine_duty duty)
{
	switch (duty) {
	case CONFINE_INTERFACES:
		return BIT(CAP_NET_ADMIN) | BIT(CAP_NET_RAW) |
		    BIT(CAP_NET_BIND_SERVICE);
	case CONFINE_COMMANDS:
		break;
	}
	return BIT(CAP_DAC_OVERRIDE) | BIT(CAP_DAC_READ_SEARCH) |
	    BIT(CAP_FOWNER) | BIT(CAP_KILL);
}

/* Until the kernel says that there is none of that number. Who may not (a
 * service manager has taken SETPCAP) need not: with no_new_privs a program has
 * no more than we have. */
static int
drop_for_children(uint64_t keep, struct err *err)
{
	int c;

	for (c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if ((c > 63 || (keep & BIT(c)) == 0) &&
		    prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1 &&
		    prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0 && errno != EPERM)
			return err_sys(err, errno, "capability %d", c);
	return 0;
}

/* The ambient set is a part of both, and shrinks with them. With lend, what is
 * not kept is put aside only, for programs that we start to have. */
static int
keep_of_own(uint64_t keep, bool lend, struct err *err)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
	size_t i;

	memset(sets, 0, sizeof(sets));
	if (syscall(SYS_capget, &head, sets) < 0)
		return err_sys(err, errno, "capabilities");
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		sets[i].effective =
		    sets[i].permitted & (uint32_t)(keep >> (32 * i));
		if (lend)
			continue;
		sets[i].permitted = sets[i].effective;
		sets[i].inheritable &= sets[i].permitted;
	}
	if (syscall(SYS_capset, &head, sets) < 0)
		return err_sys(err, errno, "capabilities");
	return 0;
}

int
confine_duty(enum confine_duty duty, struct err *err)
{
	const uint64_t keep = needed(duty);
	bool lend;
	int rc;

	if (geteuid() != 0)
		return err_set(err, ERR_STATE,
		    "only root's privileges can be divided");
	if (duty == CONFINE_INTERFACES) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
			return err_sys(err, errno, "no_new_privs");
		if ((rc = drop_for_children(keep, err)) < 0)
			return rc;
	}
	/* A program of root's has what the bounding set allows, but with
	 * no_new_privs no more than who starts it. */
	lend = duty == CONFINE_COMMANDS &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
	return keep_of_own(keep, lend, err);
}
