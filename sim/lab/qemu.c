/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/qemu.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/mem.h"
#include "sim/lab/enlightenments.h"
#include "sim/lab/qemuparts.h"
#include "world/childproc.h"

#define SAID_BYTES 4096
#define REAP_AGAIN INT64_C(2000000)

/* --- its end --- */

static void
keep_last(struct strbuf *said, const char *text, size_t bytes)
{
	strbuf_add(said, text, bytes);
	if (said->bytes <= SAID_BYTES)
		return;
	memmove(said->data, said->data + said->bytes - SAID_BYTES, SAID_BYTES);
	said->bytes = SAID_BYTES;
	said->data[SAID_BYTES] = '\0';
}

/* Once it is reaped and has been heard to the end. */
static void
tell_exit(struct qemu *q)
{
	struct qemu_event e = { .kind = QEMU_EXITED,
		.name = "",
		.device = "",
		.nic = -1,
		.status = q->status,
		.asked = q->asked };
	char *end;

	if (q->pid != 0 || !q->lost || q->output_fd >= 0)
		return;
	if (q->said.bytes > 0 &&
	    *(end = q->said.data + q->said.bytes - 1) == '\n')
		*end = '\0';
	e.at_ns = labloop_now(q->loop);
	e.text = strbuf_str(&q->said);
	q->event(q->ctx, &e);
}

static void
note_status(struct qemu *q, int status)
{
	q->status =
	    WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	q->pid = 0;
	labloop_disarm(q->loop, &q->kill);
}

static void
reap(void *ctx, int64_t now_ns)
{
	struct qemu *q = ctx;
	int status;

	if (q->pid == 0)
		return;
	if (waitpid(q->pid, &status, WNOHANG) != q->pid) {
		labloop_arm(q->loop, &q->reap, now_ns + REAP_AGAIN);
		return;
	}
	note_status(q, status);
	tell_exit(q);
}

static void
kill_it(void *ctx, int64_t now_ns)
{
	struct qemu *q = ctx;

	(void)now_ns;
	if (q->pid != 0)
		kill(q->pid, SIGKILL);
}

static void
take_output(void *ctx, short revents)
{
	struct qemu *q = ctx;
	char text[1024];
	ssize_t n = read(q->output_fd, text, sizeof(text));

	(void)revents;
	if (n > 0)
		keep_last(&q->said, text, (size_t)n);
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	labloop_unwatch(q->output);
	q->output = NULL;
	close(q->output_fd);
	q->output_fd = -1;
	labloop_arm(q->loop, &q->reap, labloop_now(q->loop));
	tell_exit(q);
}

/* --- what comes by QMP --- */

static void
lost(void *ctx, const struct err *why)
{
	struct qemu *q = ctx;
	size_t i;

	q->lost = true;
	for (i = 0; i < q->n_nics; i++)
		qemu_eject_end(q, i, why);
	qemu_migration_lost(q, why);
	if (why->code != ERR_IO) {
		keep_last(&q->said, "QMP: ", 5);
		keep_last(&q->said, why->text, strlen(why->text));
		keep_last(&q->said, "\n", 1);
	}
	/* It has ended or is about to; or must. */
	if (q->pid != 0 && !q->asked)
		labloop_arm(q->loop, &q->kill, labloop_now(q->loop) + QEMU_END);
	tell_exit(q);
}

static void
ready(void *ctx, const char *version, int64_t now_ns)
{
	struct qemu *q = ctx;
	struct qemu_event e = { .kind = QEMU_READY,
		.at_ns = now_ns,
		.name = "",
		.device = "",
		.nic = -1,
		.text = version };
	struct qmp_done nobody = { NULL, NULL, NULL };

	q->ready_ns = now_ns;
	/* A QEMU that will not is asked for the state of a migration anyway. */
	qmp_command(q->qmp, "migrate-set-capabilities",
	    json_pack("{s:[{s:s,s:b}]}", "capabilities", "capability", "events",
		"state", 1),
	    nobody);
	q->event(q->ctx, &e);
}

static const char *
string_in(const struct json_t *data, const char *key)
{
	const char *s = json_string_value(json_object_get(data, key));

	return s != NULL ? s : "";
}

/* The number of a VF of ours, or -1. */
static int
nic_of(const struct qemu *q, const char *device)
{
	char name[24];
	size_t i;

	for (i = 0; i < q->n_nics; i++) {
		snprintf(name, sizeof(name), "vf%zu", i);
		if (strcmp(device, name) == 0)
			return (int)i;
	}
	return -1;
}

static const struct {
	const char *name;
	enum qemu_event_kind kind;
	const char *device, *text; /* keys of its data */
} kinds[] = {
	{ "DEVICE_DELETED", QEMU_VF_GONE, "device", "path" },
	{ "STOP", QEMU_STOPPED, "", "" },
	{ "RESUME", QEMU_RESUMED, "", "" },
	{ "MIGRATION", QEMU_MIGRATION, "", "status" },
	{ "VSERPORT_CHANGE", QEMU_CHANNEL, "id", "" },
	{ "GUEST_PANICKED", QEMU_PANICKED, "", "action" },
	{ "SHUTDOWN", QEMU_SHUTDOWN, "", "reason" },
};

static void
describe(const struct qemu *q, const struct qmp_message *m,
    struct qemu_event *e)
{
	size_t i;

	e->kind = QEMU_OTHER;
	e->wall_ns = m->wall_ns;
	e->name = m->name;
	e->device = string_in(m->data, "device");
	e->text = "";
	e->on = json_is_true(json_object_get(m->data, "open"));
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, m->name) != 0)
			continue;
		e->kind = kinds[i].kind;
		e->device = string_in(m->data, kinds[i].device);
		e->text = string_in(m->data, kinds[i].text);
	}
	e->nic = nic_of(q, e->device);
	if (e->kind == QEMU_VF_GONE && e->nic < 0)
		e->kind = QEMU_OTHER;
}

static void
event(void *ctx, const struct qmp_message *m, int64_t now_ns)
{
	struct qemu *q = ctx;
	struct qemu_event e = { .at_ns = now_ns };
	struct err refused;

	describe(q, m, &e);
	q->event(q->ctx, &e);
	if (e.kind == QEMU_VF_GONE) {
		qemu_eject_end(q, (size_t)e.nic, NULL);
	} else if (e.kind == QEMU_MIGRATION) {
		qemu_migration_status(q, e.text);
	} else if (e.nic >= 0 &&
	    strcmp(e.name, "DEVICE_UNPLUG_GUEST_ERROR") == 0) {
		err_set(&refused, ERR_STATE,
		    "the guest refuses to let go of %s", e.device);
		qemu_eject_end(q, (size_t)e.nic, &refused);
	}
}

/* --- its start --- */

static void
close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void
close_given(const struct qemu_config *c)
{
	size_t i;

	for (i = 0; i < c->n_nics; i++) {
		close_fd(c->nics[i].hn_fd);
		close_fd(c->nics[i].vf_fd);
	}
	close_fd(c->agent_fd);
	close_fd(c->incoming_fd);
}

static int
run(const struct qemu_config *c, int qmp_fd, int output_fd, pid_t *pid,
    struct err *err)
{
	struct childproc child = { .output_fd = output_fd };
	struct qemuargs args;
	int rc;

	qemuargs_make(&args, c, qmp_fd);
	child.argv = (const char *const *)args.argv;
	child.keep = args.fds;
	child.n_keep = args.n_fds;
	if (c->console != NULL && c->image == NULL)
		child.file_most = c->console_most;
	rc = childproc_start(&child, pid, err);
	qemuargs_fini(&args);
	return rc;
}

/* fds: ours of the control socket, QEMU's, ours of its output, QEMU's. */
static int
start(const struct qemu_config *c, int fds[4], pid_t *pid, struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return err_sys(err, errno, "socketpair");
	if (pipe2(fds + 2, O_CLOEXEC) < 0)
		return err_sys(err, errno, "pipe");
	return run(c, fds[1], fds[3], pid, err);
}

static struct qemu *
make(struct labloop *l, const struct qemu_config *c, pid_t pid, int output_fd)
{
	struct qemu *q = mem_zero(1, sizeof(*q));
	size_t i;

	q->loop = l;
	q->pid = pid;
	q->reap.fire = reap;
	q->kill.fire = kill_it;
	q->reap.ctx = q->kill.ctx = q;
	q->output_fd = output_fd;
	fcntl(output_fd, F_SETFL, O_NONBLOCK);
	q->output = labloop_watch(l, output_fd, POLLIN, take_output, q);
	memcpy(q->nics, c->nics, sizeof(q->nics));
	q->n_nics = c->n_nics;
	for (i = 0; i < c->n_nics; i++)
		qemu_eject_init(q, i);
	qemu_migration_init(q);
	return q;
}

struct qemu *
qemu_start(struct labloop *l, const struct qemu_config *c,
    void (*told)(void *ctx, const struct qemu_event *e), void *ctx,
    struct err *err)
{
	static const struct qmp_calls calls = { ready, event, lost };
	int fds[4] = { -1, -1, -1, -1 };
	struct qemu *q;
	pid_t pid;
	int rc;

	assert(c->n_nics <= QEMU_NICS);
	rc = start(c, fds, &pid, err);
	close_given(c);
	close_fd(fds[1]);
	close_fd(fds[3]);
	if (rc < 0) {
		close_fd(fds[0]);
		close_fd(fds[2]);
		return NULL;
	}
	q = make(l, c, pid, fds[2]);
	q->event = told;
	q->ctx = ctx;
	q->qmp = qmp_new(l, fds[0], &calls, q);
	return q;
}

void
qemu_free(struct qemu *q)
{
	size_t i;

	if (q == NULL)
		return;
	kill_it(q, 0);
	while (q->pid != 0 && waitpid(q->pid, NULL, 0) < 0 && errno == EINTR)
		;
	labloop_disarm(q->loop, &q->kill);
	labloop_disarm(q->loop, &q->reap);
	labloop_disarm(q->loop, &q->migration.ask);
	for (i = 0; i < q->n_nics; i++)
		labloop_disarm(q->loop, &q->ejects[i].again);
	labloop_unwatch(q->output);
	close_fd(q->output_fd);
	qmp_free(q->qmp);
	strbuf_fini(&q->said);
	free(q);
}

pid_t
qemu_pid(const struct qemu *q)
{
	return q->pid;
}

/* --- commands --- */

static void
command(struct qemu *q, const char *name, struct json_t *arguments,
    struct qemu_done done)
{
	qmp_command(q->qmp, name, arguments,
	    (struct qmp_done){ .plain = done.call, .ctx = done.ctx });
}

void
qemu_end(struct qemu *q)
{
	struct qemu_done nobody = { NULL, NULL };

	if (q->pid == 0 || q->asked)
		return;
	q->asked = true;
	labloop_arm(q->loop, &q->kill, labloop_now(q->loop) + QEMU_END);
	command(q, "quit", NULL, nobody);
}

void
qemu_vf_attach(struct qemu *q, size_t nic, struct qemu_done done)
{
	command(q, "device_add", qemuargs_vf(&q->nics[nic], nic), done);
}

void
qemu_link(struct qemu *q, enum qemu_side side, size_t nic, bool up,
    struct qemu_done done)
{
	command(q, "set_link",
	    json_pack("{s:o,s:b}", "name",
		json_sprintf(side == QEMU_HN ? "hn%d" : "vf%d", (int)nic), "up",
		up),
	    done);
}

void
qemu_stop(struct qemu *q, struct qemu_done done)
{
	command(q, "stop", NULL, done);
}

void
qemu_cont(struct qemu *q, struct qemu_done done)
{
	command(q, "cont", NULL, done);
}

static void
expanded(void *ctx, struct json_t *value, const struct err *e)
{
	struct qemu *q = ctx;
	char flags[ENLIGHTENMENTS_TEXT] = "";

	if (e == NULL)
		enlightenments_answer(value, flags);
	q->flags(q->flags_ctx, flags, e);
}

void
qemu_ask_enlightenments(struct qemu *q,
    void (*done)(void *ctx, const char *flags, const struct err *e), void *ctx)
{
	q->flags = done;
	q->flags_ctx = ctx;
	qmp_command(q->qmp, "query-cpu-model-expansion",
	    enlightenments_question(),
	    (struct qmp_done){ .call = expanded, .ctx = q });
}
