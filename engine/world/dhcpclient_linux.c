/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/dhcpclient.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "world/clock.h"

#define FLAGS_MOST 16

/* Where the systems' own scripts put the pid file; the first is ours, too. */
enum { PID_FILES = 2 };

static const char *const programs[] = {
	"/sbin/dhclient",
	"/usr/sbin/dhclient",
	"/usr/local/sbin/dhclient",
};

/* A kernel's name has no slash, but "." is one thing too many. */
static bool
is_name(const char *ifname)
{
	return ifname[0] != '\0' && ifname[0] != '.' &&
	    strchr(ifname, '/') == NULL && strlen(ifname) < 16;
}

static bool
read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static void
pid_path(size_t which, const char *ifname, char path[64])
{
	snprintf(path, 64, "/run/dhclient%s%s.pid", which == 0 ? "." : "-",
	    ifname);
}

/* The number in a file that anybody left behind may be another process by
 * now. */
static pid_t
pid_of(const char *ifname)
{
	char path[64], text[32], *rest;
	size_t i;
	long pid;

	for (i = 0; i < PID_FILES; i++) {
		pid_path(i, ifname, path);
		if (!read_text(path, text, sizeof(text)))
			continue;
		errno = 0;
		pid = strtol(text, &rest, 10);
		if (errno != 0 || rest == text || pid <= 1 || pid > INT32_MAX)
			continue;
		snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
		if (read_text(path, text, sizeof(text)) &&
		    strcmp(text, "dhclient\n") == 0)
			return (pid_t)pid;
	}
	return 0;
}

static bool
is_ending(const struct dhcpclients *c, pid_t pid, int64_t now_ns)
{
	size_t i;

	for (i = 0; i < DHCPCLIENT_MOST; i++)
		if (c->ending[i].pid == pid && now_ns < c->ending[i].until_ns)
			return true;
	return false;
}

bool
dhcpclient_runs(const struct dhcpclients *c, const char *ifname, int64_t now_ns)
{
	pid_t pid = is_name(ifname) ? pid_of(ifname) : 0;

	return pid > 0 && !is_ending(c, pid, now_ns);
}

int
dhcpclient_stop(struct dhcpclients *c, const char *ifname, int64_t now_ns)
{
	pid_t pid = is_name(ifname) ? pid_of(ifname) : 0;

	if (pid == 0)
		return ENOENT;
	if (kill(pid, SIGTERM) != 0)
		return errno;
	c->ending[c->next_ending].pid = pid;
	c->ending[c->next_ending].until_ns = now_ns + DHCPCLIENT_ENDS;
	c->next_ending = (c->next_ending + 1) % DHCPCLIENT_MOST;
	return 0;
}

void
dhcpclient_reap(struct dhcpclients *c)
{
	size_t i = 0;

	while (i < c->count)
		if (waitpid(c->starting[i], NULL, WNOHANG) == 0)
			i++;
		else
			c->starting[i] = c->starting[--c->count];
}

/* In a group of its own, with nothing of ours but the standard error output,
 * on which it says what it cannot do. */
static int
spawn(char *const argv[], pid_t *pid)
{
	static char path[] = "PATH=/sbin:/bin:/usr/sbin:/usr/bin";
	char *const env[] = { path, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	size_t i;
	int rc = ENOENT;

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
	for (i = 0; i < sizeof(programs) / sizeof(programs[0]) && rc == ENOENT;
	     i++)
		rc = posix_spawn(pid, programs[i], &files, &how, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	return rc;
}

int
dhcpclient_start(struct dhcpclients *c, const char *ifname, const char *flags)
{
	char pid_file[64], leases[64], words[64], name[16], *rest, *word;
	char dhclient[] = "dhclient", inet[] = "-4", background[] = "-nw";
	char pf[] = "-pf", lf[] = "-lf";
	char *argv[8 + FLAGS_MOST + 2] = { dhclient, inet, background, pf,
		pid_file, lf, leases };
	size_t n = 7;
	pid_t pid;
	int rc;

	dhcpclient_reap(c);
	if (!is_name(ifname))
		return EINVAL;
	if ((pid = pid_of(ifname)) != 0)
		return is_ending(c, pid, clock_monotonic()) ? EAGAIN : EEXIST;
	if (c->count == DHCPCLIENT_MOST)
		return EAGAIN;
	snprintf(name, sizeof(name), "%s", ifname);
	pid_path(0, ifname, pid_file);
	snprintf(leases, sizeof(leases), "/var/lib/dhcp/dhclient.%s.leases",
	    ifname);
	snprintf(words, sizeof(words), "%s", flags);
	for (word = strtok_r(words, " \t", &rest);
	     word != NULL && n < 7 + FLAGS_MOST;
	     word = strtok_r(NULL, " \t", &rest))
		argv[n++] = word;
	argv[n++] = name;
	argv[n] = NULL;
	rc = spawn(argv, &pid);
	if (rc == 0)
		c->starting[c->count++] = pid;
	return rc;
}
