/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first process of a sandbox: makes the namespaces and the root folder,
 * gives up every privilege, and then starts, signals and reaps commands as the
 * harness says.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <grp.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <linux/capability.h>

#include "base/mem.h"
#include "world/sandparts.h"
#include "world/sandwire.h"

#define HARNESS	    3 /* the descriptor */
#define OUTPUT_KEPT 1024

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

struct command {
	uint32_t id;
	pid_t pid; /* and group; 0: ended */
	int output;
	bool signalled, over;
	int status; /* once its shell is over */
};

struct first {
	struct command *commands;
	size_t count, cap;
	struct strbuf in;
	size_t used;
	int socket, proc;
};

/* --- telling the harness --- */

static bool
say(enum wire_kind kind)
{
	struct strbuf sb = { 0 };
	bool good;

	wire_end(&sb, wire_begin(&sb, kind));
	good = wire_send(HARNESS, &sb);
	strbuf_fini(&sb);
	return good;
}

static int
say_refused(const struct err *why)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_REFUSED);

	wire_number(&sb, why->code == ERR_UNSUPPORTED);
	wire_text(&sb, why->text, strlen(why->text));
	wire_end(&sb, mark);
	wire_send(HARNESS, &sb);
	strbuf_fini(&sb);
	return 1;
}

static int
say_errno(const char *what)
{
	struct err why;

	err_set(&why, ERR_UNSUPPORTED, "%s: %s", what, strerror(errno));
	return say_refused(&why);
}

static void
say_ended(const struct command *c, int status)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_ENDED);
	char output[OUTPUT_KEPT];
	off_t size = lseek(c->output, 0, SEEK_END);
	ssize_t n = 0;

	if (size > 0)
		n = pread(c->output, output, sizeof(output),
		    size > OUTPUT_KEPT ? size - OUTPUT_KEPT : 0);
	wire_number(&sb, c->id);
	wire_number(&sb, status);
	wire_text(&sb, output, n > 0 ? (size_t)n : 0);
	wire_end(&sb, mark);
	wire_send(HARNESS, &sb);
	strbuf_fini(&sb);
}

/* Socket and process list go along with the frame's first bytes. */
static bool
say_ready(const struct first *f)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	int fds[2] = { f->socket, f->proc };
	struct strbuf sb = { 0 };
	struct msghdr msg = { 0 };
	struct iovec iov;
	bool good;

	wire_end(&sb, wire_begin(&sb, WIRE_READY));
	iov.iov_base = sb.data;
	iov.iov_len = sb.bytes;
	memset(&control, 0, sizeof(control));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&control.head), fds, sizeof(fds));
	good = sendmsg(HARNESS, &msg, MSG_NOSIGNAL) == (ssize_t)sb.bytes;
	strbuf_fini(&sb);
	return good;
}

/* --- what it says --- */

static void
take_file(struct wire *w)
{
	char *path = wire_take_str(w);
	unsigned mode = (unsigned)wire_take_number(w);
	struct err why;
	const char *data;
	size_t bytes;
	int rc;

	data = wire_take_text(w, &bytes);
	rc = w->kind == WIRE_FILE
	    ? sandroot_put(path, mode & 0777, data, bytes, &why)
	    : sandroot_remove(path, &why);
	if (rc < 0)
		say_refused(&why);
	else
		say(WIRE_DONE);
	free(path);
}

static void
become_command(const char *text, int output)
{
	char path[] = "PATH=" SANDBOX_PATH, home[] = "HOME=/";
	char lang[] = "LC_ALL=C", zone[] = "TZ=UTC0";
	char prelude[] = "BASH_ENV=" SANDBOX_OURS "/prelude";
	char *env[] = { path, home, lang, zone, prelude, NULL };
	char name[] = "sh", option[] = "-c";
	char *argv[] = { name, option, mem_str(text), NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (chdir("/") != 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 ||
	    dup2(output, 2) < 0)
		_exit(127);
	execve("/bin/sh", argv, env);
	_exit(127);
}

static void
take_run(struct first *f, struct wire *w)
{
	struct command *c = MEM_PUSH(f->commands, f->count, f->cap);
	char *text;

	c->id = (uint32_t)wire_take_number(w);
	text = wire_take_str(w);
	c->output =
	    open("/tmp", O_RDWR | O_TMPFILE | O_APPEND | O_CLOEXEC, 0600);
	c->pid = c->output < 0 ? -1 : fork();
	if (c->pid == 0)
		become_command(text, c->output);
	if (c->pid < 0) {
		say_ended(c, 127);
		c->pid = 0;
	}
	free(text);
}

static void
take_signal(struct first *f, struct wire *w)
{
	uint32_t id = (uint32_t)wire_take_number(w);
	int sig = (int)wire_take_number(w);
	size_t i;

	for (i = 0; i < f->count; i++)
		if (f->commands[i].id == id && f->commands[i].pid > 0) {
			f->commands[i].signalled = true;
			kill(-f->commands[i].pid, sig);
		}
}

/* A command ends with its shell, but one that got a signal only when nobody
 * of its group is left, as with the daemon's own (world/command_runner.h). */
static void
tell_ends(struct first *f)
{
	struct command *c;
	size_t i;

	for (i = 0; i < f->count; i++) {
		c = &f->commands[i];
		if (c->pid == 0 || !c->over ||
		    (c->signalled && kill(-c->pid, 0) == 0))
			continue;
		say_ended(c, c->status);
		close(c->output);
		c->pid = 0;
	}
}

static void
reap(struct first *f)
{
	struct command *c;
	int status;
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < f->count; i++) {
			c = &f->commands[i];
			if (c->pid != pid)
				continue;
			c->over = true;
			c->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
							: WEXITSTATUS(status);
		}
	tell_ends(f);
}

/* One message; false when the harness is gone. */
static bool
take_message(struct first *f)
{
	struct wire w;

	if (!wire_receive(HARNESS, &f->in, &f->used, &w))
		return false;
	switch (w.kind) {
	case WIRE_FILE:
	case WIRE_REMOVE:
		take_file(&w);
		return true;
	case WIRE_RUN:
		take_run(f, &w);
		say(WIRE_DONE);
		return true;
	case WIRE_SIGNAL:
		take_signal(f, &w);
		say(WIRE_DONE);
		return true;
	default:
		return false;
	}
}

static int
serve(struct first *f, int signals)
{
	struct pollfd fds[2] = { { .fd = HARNESS, .events = POLLIN },
		{ .fd = signals, .events = POLLIN } };
	struct signalfd_siginfo si;
	struct wire w;
	size_t length;

	for (;;) {
		/* A second frame may lie behind the last one already. */
		if (f->in.bytes <= f->used ||
		    wire_frame(f->in.data + f->used, f->in.bytes - f->used, &w,
			&length) <= 0)
			if (poll(fds, 2, -1) < 0 && errno != EINTR)
				return 1;
		if ((fds[1].revents & POLLIN) != 0 &&
		    read(signals, &si, sizeof(si)) > 0)
			reap(f);
		if (((fds[0].revents != 0) || f->in.bytes > f->used) &&
		    !take_message(f))
			return 0;
		fds[0].revents = fds[1].revents = 0;
	}
}

/* --- becoming the first process --- */

static void
limit(int what, rlim_t most)
{
	struct rlimit r = { most, most }, now;

	if (getrlimit((__rlimit_resource_t)what, &now) == 0 &&
	    now.rlim_max < most)
		r.rlim_cur = r.rlim_max = now.rlim_max;
	(void)setrlimit((__rlimit_resource_t)what, &r);
}

static void
set_limits(void)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, 120);
	limit(RLIMIT_FSIZE, 64u << 20);
	limit(RLIMIT_NOFILE, 256);
	limit(RLIMIT_NPROC, 1024);
	limit(RLIMIT_MEMLOCK, 0);
#ifndef __SANITIZE_ADDRESS__ /* it maps terabytes */
	limit(RLIMIT_AS, (rlim_t)2 << 30);
#endif
}

/* User 0 of the sandbox, and yet nobody: no capability, now or by any program
 * that is run. */
static bool
drop_privileges(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct none[2];
	int cap;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0)
			return false;
	if (prctl(PR_SET_SECUREBITS,
		SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
		    SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED,
		0, 0, 0) != 0)
		return false;
	memset(none, 0, sizeof(none));
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    syscall(SYS_capset, &head, none) == 0;
}

static int
listen_inside(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), SANDBOX_OURS "/socket");
	if (fd < 0 || bind(fd, (void *)&sun, sizeof(sun)) != 0 ||
	    listen(fd, 128) != 0)
		return -1;
	return fd;
}

static int
watch_children(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Runs as process 1 of the sandbox. */
static int
be_first(struct first *f, int program)
{
	struct err why;
	int signals;

	/* Death of the parent is told to us by the kernel; credentials have
	 * changed since, which forgets an older wish. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return say_errno("cannot tie the sandbox to its owner");
	if (sethostname("guest", 5) != 0)
		return say_errno("cannot set the sandbox's host name");
	if (sandroot_make(program, &why) < 0)
		return say_refused(&why);
	close(program);
	f->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f->socket = listen_inside();
	signals = watch_children();
	if (f->proc < 0 || f->socket < 0 || signals < 0)
		return say_errno("cannot prepare the sandbox");
	set_limits();
	if (!drop_privileges())
		return say_errno("cannot give up privileges");
	/* What runs here has our user: it would follow /proc/1/exe to the
	 * program as the host has it, and could change its mode. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return say_errno("cannot hide the program");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || !say_ready(f))
		return 1;
	close(f->proc);
	close(f->socket);
	return serve(f, signals);
}

int
sandbox_first(void)
{
	struct first f = { 0 };
	struct wire w;
	int program, status;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* Nothing that the harness has open may get into the sandbox. */
	if (fcntl(HARNESS, F_SETFD, FD_CLOEXEC) != 0 ||
	    syscall(SYS_close_range, HARNESS + 1, ~0U, 0) != 0)
		return say_errno("cannot close files");
	program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (program < 0)
		return say_errno("cannot open the program's own file");
	if (geteuid() == 0)
		(void)setgroups(0, NULL);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
		CLONE_NEWUTS | CLONE_NEWPID) != 0)
		return say_errno("no namespaces for this user (unshare)");
	if (!say(WIRE_UNSHARED) || !wire_receive(HARNESS, &f.in, &f.used, &w) ||
	    w.kind != WIRE_MAPPED)
		return 1;
	if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
		return say_errno("cannot become the sandbox's user");
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	pid = fork();
	if (pid == 0)
		_exit(be_first(&f, program));
	if (pid < 0)
		return say_errno("cannot start the sandbox's first process");
	close(HARNESS);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return 0;
}
