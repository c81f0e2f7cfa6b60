/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/keeper.h"

#include <sys/queue.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/keeper_serve.h"
#include "daemon/pidfile.h"
#include "rules/loader_texts.h"
#include "world/child.h"
#include "world/world.h"

#define CANNOT_START 126	 /* what a shell says of what it cannot run */
#define ANSWER_WAIT  10		 /* s: then who asked is taken to be gone */
#define FILES_MOST   (64u << 20) /* bytes of all files of rules */

struct command {
	TAILQ_ENTRY(command) entry;
	uint32_t id;
	char *text;
};

/* A file of rules, or why it cannot be read. */
struct file {
	int code;
	char *path, *text;
	size_t bytes;
};

struct keeper {
	const struct log *log;
	struct child child;
	int actions, asks;
	char gone[160]; /* why; "": it is there */
	TAILQ_HEAD(, command) running;
	size_t count;
	void (*ended)(void *ctx, const struct command_end *end);
	void *ctx;
	struct strbuf got, heard, out;
	size_t heard_used;
	int got_fd; /* that came with an answer; -1 */
	struct file *files;
	struct ruleset_text *readable; /* those that are */
	size_t n_files, cap_files, n_readable;
	size_t files_bytes;
	struct loader_texts texts;
};

/* --- its beginning --- */

/* The child has the sockets and the pid file's lock, which outlives us by
 * that, and no other descriptor: not the source, which only one may have. */
static void
be_keeper(const struct keeper_config *config, int actions, int asks)
{
	const int keep[] = { actions, asks,
		config->pidfile != NULL ? pidfile_fd(config->pidfile) : -1 };
	struct timeval limit = { .tv_sec = ANSWER_WAIT };

	apart(keep, 3);
	actions = APART_FIRST;
	asks = APART_FIRST + 1;
	setsockopt(asks, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!apart_confine(config->rights, CONFINE_COMMANDS, config->log))
		_exit(1);
	keeper_serve(config, actions, asks);
	_exit(0);
}

int
keeper_start(const struct keeper_config *config, struct keeper **out,
    struct err *err)
{
	int actions[2], asks[2], why;
	struct child child;
	struct keeper *k;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, actions) < 0)
		return err_sys(err, errno, "socketpair");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, asks) < 0) {
		why = errno;
		close(actions[0]);
		close(actions[1]);
		return err_sys(err, why, "socketpair");
	}
	if ((pid = child_fork(CHILD_LASTING, &child)) == 0)
		be_keeper(config, actions[1], asks[1]);
	why = errno;
	close(actions[1]);
	close(asks[1]);
	if (pid < 0) {
		close(actions[0]);
		close(asks[0]);
		return err_sys(err, why, "fork");
	}
	k = mem_zero(1, sizeof(*k));
	k->log = config->log;
	k->child = child;
	k->actions = actions[0];
	k->asks = asks[0];
	k->got_fd = -1;
	TAILQ_INIT(&k->running);
	*out = k;
	return 0;
}

static void
lose(struct keeper *k, const char *why)
{
	if (*k->gone != '\0')
		return;
	snprintf(k->gone, sizeof(k->gone), "%s", why);
	/* The end is seen on the socket before it may be asked for. */
	child_wait(&k->child, k->gone, sizeof(k->gone));
}

const char *
keeper_gone(const struct keeper *k)
{
	return *k->gone != '\0' ? k->gone : NULL;
}

/* --- commands --- */

void
keeper_on_end(struct keeper *k,
    void (*ended)(void *ctx, const struct command_end *end), void *ctx)
{
	k->ended = ended;
	k->ctx = ctx;
}

static bool
say(struct keeper *k, int to, const struct runnerwire *m)
{
	strbuf_reset(&k->out);
	runnerwire_put(&k->out, m);
	if (*k->gone == '\0' && !wire_send(to, &k->out))
		lose(k, "it hears nothing any more");
	return *k->gone == '\0';
}

int
keeper_run(struct keeper *k, uint32_t id, const char *text,
    const struct world_cause *cause, struct err *err)
{
	struct runnerwire m = { .kind = RUNNERWIRE_START,
		.numbers = { id, cause->media } };
	struct command *c;

	m.texts[0].data = text;
	m.texts[0].bytes = strlen(text);
	if (cause->raw != NULL) {
		m.texts[1].data = cause->raw;
		m.texts[1].bytes = cause->bytes;
		m.texts[2].data = cause->timestamp;
		m.texts[2].bytes = strlen(cause->timestamp);
	}
	if (!runnerwire_fits(RUNNERWIRE_START, 0, m.texts[0].bytes))
		return err_set(err, ERR_INPUT,
		    "the command has more than %u bytes",
		    RUNNERWIRE_COMMAND_MAX);
	if (!say(k, k->actions, &m))
		return err_set(err, ERR_STATE,
		    "there is no process any more that runs commands");
	c = mem_zero(1, sizeof(*c));
	c->id = id;
	c->text = mem_str(text);
	TAILQ_INSERT_TAIL(&k->running, c, entry);
	k->count++;
	return 0;
}

void
keeper_cancel(struct keeper *k, uint32_t id)
{
	const struct runnerwire m = { .kind = RUNNERWIRE_CANCEL,
		.numbers = { id } };

	say(k, k->actions, &m);
}

void
keeper_cancel_all(struct keeper *k)
{
	const struct runnerwire m = { .kind = RUNNERWIRE_CANCEL_ALL };

	say(k, k->actions, &m);
}

size_t
keeper_count(const struct keeper *k)
{
	return k->count;
}

static void
command_free(struct command *c)
{
	free(c->text);
	free(c);
}

/* False: it is no message of a command. */
static bool
end_command(void *ctx, const struct runnerwire *m)
{
	struct keeper *k = ctx;
	struct command_end end = { .id = (uint32_t)m->numbers[0],
		.status = (int)m->numbers[1],
		.output = m->texts[0].data,
		.output_bytes = m->texts[0].bytes,
		.output_total = (uint64_t)m->numbers[2] };
	struct command *c;

	if (m->kind != RUNNERWIRE_ENDED && m->kind != RUNNERWIRE_REFUSED)
		return false;
	TAILQ_FOREACH (c, &k->running, entry)
		if (c->id == end.id)
			break;
	if (c == NULL)
		return true;
	if (m->kind == RUNNERWIRE_REFUSED) {
		end.status = CANNOT_START;
		end.output_total = end.output_bytes;
	}
	/* ended() may start others. */
	TAILQ_REMOVE(&k->running, c, entry);
	k->count--;
	end.text = c->text;
	if (k->ended != NULL)
		k->ended(k->ctx, &end);
	command_free(c);
	return true;
}

int
keeper_fd(const struct keeper *k)
{
	return *k->gone == '\0' ? k->actions : -1;
}

void
keeper_readable(struct keeper *k)
{
	char bytes[16384];
	ssize_t n;

	if (*k->gone != '\0')
		return;
	n = recv(k->actions, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lose(k, "it has closed the connection");
		return;
	}
	if (!runnerwire_hear(&k->got, bytes, (size_t)n, RUNNERWIRE_KEEPER,
		end_command, k))
		snprintf(k->gone, sizeof(k->gone), "what it says is garbled");
}

/* --- asking --- */

static void
drop_fd(struct keeper *k)
{
	if (k->got_fd >= 0)
		close(k->got_fd);
	k->got_fd = -1;
}

static void
take_fd(struct keeper *k, struct msghdr *m)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		    c->cmsg_len != CMSG_LEN(sizeof(int)))
			continue;
		drop_fd(k);
		memcpy(&k->got_fd, CMSG_DATA(c), sizeof(int));
	}
}

/* Some more of an answer, and the descriptor that comes with it. */
static bool
hear(struct keeper *k)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char bytes[16384];
	struct iovec part = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	memset(&control, 0, sizeof(control));
	m.msg_control = control.room;
	m.msg_controllen = sizeof(control.room);
	do
		n = recvmsg(k->asks, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	take_fd(k, &m);
	strbuf_add(&k->heard, bytes, (size_t)n);
	return true;
}

static void
add_file(struct keeper *k, const struct runnerwire *m)
{
	struct file *f;

	k->files_bytes += m->texts[0].bytes + m->texts[1].bytes;
	if (k->files_bytes > FILES_MOST)
		return;
	f = MEM_PUSH(k->files, k->n_files, k->cap_files);
	f->code = (int)m->numbers[0];
	f->path = mem_strn(m->texts[0].data, m->texts[0].bytes);
	f->text = mem_strn(m->texts[1].data, m->texts[1].bytes);
	f->bytes = m->texts[1].bytes;
}

/* Until the answer is there: 0 and its text, or the error that it is. */
static int
wait_for_answer(struct keeper *k, struct strbuf *text, struct err *err)
{
	struct runnerwire m;
	struct wire frame;
	int rc;

	for (;;) {
		memmove(k->heard.data, k->heard.data + k->heard_used,
		    k->heard.bytes - k->heard_used);
		k->heard.bytes -= k->heard_used;
		k->heard_used = 0;
		while ((rc = wire_frame(k->heard.data, k->heard.bytes, &frame,
			    &k->heard_used)) == 0)
			if (!hear(k))
				return -1;
		if (rc < 0 || !runnerwire_take(&frame, RUNNERWIRE_KEEPER, &m))
			return -1;
		if (m.kind == RUNNERWIRE_ANSWER)
			break;
		if (m.kind == RUNNERWIRE_FILE)
			add_file(k, &m);
	}
	if (m.numbers[0] == 0) {
		strbuf_add(text, m.texts[0].data, m.texts[0].bytes);
		return 0;
	}
	rc = err_set(err, (enum err_code)m.numbers[0], "%.*s",
	    (int)m.texts[0].bytes, m.texts[0].data);
	if (err != NULL)
		err->sys_errno = (int)m.numbers[1];
	return 1;
}

static int
ask(struct keeper *k, const struct runnerwire *question, struct strbuf *text,
    struct err *err)
{
	struct err why;
	int rc = -1;

	drop_fd(k);
	strbuf_add(&k->heard, "", 0); /* never without memory */
	if (say(k, k->asks, question))
		rc = wait_for_answer(k, text, &why);
	if (rc == 0)
		return 0;
	if (rc < 0) {
		lose(k, "it gives no answer");
		return err_set(err, ERR_STATE,
		    "the process that keeps the privileges is gone: %s",
		    k->gone);
	}
	if (err != NULL)
		*err = why;
	return why.code;
}

static int
take_answered_fd(struct keeper *k, struct err *err)
{
	int fd = k->got_fd;

	k->got_fd = -1;
	return fd >= 0 ? fd : err_set(err, ERR_STATE, "no descriptor has come");
}

/* --- rules --- */

static void
forget_files(struct keeper *k)
{
	size_t i;

	for (i = 0; i < k->n_files; i++) {
		free(k->files[i].path);
		free(k->files[i].text);
	}
	free(k->files);
	free(k->readable);
	k->files = NULL;
	k->readable = NULL;
	k->n_files = k->cap_files = k->n_readable = k->files_bytes = 0;
}

static int
fetch(void *ctx, const char *path, struct strbuf *out, struct err *err)
{
	const struct keeper *k = ctx;
	const struct file *f;
	size_t i;

	for (i = 0; i < k->n_files; i++) {
		f = &k->files[i];
		if (strcmp(f->path, path) != 0)
			continue;
		if (f->code < 0)
			return err_set(err, (enum err_code)f->code, "%s",
			    f->text);
		strbuf_add(out, f->text, f->bytes);
		return 0;
	}
	return err_set(err, ERR_NOTFOUND, "%s: has just come", path);
}

/* A folder has what was read of it. */
static int
list(void *ctx, const char *path, void (*name)(void *arg, const char *entry),
    void *arg, struct err *err)
{
	struct keeper *k = ctx;
	const struct rule_loader texts = loader_texts(&k->texts);

	return texts.list(texts.ctx, path, name, arg, err);
}

int
keeper_rules(struct keeper *k, struct rule_loader *out, struct err *err)
{
	const struct runnerwire m = { .kind = RUNNERWIRE_RULES };
	struct strbuf text = { 0 };
	size_t i;
	int rc;

	forget_files(k);
	rc = ask(k, &m, &text, err);
	strbuf_fini(&text);
	if (rc < 0)
		return rc;
	if (k->files_bytes > FILES_MOST)
		return err_set(err, ERR_IO,
		    "the rules have more than %u bytes: they are not read",
		    FILES_MOST);
	k->readable = mem_zero(k->n_files + 1, sizeof(*k->readable));
	for (i = 0; i < k->n_files; i++)
		k->readable[i] = (struct ruleset_text){ k->files[i].path,
			k->files[i].text, k->files[i].bytes };
	k->texts = (struct loader_texts){ k->readable, k->n_files };
	*out = (struct rule_loader){ fetch, list, k };
	return 0;
}

/* --- source, dumps --- */

int
keeper_connect(void *ctx, struct err *err)
{
	const struct runnerwire m = { .kind = RUNNERWIRE_CONNECT };
	struct strbuf text = { 0 };
	int rc = ask(ctx, &m, &text, err);

	strbuf_fini(&text);
	return rc < 0 ? rc : take_answered_fd(ctx, err);
}

int
keeper_dump(struct keeper *k, const char *word, int *fd, struct strbuf *name,
    struct err *err)
{
	struct runnerwire m = { .kind = RUNNERWIRE_DUMP };
	int rc;

	m.texts[0].data = word;
	m.texts[0].bytes = strlen(word);
	if ((rc = ask(k, &m, name, err)) < 0)
		return rc;
	*fd = take_answered_fd(k, err);
	return *fd < 0 ? *fd : 0;
}

int
keeper_dump_end(struct keeper *k, bool whole, struct err *err)
{
	const struct runnerwire m = { .kind = RUNNERWIRE_DUMP_END,
		.numbers = { whole } };
	struct strbuf text = { 0 };
	int rc = ask(k, &m, &text, err);

	strbuf_fini(&text);
	return rc;
}

/* --- the log, the end --- */

void
keeper_log(void *ctx, enum log_level level, const char *line)
{
	struct runnerwire m = { .kind = RUNNERWIRE_LOG,
		.numbers = { (int64_t)level } };
	struct keeper *k = ctx;
	size_t bytes = strlen(line);

	while (!runnerwire_fits(RUNNERWIRE_LOG, 0, bytes))
		bytes /= 2;
	m.texts[0].data = line;
	m.texts[0].bytes = bytes;
	if (!say(k, k->actions, &m) && level <= k->log->most)
		k->log->write(k->log->ctx, level, line);
}

void
keeper_leave(struct keeper *k)
{
	close(k->actions);
	close(k->asks);
}

void
keeper_end(struct keeper *k)
{
	struct command *c;
	char how[64];

	if (k == NULL)
		return;
	close(k->actions);
	close(k->asks);
	child_wait(&k->child, how, sizeof(how));
	while ((c = TAILQ_FIRST(&k->running)) != NULL) {
		TAILQ_REMOVE(&k->running, c, entry);
		command_free(c);
	}
	drop_fd(k);
	forget_files(k);
	strbuf_fini(&k->got);
	strbuf_fini(&k->heard);
	strbuf_fini(&k->out);
	free(k);
}
