/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/native_world.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/apart.h"
#include "daemon/native_rc.h"
#include "daemon/runnerwire.h"
#include "failover/operation_row.h"
#include "failover/rcvars_text.h"
#include "failover/snapshot_text.h"
#include "world/bsdioctl.h"
#include "world/child.h"

struct native_world {
	struct child child;
	int asks, hints;
	char gone[64];
	void (*said)(void *ctx, enum log_level level, const char *text);
	void *ctx;
	struct strbuf in, out, text;
	size_t used;
	struct snapshot_parser *parser;
};

/* --- its beginning and its end --- */

static int
make_pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
}

static int
fork_process(const struct daemon_native *config, const struct log *log,
    struct native_world *w, struct err *err)
{
	int asks[2], hints[2], keep[2], why;
	pid_t pid;

	if (make_pair(asks) < 0)
		return err_sys(err, errno, "socketpair");
	w->asks = asks[0];
	if (make_pair(hints) < 0) {
		why = errno;
		close(asks[1]);
		return err_sys(err, why, "socketpair");
	}
	w->hints = hints[0];
	if ((pid = child_fork(CHILD_LASTING, &w->child)) == 0) {
		keep[0] = asks[1];
		keep[1] = hints[1];
		apart(keep, 2);
		native_world_serve(config, log, APART_FIRST, APART_FIRST + 1);
		_exit(0);
	}
	why = errno;
	close(asks[1]);
	close(hints[1]);
	return pid < 0 ? err_sys(err, why, "fork") : 0;
}

void
native_world_end(struct native_world *w)
{
	char how[64];

	if (w == NULL)
		return;
	if (w->asks >= 0)
		close(w->asks);
	if (w->hints >= 0)
		close(w->hints);
	child_wait(&w->child, how, sizeof(how));
	strbuf_fini(&w->in);
	strbuf_fini(&w->out);
	strbuf_fini(&w->text);
	snapshot_parser_free(w->parser);
	free(w);
}

static void
lose(struct native_world *w)
{
	if (*w->gone != '\0')
		return;
	/* It may be there yet, and is to go. */
	shutdown(w->asks, SHUT_RDWR);
	child_wait(&w->child, w->gone, sizeof(w->gone));
}

const char *
native_world_gone(const struct native_world *w)
{
	return *w->gone != '\0' ? w->gone : NULL;
}

/* --- asking --- */

static void
say(const struct native_world *w, const struct runnerwire *m)
{
	char *line = mem_strn(m->texts[0].data, m->texts[0].bytes);
	int64_t level = m->numbers[0];

	if (level >= LOG_LEVEL_ERROR && level <= LOG_LEVEL_DEBUG)
		w->said(w->ctx, (enum log_level)level, line);
	free(line);
}

/* Until the answer is there; what comes before it is in text and the log.
 * False: nobody gives one. */
static bool
hear(struct native_world *w, struct runnerwire *answer)
{
	struct wire frame;

	strbuf_reset(&w->text);
	for (;;) {
		if (!wire_receive(w->asks, &w->in, &w->used, &frame) ||
		    !runnerwire_take(&frame, RUNNERWIRE_KEEPER, answer)) {
			lose(w);
			return false;
		}
		if (answer->kind == RUNNERWIRE_ANSWER)
			return true;
		if (answer->kind == RUNNERWIRE_SAID)
			say(w, answer);
		if (answer->kind == RUNNERWIRE_TEXT)
			strbuf_add(&w->text, answer->texts[0].data,
			    answer->texts[0].bytes);
	}
}

static bool
ask(struct native_world *w, const struct runnerwire *question,
    struct runnerwire *answer)
{
	if (*w->gone != '\0')
		return false;
	strbuf_reset(&w->out);
	runnerwire_put(&w->out, question);
	if (wire_send(w->asks, &w->out))
		return hear(w, answer);
	lose(w);
	return false;
}

static int
code_of(const struct native_world *w, bool answered,
    const struct runnerwire *answer, struct err *err)
{
	if (!answered)
		return err_set(err, ERR_IO,
		    "the process that changes interfaces is gone: %s", w->gone);
	if (answer->numbers[0] == 0)
		return 0;
	err_set(err, (enum err_code)answer->numbers[0], "%.*s",
	    (int)answer->texts[0].bytes, answer->texts[0].data);
	if (err != NULL)
		err->sys_errno = (int)answer->numbers[1];
	return (int)answer->numbers[0];
}

int
native_world_start(const struct daemon_native *config, const struct log *log,
    void (*said)(void *ctx, enum log_level level, const char *text), void *ctx,
    struct native_world **out, struct err *err)
{
	struct native_world *w = mem_zero(1, sizeof(*w));
	struct runnerwire answer;
	bool answered;
	int rc;

	w->asks = w->hints = -1;
	w->said = said;
	w->ctx = ctx;
	w->parser = snapshot_parser_new();
	rc = fork_process(config, log, w, err);
	if (rc == 0) {
		answered = hear(w, &answer);
		rc = code_of(w, answered, &answer, err);
	}
	if (rc == 0)
		*out = w;
	else
		native_world_end(w);
	return rc;
}

/* --- what is asked --- */

static void
fill(const struct snapshot *from, struct snapshot *to)
{
	size_t i;

	for (i = 0; i < from->n_ifs; i++)
		*snapshot_add(to) = from->ifs[i];
	to->os = from->os;
	to->no_bonding = from->no_bonding;
	to->vf_transparent = from->vf_transparent;
	to->failover_rx_all = from->failover_rx_all;
	to->default_gateway = from->default_gateway;
	memcpy(to->default_if, from->default_if, sizeof(to->default_if));
	to->default_gateway6 = from->default_gateway6;
	memcpy(to->default_if6, from->default_if6, sizeof(to->default_if6));
	to->other_daemon = from->other_daemon;
}

void
native_world_observe(struct native_world *w, struct snapshot *out)
{
	const struct runnerwire m = { .kind = RUNNERWIRE_OBSERVE };
	const struct snapshot *seen = NULL;
	struct runnerwire answer;

	if (ask(w, &m, &answer) && answer.numbers[0] == 0)
		seen = snapshot_parse(w->parser, strbuf_str(&w->text),
		    w->text.bytes, NULL);
	if (seen != NULL)
		fill(seen, out);
	else
		out->vf_transparent = 1; /* nothing to be changed */
}

int
native_world_apply(struct native_world *w, const struct operation *op)
{
	struct runnerwire m = { .kind = RUNNERWIRE_APPLY }, answer;
	struct strbuf row = { 0 };
	bool answered = false;

	operation_row_write(op, &row);
	m.texts[0].data = strbuf_str(&row);
	m.texts[0].bytes = row.bytes;
	if (runnerwire_fits(RUNNERWIRE_APPLY, 0, row.bytes))
		answered = ask(w, &m, &answer);
	strbuf_fini(&row);
	if (!answered || answer.numbers[0] != 0)
		return BSD_EPERM;
	return (int)answer.numbers[1];
}

int
native_world_rc(struct native_world *w, struct rcvars **out, struct err *err)
{
	const struct runnerwire m = { .kind = RUNNERWIRE_RC };
	struct runnerwire answer;
	struct rcvars *rc;
	bool answered = ask(w, &m, &answer);
	int code = code_of(w, answered, &answer, err);

	if (code < 0)
		return code;
	rc = native_rc_new(NULL);
	code = rcvars_read(rc, strbuf_str(&w->text), w->text.bytes, err);
	if (code < 0)
		native_rc_free(rc);
	else
		*out = rc;
	return code < 0 ? code : 0;
}

int
native_world_fd(const struct native_world *w)
{
	return *w->gone == '\0' ? w->hints : -1;
}

bool
native_world_told(struct native_world *w)
{
	char bytes[64];
	bool told = false;
	ssize_t n;

	while ((n = recv(w->hints, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		told = true;
	if (n == 0)
		lose(w);
	return told;
}
