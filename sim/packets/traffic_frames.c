/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "packet/probehdr.h"
#include "sim/packets/taps.h"
#include "sim/packets/traffic_parts.h"

#define GUEST_UDP_PORT 49152 /* and the stream's number */

/* --- what captures see --- */

static size_t
encode(const struct stream *s, size_t frame, bool homeward,
    uint8_t buf[PROBE_FRAME_MAX])
{
	const struct end *e = &s->t->ends[s->end];
	struct probe_frame f;
	uint16_t port = (uint16_t)(GUEST_UDP_PORT + s->number % 16384);

	memset(&f, 0, sizeof(f));
	memcpy(homeward ? f.dst_mac : f.src_mac,
	    e->hn != NULL ? e->hn->mac : e->mac, 6);
	memcpy(homeward ? f.src_mac : f.dst_mac, e->peer_mac, 6);
	f.dst = homeward ? e->guest : *traffic_destination(s);
	f.src = homeward ? *traffic_destination(s) : e->guest;
	f.icmp = s->probe->proto == SCN_ICMP;
	f.src_port = homeward ? PROBE_UDP_PORT : port;
	f.dst_port = homeward ? port : PROBE_UDP_PORT;
	f.kind = !s->echo ? PROBE_ONE_WAY
	    : homeward	  ? PROBE_REPLY
			  : PROBE_REQUEST;
	f.stream = s->number;
	f.sequence = frame;
	f.sent_ns = WALL_EPOCH * DUR_SEC + s->frames[frame].sent_ns;
	return probe_frame_encode(&f, buf);
}

static void
show_at(const struct stream *s, size_t frame, bool homeward, const char *place,
    int64_t at_ns)
{
	struct capture *c = s->t->setup.capture;
	uint8_t buf[PROBE_FRAME_MAX];

	if (c != NULL)
		capture_frame(c, place, at_ns, buf,
		    encode(s, frame, homeward, buf));
}

static void
show_on(const struct stream *s, size_t frame, bool homeward,
    const struct taps *taps, int64_t at_ns)
{
	struct capture *c = s->t->setup.capture;
	uint8_t buf[PROBE_FRAME_MAX];
	size_t bytes, i;

	bytes = encode(s, frame, homeward, buf);
	for (i = 0; i < taps->n; i++)
		capture_frame_on(c, taps->on[i]->name, at_ns, buf, bytes);
}

/* The guest's socket gave it away, or was refused. */
static void
show_sent(const struct stream *s, size_t frame)
{
	const struct machine *m = s->t->setup.m;
	enum path p = s->frames[frame].path;
	struct taps taps;

	if (s->t->setup.capture == NULL || p == PATH_VM_FROZEN)
		return;
	if (!path_is_refusal(p))
		show_at(s, frame, false, CAPTURE_GUEST, m->clock.now_ns);
	taps_out(m, traffic_destination(s), p, &taps);
	show_on(s, frame, false, &taps, m->clock.now_ns);
}

static void
show_arrived(const struct stream *s, size_t frame, int64_t at_ns)
{
	enum path p = s->frames[frame].path;
	struct taps taps;

	if (s->t->setup.capture == NULL)
		return;
	if (s->t->ends[s->end].hn != NULL) {
		taps_in(s->t->ends[s->end].hn, p, &taps);
		show_on(s, frame, true, &taps, at_ns);
	}
	if (p == PATH_OK)
		show_at(s, frame, true, CAPTURE_GUEST, at_ns);
}

/* --- packets under way --- */

static void
land(struct flight *f)
{
	TAILQ_REMOVE(&f->s->t->flights, f, entry);
	free(f);
}

/* It is due_ns, or the run ends and this is what will be then. Whether it is
 * still under way. */
static bool
arrive(struct flight *f)
{
	struct stream *s = f->s;

	if (f->homeward) {
		s->frames[f->frame].path = traffic_path_in(s);
		show_arrived(s, f->frame, f->due_ns);
	} else {
		show_at(s, f->frame, false, CAPTURE_PEER, f->due_ns);
		if (s->echo) {
			show_at(s, f->frame, true, CAPTURE_PEER, f->due_ns);
			f->homeward = true;
			f->due_ns += s->t->latency_ns;
			return true;
		}
	}
	land(f);
	return false;
}

static void
arrive_fire(void *ctx, struct vevent *e)
{
	struct flight *f = ctx;
	struct vclock *clock = &f->s->t->setup.m->clock;

	if (arrive(f))
		vclock_at(clock, e, f->due_ns);
}

static void
take_off(struct stream *s)
{
	struct traffic *t = s->t;
	struct flight *f = mem_zero(1, sizeof(*f));

	TAILQ_INSERT_TAIL(&t->flights, f, entry);
	f->s = s;
	f->frame = s->n_frames - 1;
	f->homeward = !s->from_guest;
	f->event.fire = arrive_fire;
	f->event.ctx = f;
	f->event.domain = VHOST;
	f->event.timer.rank = VRANK_PACKET;
	f->due_ns = t->setup.m->clock.now_ns + t->latency_ns;
	vclock_at(&t->setup.m->clock, &f->event, f->due_ns);
}

/* What is in flight at the end meets the machine as it then is, in the order
 * in which it would have come. */
void
frames_land_all(struct traffic *t)
{
	struct flight *next, *f;

	while ((next = TAILQ_FIRST(&t->flights)) != NULL) {
		TAILQ_FOREACH (f, &t->flights, entry)
			if (f->due_ns < next->due_ns)
				next = f;
		vclock_cancel(&t->setup.m->clock, &next->event);
		arrive(next);
	}
}

/* --- sending --- */

static void
send_frame(struct stream *s)
{
	struct machine *m = s->t->setup.m;
	struct frame *f = MEM_PUSH(s->frames, s->n_frames, s->cap_frames);
	size_t number = s->n_frames - 1;

	f->sent_ns = m->clock.now_ns;
	if (s->from_guest) {
		f->path = traffic_path_out(s);
		show_sent(s, number);
	} else {
		f->path = PATH_OK;
		show_at(s, number, true, CAPTURE_PEER, f->sent_ns);
	}
	if (f->path == PATH_OK)
		take_off(s);
}

static void
send_fire(void *ctx, struct vevent *e)
{
	struct stream *s = ctx;
	struct vclock *clock = &s->t->setup.m->clock;
	int64_t at = traffic_next_send(s, clock->now_ns);

	/* Late after a freeze: what was not sent stays unsent. */
	if (at == clock->now_ns) {
		send_frame(s);
		at += s->probe->period_ns;
	}
	if (at < s->stop_ns)
		vclock_at(clock, e, at);
}

void
frames_arm(struct stream *s)
{
	s->next.fire = send_fire;
	s->next.ctx = s;
	s->next.domain = s->from_guest ? VGUEST : VHOST;
	s->next.timer.rank = VRANK_PACKET;
	if (s->start_ns < s->stop_ns)
		vclock_at(&s->t->setup.m->clock, &s->next, s->start_ns);
}

/* --- results --- */

void
frames_count(const struct stream *s, int64_t from_ns, int64_t until_ns,
    struct continuity *c)
{
	size_t i;

	for (i = 0; i < s->n_frames; i++)
		if (s->frames[i].sent_ns >= from_ns &&
		    s->frames[i].sent_ns < until_ns)
			traffic_count(c, 1, s->frames[i].sent_ns,
			    s->frames[i].path);
	continuity_end(c);
}

void
frames_free(struct traffic *t)
{
	struct vclock *clock = &t->setup.m->clock;
	struct flight *f;
	size_t i;

	/* The clock goes on after the packets: nothing of theirs may be due. */
	while ((f = TAILQ_FIRST(&t->flights)) != NULL) {
		vclock_cancel(clock, &f->event);
		land(f);
	}
	for (i = 0; i < t->n_streams; i++) {
		if (t->setup.frames)
			vclock_cancel(clock, &t->streams[i].next);
		free(t->streams[i].frames);
	}
}
