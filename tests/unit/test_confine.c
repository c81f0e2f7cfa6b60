/* SPDX-License-Identifier: BSD-2-Clause */
/* What a confined process still can do, and what ends it: each in a child,
 * under the filter that the daemon has. */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <net/if.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "world/child.h"
#include "world/clock.h"
#include "world/confine.h"

#define CANNOT 99 /* there is no such thing on this system */

/* FreeBSD's capability mode is about what can be reached: a socket that nobody
 * can be connected by, memory with code in it and a user that one may be are
 * had there. */
#ifdef __linux__
#define FILTERED true
#else
#define FILTERED false
#endif

static int
try_open(void)
{
	return open("/etc/passwd", O_RDONLY) < 0;
}

static int
try_make(void)
{
	return open("/tmp/test_confine.made", O_CREAT | O_WRONLY, 0600) < 0;
}

static int
try_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0;
}

static int
try_inet(void)
{
	return socket(AF_INET, SOCK_DGRAM, 0) < 0;
}

static int
try_connect(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX,
		.sun_path = "/nowhere/at/all" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return fd < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0;
}

static int
try_trace(void)
{
	return ptrace(PT_TRACE_ME, 0, NULL, 0) < 0;
}

static int
try_exec(void)
{
	char *argv[] = { NULL };

	return execve("/bin/true", argv, argv) < 0;
}

static int
try_kill(void)
{
	return kill(getppid(), 0) < 0;
}

static int
try_unlink(void)
{
	return unlink("/nowhere/at/all") < 0;
}

static int
try_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int
try_root(void)
{
	return setuid(0) < 0;
}

struct trial {
	const char *name;
	int (*fn)(void); /* 0: it could */
	bool wide;	 /* a sanitizer's own run-time may need it */
	bool lets;	 /* this system does not forbid it */
};

static const struct trial forbidden[] = {
	{ "open", try_open, true, false },
	{ "make", try_make, true, false },
	{ "connect", try_connect, false, false },
	{ "socket", try_socket, false, !FILTERED },
	{ "inet", try_inet, false, !FILTERED },
	{ "ptrace", try_trace, true, false },
	{ "execve", try_exec, false, false },
	{ "kill", try_kill, true, false },
	{ "unlink", try_unlink, false, false },
	{ "code", try_code, true, !FILTERED },
	{ "setuid", try_root, false, !FILTERED },
};

static bool
is_let(const struct trial *t)
{
	return t->lets || (t->wide && confine_is_wide());
}

/* The status of a child that was confined and then did it. */
static int
status_of(enum confine_way way, int (*fn)(void))
{
	struct err err;
	int status, rc;
	pid_t pid = fork();

	if (pid == 0) {
		confine_prepare(way);
		rc = confine_calls(way, &err);
		_exit(rc == ERR_UNSUPPORTED ? CANNOT : rc < 0 ? 98 : fn());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT)
		skip();
	return status;
}

static void
what_it_does_not_need_ends_it(void **state)
{
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++) {
		if (is_let(&forbidden[i]))
			continue;
		status = status_of(CONFINE_KILL, forbidden[i].fn);
		if (!WIFSIGNALED(status))
			print_error("%s: status %x\n", forbidden[i].name,
			    (unsigned)status);
		assert_true(WIFSIGNALED(status));
	}
}

static void
or_fails_when_that_was_asked_for(void **state)
{
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++) {
		if (is_let(&forbidden[i]))
			continue;
		status = status_of(CONFINE_ERRNO, forbidden[i].fn);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 1);
	}
}

static int pair[2], file;

static int
do_its_work(void)
{
	struct pollfd fd = { .fd = pair[0], .events = POLLIN };
	char byte, *room = malloc(1 << 20);
	int64_t before = clock_monotonic();
	struct child copy;
	char how[64];
	int fds[2];

	memset(room, 1, 1 << 20);
	free(room);
	if (send(pair[1], "a", 1, MSG_NOSIGNAL) != 1 ||
	    poll(&fd, 1, 1000) != 1 || recv(pair[0], &byte, 1, 0) != 1 ||
	    write(file, "b", 1) != 1 || fsync(file) < 0 ||
	    clock_monotonic() < before || pipe2(fds, O_CLOEXEC) < 0 ||
	    fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0 ||
	    signal(SIGUSR1, SIG_IGN) == SIG_ERR)
		return 1;
	/* A copy of it works within the same walls. */
	if (child_fork(CHILD_OURS, &copy) == 0)
		_exit(write(fds[1], "c", 1) == 1 ? 0 : 1);
	child_wait(&copy, how, sizeof(how));
	if (read(fds[0], &byte, 1) != 1 || byte != 'c')
		return 1;
	if (child_fork(CHILD_OURS, &copy) == 0) {
		try_exec();
		_exit(write(fds[1], "d", 1) == 1 ? 0 : 1);
	}
	child_wait(&copy, how, sizeof(how));
	return read(fds[0], &byte, 1) >= 0;
}

static void
what_it_needs_works(void **state)
{
	char name[] = "/tmp/test_confine.XXXXXX";
	int status;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	file = mkstemp(name);
	unlink(name);
	status = status_of(CONFINE_KILL, do_its_work);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(pair[0]);
	close(pair[1]);
	close(file);
}

/* None of it was asked for before in this process. */
static int
tell_the_time(void)
{
	char utc[CLOCK_UTC_TEXT], text[32];
	time_t zero = 0;
	struct tm tm;

	return strcmp(clock_utc(0, utc), "1970-01-01T00:00:00.000000000Z") !=
	    0 ||
	    localtime_r(&zero, &tm) == NULL ||
	    strftime(text, sizeof(text), "%z", &tm) == 0 ||
	    *strerror(EPERM) == '\0';
}

static void
the_c_library_opens_no_file_any_more(void **state)
{
	int status;

	(void)state;
	status = status_of(CONFINE_KILL, tell_the_time);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int
take_user(const char *name, int expected)
{
	struct err err;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (confine_user(name, &err) != expected)
			_exit(1);
		if (expected < 0)
			_exit(0);
		_exit(geteuid() == 0 || setuid(0) == 0 || setgid(0) == 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
another_user_is_for_good(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		assert_int_equal(take_user(NULL, ERR_STATE), 0);
		skip();
	}
	assert_int_equal(take_user("no-such-user-here", ERR_NOTFOUND), 0);
	assert_int_equal(take_user("nobody", 0), 0);
	assert_int_equal(take_user(NULL, 0), 0);
}

/* --- a duty of root's --- */

static int
try_chroot(void)
{
	return chroot("/") < 0;
}

static int
try_device(void)
{
	int rc = mknod("/tmp/test_confine.null", S_IFCHR | 0600, 0x103);

	unlink("/tmp/test_confine.null");
	return rc < 0;
}

static int
try_give(void)
{
	char name[] = "/tmp/test_confine.XXXXXX";
	int fd = mkstemp(name), rc = fchown(fd, 12345, 12345);

	unlink(name);
	return rc < 0;
}

static int
try_other(void)
{
	return setuid(12345) < 0;
}

static int
try_chroot_by_program(void)
{
	return system("chroot / /bin/true 2>/dev/null") != 0;
}

static int
try_packets(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) < 0;
}

static int
try_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(1),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return bind(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&a,
		   sizeof(a)) < 0;
}

/* To what it is already. */
static int
try_interface(void)
{
	struct ifreq r = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	return ioctl(fd, SIOCGIFFLAGS, &r) < 0 ||
	    ioctl(fd, SIOCSIFFLAGS, &r) < 0;
}

static void
check_duty(enum confine_duty duty, int (*fn)(void), int expected,
    const char *name)
{
	struct err err;
	int status, rc;
	pid_t pid = fork();

	if (pid == 0) {
		rc = confine_duty(duty, &err);
		_exit(rc == ERR_UNSUPPORTED || rc == ERR_STATE ? CANNOT
			: rc < 0			       ? 98
							       : fn());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT)
		skip();
	if (status != expected << 8)
		print_error("%s: status %x\n", name, (unsigned)status);
	assert_int_equal(status, expected << 8);
}

static void
who_changes_interfaces_can_do_nothing_else(void **state)
{
	(void)state;
	if (geteuid() == 0 && try_chroot() != 0)
		skip(); /* a root that cannot do it itself */
	check_duty(CONFINE_INTERFACES, try_chroot, 1, "chroot");
	check_duty(CONFINE_INTERFACES, try_device, 1, "mknod");
	check_duty(CONFINE_INTERFACES, try_give, 1, "fchown");
	check_duty(CONFINE_INTERFACES, try_other, 1, "setuid");
	check_duty(CONFINE_INTERFACES, try_chroot_by_program, 1, "a program");
	check_duty(CONFINE_INTERFACES, try_packets, 0, "packets");
	check_duty(CONFINE_INTERFACES, try_port, 0, "port");
	check_duty(CONFINE_INTERFACES, try_interface, 0, "interface");
}

static void
who_runs_commands_does_so_by_programs_alone(void **state)
{
	(void)state;
	if (geteuid() == 0 && try_chroot() != 0)
		skip();
	check_duty(CONFINE_COMMANDS, try_chroot, 1, "chroot");
	check_duty(CONFINE_COMMANDS, try_interface, 1, "interface");
	check_duty(CONFINE_COMMANDS, try_other, 1, "setuid");
	check_duty(CONFINE_COMMANDS, try_chroot_by_program, 0, "a program");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_does_not_need_ends_it),
		cmocka_unit_test(or_fails_when_that_was_asked_for),
		cmocka_unit_test(the_c_library_opens_no_file_any_more),
		cmocka_unit_test(what_it_needs_works),
		cmocka_unit_test(another_user_is_for_good),
		cmocka_unit_test(who_changes_interfaces_can_do_nothing_else),
		cmocka_unit_test(who_runs_commands_does_so_by_programs_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
