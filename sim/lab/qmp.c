/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/qmp.h"

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/mem.h"

#define READ_BYTES 65536

struct command {
	TAILQ_ENTRY(command) entry;
	uint64_t id;
	char *name;
	char *text; /* a line */
	size_t bytes, sent;
	int fd; /* to go with it; -1: none, or sent */
	int64_t until_ns;
	struct qmp_done done;
};
TAILQ_HEAD(commands, command);

struct qmp {
	struct labloop *loop;
	struct labwatch *watch;
	struct labtimer timer; /* oldest command's end, or what is not told */
	int fd;		       /* -1: lost */
	struct err why;	       /* it is lost */
	struct qmpread reader;
	bool greeted, ready;
	char version[32];
	uint64_t last_id, first_id;	    /* of qmp_capabilities */
	struct commands unsent, unanswered; /* oldest first */
	struct qmp_calls calls;
	void *ctx;
};

static void
command_free(struct command *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->name);
	free(c->text);
	free(c);
}

/* --- the end of a command, and of all --- */

static void
end_command(struct command *c, json_t *value, const struct err *e)
{
	struct qmp_done done = c->done;

	command_free(c);
	if (done.call != NULL)
		done.call(done.ctx, value, e);
	else if (done.plain != NULL)
		done.plain(done.ctx, e);
}

/* Only those that are there now; what they call may give new ones. */
static void
refuse_all(struct qmp *q)
{
	struct commands all = TAILQ_HEAD_INITIALIZER(all);
	struct command *c;

	TAILQ_CONCAT(&all, &q->unanswered, entry);
	TAILQ_CONCAT(&all, &q->unsent, entry);
	while ((c = TAILQ_FIRST(&all)) != NULL) {
		TAILQ_REMOVE(&all, c, entry);
		end_command(c, NULL, &q->why);
	}
}

static void
lose(struct qmp *q, const struct err *e)
{
	if (q->fd < 0)
		return;
	q->why = *e;
	labloop_unwatch(q->watch);
	q->watch = NULL;
	close(q->fd);
	q->fd = -1;
	labloop_disarm(q->loop, &q->timer);
	refuse_all(q);
	q->calls.lost(q->ctx, &q->why);
}

/* --- waiting --- */

static const struct command *
oldest(const struct qmp *q)
{
	const struct command *c = TAILQ_FIRST(&q->unanswered);

	return c != NULL ? c : TAILQ_FIRST(&q->unsent);
}

/* Until its capabilities are set QEMU takes no other command. */
static struct command *
next_to_send(const struct qmp *q)
{
	struct command *c = TAILQ_FIRST(&q->unsent);

	return c != NULL && (q->ready || c->id == q->first_id) ? c : NULL;
}

static void
wait_for_more(struct qmp *q)
{
	const struct command *c = oldest(q);

	if (q->fd < 0)
		return;
	labwatch_events(q->watch,
	    (short)(POLLIN | (next_to_send(q) != NULL ? POLLOUT : 0)));
	if (c != NULL)
		labloop_arm(q->loop, &q->timer, c->until_ns);
	else if (q->greeted)
		labloop_disarm(q->loop, &q->timer);
}

static void
not_answered(void *ctx, int64_t now_ns)
{
	struct qmp *q = ctx;
	const struct command *c = oldest(q);
	struct err e;

	(void)now_ns;
	if (q->fd < 0) { /* what was asked after the end */
		refuse_all(q);
		return;
	}
	err_set(&e, ERR_BUSY, "QEMU has not answered for %d s to %s",
	    (int)(QMP_ANSWER / 1000000000),
	    c != NULL && q->greeted ? c->name : "being started");
	lose(q, &e);
}

/* --- sending --- */

static ssize_t
send_part(int to, const struct command *c)
{
	struct iovec part = { .iov_base = c->text + c->sent,
		.iov_len = c->bytes - c->sent };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *head;

	if (c->fd >= 0) {
		memset(&control, 0, sizeof(control));
		m.msg_control = control.room;
		m.msg_controllen = sizeof(control.room);
		head = CMSG_FIRSTHDR(&m);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &c->fd, sizeof(int));
	}
	return sendmsg(to, &m, MSG_NOSIGNAL);
}

/* What the socket takes now. That the other end is gone, reading tells. */
static void
send_some(struct qmp *q)
{
	struct command *c;
	ssize_t n;

	while (q->fd >= 0 && (c = next_to_send(q)) != NULL) {
		if ((n = send_part(q->fd, c)) < 0)
			break;
		c->sent += (size_t)n;
		if (c->fd >= 0)
			close(c->fd);
		c->fd = -1;
		if (c->sent < c->bytes)
			continue;
		TAILQ_REMOVE(&q->unsent, c, entry);
		TAILQ_INSERT_TAIL(&q->unanswered, c, entry);
	}
	wait_for_more(q);
}

static struct command *
make_command(struct qmp *q, const char *name, json_t *arguments, int fd,
    struct qmp_done done)
{
	struct command *c = mem_zero(1, sizeof(*c));
	struct strbuf line = { 0 };
	json_t *whole;
	char *text;

	c->id = ++q->last_id;
	whole = json_pack("{s:s,s:I,s:o*}", "execute", name, "id",
	    (json_int_t)c->id, "arguments", arguments);
	text = json_dumps(whole, JSON_COMPACT);
	assert(text != NULL);
	strbuf_adds(&line, text);
	strbuf_addc(&line, '\n');
	free(text);
	json_decref(whole);
	c->name = mem_str(name);
	c->bytes = line.bytes;
	c->text = strbuf_take(&line);
	c->fd = fd;
	c->until_ns = labloop_now(q->loop) + QMP_ANSWER;
	c->done = done;
	return c;
}

void
qmp_command_fd(struct qmp *q, const char *name, json_t *arguments, int fd,
    struct qmp_done done)
{
	struct command *c = make_command(q, name, arguments, fd, done);

	TAILQ_INSERT_TAIL(&q->unsent, c, entry);
	if (q->fd < 0)
		labloop_arm(q->loop, &q->timer, labloop_now(q->loop));
	else
		send_some(q);
}

void
qmp_command(struct qmp *q, const char *name, json_t *arguments,
    struct qmp_done done)
{
	qmp_command_fd(q, name, arguments, -1, done);
}

/* --- reading --- */

static void
capable(void *ctx, json_t *value, const struct err *e)
{
	struct qmp *q = ctx;

	(void)value;
	if (e != NULL)
		return; /* lost, which is told */
	q->ready = true;
	q->calls.ready(q->ctx, q->version, labloop_now(q->loop));
	send_some(q);
}

/* The first command goes before all that have been given already. */
static int
greet(struct qmp *q, const struct qmp_message *m, struct err *e)
{
	struct qmp_done done = { .call = capable, .ctx = q };
	struct command *c;

	if (q->greeted)
		return err_set(e, ERR_INPUT, "a second greeting");
	q->greeted = true;
	memcpy(q->version, m->version, sizeof(q->version));
	c = make_command(q, "qmp_capabilities", NULL, -1, done);
	q->first_id = c->id;
	TAILQ_INSERT_HEAD(&q->unsent, c, entry);
	send_some(q);
	return 0;
}

static enum err_code
code_of(const char *class)
{
	if (strcmp(class, "DeviceNotFound") == 0)
		return ERR_NOTFOUND;
	if (strcmp(class, "CommandNotFound") == 0)
		return ERR_UNSUPPORTED;
	return ERR_STATE;
}

static int
answer(struct qmp *q, const struct qmp_message *m, struct err *e)
{
	struct command *c;
	struct err refused;

	TAILQ_FOREACH (c, &q->unanswered, entry)
		if (c->id == m->id)
			break;
	if (c == NULL)
		return err_set(e, ERR_INPUT,
		    "an answer to a command that was not given%s%s",
		    m->text != NULL ? ": " : "",
		    m->text != NULL ? m->text : "");
	TAILQ_REMOVE(&q->unanswered, c, entry);
	if (m->kind == QMP_ERROR)
		err_set(&refused, code_of(m->name), "%s: %s", c->name, m->text);
	end_command(c, m->data, m->kind == QMP_ERROR ? &refused : NULL);
	wait_for_more(q);
	return 0;
}

static int
take(struct qmp *q, const struct qmp_message *m, int64_t now_ns, struct err *e)
{
	switch (m->kind) {
	case QMP_GREETING:
		return greet(q, m, e);
	case QMP_EVENT:
		q->calls.event(q->ctx, m, now_ns);
		return 0;
	case QMP_RETURN:
	case QMP_ERROR:
		break;
	}
	return answer(q, m, e);
}

static void
take_all(struct qmp *q, int64_t now_ns)
{
	struct qmp_message m;
	struct err e;
	int rc;

	while (q->fd >= 0 && (rc = qmpread_next(&q->reader, &m, &e)) != 0) {
		if (rc > 0) {
			rc = take(q, &m, now_ns, &e);
			qmp_message_fini(&m);
		}
		if (rc < 0) {
			lose(q, &e); /* it may be freed now */
			return;
		}
	}
}

static void
readable(void *ctx, short revents)
{
	struct qmp *q = ctx;
	char bytes[READ_BYTES];
	struct err e;
	ssize_t n = recv(q->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n > 0) {
		qmpread_add(&q->reader, bytes, (size_t)n);
		take_all(q, labloop_now(q->loop));
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		err_set(&e, ERR_IO, "QEMU has closed its control socket");
		lose(q, &e);
	} else if (revents & POLLOUT) {
		send_some(q);
	}
}

/* --- the whole --- */

struct qmp *
qmp_new(struct labloop *l, int fd, const struct qmp_calls *calls, void *ctx)
{
	struct qmp *q = mem_zero(1, sizeof(*q));

	q->loop = l;
	q->fd = fd;
	q->calls = *calls;
	q->ctx = ctx;
	TAILQ_INIT(&q->unsent);
	TAILQ_INIT(&q->unanswered);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	q->watch = labloop_watch(l, fd, POLLIN, readable, q);
	q->timer.fire = not_answered;
	q->timer.ctx = q;
	labloop_arm(l, &q->timer, labloop_now(l) + QMP_ANSWER);
	return q;
}

static void
free_commands(struct commands *list)
{
	struct command *c;

	while ((c = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, c, entry);
		command_free(c);
	}
}

void
qmp_free(struct qmp *q)
{
	if (q == NULL)
		return;
	labloop_unwatch(q->watch);
	labloop_disarm(q->loop, &q->timer);
	if (q->fd >= 0)
		close(q->fd);
	free_commands(&q->unsent);
	free_commands(&q->unanswered);
	qmpread_fini(&q->reader);
	free(q);
}
