/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim/lab/qemu.h with a real QEMU and a real Linux in it, whose first process
 * is qemu-init.sh.
 *
 *	qemu_guest KERNEL INITRD FOLDER
 *
 * In real time, so that each wait is for something to happen, and long.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "sim/lab/qemu.h"
#include "sim/lab/qemumigrate.h"
#include "world/clock.h"

#define SECOND INT64_C(1000000000)
#define LONG   (90 * SECOND)
#define TICK   (SECOND / 100)

static const char *kernel, *initrd, *folder;
static const uint8_t mac[6] = { 0x52, 0x54, 0x00, 0x09, 0x00, 0x02 };

static struct labloop *loop;

enum vf { NO_VF, VF, FAILOVER_VF };

struct guest { /* and the QEMU that it is in */
	struct qemu *qemu;
	struct labtimer tick; /* what is waited for is looked at then, too */
	char console[300];
	struct strbuf said;  /* on it */
	int hn, vf, channel; /* our ends */
	unsigned seen[QEMU_EXITED + 1];
	char others[1000];			 /* names of QEMU_OTHER */
	struct qemu_event last[QEMU_EXITED + 1]; /* without texts */
	char text[5000];			 /* of QEMU_EXITED; "" before */
	char status[40];			 /* of the migration */
	unsigned answers;
	struct err answer; /* the latest */
	unsigned ends;	   /* of migrations */
	struct qemu_migrated end;
};

static void
take_event(void *ctx, const struct qemu_event *e)
{
	struct guest *g = ctx;
	size_t at;

	g->seen[e->kind]++;
	g->last[e->kind] = *e;
	if (e->kind == QEMU_EXITED)
		snprintf(g->text, sizeof(g->text), "%s", e->text);
	if (e->kind == QEMU_OTHER) {
		at = strlen(g->others);
		snprintf(g->others + at, sizeof(g->others) - at, "%s %s;",
		    e->name, e->device);
	}
	if (e->kind == QEMU_MIGRATION)
		snprintf(g->status, sizeof(g->status), "%s", e->text);
}

static void
take_answer(void *ctx, const struct err *e)
{
	struct guest *g = ctx;

	g->answers++;
	memset(&g->answer, 0, sizeof(g->answer));
	if (e != NULL)
		g->answer = *e;
}

static void
take_end(void *ctx, const struct qemu_migrated *m)
{
	struct guest *g = ctx;

	g->ends++;
	g->end = *m;
}

static void
fire(void *ctx, int64_t now_ns)
{
	struct guest *g = ctx;

	labloop_arm(loop, &g->tick, now_ns + TICK);
}

static void
pair(int *near, int *far)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
			     fds),
	    0);
	*near = fds[0];
	*far = fds[1];
}

static void
start(struct guest *g, const char *name, enum vf vf, int incoming)
{
	struct qemu_config c = { .kernel = kernel,
		.initrd = initrd,
		.append = "console=ttyS0 quiet panic=-1 no_timer_check "
			  "tsc=reliable",
		.n_nics = 1,
		.incoming_fd = incoming };
	struct err e;

	memset(g, 0, sizeof(*g));
	snprintf(g->console, sizeof(g->console), "%s/%s", folder, name);
	c.console = g->console;
	memcpy(c.nics[0].mac, mac, sizeof(mac));
	c.nics[0].vf_present = vf != NO_VF;
	c.nics[0].failover = vf == FAILOVER_VF;
	pair(&c.nics[0].hn_fd, &g->hn);
	pair(&c.nics[0].vf_fd, &g->vf);
	pair(&c.agent_fd, &g->channel);
	g->tick.fire = fire;
	g->tick.ctx = g;
	fire(g, labloop_now(loop));
	g->qemu = qemu_start(loop, &c, take_event, g, &e);
	if (g->qemu == NULL)
		fail_msg("%s", e.text);
}

static void
finish(struct guest *g)
{
	labloop_disarm(loop, &g->tick);
	qemu_free(g->qemu);
	strbuf_fini(&g->said);
	close(g->hn);
	close(g->vf);
	close(g->channel);
}

/* --- waiting --- */

static const char *
console(struct guest *g)
{
	char text[65536];
	ssize_t n;
	int fd = open(g->console, O_RDONLY);

	strbuf_reset(&g->said);
	while (fd >= 0 && (n = read(fd, text, sizeof(text))) > 0)
		strbuf_add(&g->said, text, (size_t)n);
	if (fd >= 0)
		close(fd);
	return strbuf_str(&g->said);
}

/* One turn of the loop, within LONG of the start of the wait. */
static void
turn(struct guest *g, const char *what, int64_t from_ns)
{
	if (g->seen[QEMU_EXITED] > 0)
		fail_msg("QEMU has ended, no %s: %s", what, g->text);
	if (labloop_now(loop) - from_ns > LONG)
		fail_msg("no %s; the console: %s", what, console(g));
	labloop_turn(loop, from_ns + LONG);
}

/* The text after what is on the console from there on. */
static size_t
await_line(struct guest *g, size_t from, const char *text)
{
	int64_t from_ns = labloop_now(loop);
	const char *at;

	while (strlen(console(g)) < from ||
	    (at = strstr(console(g) + from, text)) == NULL)
		turn(g, text, from_ns);
	return (size_t)(at - g->said.data) + strlen(text);
}

static void
await_event(struct guest *g, enum qemu_event_kind kind, unsigned count)
{
	int64_t from_ns = labloop_now(loop);

	while (g->seen[kind] < count) {
		if (kind == QEMU_EXITED)
			labloop_turn(loop, from_ns + LONG);
		else
			turn(g, "event", from_ns);
	}
}

/* Of the one command that is under way. */
static void
await_answer(struct guest *g)
{
	int64_t from_ns = labloop_now(loop);

	while (g->answers == 0)
		turn(g, "answer", from_ns);
	g->answers = 0;
}

static void
await_done(struct guest *g)
{
	await_answer(g);
	if (g->answer.code != ERR_NONE)
		fail_msg("%s", g->answer.text);
}

static struct qemu_done
answer_to(struct guest *g)
{
	return (struct qemu_done){ take_answer, g };
}

static size_t
here(struct guest *g)
{
	console(g);
	return g->said.bytes;
}

/* --- what is there from the start --- */

static struct guest a;

/* Frames behind their length; the guest's first ones are its own. */
static void
look_at_a_frame(int fd)
{
	uint8_t head[4 + 14];

	assert_int_equal(recv(fd, head, sizeof(head), 0), sizeof(head));
	assert_true(head[0] == 0 && head[1] == 0);
	assert_true((head[2] << 8 | head[3]) >= 14);
	assert_memory_equal(head + 4 + 6, mac, 6);
}

static void
a_guest_boots_and_its_frames_come_out(void **state)
{
	int64_t from_ns, off_ns;

	(void)state;
	loop = labloop_new();
	from_ns = labloop_now(loop);
	start(&a, "a", VF, -1);
	await_event(&a, QEMU_READY, 1);
	print_message("ready after %.0f ms\n",
	    (double)(labloop_now(loop) - from_ns) / 1e6);
	await_line(&a, 0, "NICS eth0:1 eth1:1.");
	print_message("up after %.0f ms\n",
	    (double)(labloop_now(loop) - from_ns) / 1e6);
	look_at_a_frame(a.hn);
	look_at_a_frame(a.vf);
	/* QEMU's stamps are the wall clock's. */
	await_event(&a, QEMU_CHANNEL, 1);
	assert_true(a.last[QEMU_CHANNEL].on);
	off_ns = a.last[QEMU_CHANNEL].at_ns + clock_wall_offset() -
	    a.last[QEMU_CHANNEL].wall_ns;
	assert_true(off_ns > -SECOND / 100 && off_ns < LONG);
}

static void
the_channel_reaches_the_guest_and_back(void **state)
{
	char text[6];
	int64_t from_ns = labloop_now(loop);

	(void)state;
	assert_int_equal(send(a.channel, "echo hello\n", 11, 0), 11);
	while (recv(a.channel, text, 6, MSG_DONTWAIT | MSG_PEEK) < 6)
		turn(&a, "hello", from_ns);
	assert_memory_equal(text, "hello\n", 6);
}

static void
a_stopped_guest_stands(void **state)
{
	size_t from;

	(void)state;
	qemu_stop(a.qemu, answer_to(&a));
	await_done(&a);
	await_event(&a, QEMU_STOPPED, 1);
	from = here(&a);
	while (labloop_now(loop) - a.last[QEMU_STOPPED].at_ns < SECOND / 2)
		turn(&a, "time", labloop_now(loop));
	assert_true(here(&a) == from);
	qemu_cont(a.qemu, answer_to(&a));
	await_event(&a, QEMU_RESUMED, 1);
	await_done(&a);
	await_line(&a, from, "COUNT");
}

static void
carrier_goes_and_comes_on_each_side(void **state)
{
	size_t at = here(&a);

	(void)state;
	qemu_link(a.qemu, QEMU_HN, 0, false, answer_to(&a));
	await_done(&a);
	at = await_line(&a, at, "NICS eth0:0 eth1:1.");
	qemu_link(a.qemu, QEMU_HN, 0, true, answer_to(&a));
	await_done(&a);
	at = await_line(&a, at, "NICS eth0:1 eth1:1.");
	qemu_link(a.qemu, QEMU_VF, 0, false, answer_to(&a));
	await_done(&a);
	at = await_line(&a, at, "NICS eth0:1 eth1:0.");
	qemu_link(a.qemu, QEMU_VF, 0, true, answer_to(&a));
	await_done(&a);
	await_line(&a, at, "NICS eth0:1 eth1:1.");
}

static void
eject(struct guest *g)
{
	unsigned gone = g->seen[QEMU_VF_GONE];
	int64_t from_ns = labloop_now(loop);

	qemu_vf_eject(g->qemu, 0, answer_to(g));
	await_done(g);
	print_message("ejected after %.0f ms\n",
	    (double)(labloop_now(loop) - from_ns) / 1e6);
	assert_int_equal(g->seen[QEMU_VF_GONE], gone + 1);
	assert_int_equal(g->last[QEMU_VF_GONE].nic, 0);
}

static void
the_vf_goes_and_comes(void **state)
{
	size_t at = here(&a);
	int round;

	(void)state;
	for (round = 0; round < 3; round++) {
		eject(&a);
		at = await_line(&a, at, "NICS eth0:1.");
		qemu_vf_attach(a.qemu, 0, answer_to(&a));
		await_done(&a);
		at = await_line(&a, at, "NICS eth0:1 eth1:1.");
	}
	eject(&a);
	await_line(&a, at, "NICS eth0:1.");
	qemu_vf_eject(a.qemu, 0, answer_to(&a));
	await_answer(&a);
	assert_int_equal(a.answer.code, ERR_NOTFOUND);
}

/* --- migration --- */

static void
migrate_to(struct guest *to, const char *name, int64_t bytes_per_s)
{
	struct qemu_migrate how = { .bytes_per_s = bytes_per_s };
	int near, far;

	pair(&near, &far);
	start(to, name, NO_VF, far);
	qemu_migrate(a.qemu, near, &how, take_end, &a);
}

static void
await_end(unsigned count)
{
	int64_t from_ns = labloop_now(loop);

	while (a.ends < count)
		turn(&a, "end of the migration", from_ns);
}

static void
a_cancelled_migration_leaves_the_guest_where_it_is(void **state)
{
	struct guest b;
	size_t at;

	(void)state;
	migrate_to(&b, "b", 1000000);
	while (strcmp(a.status, "active") != 0)
		turn(&a, "active migration", labloop_now(loop));
	/* A second one is refused meanwhile. */
	qemu_migrate(a.qemu, dup(a.hn), &(struct qemu_migrate){ 0 }, take_end,
	    &a);
	assert_int_equal(a.ends, 1);
	assert_int_equal(a.end.err.code, ERR_BUSY);
	qemu_migrate_cancel(a.qemu, answer_to(&a));
	await_done(&a);
	await_end(2);
	assert_int_equal(a.end.end, QEMU_MIGRATE_CANCELLED);
	/* Who was waiting for it gives up. */
	await_event(&b, QEMU_EXITED, 1);
	assert_int_not_equal(b.last[QEMU_EXITED].status, 0);
	assert_int_equal(b.seen[QEMU_RESUMED], 0);
	finish(&b);
	at = here(&a);
	await_line(&a, at, "COUNT");
	assert_int_equal(a.seen[QEMU_STOPPED], 1); /* as before */
}

/* The number at the front of "COUNT 12.", or 0: a line that migration has cut
 * in two is none. */
static int
count_of(const char *line)
{
	int count, end = 0;

	return sscanf(line, "COUNT %d.%n", &count, &end) == 1 && end > 0 ? count
									 : 0;
}

static int
first_count(const char *text)
{
	int count = 0;

	while (count == 0 && (text = strstr(text, "COUNT ")) != NULL)
		count = count_of(text++);
	return count;
}

static int
last_count(const char *text)
{
	int count = 0, here;

	for (; (text = strstr(text, "COUNT ")) != NULL; text++)
		if ((here = count_of(text)) > 0)
			count = here;
	return count;
}

static void
a_migrated_guest_goes_on_at_the_other_side(void **state)
{
	struct guest b;
	int before, after;
	size_t at;

	(void)state;
	migrate_to(&b, "c", 0);
	await_end(3);
	assert_int_equal(a.end.end, QEMU_MIGRATE_COMPLETED);
	assert_true(a.end.total_ns > 0 && a.end.transferred_bytes > 1000000);
	assert_true(
	    a.end.downtime_ns >= 0 && a.end.downtime_ns <= a.end.total_ns);
	await_event(&a, QEMU_STOPPED, 2);
	await_event(&b, QEMU_RESUMED, 1);
	print_message("total %.0f ms, down %.0f ms (%.0f ms from STOP to "
		      "RESUME), %.1f MB\n",
	    (double)a.end.total_ns / 1e6, (double)a.end.downtime_ns / 1e6,
	    (double)(b.last[QEMU_RESUMED].at_ns - a.last[QEMU_STOPPED].at_ns) /
		1e6,
	    (double)a.end.transferred_bytes / 1e6);
	assert_true(a.last[QEMU_STOPPED].at_ns <= b.last[QEMU_RESUMED].at_ns);
	before = last_count(console(&a));
	at = await_line(&b, 0, "COUNT");
	await_line(&b, at, ".");
	/* The first, not the last: how many more have come by now is a matter
	 * of how busy this machine is. One line at most was under way. */
	after = first_count(console(&b));
	assert_true(before > 0 && after > before && after <= before + 2);
	qemu_end(a.qemu);
	await_event(&a, QEMU_EXITED, 1);
	assert_int_equal(a.last[QEMU_EXITED].status, 0);
	finish(&a);

	/* There it gets its VF back, and loses it. */
	at = here(&b);
	qemu_vf_attach(b.qemu, 0, answer_to(&b));
	await_done(&b);
	await_line(&b, at, "NICS eth0:1 eth1:1.");
	eject(&b);
	finish(&b);
}

/* --- the rest --- */

/* QEMU's own fail-over pair: three NICs, of which the third one goes for the
 * time of a migration. */
static void
a_failover_pair_is_migrated_by_qemu_alone(void **state)
{
	struct guest b;
	int near, far;

	(void)state;
	start(&a, "f", FAILOVER_VF, -1);
	await_line(&a, 0, "NICS eth0:1 eth1:1 eth2:1.");
	assert_non_null(strstr(a.others, "FAILOVER_NEGOTIATED"));
	pair(&near, &far);
	start(&b, "g", FAILOVER_VF, far);
	qemu_migrate(a.qemu, near, &(struct qemu_migrate){ 0 }, take_end, &a);
	await_end(1);
	assert_int_equal(a.end.end, QEMU_MIGRATE_COMPLETED);
	assert_non_null(strstr(a.others, "UNPLUG_PRIMARY"));
	await_line(&b, 0, "NICS eth0:1 eth1:1 eth2:1.");
	finish(&a);
	finish(&b);
}

static void
a_guest_that_only_just_starts_lets_go_of_its_vf(void **state)
{
	(void)state;
	start(&a, "early", VF, -1);
	await_event(&a, QEMU_READY, 1);
	eject(&a);
	await_line(&a, 0, "NICS eth0:1.");
}

/* The same one. */
static void
a_guest_that_dies_is_told(void **state)
{
	static const char line[] = "echo c >/proc/sysrq-trigger\n";

	(void)state;
	await_event(&a, QEMU_CHANNEL, 1);
	assert_int_equal(send(a.channel, line, sizeof(line) - 1, 0),
	    sizeof(line) - 1);
	await_event(&a, QEMU_EXITED, 1);
	assert_int_equal(a.seen[QEMU_PANICKED], 1);
	assert_int_equal(a.seen[QEMU_SHUTDOWN], 1);
	assert_false(a.last[QEMU_EXITED].asked);
	assert_int_equal(a.last[QEMU_EXITED].status, 0);
	assert_string_equal(a.text, "");
	assert_non_null(strstr(console(&a), "Kernel panic"));
	finish(&a);
	labloop_free(loop);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_boots_and_its_frames_come_out),
		cmocka_unit_test(the_channel_reaches_the_guest_and_back),
		cmocka_unit_test(a_stopped_guest_stands),
		cmocka_unit_test(carrier_goes_and_comes_on_each_side),
		cmocka_unit_test(the_vf_goes_and_comes),
		cmocka_unit_test(
		    a_cancelled_migration_leaves_the_guest_where_it_is),
		cmocka_unit_test(a_migrated_guest_goes_on_at_the_other_side),
		cmocka_unit_test(a_failover_pair_is_migrated_by_qemu_alone),
		cmocka_unit_test(
		    a_guest_that_only_just_starts_lets_go_of_its_vf),
		cmocka_unit_test(a_guest_that_dies_is_told),
	};

	if (argc != 4) {
		fprintf(stderr, "usage: %s KERNEL INITRD FOLDER\n", argv[0]);
		return 2;
	}
	kernel = argv[1];
	initrd = argv[2];
	folder = argv[3];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
