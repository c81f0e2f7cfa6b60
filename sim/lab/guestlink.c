/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/guestlink.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define READ_BYTES 65536
#define READS	   8 /* in a row, before something else has its turn */

struct asked { /* and not answered */
	uint32_t id;
	struct strbuf row; /* as it was sent */
	void (*answer)(void *ctx, const struct labwire *m, int64_t got_ns);
	void *ctx;
};

struct guestlink {
	struct labloop *loop;
	struct guestlink_user user;
	int fd;
	struct labwatch *watch;
	struct labwire_reader reader;
	struct strbuf out;
	size_t written; /* of out */
	bool ended;	/* the stream */
	bool moving;	/* its end is nobody's trouble */
	uint32_t last_id;
	struct asked *asked; /* by id */
	size_t n_asked, cap_asked;

	struct labclock *clock;
	struct labtimer sampler;
	int64_t period_ns;
	uint32_t sample_id; /* 0: none is under way */
	int64_t sample_ns;  /* when it was sent */
};

/* --- the stream --- */

static bool
has_waiting(const struct guestlink *g)
{
	return g->out.bytes > g->written;
}

static void
end_stream(struct guestlink *g, int code, int why)
{
	struct err err;

	if (g->ended)
		return;
	g->ended = true;
	labloop_unwatch(g->watch);
	g->watch = NULL;
	if (g->moving)
		return;
	if (code == ERR_IO)
		err_sys(&err, why, "the guest's channel");
	else
		err_set(&err, ERR_STATE, "the guest's channel has ended");
	g->user.trouble(g->user.ctx, &err);
}

static bool
may_be_later(int why)
{
	return why == EAGAIN || why == EINTR;
}

static void
write_some(struct guestlink *g)
{
	ssize_t n;

	while (!g->ended && has_waiting(g)) {
		n = send(g->fd, g->out.data + g->written,
		    g->out.bytes - g->written, MSG_NOSIGNAL);
		if (n < 0 && may_be_later(errno))
			break;
		if (n < 0) {
			end_stream(g, ERR_IO, errno);
			return;
		}
		g->written += (size_t)n;
	}
	if (!has_waiting(g)) {
		strbuf_reset(&g->out);
		g->written = 0;
	}
	if (g->watch != NULL)
		labwatch_events(g->watch,
		    has_waiting(g) ? POLLIN | POLLOUT : POLLIN);
}

/* --- rows --- */

static void
take_sample(struct guestlink *g, const struct labwire *m, int64_t got_ns)
{
	if (g->clock != NULL && m->error[0] == '\0')
		labclock_sample(g->clock, g->sample_ns, m->at_ns, got_ns);
	g->sample_id = 0;
}

static struct asked *
find_asked(struct guestlink *g, uint32_t id)
{
	size_t i;

	for (i = 0; i < g->n_asked; i++)
		if (g->asked[i].id == id)
			return &g->asked[i];
	return NULL;
}

/* Forgotten before it is told: who is told may ask again. */
static void
take_answer(struct guestlink *g, const struct labwire *m, int64_t got_ns)
{
	struct asked *a = find_asked(g, m->re), was;
	size_t at;

	if (a == NULL)
		return;
	was = *a;
	if (m->kind == LABWIRE_ANSWER) {
		at = (size_t)(a - g->asked);
		memmove(a, a + 1, (g->n_asked - at - 1) * sizeof(*a));
		g->n_asked--;
		strbuf_fini(&was.row);
	}
	if (was.answer != NULL)
		was.answer(was.ctx, m, got_ns);
}

static void
take_row(struct guestlink *g, const struct labwire *m, int64_t got_ns)
{
	if (m->re == 0)
		g->user.row(g->user.ctx, m, got_ns);
	else if (m->re == g->sample_id)
		take_sample(g, m, got_ns);
	else
		take_answer(g, m, got_ns);
}

static void
take_rows(struct guestlink *g, int64_t got_ns)
{
	struct labwire m = { 0 };
	struct err err;
	int rc;

	while ((rc = labwire_next(&g->reader, LABWIRE_GUEST, &m, &err)) != 0) {
		if (rc < 0)
			g->user.trouble(g->user.ctx, &err);
		else
			take_row(g, &m, got_ns);
	}
	labwire_fini(&m);
}

/* True when there may be more at once. */
static bool
read_some(struct guestlink *g)
{
	char bytes[READ_BYTES];
	ssize_t n = recv(g->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	int why = errno;

	if (n > 0) {
		labwire_feed(&g->reader, bytes, (size_t)n);
		take_rows(g, labloop_now(g->loop));
		return true;
	}
	if (n < 0 && may_be_later(why))
		return false;
	end_stream(g, n < 0 && why != ECONNRESET ? ERR_IO : ERR_STATE, why);
	return false;
}

static void
on_ready(void *ctx, short revents)
{
	struct guestlink *g = ctx;
	int i;

	if (revents & (POLLIN | POLLHUP | POLLERR))
		for (i = 0; i < READS && !g->ended && read_some(g); i++)
			;
	if (!g->ended)
		write_some(g);
}

/* --- asking --- */

static uint32_t
send_row(struct guestlink *g, const struct labwire *m, struct strbuf *row)
{
	struct labwire with_id = *m;

	with_id.id = ++g->last_id;
	labwire_put(row, &with_id);
	strbuf_add(&g->out, strbuf_str(row), row->bytes);
	write_some(g);
	return with_id.id;
}

uint32_t
guestlink_ask(struct guestlink *g, const struct labwire *m,
    void (*answer)(void *ctx, const struct labwire *m, int64_t got_ns),
    void *ctx)
{
	struct strbuf row = { 0 };
	uint32_t id = send_row(g, m, &row);
	struct asked *a = MEM_PUSH(g->asked, g->n_asked, g->cap_asked);

	a->id = id;
	a->row = row;
	a->answer = answer;
	a->ctx = ctx;
	return id;
}

static void
sample(void *ctx, int64_t now_ns)
{
	const struct labwire m = { .kind = LABWIRE_CLOCK };
	struct guestlink *g = ctx;
	struct strbuf row = { 0 };

	/* One that waits to be written would only say how long it waited. */
	if (g->sample_id == 0 && !has_waiting(g) && !g->ended) {
		g->sample_ns = labloop_now(g->loop);
		g->sample_id = send_row(g, &m, &row);
		strbuf_fini(&row);
	}
	labloop_arm(g->loop, &g->sampler, now_ns + g->period_ns);
}

void
guestlink_sample(struct guestlink *g, struct labclock *clock, int64_t period_ns)
{
	labloop_disarm(g->loop, &g->sampler);
	g->clock = clock;
	g->period_ns = period_ns;
	if (period_ns > 0)
		labloop_arm(g->loop, &g->sampler, labloop_now(g->loop));
}

/* --- from begin to end --- */

struct guestlink *
guestlink_new(struct labloop *loop, int fd, const struct guestlink_user *user)
{
	struct guestlink *g = mem_zero(1, sizeof(*g));

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	g->loop = loop;
	g->user = *user;
	g->fd = fd;
	g->sampler.fire = sample;
	g->sampler.ctx = g;
	g->watch = labloop_watch(loop, fd, POLLIN, on_ready, g);
	return g;
}

/* Of a row that the old QEMU had half of, the new one gets the newline: the
 * guest refuses it, and then gets all that it has not answered. */
void
guestlink_move(struct guestlink *g, int fd)
{
	size_t i;

	g->moving = true;
	while (!g->ended && read_some(g))
		;
	g->moving = false;
	labloop_unwatch(g->watch);
	close(g->fd);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	g->fd = fd;
	g->ended = false;
	g->watch = labloop_watch(g->loop, fd, POLLIN, on_ready, g);
	g->sample_id = 0;
	strbuf_reset(&g->out);
	g->written = 0;
	strbuf_addc(&g->out, '\n');
	for (i = 0; i < g->n_asked; i++)
		strbuf_add(&g->out, g->asked[i].row.data,
		    g->asked[i].row.bytes);
	write_some(g);
}

void
guestlink_free(struct guestlink *g)
{
	size_t i;

	if (g == NULL)
		return;
	labloop_disarm(g->loop, &g->sampler);
	labloop_unwatch(g->watch);
	close(g->fd);
	for (i = 0; i < g->n_asked; i++)
		strbuf_fini(&g->asked[i].row);
	free(g->asked);
	labwire_reader_fini(&g->reader);
	strbuf_fini(&g->out);
	free(g);
}
