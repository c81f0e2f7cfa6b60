/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/wire.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sim/lab/wire_parts.h"
#include "world/clock.h"

#define ETHER_SIZE 14

struct wire *
wire_new(const struct wire_config *config)
{
	struct wire *w = mem_zero(1, sizeof(*w));

	w->loop = config->loop;
	w->wall_offset = clock_wall_offset();
	w->capture = mem_str(config->capture);
	w->capture_left =
	    config->capture_most > 0 ? config->capture_most : WIRE_CAPTURED;
	peerhost_init(&w->host, config->mac, &config->v4, &config->v6);
	w->peer_place = wire_place(w, WIRE_PEER);
	return w;
}

void
wire_free(struct wire *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = 0; i < WIRE_PORTS; i++)
		if (w->ports[i] != NULL)
			wire_unplug(w->ports[i]);
	wire_peer_end(w);
	wire_capture_drop(w);
	free(w->moves);
	free(w);
}

/* --- what goes to a QEMU --- */

static struct wire_queued *
queued(struct wire_port *p, size_t i)
{
	return &p->queue[(p->first + i) % WIRE_QUEUE];
}

static void
forget_first(struct wire_port *p)
{
	free(queued(p, 0)->data);
	p->first = (p->first + 1) % WIRE_QUEUE;
	p->waiting--;
	p->written = 0;
}

static void
end_port(struct wire_port *p, const char *why)
{
	if (p->fd < 0)
		return;
	labloop_unwatch(p->watch);
	p->watch = NULL;
	close(p->fd);
	p->fd = -1;
	p->ended = why;
	while (p->waiting > 0)
		forget_first(p);
	fdb_forget(&p->wire->fdb, p->number);
}

/* As much as QEMU takes now. */
static void
write_queue(struct wire_port *p)
{
	const struct wire_queued *q;
	ssize_t n;

	while (p->waiting > 0) {
		q = queued(p, 0);
		n = send(p->fd, q->data + p->written, q->bytes - p->written,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n < 0) {
			end_port(p, "nobody reads it any more");
			return;
		}
		p->written += (size_t)n;
		if (p->written < q->bytes)
			continue;
		p->counts.out++;
		forget_first(p);
	}
	labwatch_events(p->watch,
	    (short)(p->waiting > 0 ? POLLIN | POLLOUT : POLLIN));
}

static void
deliver(struct wire_port *p, const uint8_t *frame, size_t bytes)
{
	struct wire_queued *q;

	if (p->fd < 0)
		return;
	if (p->waiting == WIRE_QUEUE) {
		p->counts.dropped++;
		return;
	}
	q = queued(p, p->waiting++);
	q->bytes = FRAMING_HEAD + bytes;
	q->data = mem_zero(1, q->bytes);
	framing_head(q->data, bytes);
	memcpy(q->data + FRAMING_HEAD, frame, bytes);
	if (p->waiting == 1)
		write_queue(p);
}

/* --- switching --- */

static void
note_move(struct wire *w, const uint8_t mac[6], int before,
    const struct wire_port *now_at, int64_t now_ns)
{
	struct wire_move *move;

	w->all_moves++;
	if (w->n_moves == WIRE_MOVES)
		return;
	move = MEM_PUSH(w->moves, w->n_moves, w->cap_moves);
	move->at_ns = now_ns;
	memcpy(move->mac, mac, 6);
	snprintf(move->from, sizeof(move->from), "%s", w->ports[before]->name);
	snprintf(move->to, sizeof(move->to), "%s", now_at->name);
}

static void
flood(struct wire *w, const struct wire_port *from, const uint8_t *frame,
    size_t bytes, int64_t now_ns)
{
	size_t i;

	for (i = 0; i < WIRE_PORTS; i++)
		if (w->ports[i] != NULL && w->ports[i] != from)
			deliver(w->ports[i], frame, bytes);
	if (from != NULL)
		wire_peer_hear(w, frame, bytes, now_ns);
}

static void
forward(struct wire *w, const struct wire_port *from, const uint8_t *frame,
    size_t bytes, int64_t now_ns)
{
	int port;

	if (memcmp(frame, w->host.mac, 6) == 0) {
		if (from != NULL)
			wire_peer_hear(w, frame, bytes, now_ns);
		return;
	}
	port = fdb_find(&w->fdb, frame);
	if (port == FDB_NONE) {
		w->counts.flooded += (frame[0] & 1) == 0;
		flood(w, from, frame, bytes, now_ns);
	} else if (w->ports[port] != from) {
		deliver(w->ports[port], frame, bytes);
	}
}

void
wire_from_peer(struct wire *w, const uint8_t *frame, size_t bytes,
    int64_t now_ns)
{
	wire_capture(w, w->peer_place, frame, bytes, now_ns);
	forward(w, NULL, frame, bytes, now_ns);
}

static void
from_port(struct wire_port *p, int64_t now_ns)
{
	const uint8_t *frame = p->framing.frame;
	size_t bytes = p->framing.bytes;
	struct wire *w = p->wire;
	int before;

	p->counts.in++;
	wire_capture(w, p->place, frame, bytes, now_ns);
	if (bytes < ETHER_SIZE) {
		p->counts.runts++;
		return;
	}
	if (memcmp(frame + 6, w->host.mac, 6) != 0) {
		before = fdb_learn(&w->fdb, frame + 6, p->number);
		if (before != FDB_NONE)
			note_move(w, frame + 6, before, p, now_ns);
	}
	forward(w, p, frame, bytes, now_ns);
}

/* --- what comes from a QEMU --- */

static void
take(struct wire_port *p, size_t bytes)
{
	int64_t now_ns = labloop_now(p->wire->loop);
	size_t used = 0;

	while (p->fd >= 0) {
		switch (framing_take(&p->framing, p->wire->read_buf, bytes,
		    &used)) {
		case FRAMING_MORE:
			return;
		case FRAMING_FRAME:
			from_port(p, now_ns);
			break;
		case FRAMING_BROKEN:
			end_port(p, "it sent what is no frame");
			break;
		}
	}
}

/* Once, so that one busy port does not keep the others waiting. */
static void
read_port(struct wire_port *p)
{
	struct wire *w = p->wire;
	ssize_t n = recv(p->fd, w->read_buf, sizeof(w->read_buf), MSG_DONTWAIT);

	if (n > 0)
		take(p, (size_t)n);
	else if (n == 0)
		end_port(p, "its QEMU has ended it");
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		end_port(p, "it cannot be read");
}

static void
port_ready(void *ctx, short revents)
{
	struct wire_port *p = ctx;

	if ((revents & POLLOUT) != 0)
		write_queue(p);
	if (p->fd >= 0 && (revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		read_port(p);
}

/* --- ports --- */

struct wire_port *
wire_plug(struct wire *w, int fd, const char *name)
{
	struct wire_port *p;
	int number;

	for (number = 0; number < WIRE_PORTS; number++)
		if (w->ports[number] == NULL)
			break;
	if (number == WIRE_PORTS) {
		close(fd);
		return NULL;
	}
	p = mem_zero(1, sizeof(*p));
	p->wire = w;
	p->number = number;
	p->fd = fd;
	p->name = mem_str(name);
	p->place = wire_place(w, name);
	p->watch = labloop_watch(w->loop, fd, POLLIN, port_ready, p);
	w->ports[number] = p;
	return p;
}

void
wire_unplug(struct wire_port *p)
{
	end_port(p, "unplugged");
	p->wire->ports[p->number] = NULL;
	free(p->name);
	free(p);
}

struct wire_port_counts
wire_port_counts(const struct wire_port *p)
{
	struct wire_port_counts counts = p->counts;

	counts.waiting = p->waiting;
	return counts;
}

const char *
wire_port_ended(const struct wire_port *p)
{
	return p->ended;
}

const struct wire_move *
wire_moves(const struct wire *w, size_t *n, uint64_t *all)
{
	*n = w->n_moves;
	*all = w->all_moves;
	return w->moves;
}

struct wire_counts
wire_counts(const struct wire *w)
{
	struct wire_counts counts = w->counts;

	counts.damaged = w->host.damaged;
	return counts;
}

int64_t
wire_wall_offset(const struct wire *w)
{
	return w->wall_offset;
}
