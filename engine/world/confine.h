/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * confine - giving up what a process may do, for good, in two steps.
 *
 * The first takes the rights of another user, the second those system calls
 * that make something reachable which is not yet: after it, what descriptors
 * are open can be read, written and polled, clients of listening sockets are
 * taken, memory comes and goes, and the process can have a copy of itself
 * (fork(2), within the same walls). No file is opened, no socket connected, no
 * program run, no other process looked at or signalled; Linux makes no socket
 * either.
 *
 * Linux: a seccomp(2) filter, and no_new_privs. A build with a sanitizer has
 * a wider one, by what the sanitizer's own run-time does: it reads /proc to
 * write its reports; it does not look for leaks then. FreeBSD: capsicum(4), and
 * rights of descriptors that were open.
 */
#ifndef WORLD_CONFINE_H
#define WORLD_CONFINE_H

#include <stdbool.h>

#include "base/err.h"

#define CONFINE_USER "_switchback" /* where there is such a user */

/* What becomes of a call that is not allowed. FreeBSD knows the second only,
 * and makes CONFINE_KILL of it by a signal that ends the process. */
enum confine_way {
	CONFINE_KILL,  /* the process ends by it (SIGSYS) */
	CONFINE_ERRNO, /* it fails with EPERM */
	CONFINE_LOG,   /* it is carried out, and the kernel logs it */
};

/* What is chosen where nobody has: CONFINE_KILL; FreeBSD: CONFINE_ERRNO, as its
 * C library, like its own programs, counts on a call that fails in capability
 * mode, and goes on without what it wanted. */
enum confine_way confine_usual(void);

/* Before the two steps. What the C library reads from a file when it is asked
 * for the first time, the time zone and its messages, it reads now: later that
 * would be the opening of a file. FreeBSD: what makes CONFINE_KILL of a refusal
 * is set while we are root, as others may not where
 * security.bsd.unprivileged_proc_debug is 0; in force it is by
 * confine_calls(). */
void confine_prepare(enum confine_way way);
/* The part of it that each system has of its own. */
void confine_arm(enum confine_way way);

/* Takes the rights of a user and of its groups. NULL: CONFINE_USER, or nobody
 * where there is none. 0; ERR_STATE: we are not root; ERR_NOTFOUND: no such
 * user; ERR_IO: the system refuses. */
int confine_user(const char *name, struct err *err);

/* 0; ERR_UNSUPPORTED or ERR_IO: it is not confined. */
int confine_calls(enum confine_way way, struct err *err);

/* What a process that stays root is there for. */
enum confine_duty {
	/* Changes interfaces and what the kernel says of them in /proc/sys/net,
	 * and starts DHCP clients, which may do the same. */
	CONFINE_INTERFACES,
	/* Runs the commands of the operator's rules as root, reads and writes
	 * files of whoever it is, ends what it has started. */
	CONFINE_COMMANDS,
};

/* Gives up those of root's privileges that the duty does not need. Linux:
 * capabilities(7). With CONFINE_INTERFACES, NET_ADMIN, NET_RAW and
 * NET_BIND_SERVICE are left, also to every program that is started, and
 * no_new_privs is set; what belongs to root can be read and written still, as
 * it must be for leases. With CONFINE_COMMANDS the process itself keeps what
 * reaches files and processes of others, and its commands have all that it had
 * before: what a rule does, no more and no less than devd(8) lets it do, is for
 * who has written it, and who starts a service must be able to give it whatever
 * that needs. So neither is the bounding set made smaller nor no_new_privs set,
 * which services and sessions would inherit; where it is set already, what the
 * process does not keep is put aside for its commands.
 *
 * 0; ERR_STATE: we are not root, and have what we were given; ERR_UNSUPPORTED:
 * this system's root cannot be divided (FreeBSD); ERR_IO. */
int confine_duty(enum confine_duty duty, struct err *err);

/* Whether this build's filter is the wide one. */
bool confine_is_wide(void);

#endif
