/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/devd_beside.h"
#include "daemon/keeper_serve.h"
#include "rules/ruleset.h"
#include "world/devctl_source.h"

/* --- answers --- */

/* With a descriptor, which is closed; -1: with none. */
static bool
send_with(int to, const struct strbuf *sb, int fd)
{
	struct iovec part = { .iov_base = sb->data, .iov_len = sb->bytes };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *c;
	ssize_t n;

	if (fd < 0)
		return wire_send(to, sb);
	memset(&control, 0, sizeof(control));
	m.msg_control = control.room;
	m.msg_controllen = sizeof(control.room);
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	do
		n = sendmsg(to, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	close(fd);
	/* An answer is small: it goes whole or not at all. */
	return n == (ssize_t)sb->bytes;
}

static bool
answer(const struct keeper_asks *a, int code, int sys_errno, const char *text,
    int fd)
{
	struct runnerwire m = { .kind = RUNNERWIRE_ANSWER,
		.numbers = { code, sys_errno } };
	struct strbuf out = { 0 };
	bool sent;

	m.texts[0].data = text;
	m.texts[0].bytes = strlen(text);
	if (!runnerwire_fits(RUNNERWIRE_ANSWER, 0, m.texts[0].bytes))
		m.texts[0].bytes = 0;
	runnerwire_put(&out, &m);
	sent = send_with(a->fd, &out, fd);
	strbuf_fini(&out);
	return sent;
}

static bool
answer_err(const struct keeper_asks *a, const struct err *err)
{
	return answer(a, err->code, err->sys_errno, err->text, -1);
}

/* --- the rules --- */

struct reading {
	const struct rule_loader *files;
	int to;
	bool lost; /* nobody takes it */
};

static void
send_file(struct reading *r, int code, const char *path, const void *data,
    size_t bytes)
{
	struct runnerwire m = { .kind = RUNNERWIRE_FILE, .numbers = { code } };
	struct strbuf out = { 0 };

	m.texts[0].data = path;
	m.texts[0].bytes = strlen(path);
	m.texts[1].data = data;
	m.texts[1].bytes = bytes;
	if (runnerwire_fits(RUNNERWIRE_FILE, 0, m.texts[0].bytes)) {
		runnerwire_put(&out, &m);
		r->lost |= !wire_send(r->to, &out);
	}
	strbuf_fini(&out);
}

static int
fetch(void *ctx, const char *path, struct strbuf *out, struct err *err)
{
	struct reading *r = ctx;
	size_t before = out->bytes;
	struct err why;
	int rc = r->files->fetch(r->files->ctx, path, out, &why);

	if (rc == 0 &&
	    !runnerwire_fits(RUNNERWIRE_FILE, 1, out->bytes - before))
		rc = err_set(&why, ERR_IO,
		    "%s: has more than %u bytes: divide it", path,
		    RUNNERWIRE_FILE_MAX);
	if (rc == 0)
		send_file(r, 0, path, strbuf_str(out) + before,
		    out->bytes - before);
	else
		send_file(r, rc, path, why.text, strlen(why.text));
	if (rc < 0 && err != NULL)
		*err = why;
	return rc;
}

static int
list(void *ctx, const char *path, void (*name)(void *arg, const char *entry),
    void *arg, struct err *err)
{
	const struct reading *r = ctx;

	return r->files->list(r->files->ctx, path, name, arg, err);
}

static void
say_nothing(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	(void)ctx, (void)level, (void)file, (void)line, (void)col, (void)text;
}

/* Which files there are is known by reading them; what is wrong with them is
 * for the engine to say. */
static bool
send_rules(const struct keeper_asks *a)
{
	struct reading r = { .files = rule_loader_files(), .to = a->fd };
	const struct rule_loader loader = { fetch, list, &r };
	const struct ruleset_options options = { .version = RULE_NEWEST,
		.loader = &loader };
	struct diag diag = { .emit = say_nothing };
	struct ruleset *rules = NULL;
	struct err err;

	if (ruleset_load(a->config->rules_path, &options, &diag, &rules, &err) <
	    0)
		return !r.lost && answer(a, 0, 0, "", -1);
	if (!a->config->native && devd_beside(rules, &err) == DEVD_CLASHES) {
		ruleset_free(rules);
		return !r.lost && answer_err(a, &err);
	}
	keeper_judge_rules(a->judge, rules);
	return !r.lost && answer(a, 0, 0, "", -1);
}

/* --- the source --- */

static bool
connect_source(const struct keeper_asks *a)
{
	struct err err;
	int fd;

	if (a->config->source_path == NULL) {
		err_set(&err, ERR_STATE, "this source is not connected again");
		return answer_err(a, &err);
	}
	if ((fd = source_connect(a->config->source_path, &err)) < 0)
		return answer_err(a, &err);
	return answer(a, 0, 0, "", fd);
}

/* --- dumps --- */

static void
drop_dump(struct keeper_asks *a)
{
	if (a->draft.bytes > 0)
		unlink(strbuf_str(&a->draft));
	strbuf_reset(&a->draft);
	strbuf_reset(&a->dump);
}

static bool
is_word(const char *text, size_t bytes)
{
	static const char *const words[] = { "signal", "deadline", "order",
		"error" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == bytes &&
		    memcmp(words[i], text, bytes) == 0)
			return true;
	return false;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Commands and what they wrote are nobody else's business. */
static int
open_draft(const char *path, struct err *err)
{
	int fd;

	/* What a dump that was cut off has left. */
	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(err, errno, "%s", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	return fd < 0 ? err_sys(err, errno, "%s", path) : fd;
}

static bool
begin_dump(struct keeper_asks *a, const char *word, size_t bytes)
{
	struct err err;
	int fd;

	if (a->config->dump_path == NULL || !is_word(word, bytes) ||
	    a->draft.bytes > 0) {
		err_set(&err, ERR_STATE, "there is no such dump");
		return answer_err(a, &err);
	}
	strbuf_adds(&a->dump, a->config->dump_path);
	if (is_folder(a->config->dump_path))
		strbuf_addf(&a->dump, "/%.*s.db", (int)bytes, word);
	strbuf_addf(&a->draft, "%s.new", strbuf_str(&a->dump));
	if ((fd = open_draft(strbuf_str(&a->draft), &err)) >= 0)
		return answer(a, 0, 0, strbuf_str(&a->dump), fd);
	strbuf_reset(&a->draft);
	strbuf_reset(&a->dump);
	return answer_err(a, &err);
}

static bool
end_dump(struct keeper_asks *a, bool whole)
{
	struct err err;
	int rc = 0;

	if (a->draft.bytes == 0)
		rc = err_set(&err, ERR_STATE, "there is no such dump");
	else if (whole &&
	    rename(strbuf_str(&a->draft), strbuf_str(&a->dump)) < 0)
		rc = err_sys(&err, errno, "%s", strbuf_str(&a->dump));
	else if (whole)
		strbuf_reset(&a->draft);
	drop_dump(a);
	return rc < 0 ? answer_err(a, &err) : answer(a, 0, 0, "", -1);
}

/* --- all of them --- */

static bool
take(void *ctx, const struct runnerwire *m)
{
	struct keeper_asks *a = ctx;

	switch (m->kind) {
	case RUNNERWIRE_RULES:
		return send_rules(a);
	case RUNNERWIRE_CONNECT:
		return connect_source(a);
	case RUNNERWIRE_DUMP:
		return begin_dump(a, m->texts[0].data, m->texts[0].bytes);
	case RUNNERWIRE_DUMP_END:
		return end_dump(a, m->numbers[0] == 1);
	default:
		return false;
	}
}

bool
keeper_asks_hear(struct keeper_asks *a, const void *data, size_t bytes)
{
	return runnerwire_hear(&a->got, data, bytes, RUNNERWIRE_ENGINE, take,
	    a);
}

bool
keeper_asks_readable(struct keeper_asks *a)
{
	char bytes[512];
	ssize_t n = recv(a->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	return n > 0 && keeper_asks_hear(a, bytes, (size_t)n);
}

void
keeper_asks_fini(struct keeper_asks *a)
{
	drop_dump(a);
	strbuf_fini(&a->got);
	strbuf_fini(&a->dump);
	strbuf_fini(&a->draft);
}
