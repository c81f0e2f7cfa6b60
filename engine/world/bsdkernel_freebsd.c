/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdkernel.h"

#include <sys/types.h>
#include <sys/param.h>
#include <sys/ioctl.h>
#include <sys/linker.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/wait.h>

#include <net/if.h>
#include <net/if_mib.h>
#include <net/route.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "world/bsdmsg.h"
#include "world/sysctltable.h"

#define CHILDREN 64 /* started, and not yet in the background */

struct bsdkernel_own {
	struct bsdkernel kernel;
	int local, inet, inet6; /* sockets; -1: the kernel has none */
	int route;
	pid_t children[CHILDREN];
	size_t n_children;
};

static int
own_ask(void *ctx, struct bsdrequest *r)
{
	const struct bsdkernel_own *own = ctx;
	int fd = r->family == BSD_AF_INET6 ? own->inet6
	    : r->family == BSD_AF_INET	   ? own->inet
					   : own->local;
	int rc;

	if (fd < 0)
		return EAFNOSUPPORT;
	bsdkernel_point(r);
	rc = ioctl(fd, r->code, r->data) < 0 ? errno : 0;
	bsdkernel_unpoint(r);
	return rc;
}

static int
own_table(void *ctx, enum bsdkernel_table what, struct strbuf *out)
{
	int mib[6] = { CTL_NET, PF_ROUTE, 0, AF_UNSPEC, NET_RT_IFLISTL, 0 };
	struct strbuf all = { 0 };
	int rc;

	(void)ctx;
	if (what == BSDKERNEL_INTERFACES)
		return sysctltable_read(mib, 6, out);
	mib[3] = what == BSDKERNEL_ROUTES ? AF_INET : AF_INET6;
	mib[4] = NET_RT_DUMP;
	if ((rc = sysctltable_read(mib, 6, &all)) == 0)
		bsdmsg_take_near(all.data, all.bytes, out);
	strbuf_fini(&all);
	return rc;
}

static int
own_driver(void *ctx, uint32_t index, char *name, size_t bytes)
{
	int mib[6] = { CTL_NET, PF_LINK, NETLINK_GENERIC, IFMIB_IFDATA,
		(int)index, IFDATA_DRIVERNAME };

	(void)ctx;
	memset(name, 0, bytes);
	/* It comes with its NUL, or not at all. */
	return sysctl(mib, 6, name, &bytes, NULL, 0) < 0 ? errno : 0;
}

static int
own_get(void *ctx, const char *name, void *buf, size_t *bytes)
{
	(void)ctx;
	return sysctlbyname(name, buf, bytes, NULL, 0) < 0 ? errno : 0;
}

static int
own_set(void *ctx, const char *name, int value)
{
	(void)ctx;
	return sysctlbyname(name, NULL, NULL, &value, sizeof(value)) < 0 ? errno
									 : 0;
}

static int
own_route(void *ctx, const void *message, size_t bytes)
{
	const struct bsdkernel_own *own = ctx;
	ssize_t n;

	if (own->route < 0)
		return EAFNOSUPPORT;
	n = write(own->route, message, bytes);
	if (n < 0)
		return errno;
	return (size_t)n == bytes ? 0 : EIO;
}

static int
own_load(void *ctx, const char *module)
{
	(void)ctx;
	return kldload(module) < 0 && errno != EEXIST ? errno : 0;
}

static bool
own_exists(void *ctx, const char *path)
{
	struct stat st;

	(void)ctx;
	return stat(path, &st) == 0;
}

static int
own_read(void *ctx, const char *path, size_t most, struct strbuf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;
	char buf[4096];
	ssize_t n = 1;
	off_t end;

	(void)ctx;
	if (fd < 0)
		return errno;
	end = lseek(fd, 0, SEEK_END);
	if (end < 0 ||
	    lseek(fd, end > (off_t)most ? end - (off_t)most : 0, SEEK_SET) < 0)
		rc = errno;
	while (rc == 0 && n > 0 && most > 0) {
		n = read(fd, buf, MIN(sizeof(buf), most));
		if (n < 0)
			rc = errno;
		else
			strbuf_add(out, buf, (size_t)n);
		most -= n > 0 ? (size_t)n : 0;
	}
	close(fd);
	return rc;
}

/* The file stays when its process dies, and the number may be another's; but
 * pidfile(3) holds a lock for as long as it lives. To ask for the lock instead
 * of taking it lets the client start that comes just now. */
static int
own_holder(void *ctx, const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), pid = 0;
	struct strbuf text = { 0 };

	if (fd < 0)
		return 0;
	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK &&
	    own_read(ctx, path, 32, &text) == 0)
		pid = (int)strtol(strbuf_str(&text), NULL, 10);
	strbuf_fini(&text);
	close(fd);
	return pid > 1 && pid != getpid() ? pid : 0;
}

static int
own_terminate(void *ctx, int pid)
{
	(void)ctx;
	return kill(pid, SIGTERM) < 0 ? errno : 0;
}

/* Takes leave of what is in the background by now. */
static void
reap(struct bsdkernel_own *own)
{
	size_t i = 0;

	while (i < own->n_children)
		if (waitpid(own->children[i], NULL, WNOHANG) == 0)
			i++;
		else
			own->children[i] = own->children[--own->n_children];
}

/* In a group of its own, with nothing of ours but the standard error output,
 * on which it says what it cannot do. */
static int
own_start(void *ctx, const char *const *argv)
{
	static char path[] = "PATH=/sbin:/bin:/usr/sbin:/usr/bin";
	char *const env[] = { path, NULL };
	struct bsdkernel_own *own = ctx;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int rc;

	reap(own);
	if (own->n_children == CHILDREN)
		return EAGAIN;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
		POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&files, 0, 1);
	rc = posix_spawn(&own->children[own->n_children], argv[0], &files, &how,
	    (char *const *)(uintptr_t)argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	own->n_children += rc == 0;
	return rc;
}

static const struct bsdkernel_ops own_ops = {
	.ask = own_ask,
	.table = own_table,
	.driver = own_driver,
	.get = own_get,
	.set = own_set,
	.route = own_route,
	.load = own_load,
	.exists = own_exists,
	.read = own_read,
	.holder = own_holder,
	.terminate = own_terminate,
	.start = own_start,
};

/* Only for requests: what the kernel tells on it would wait for nobody. */
static int
open_route(void)
{
	int fd = socket(PF_ROUTE, SOCK_RAW | SOCK_CLOEXEC, AF_UNSPEC), off = 0;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_USELOOPBACK, &off, sizeof(off));
	(void)shutdown(fd, SHUT_RD);
	return fd;
}

int
bsdkernel_open(struct bsdkernel_own **out, struct err *err)
{
	struct bsdkernel_own *own;
	int local = socket(AF_LOCAL, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*out = NULL;
	if (local < 0)
		return err_sys(err, errno, "socket");
	own = mem_zero(1, sizeof(*own));
	own->local = local;
	own->inet = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	own->inet6 = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	own->route = open_route();
	own->kernel.ops = &own_ops;
	own->kernel.ctx = own;
	*out = own;
	return 0;
}

void
bsdkernel_close(struct bsdkernel_own *own)
{
	if (own == NULL)
		return;
	close(own->local);
	if (own->inet >= 0)
		close(own->inet);
	if (own->inet6 >= 0)
		close(own->inet6);
	if (own->route >= 0)
		close(own->route);
	free(own);
}

const struct bsdkernel *
bsdkernel_of(const struct bsdkernel_own *own)
{
	return &own->kernel;
}
