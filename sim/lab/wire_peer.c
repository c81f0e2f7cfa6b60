/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/lab/wire_parts.h"

#define GUEST_UDP_PORT 49152 /* and the stream (packet/probehdr.h) */

/* --- logs --- */

static struct wire_stream *
find_stream(const struct wire *w, uint32_t number)
{
	size_t i;

	for (i = 0; i < w->n_streams; i++)
		if (w->streams[i]->number == number)
			return w->streams[i];
	return NULL;
}

/* NULL: there is no room for another one. */
static struct wire_stream *
stream_of(struct wire *w, uint32_t number)
{
	struct wire_stream *s = find_stream(w, number);

	if (s != NULL || w->n_streams == WIRE_PROBES)
		return s;
	s = w->streams[w->n_streams++] = mem_zero(1, sizeof(*s));
	s->wire = w;
	s->number = number;
	return s;
}

static bool
has_room(struct wire *w)
{
	if (w->logged < WIRE_LOGGED) {
		w->logged++;
		return true;
	}
	w->counts.unlogged++;
	return false;
}

static void
log_got(struct wire *w, const struct probe_frame *f, int64_t now_ns)
{
	struct wire_stream *s = stream_of(w, f->stream);
	struct labprobes_got *got;

	if (s == NULL) {
		w->counts.unlogged++;
		return;
	}
	if (!has_room(w))
		return;
	got = MEM_PUSH(s->got, s->n_got, s->cap_got);
	got->seq = f->sequence;
	got->at_ns = now_ns;
	got->sent_ns = f->sent_ns;
}

static void
log_sent(struct wire_stream *s, int64_t now_ns, int refused)
{
	struct labprobes_sent *sent;

	if (!has_room(s->wire))
		return;
	sent = MEM_PUSH(s->sent, s->n_sent, s->cap_sent);
	sent->seq = s->seq;
	sent->at_ns = now_ns;
	sent->refused = refused;
}

bool
wire_log(const struct wire *w, uint32_t stream, struct wire_log *out)
{
	const struct wire_stream *s = find_stream(w, stream);

	memset(out, 0, sizeof(*out));
	if (s == NULL)
		return false;
	out->sent = s->sent;
	out->n_sent = s->n_sent;
	out->got = s->got;
	out->n_got = s->n_got;
	return true;
}

/* --- what comes to the peer --- */

void
wire_peer_hear(struct wire *w, const uint8_t *frame, size_t bytes,
    int64_t now_ns)
{
	struct probe_frame probe;
	size_t answer;

	if (peerhost_hear(&w->host, frame, bytes, &probe, w->answer, &answer) ==
	    PEERHOST_PROBE)
		log_got(w, &probe, now_ns);
	if (answer > 0)
		wire_from_peer(w, w->answer, answer, now_ns);
}

/* --- what it sends --- */

static void
ask_fire(void *ctx, int64_t now_ns)
{
	struct wire *w = ctx;
	const struct peerhost_neighbour *n;
	bool again = false;
	size_t i, bytes;

	for (i = 0; i < w->host.n_neighbours; i++) {
		n = &w->host.neighbours[i];
		if (n->known)
			continue;
		again = true;
		bytes = peerhost_ask(&w->host, &n->addr, w->answer);
		if (bytes > 0)
			wire_from_peer(w, w->answer, bytes, now_ns);
	}
	if (again)
		labloop_arm(w->loop, &w->ask, now_ns + WIRE_ASK);
}

static const struct ipaddr *
source_of(const struct wire_stream *s)
{
	const struct peerhost *h = &s->wire->host;

	if (s->probe.from.family != 0)
		return &s->probe.from;
	return s->probe.to.family == 4			  ? &h->v4
	    : ipaddr_in_net(&s->probe.to, &h->link_local) ? &h->link_local
							  : &h->v6;
}

static void
send_probe(struct wire_stream *s, const struct peerhost_neighbour *to,
    int64_t now_ns)
{
	struct wire *w = s->wire;
	uint8_t buf[PROBE_FRAME_MAX];
	struct probe_frame f;

	memset(&f, 0, sizeof(f));
	memcpy(f.src_mac, w->host.mac, 6);
	memcpy(f.dst_mac, to->mac, 6);
	f.src = *source_of(s);
	f.dst = s->probe.to;
	f.icmp = s->probe.icmp;
	f.src_port = PROBE_UDP_PORT;
	f.dst_port = (uint16_t)(GUEST_UDP_PORT + s->number % 16384);
	f.kind = s->probe.icmp ? PROBE_REQUEST : PROBE_ONE_WAY;
	f.stream = s->number;
	f.sequence = s->seq;
	f.sent_ns = now_ns + w->wall_offset;
	wire_from_peer(w, buf, probe_frame_encode(&f, buf), now_ns);
}

static void
send_fire(void *ctx, int64_t now_ns)
{
	struct wire_stream *s = ctx;
	const struct wire_probe *p = &s->probe;
	const struct peerhost_neighbour *to;
	int64_t next_ns;

	if (now_ns >= p->stop_ns)
		return;
	to = peerhost_neighbour(&s->wire->host, &p->to);
	log_sent(s, now_ns, to->known ? 0 : EHOSTUNREACH);
	if (to->known)
		send_probe(s, to, now_ns);
	s->seq++;
	next_ns = p->first_ns +
	    ((now_ns - p->first_ns) / p->period_ns + 1) * p->period_ns;
	if (next_ns < p->stop_ns)
		labloop_arm(s->wire->loop, &s->next, next_ns);
}

/* Of a neighbour that is asked for. */
static int
begin_asking(struct wire *w, const struct ipaddr *addr, struct err *e)
{
	const struct peerhost_neighbour *n = peerhost_neighbour(&w->host, addr);

	if (n == NULL)
		return err_set(e, ERR_INPUT,
		    "probes to more than %d addresses: use fewer",
		    PEERHOST_NEIGHBOURS);
	if (!n->known && !timer_is_armed(&w->ask.timer)) {
		w->ask.fire = ask_fire;
		w->ask.ctx = w;
		labloop_arm(w->loop, &w->ask, labloop_now(w->loop));
	}
	return 0;
}

static int
check_probe(const struct wire *w, const struct wire_probe *p, struct err *e)
{
	const struct ipaddr *own =
	    p->to.family == 4 ? &w->host.v4 : &w->host.v6;
	char text[IPADDR_TEXT];

	if (p->period_ns <= 0)
		return err_set(e, ERR_INPUT,
		    "a probe without a period: give it one");
	if (p->from.family != 0 && p->from.family != p->to.family)
		return err_set(e, ERR_INPUT,
		    "a probe from IPv%d to IPv%d: give both of one family",
		    p->from.family, p->to.family);
	if (p->to.family == 0 ||
	    (own->family == 0 && p->from.family == 0 &&
		!ipaddr_in_net(&p->to, &w->host.link_local)))
		return err_set(e, ERR_INPUT,
		    "a probe to %s: the peer has no address to send it from",
		    ipaddr_format(&p->to, false, text));
	return 0;
}

int
wire_probe_send(struct wire *w, const struct wire_probe *p, struct err *e)
{
	struct wire_stream *s;
	int rc;

	rc = check_probe(w, p, e);
	if (rc < 0)
		return rc;
	s = stream_of(w, p->stream);
	if (s == NULL)
		return err_set(e, ERR_INPUT, "more than %d streams: use fewer",
		    WIRE_PROBES);
	if (s->sends)
		return err_set(e, ERR_INPUT,
		    "stream %u is sent already: give it a number of its own",
		    p->stream);
	rc = begin_asking(w, &p->to, e);
	if (rc < 0)
		return rc;
	s->sends = true;
	s->probe = *p;
	s->next.fire = send_fire;
	s->next.ctx = s;
	if (p->first_ns < p->stop_ns)
		labloop_arm(w->loop, &s->next, p->first_ns);
	return 0;
}

void
wire_peer_end(struct wire *w)
{
	size_t i;

	labloop_disarm(w->loop, &w->ask);
	for (i = 0; i < w->n_streams; i++) {
		labloop_disarm(w->loop, &w->streams[i]->next);
		free(w->streams[i]->sent);
		free(w->streams[i]->got);
		free(w->streams[i]);
	}
}
