/* SPDX-License-Identifier: BSD-2-Clause */
/* The process of daemon/native_world.h. */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/native_rc.h"
#include "daemon/native_world.h"
#include "daemon/runnerwire.h"
#include "failover/operation_row.h"
#include "failover/rc_net.h"
#include "failover/rcvars_text.h"
#include "failover/snapshot_text.h"
#include "world/bsdioctl.h"
#include "world/kernelworld.h"

#define FLAGS "dhclient_flags" /* and what begins with it */

struct serving {
	const struct daemon_native *config;
	const struct log *log;
	struct kernelworld *kernel;
	int asks, hints;
	struct rcvars *rc; /* the last one that was good; NULL: none */
	struct snapshot seen;
	struct snapshot_writer *writer;
	struct strbuf in, owed, text;
	size_t used;
};

/* --- what it says --- */

static void
put(struct serving *s, const struct runnerwire *m)
{
	runnerwire_put(&s->owed, m);
}

static void
put_said(struct serving *s, enum log_level level, const char *text)
{
	struct runnerwire m = { .kind = RUNNERWIRE_SAID,
		.numbers = { (int64_t)level } };

	m.texts[0].data = text;
	m.texts[0].bytes = strlen(text);
	/* Nobody may ask for long. */
	if (runnerwire_fits(RUNNERWIRE_SAID, 0, m.texts[0].bytes) &&
	    s->owed.bytes < RUNNERWIRE_FILE_MAX)
		put(s, &m);
}

static void
note(void *ctx, const char *text)
{
	put_said(ctx, LOG_LEVEL_INFO, text);
}

static void
put_finding(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	struct strbuf out = { 0 };

	diag_emit_strbuf(&out, level, file, line, col, text);
	if (out.bytes > 0 && out.data[out.bytes - 1] == '\n')
		out.data[out.bytes - 1] = '\0';
	put_said(ctx, level == DIAG_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
	    strbuf_str(&out));
	strbuf_fini(&out);
}

static bool
answer(struct serving *s, int code, int number, const char *text)
{
	struct runnerwire m = { .kind = RUNNERWIRE_ANSWER,
		.numbers = { code, number } };
	bool sent;

	m.texts[0].data = text;
	m.texts[0].bytes = strlen(text);
	put(s, &m);
	sent = wire_send(s->asks, &s->owed);
	strbuf_reset(&s->owed);
	return sent;
}

static bool
answer_text(struct serving *s)
{
	struct runnerwire m = { .kind = RUNNERWIRE_TEXT };

	if (!runnerwire_fits(RUNNERWIRE_TEXT, 0, s->text.bytes))
		return answer(s, ERR_IO, 0, "there is too much of it");
	m.texts[0].data = strbuf_str(&s->text);
	m.texts[0].bytes = s->text.bytes;
	put(s, &m);
	return answer(s, 0, 0, "");
}

/* --- what it is asked --- */

static bool
observe(struct serving *s)
{
	snapshot_reset(&s->seen);
	kernelworld_observe(s->kernel, &s->seen);
	strbuf_reset(&s->text);
	snapshot_write(s->writer, &s->seen, &s->text);
	return answer_text(s);
}

/* An argument of a DHCP client may name a program to be run: it is the
 * operator's to say. An operation has the beginning of a long one. */
static bool
is_known_flags(const struct serving *s, const char *flags)
{
	const size_t room = sizeof(((struct operation *)0)->text) - 1;
	size_t i;

	if (*flags == '\0')
		return true;
	for (i = 0; s->rc != NULL && i < s->rc->n_vars; i++)
		if (strncmp(s->rc->vars[i].name, FLAGS, strlen(FLAGS)) == 0 &&
		    strncmp(s->rc->vars[i].value, flags, room) == 0)
			return true;
	return false;
}

/* What the controller never does is nothing that the engine may ask for; the
 * rest is for kernelworld_apply() to look at. */
static bool
may_be_asked(const struct serving *s, const struct operation *op)
{
	switch (op->kind) {
	case OP_PROCESS:
		return false;
	case OP_CLONE:
		return s->rc != NULL && rc_names_vlan(s->rc, op->ifname);
	case OP_DHCP_START:
		return is_known_flags(s, op->text);
	default:
		return true;
	}
}

static bool
apply(struct serving *s, const struct runnerwire *m)
{
	struct strbuf words = { 0 };
	struct operation op;
	int result = BSD_EPERM;

	if (!operation_row_read(m->texts[0].data, m->texts[0].bytes, &op))
		return false;
	if (may_be_asked(s, &op))
		result = kernelworld_apply(s->kernel, &op);
	if (result == BSD_EPERM) {
		operation_text(&op, &words);
		log_line(s->log, LOG_LEVEL_WARNING, "interfaces",
		    "%s: refused, this is not ours to change",
		    strbuf_str(&words));
		strbuf_fini(&words);
	}
	return answer(s, 0, result, "");
}

static bool
read_rc(struct serving *s)
{
	struct diag diag = { .emit = put_finding, .ctx = s };
	struct rcvars *fresh = NULL;
	struct err err;

	if (native_rc_read(s->config->rc_path, &diag, &fresh, &err) < 0)
		return answer(s, err.code, err.sys_errno, err.text);
	native_rc_free(s->rc);
	s->rc = fresh;
	strbuf_reset(&s->text);
	rcvars_write(fresh, &s->text);
	return answer_text(s);
}

/* False: the engine is gone, or says what it may not. */
static bool
take(struct serving *s)
{
	struct runnerwire m;
	struct wire frame;

	if (!wire_receive(s->asks, &s->in, &s->used, &frame))
		return false;
	if (runnerwire_take(&frame, RUNNERWIRE_ENGINE, &m)) {
		if (m.kind == RUNNERWIRE_OBSERVE)
			return observe(s);
		if (m.kind == RUNNERWIRE_RC)
			return read_rc(s);
		if (m.kind == RUNNERWIRE_APPLY && apply(s, &m))
			return true;
	}
	log_line(s->log, LOG_LEVEL_ERROR, "interfaces",
	    "the engine says what it may not: it is not heard any more");
	return false;
}

/* --- its loop --- */

static bool
turn(struct serving *s)
{
	struct pollfd fds[3] = {
		{ .fd = s->asks, .events = POLLIN },
		{ .fd = kernelworld_fd(s->kernel), .events = POLLIN },
		{ .fd = s->hints, .events = 0 },
	};

	if (poll(fds, 3, -1) < 0)
		return errno == EINTR;
	/* One hint that nobody has taken is as good as two. */
	if (fds[1].revents != 0 && kernelworld_told(s->kernel))
		(void)send(s->hints, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (fds[0].revents != 0)
		return take(s);
	return fds[2].revents == 0;
}

void
native_world_serve(const struct daemon_native *config, const struct log *log,
    int asks, int hints)
{
	struct serving *s = mem_zero(1, sizeof(*s));
	const struct kernelworld_config kc = {
		.pairs = config->pairs,
		.keep_rx_all = config->keep_rx_all,
		.note = note,
		.ctx = s,
	};
	struct err err;

	s->config = config;
	s->log = log;
	s->asks = asks;
	s->hints = hints;
	s->writer = snapshot_writer_new();
	if (!apart_confine(config->rights, CONFINE_INTERFACES, log))
		answer(s, ERR_IO, 0, "its privileges cannot be divided");
	else if (kernelworld_open(&kc, &s->kernel, &err) < 0)
		answer(s, err.code, err.sys_errno, err.text);
	else if (answer(s, 0, 0, ""))
		while (turn(s))
			;
	kernelworld_close(s->kernel);
	native_rc_free(s->rc);
	snapshot_fini(&s->seen);
	snapshot_writer_free(s->writer);
	strbuf_fini(&s->in);
	strbuf_fini(&s->owed);
	strbuf_fini(&s->text);
	free(s);
}
