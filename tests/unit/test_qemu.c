/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/qemu.h with a real QEMU that has no system to run: its start, what
 * it refuses, and every way in which it ends. */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_qemu.h"
#include "sim/lab/qemu.h"
#include "sim/lab/qemumigrate.h"

#define SECOND INT64_C(1000000000)
#define LONG   (60 * SECOND)

static const char *self; /* this program */

struct rig {
	struct labloop *loop;
	struct qemu *qemu;
	struct qemu_config config;
	int far[2]; /* our ends of the pair's sockets */
	unsigned seen[QEMU_EXITED + 1];
	int64_t ready_ns;
	int status;
	bool asked;
	char text[5000]; /* of the latest event that has one */
	char answers[400];
	enum err_code code; /* of the latest answer */
};

static void
take_event(void *ctx, const struct qemu_event *e)
{
	struct rig *r = ctx;

	assert_int_equal(r->seen[QEMU_EXITED], 0);
	assert_true(e->at_ns > 0 && e->at_ns <= labloop_now(r->loop));
	r->seen[e->kind]++;
	if (e->kind == QEMU_READY)
		r->ready_ns = e->at_ns;
	if (e->text[0] != '\0')
		snprintf(r->text, sizeof(r->text), "%s", e->text);
	if (e->kind == QEMU_EXITED) {
		r->status = e->status;
		r->asked = e->asked;
	}
}

/* Answers as a list: "ok", or what was said. */
static void
take_answer(void *ctx, const struct err *e)
{
	struct rig *r = ctx;
	size_t at = strlen(r->answers);

	snprintf(r->answers + at, sizeof(r->answers) - at, "%s\n",
	    e != NULL ? e->text : "ok");
	r->code = e != NULL ? e->code : ERR_NONE;
}

static struct qemu_done
answer_to(struct rig *r)
{
	return (struct qemu_done){ take_answer, r };
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
prepare(struct rig *r)
{
	struct qemu_nic *nic = &r->config.nics[0];

	memset(r, 0, sizeof(*r));
	r->loop = labloop_new();
	r->config.ram_mb = 32;
	r->config.paused = true;
	r->config.agent_fd = r->config.incoming_fd = -1;
	memcpy(nic->mac, "\x52\x54\x00\x09\x00\x02", 6);
	pair(&nic->hn_fd, &r->far[0]);
	pair(&nic->vf_fd, &r->far[1]);
	r->config.n_nics = 1;
}

/* Skips where there is no QEMU. */
static bool
start(struct rig *r)
{
	struct err e = { 0 };

	r->qemu = qemu_start(r->loop, &r->config, take_event, r, &e);
	if (r->qemu != NULL)
		return true;
	assert_int_equal(e.code, ERR_NOTFOUND);
	print_message("skip: %s\n", e.text);
	return false;
}

static void
finish(struct rig *r)
{
	qemu_free(r->qemu);
	labloop_free(r->loop);
	close(r->far[0]);
	close(r->far[1]);
}

#define START_OR_SKIP(r)                                                       \
	do {                                                                   \
		if (!start(r)) {                                               \
			finish(r);                                             \
			skip();                                                \
		}                                                              \
	} while (0)

static void
await(struct rig *r, enum qemu_event_kind kind, unsigned count)
{
	int64_t until_ns = labloop_now(r->loop) + LONG;

	while (r->seen[kind] < count)
		assert_true(labloop_turn(r->loop, until_ns));
}

static void
await_answers(struct rig *r, const char *answers)
{
	int64_t until_ns = labloop_now(r->loop) + LONG;

	while (strlen(r->answers) < strlen(answers))
		if (!labloop_turn(r->loop, until_ns))
			break;
	assert_string_equal(r->answers, answers);
	r->answers[0] = '\0';
}

/* Nobody has the other end any more. */
static bool
is_closed(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

/* As fake_qemu.h has it. */
static void
start_fake(struct rig *r, const char *model)
{
	prepare(r);
	r->config.binary = self;
	r->config.cpu = model;
	assert_true(start(r));
}

/* --- commands --- */

static void
commands_given_at_once_are_done_in_order_and_refusals_are_told(void **state)
{
	struct rig r;

	(void)state;
	prepare(&r);
	START_OR_SKIP(&r);
	qemu_vf_attach(r.qemu, 0, answer_to(&r));
	qemu_vf_attach(r.qemu, 0, answer_to(&r));
	qemu_link(r.qemu, QEMU_VF, 0, false, answer_to(&r));
	qemu_link(r.qemu, QEMU_HN, 0, false, answer_to(&r));
	await_answers(&r,
	    "ok\ndevice_add: Duplicate device ID 'vf0'\nok\nok\n");
	assert_int_equal(r.seen[QEMU_READY], 1);
	assert_true(r.text[0] >= '6' || r.text[1] != '.');
	finish(&r);
}

static void
a_vf_that_is_not_there_is_not_found(void **state)
{
	struct rig r;

	(void)state;
	prepare(&r);
	START_OR_SKIP(&r);
	qemu_vf_eject(r.qemu, 0, answer_to(&r));
	qemu_vf_eject(r.qemu, 0, answer_to(&r));
	await_answers(&r,
	    "vf0 is being taken away already\n"
	    "device_del: Device 'vf0' not found\n");
	assert_int_equal(r.code, ERR_NOTFOUND);
	qemu_link(r.qemu, QEMU_VF, 0, true, answer_to(&r));
	await_answers(&r, "set_link: Device 'vf0' not found\n");
	assert_int_equal(r.code, ERR_NOTFOUND);
	finish(&r);
}

static void
it_stands_and_runs_as_it_is_told(void **state)
{
	struct rig r;

	(void)state;
	prepare(&r);
	START_OR_SKIP(&r);
	qemu_cont(r.qemu, answer_to(&r));
	await(&r, QEMU_RESUMED, 1);
	qemu_stop(r.qemu, answer_to(&r));
	await(&r, QEMU_STOPPED, 1);
	await_answers(&r, "ok\nok\n");
	finish(&r);
}

static void
take_flags(void *ctx, const char *flags, const struct err *e)
{
	take_answer(ctx, e);
	assert_string_equal(flags, ""); /* TCG has none of them */
}

static void
tcg_gives_no_enlightenments(void **state)
{
	struct rig r;

	(void)state;
	prepare(&r);
	START_OR_SKIP(&r);
	qemu_ask_enlightenments(r.qemu, take_flags, &r);
	await_answers(&r, "ok\n");
	finish(&r);
}

/* --- what a real one does only now and then --- */

static void
a_request_that_is_lost_is_made_again(void **state)
{
	struct rig r;
	int64_t from_ns;

	(void)state;
	start_fake(&r, "forgetful");
	await(&r, QEMU_READY, 1);
	from_ns = labloop_now(r.loop);
	qemu_vf_eject(r.qemu, 0, answer_to(&r));
	await_answers(&r, "ok\n");
	assert_int_equal(r.seen[QEMU_VF_GONE], 1);
	assert_true(labloop_now(r.loop) - from_ns >= 2 * QEMU_ASK_AGAIN);
	qemu_vf_attach(r.qemu, 0, answer_to(&r));
	await_answers(&r, "ok\n");
	finish(&r);
}

/* In its first moment a real one would take the request, and hear no other. */
static void
no_request_is_made_before_the_guest_has_begun(void **state)
{
	struct rig r;

	(void)state;
	start_fake(&r, "unwilling");
	await(&r, QEMU_READY, 1);
	qemu_vf_eject(r.qemu, 0, answer_to(&r));
	await_answers(&r, "the guest refuses to let go of vf0\n");
	assert_true(labloop_now(r.loop) - r.ready_ns >= QEMU_BEGINS);
	finish(&r);
}

static void
a_guest_that_refuses_is_told(void **state)
{
	struct rig r;

	(void)state;
	start_fake(&r, "unwilling");
	qemu_vf_eject(r.qemu, 0, answer_to(&r));
	await_answers(&r, "the guest refuses to let go of vf0\n");
	assert_int_equal(r.code, ERR_STATE);
	assert_int_equal(r.seen[QEMU_OTHER], 1);
	finish(&r);
}

struct moved {
	struct rig *rig;
	struct qemu_migrated m;
	unsigned count;
};

static void
take_migrated(void *ctx, const struct qemu_migrated *m)
{
	struct moved *to = ctx;

	to->m = *m;
	to->count++;
}

/* The destination's end, which is -1 once it was closed, in *far. */
static void
migrate(struct rig *r, struct moved *to, int *far)
{
	struct qemu_migrate how = { .bytes_per_s = 1000000,
		.downtime_ns = 100 * SECOND / 1000 };
	int64_t until_ns = labloop_now(r->loop) + LONG;
	int near;

	memset(to, 0, sizeof(*to));
	pair(&near, far);
	qemu_migrate(r->qemu, near, &how, take_migrated, to);
	while (to->count == 0)
		assert_true(labloop_turn(r->loop, until_ns));
	assert_true(to->m.from_ns <= to->m.to_ns);
}

static void
completed_is_believed_once_the_numbers_are_there(void **state)
{
	struct rig r;
	struct moved to;
	int far;

	(void)state;
	start_fake(&r, "early");
	migrate(&r, &to, &far);
	assert_int_equal(to.m.end, QEMU_MIGRATE_COMPLETED);
	assert_true(to.m.total_ns == 341000000 && to.m.setup_ns == 3000000);
	assert_true(to.m.downtime_ns == 74000000);
	assert_true(to.m.transferred_bytes == 73 && to.m.ram_bytes == 160);
	assert_int_equal(r.seen[QEMU_MIGRATION], 1);
	close(far);
	finish(&r);
}

static void
why_a_migration_has_failed_is_told(void **state)
{
	struct rig r;
	struct moved to;
	int far;

	(void)state;
	start_fake(&r, "broken");
	migrate(&r, &to, &far);
	assert_int_equal(to.m.end, QEMU_MIGRATE_FAILED);
	assert_string_equal(to.m.err.text, "the migration has failed: why");
	close(far);
	finish(&r);
}

static void
a_refused_migration_lets_go_of_the_socket(void **state)
{
	struct rig r;
	struct moved to;
	int far;

	(void)state;
	start_fake(&r, "refusing");
	migrate(&r, &to, &far);
	assert_int_equal(to.m.end, QEMU_MIGRATE_FAILED);
	assert_string_equal(to.m.err.text, "migrate: not today");
	await(&r, QEMU_EXITED, 1); /* as it does when told so */
	assert_int_equal(r.status, 0);
	assert_true(is_closed(far));
	/* Of what has ended nothing can be moved. */
	close(far);
	migrate(&r, &to, &far);
	assert_int_equal(to.m.end, QEMU_MIGRATE_FAILED);
	assert_int_equal(to.m.err.code, ERR_IO);
	assert_true(is_closed(far));
	close(far);
	finish(&r);
}

/* --- the end --- */

static void
it_ends_when_asked_to(void **state)
{
	struct rig r;

	(void)state;
	prepare(&r);
	START_OR_SKIP(&r);
	await(&r, QEMU_READY, 1);
	assert_true(qemu_pid(r.qemu) > 0);
	qemu_end(r.qemu);
	qemu_end(r.qemu);
	await(&r, QEMU_EXITED, 1);
	assert_int_equal(r.seen[QEMU_SHUTDOWN], 1);
	assert_int_equal(r.status, 0);
	assert_true(r.asked);
	assert_int_equal(qemu_pid(r.qemu), 0);
	assert_true(is_closed(r.far[0]) && is_closed(r.far[1]));
	/* Everything is refused from then on. */
	qemu_stop(r.qemu, answer_to(&r));
	qemu_vf_eject(r.qemu, 0, answer_to(&r));
	await_answers(&r,
	    "QEMU has closed its control socket\n"
	    "QEMU has closed its control socket\n");
	assert_int_equal(r.code, ERR_IO);
	finish(&r);
}

static void
one_that_hangs_is_killed(void **state)
{
	struct rig r;

	(void)state;
	prepare(&r);
	START_OR_SKIP(&r);
	await(&r, QEMU_READY, 1);
	assert_int_equal(kill(qemu_pid(r.qemu), SIGSTOP), 0);
	qemu_stop(r.qemu, answer_to(&r));
	qemu_end(r.qemu);
	await(&r, QEMU_EXITED, 1);
	assert_int_equal(r.status, 128 + SIGKILL);
	await_answers(&r, "QEMU has closed its control socket\n");
	finish(&r);
}

static void
one_that_is_killed_is_told(void **state)
{
	struct rig r;

	(void)state;
	prepare(&r);
	START_OR_SKIP(&r);
	await(&r, QEMU_READY, 1);
	assert_int_equal(kill(qemu_pid(r.qemu), SIGSEGV), 0);
	await(&r, QEMU_EXITED, 1);
	assert_int_equal(r.status, 128 + SIGSEGV);
	assert_false(r.asked);
	finish(&r);
}

static void
why_it_does_not_start_is_in_its_own_words(void **state)
{
	struct rig r;

	(void)state;
	prepare(&r);
	r.config.cpu = "no-such-model";
	START_OR_SKIP(&r);
	qemu_cont(r.qemu, answer_to(&r));
	await(&r, QEMU_EXITED, 1);
	assert_int_equal(r.seen[QEMU_READY], 0);
	assert_int_equal(r.status, 1);
	assert_false(r.asked);
	assert_non_null(strstr(r.text, "no-such-model"));
	assert_true(r.text[strlen(r.text) - 1] != '\n');
	await_answers(&r, "QEMU has closed its control socket\n");
	finish(&r);
}

static void
without_the_program_nothing_is_left_open(void **state)
{
	struct rig r;
	struct err e = { 0 };
	int fd;

	(void)state;
	prepare(&r);
	pair(&r.config.agent_fd, &fd);
	r.config.binary = "no-such-qemu";
	assert_null(qemu_start(r.loop, &r.config, take_event, &r, &e));
	assert_int_equal(e.code, ERR_NOTFOUND);
	assert_string_equal(e.text, "no-such-qemu: there is no such program");
	assert_true(is_closed(r.far[0]) && is_closed(r.far[1]));
	assert_true(is_closed(fd));
	close(fd);
	finish(&r);
}

static void
what_is_no_qemu_is_ended(void **state)
{
	struct rig r;

	(void)state;
	start_fake(&r, "garbage");
	qemu_cont(r.qemu, answer_to(&r));
	await(&r, QEMU_EXITED, 1);
	assert_int_equal(r.status, 128 + SIGKILL);
	assert_string_equal(r.text,
	    "I am none\nQMP: line 1: no JSON, wrong at "
	    "byte 5");
	await_answers(&r, "line 1: no JSON, wrong at byte 5\n");
	finish(&r);
}

static void
one_that_never_says_anything_can_be_ended(void **state)
{
	struct rig r;

	(void)state;
	start_fake(&r, "mute");
	qemu_cont(r.qemu, answer_to(&r));
	qemu_end(r.qemu);
	await(&r, QEMU_EXITED, 1);
	assert_int_equal(r.status, 128 + SIGKILL);
	await_answers(&r, "QEMU has closed its control socket\n");
	finish(&r);
}

/* In a process of its own: starts one, says so, and waits to be killed. */
static void
start_and_wait(struct rig *r, int ready)
{
	if (!start(r))
		_exit(1);
	await(r, QEMU_READY, 1);
	if (write(ready, "r", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void
none_is_left_by_who_is_killed(void **state)
{
	struct timeval most = { .tv_sec = 30 };
	struct rig r;
	int ready[2];
	bool is_ready;
	char byte;
	pid_t pid;

	(void)state;
	prepare(&r);
	assert_int_equal(pipe(ready), 0);
	if ((pid = fork()) == 0)
		start_and_wait(&r, ready[1]);
	close(ready[1]);
	close(r.config.nics[0].hn_fd);
	close(r.config.nics[0].vf_fd);
	is_ready = read(ready[0], &byte, 1) == 1;
	if (is_ready)
		assert_false(is_closed(r.far[0]));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	/* Until nobody has the other end, neither the killed one... */
	setsockopt(r.far[0], SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
	assert_int_equal(recv(r.far[0], &byte, 1, 0), 0);
	close(ready[0]);
	finish(&r);
	if (!is_ready)
		skip();
}

/* ...nor a QEMU that is let go of while it runs. */
static void
to_free_it_ends_it(void **state)
{
	struct rig r;
	pid_t pid;

	(void)state;
	prepare(&r);
	START_OR_SKIP(&r);
	await(&r, QEMU_READY, 1);
	qemu_vf_attach(r.qemu, 0, answer_to(&r));
	qemu_vf_eject(r.qemu, 0, answer_to(&r));
	pid = qemu_pid(r.qemu);
	qemu_free(r.qemu);
	r.qemu = NULL;
	assert_int_equal(waitpid(pid, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
	assert_true(is_closed(r.far[0]) && is_closed(r.far[1]));
	assert_false(labloop_turn(r.loop, 0));
	assert_string_equal(r.answers, "");
	finish(&r);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    commands_given_at_once_are_done_in_order_and_refusals_are_told),
		cmocka_unit_test(a_vf_that_is_not_there_is_not_found),
		cmocka_unit_test(it_stands_and_runs_as_it_is_told),
		cmocka_unit_test(tcg_gives_no_enlightenments),
		cmocka_unit_test(a_request_that_is_lost_is_made_again),
		cmocka_unit_test(no_request_is_made_before_the_guest_has_begun),
		cmocka_unit_test(a_guest_that_refuses_is_told),
		cmocka_unit_test(
		    completed_is_believed_once_the_numbers_are_there),
		cmocka_unit_test(why_a_migration_has_failed_is_told),
		cmocka_unit_test(a_refused_migration_lets_go_of_the_socket),
		cmocka_unit_test(it_ends_when_asked_to),
		cmocka_unit_test(one_that_hangs_is_killed),
		cmocka_unit_test(one_that_is_killed_is_told),
		cmocka_unit_test(why_it_does_not_start_is_in_its_own_words),
		cmocka_unit_test(without_the_program_nothing_is_left_open),
		cmocka_unit_test(what_is_no_qemu_is_ended),
		cmocka_unit_test(one_that_never_says_anything_can_be_ended),
		cmocka_unit_test(none_is_left_by_who_is_killed),
		cmocka_unit_test(to_free_it_ends_it),
	};

	fake_qemu(argc, argv);
	self = argv[0];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
