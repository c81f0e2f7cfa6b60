/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/confine.h"

#include <sys/mman.h>
#include <sys/prctl.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define WIDE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WIDE 1
#endif
#endif
#ifndef WIDE
#define WIDE 0
#endif

#if WIDE
/* The leak checker attaches to us as a debugger would, which a process that
 * has changed its user cannot have, and then waits for ever. It asks this. */
static bool confined;
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return confined;
}
#endif

/* What fork() of the C library asks clone(2) for, and nothing else. */
#define FORK_FLAGS (CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD)

static const int allowed[] = {
	/* descriptors that are there */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	SCMP_SYS(pipe2),
	/* sockets that are there */
	SCMP_SYS(accept4),
	SCMP_SYS(sendto),
	SCMP_SYS(send),
	SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recv),
	SCMP_SYS(recvmsg),
	SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
	/* memory; see allow_some() for what can be executed */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(getrandom),
	/* signals of its own, time, itself */
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(uname),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(sched_yield),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	/* a copy of itself, and its end */
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(wait4),
	SCMP_SYS(waitid),
};

/* Of AddressSanitizer and its leak checker. */
static const int of_sanitizers[] = {
	SCMP_SYS(openat),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(getdents64),
	SCMP_SYS(mmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(prctl),
	SCMP_SYS(ptrace),
	SCMP_SYS(clone),
	SCMP_SYS(kill),
	SCMP_SYS(tgkill),
	SCMP_SYS(getppid),
	SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(ioctl),
	SCMP_SYS(dup),
	SCMP_SYS(pipe),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(sched_getaffinity),
};

static int
allow_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
	size_t i;
	int rc = 0;

	/* A call that this machine has not is passed over. */
	for (i = 0; i < count && rc == 0; i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return rc;
}

/* Calls that are allowed with some arguments only. */
static int
allow_some(scmp_filter_ctx f)
{
	const uint32_t yes = SCMP_ACT_ALLOW;
	const struct scmp_arg_cmp not_run =
	    SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp on_itself =
	    SCMP_A0_64(SCMP_CMP_EQ, (uint64_t)getpid(), 0);
	int rc;

	/* Memory of which no program can be made. */
	if ((rc = seccomp_rule_add(f, yes, SCMP_SYS(mmap), 1, not_run)) < 0 ||
	    (rc = seccomp_rule_add(f, yes, SCMP_SYS(mmap2), 1, not_run)) < 0 ||
	    (rc = seccomp_rule_add(f, yes, SCMP_SYS(mprotect), 1, not_run)) < 0)
		return rc;
	/* How the C library says fstat(). */
	if ((rc = seccomp_rule_add(f, yes, SCMP_SYS(newfstatat), 1,
		 SCMP_A3_64(SCMP_CMP_EQ, AT_EMPTY_PATH, 0))) < 0)
		return rc;
	if ((rc = seccomp_rule_add(f, yes, SCMP_SYS(fcntl), 1,
		 SCMP_A1_64(SCMP_CMP_LE, F_SETFL, 0))) < 0 ||
	    (rc = seccomp_rule_add(f, yes, SCMP_SYS(fcntl64), 1,
		 SCMP_A1_64(SCMP_CMP_LE, F_SETFL, 0))) < 0)
		return rc;
	/* abort(3) */
	if ((rc = seccomp_rule_add(f, yes, SCMP_SYS(tgkill), 1, on_itself)) < 0)
		return rc;
	return seccomp_rule_add(f, yes, SCMP_SYS(clone), 1,
	    SCMP_A0_64(SCMP_CMP_EQ, FORK_FLAGS, 0));
}

static uint32_t
action_of(enum confine_way way)
{
	switch (way) {
	case CONFINE_KILL:
		return SCMP_ACT_KILL_PROCESS;
	case CONFINE_ERRNO:
		return SCMP_ACT_ERRNO(EPERM);
	case CONFINE_LOG:
		return SCMP_ACT_LOG;
	}
	return SCMP_ACT_KILL_PROCESS;
}

enum confine_way
confine_usual(void)
{
	return CONFINE_KILL;
}

void
confine_arm(enum confine_way way)
{
	(void)way;
}

int
confine_calls(enum confine_way way, struct err *err)
{
	scmp_filter_ctx filter;
	int rc;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, errno, "no_new_privs");
	if ((filter = seccomp_init(action_of(way))) == NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "no filter of system calls can be made");
	rc = allow_all(filter, allowed, sizeof(allowed) / sizeof(*allowed));
	if (rc == 0 && WIDE)
		rc = allow_all(filter, of_sanitizers,
		    sizeof(of_sanitizers) / sizeof(*of_sanitizers));
	if (rc == 0)
		rc = allow_some(filter);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
#if WIDE
	confined = true;
#endif
	if (rc == 0)
		return 0;
	err_sys(err, -rc, "filter of system calls");
	if (err != NULL && rc == -ENOSYS)
		err->code = ERR_UNSUPPORTED;
	return rc == -ENOSYS ? ERR_UNSUPPORTED : ERR_IO;
}

bool
confine_is_wide(void)
{
	return WIDE;
}
