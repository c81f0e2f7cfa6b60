/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel that is asked through another process: all calls and answers get
 * there and back, and one that hangs stops nobody else. Time passes only when
 * a call hangs, so that a slow machine is no kernel that does not answer. */
#include <sys/mman.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_bsd.h"
#include "scarce.h"
#include "world/bsdremote.h"

#define WAIT (INT64_C(100) * 1000000)

static struct fake_bsd bsd;
static struct bsdremote *remote;
static const struct bsdkernel *kernel;
static char told[1024];
static int refused;
static int64_t now_ns;

static volatile struct shared {
	bool hangs; /* the call */
	pid_t pid;  /* of who has answered */
	int flags;  /* of its connection: FD_* */
} * shared;	    /* with the child */

/* How often time is looked at before it is over; 0: that is not counted. */
static unsigned looks;

/* In the child: one ioctl and one name never come back, one ends it. */
static void
hang(void)
{
	shared->hangs = true;
	for (;;)
		pause();
}

static int64_t
now(void)
{
	if (shared->hangs || (looks > 0 && --looks == 0)) {
		shared->hangs = false;
		now_ns += WAIT;
	}
	return now_ns;
}

static int
ask(void *ctx, struct bsdrequest *r)
{
	if (r->code == BSD_SIOCSIFFLAGS)
		hang();
	if (r->code == BSD_SIOCSIFMTU)
		raise(SIGKILL);
	return bsd.kernel.ops->ask(ctx, r);
}

static int
get(void *ctx, const char *name, void *buf, size_t *bytes)
{
	if (strcmp(name, "dev.hn.0.vf") == 0)
		hang();
	return bsd.kernel.ops->get(ctx, name, buf, bytes);
}

static int
table(void *ctx, enum bsdkernel_table what, struct strbuf *out)
{
	size_t i;

	for (i = 0; what == BSDKERNEL_ROUTES && i < 1 << 20; i++)
		strbuf_addc(out, 'x');
	return bsd.kernel.ops->table(ctx, what, out);
}

static bool
exists(void *ctx, const char *path)
{
	shared->pid = getpid();
	shared->flags = fcntl(3, F_GETFD);
	return bsd.kernel.ops->exists(ctx, path);
}

static int
open_fake(void *arg, struct bsdkernel *out)
{
	static struct bsdkernel_ops ops;

	(void)arg;
	ops = *bsd.kernel.ops;
	ops.ask = ask;
	ops.get = get;
	ops.table = table;
	ops.exists = exists;
	out->ops = &ops;
	out->ctx = &bsd;
	return refused;
}

static void
note(void *ctx, const char *text)
{
	size_t n = strlen(told);

	(void)ctx;
	snprintf(told + n, sizeof(told) - n, "%s\n", text);
}

static int
setup(void **state)
{
	const struct bsdremote_config config = {
		.open = open_fake,
		.wait_ns = WAIT,
		.clock = now,
		.note = note,
	};

	(void)state;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return -1;
	looks = 0;
	told[0] = '\0';
	refused = 0;
	fake_bsd_init(&bsd);
	fake_bsd_add(&bsd, "em0", 6, "00:00:00:00:00:01");
	snprintf(bsd.ifs[0].descr, sizeof(bsd.ifs[0].descr), "uplink");
	bsd.rx_all = 1;
	remote = bsdremote_new(&config);
	kernel = bsdremote_kernel(remote);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	bsdremote_free(remote);
	munmap((void *)(uintptr_t)shared, sizeof(*shared));
	return 0;
}

static void
every_call_gets_there_and_back(void **state)
{
	static const char *const argv[] = { "/sbin/dhclient", "-b", "em0",
		NULL };
	struct strbuf here = { 0 }, there = { 0 };
	uint8_t message[BSDROUTE_BYTES];
	struct ipaddr gateway;
	struct bsdrequest r;
	char name[32], small[4], text[32];
	size_t bytes;

	(void)state;
	bsdrequest_get_descr(&r, "em0");
	assert_int_equal(bsdkernel_ask(kernel, &r), 0);
	assert_string_equal((char *)r.extra, "uplink");
	bsdrequest_init(&r, BSD_SIOCGIFFLAGS, "em1");
	assert_int_equal(bsdkernel_ask(kernel, &r), 6);
	bsd.kernel.ops->table(&bsd, BSDKERNEL_INTERFACES, &here);
	assert_int_equal(kernel->ops->table(kernel->ctx, BSDKERNEL_INTERFACES,
			     &there),
	    0);
	assert_int_equal(here.bytes, there.bytes);
	assert_memory_equal(here.data, there.data, here.bytes);
	strbuf_fini(&here);
	strbuf_fini(&there);
	assert_int_equal(kernel->ops->driver(kernel->ctx, 1, name,
			     sizeof(name)),
	    0);
	assert_string_equal(name, "em0");
	assert_int_equal(bsdkernel_number(kernel,
			     "net.link.lagg.failover_rx_all", -1),
	    1);
	assert_int_equal(kernel->ops->set(kernel->ctx,
			     "net.link.lagg.failover_rx_all", 0),
	    0);
	assert_int_equal(bsdkernel_number(kernel,
			     "net.link.lagg.failover_rx_all", -1),
	    0);
	bytes = sizeof(small);
	assert_int_equal(kernel->ops->get(kernel->ctx,
			     "dev.mlx5_core.0.%parent", small, &bytes),
	    12);
	assert_int_equal(bsdkernel_text(kernel, "dev.mlx5_core.0.%parent", text,
			     sizeof(text)),
	    0);
	assert_string_equal(text, "pci1");
	ipaddr_parse("10.0.0.1", &gateway);
	bytes = bsdroute_default(message, &gateway, 1, true);
	assert_int_equal(kernel->ops->route(kernel->ctx, message, bytes), 0);
	assert_int_equal(kernel->ops->route(kernel->ctx, message, bytes), 17);
	assert_int_equal(kernel->ops->load(kernel->ctx, "if_lagg"), 0);
	assert_int_equal(kernel->ops->load(kernel->ctx, "if_no"), 2);
	assert_false(kernel->ops->exists(kernel->ctx, "/nowhere"));
	assert_true(kernel->ops->exists(kernel->ctx, ""));
	assert_int_equal(kernel->ops->read(kernel->ctx, "/nowhere", 10, &there),
	    2);
	assert_int_equal(kernel->ops->start(kernel->ctx, argv), 0);
	assert_int_equal(kernel->ops->holder(kernel->ctx,
			     "/var/run/dhclient/dhclient.em0.pid"),
	    1001);
	assert_int_equal(kernel->ops->terminate(kernel->ctx, 1001), 0);
	assert_int_equal(kernel->ops->holder(kernel->ctx,
			     "/var/run/dhclient/dhclient.em0.pid"),
	    0);
	assert_string_equal(told, "");
}

static void
what_hangs_is_left_alone_and_the_rest_goes_on(void **state)
{
	struct bsdrequest r;
	char text[16];

	(void)state;
	bsdrequest_set_flags(&r, "em0", 1);
	assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	assert_string_equal(told,
	    "em0, ioctl 0x80206910: the kernel does not answer; not asked for "
	    "a minute\n");
	/* At once, and by nobody. */
	assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	bsdrequest_init(&r, BSD_SIOCGIFFLAGS, "em0");
	assert_int_equal(bsdkernel_ask(kernel, &r), 0);
	assert_int_equal(bsdkernel_text(kernel, "dev.hn.0.vf", text,
			     sizeof(text)),
	    60);
	assert_string_equal(text, "");
	assert_non_null(strstr(told, "dev.hn.0.vf"));
	assert_int_equal(bsdkernel_ask(kernel, &r), 0);
}

static void
what_has_hung_is_asked_again_after_a_minute(void **state)
{
	struct bsdrequest r;

	(void)state;
	bsdrequest_set_flags(&r, "em0", 1);
	assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	now_ns += BSDREMOTE_SHUN - 1;
	told[0] = '\0';
	assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	assert_string_equal(told, "");
	now_ns++;
	assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	assert_non_null(strstr(told, "does not answer"));
}

static void
a_process_that_dies_is_made_again(void **state)
{
	struct bsdrequest r;

	(void)state;
	bsdrequest_set_mtu(&r, "em0", 1400);
	assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	assert_non_null(strstr(told, "has ended"));
	bsdrequest_init(&r, BSD_SIOCGIFFLAGS, "em0");
	assert_int_equal(bsdkernel_ask(kernel, &r), 0);
}

static void
without_a_kernel_every_call_says_why(void **state)
{
	struct bsdrequest r;

	(void)state;
	refused = 13;
	bsdrequest_init(&r, BSD_SIOCGIFFLAGS, "em0");
	assert_int_equal(bsdkernel_ask(kernel, &r), 13);
	assert_false(kernel->ops->exists(kernel->ctx, ""));
	assert_int_equal(kernel->ops->holder(kernel->ctx, ""), 0);
}

static pid_t
pid_of_child(void)
{
	kernel->ops->exists(kernel->ctx, "");
	assert_true(shared->pid > 0);
	return shared->pid;
}

static void
one_that_died_meanwhile_is_made_again(void **state)
{
	pid_t pid = pid_of_child();
	struct bsdrequest r;
	siginfo_t info;

	(void)state;
	kill(pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	bsdrequest_init(&r, BSD_SIOCGIFFLAGS, "em0");
	assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	assert_non_null(strstr(told, "has ended"));
	assert_int_equal(bsdkernel_ask(kernel, &r), 0);
}

/* A ^C goes to it as well, and what it starts outlives it. */
static void
its_connection_is_its_own_and_no_key_ends_it(void **state)
{
	pid_t pid = pid_of_child();

	(void)state;
	assert_int_equal(shared->flags, FD_CLOEXEC);
	kill(pid, SIGINT);
	kill(pid, SIGTERM);
	kill(pid, SIGHUP);
	assert_int_equal(pid_of_child(), pid);
	assert_string_equal(told, "");
}

/* A question that does not go in, and an answer that does not come out. */
static void
what_stops_halfway_is_given_up(void **state)
{
	static char word[4 << 20];
	const char *const argv[] = { word, NULL };
	struct strbuf out = { 0 };

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	kill(pid_of_child(), SIGSTOP);
	looks = 4;
	assert_int_equal(kernel->ops->start(kernel->ctx, argv), 60);
	assert_non_null(strstr(told, "does not answer"));
	told[0] = '\0';
	looks = 5;
	assert_int_equal(kernel->ops->table(kernel->ctx, BSDKERNEL_ROUTES,
			     &out),
	    60);
	assert_int_equal(out.bytes, 0);
	assert_non_null(strstr(told, "the table of routes"));
	assert_int_equal(kernel->ops->table(kernel->ctx, BSDKERNEL_INTERFACES,
			     &out),
	    0);
	strbuf_fini(&out);
}

static void
without_room_for_a_process_nothing_is_asked(void **state)
{
	struct bsdrequest r;

	(void)state;
	bsdrequest_init(&r, BSD_SIOCGIFFLAGS, "em0");
	scarce_files();
	assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	scarce_end();
	if (scarce_processes())
		assert_int_equal(bsdkernel_ask(kernel, &r), 60);
	scarce_end();
	assert_int_equal(bsdkernel_ask(kernel, &r), 0);
}

static void
a_lease_is_read(void **state)
{
	struct strbuf out = { 0 };

	(void)state;
	ipaddr_parse("10.0.0.4/24", &bsd.ifs[0].lease);
	assert_int_equal(kernel->ops->read(kernel->ctx,
			     "/var/db/dhclient.leases.em0", 4096, &out),
	    0);
	assert_non_null(strstr(strbuf_str(&out), "fixed-address 10.0.0.4"));
	strbuf_fini(&out);
	bsdremote_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		WITH(every_call_gets_there_and_back),
		WITH(what_hangs_is_left_alone_and_the_rest_goes_on),
		WITH(what_has_hung_is_asked_again_after_a_minute),
		WITH(a_process_that_dies_is_made_again),
		WITH(one_that_died_meanwhile_is_made_again),
		WITH(its_connection_is_its_own_and_no_key_ends_it),
		WITH(what_stops_halfway_is_given_up),
		WITH(without_room_for_a_process_nothing_is_asked),
		WITH(a_lease_is_read),
		WITH(without_a_kernel_every_call_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
