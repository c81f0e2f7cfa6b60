/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/probes.h"

#include <sys/types.h>
#include <sys/socket.h>

#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/packetlog.h"
#include "base/mem.h"
#include "packet/probehdr.h"
#include "world/clock.h"

#define UDP_FROM  49152
#define AT_ONCE	  64 /* packets in a row, before something else's turn */
#define ICMP_SIZE 8
#define RECEIVE	  (1 << 20) /* bytes that may wait while we do not run */

enum {
	ECHO_REPLY = 0,
	ECHO_REQUEST = 8,
	ECHO6_REQUEST = 128,
	ECHO6_REPLY = 129
};

struct log {
	struct packetlog_entry *entries;
	size_t n, cap;
	bool full;
};

struct stream {
	uint32_t number;
	enum labwire_way way;
	bool icmp;
	struct ipaddr to;
	int64_t period_ns, first_ns, stop_ns;
	uint64_t next;
	int fd;
	struct log sent, got;
};

struct probes {
	struct stream streams[PROBES_STREAMS];
	size_t n;
};

struct probes *
probes_new(void)
{
	return mem_zero(1, sizeof(struct probes));
}

void
probes_free(struct probes *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->n; i++) {
		close(p->streams[i].fd);
		free(p->streams[i].sent.entries);
		free(p->streams[i].got.entries);
	}
	free(p);
}

static void
note(struct log *log, const struct packetlog_entry *e)
{
	log->full |= log->n == PROBES_LOG;
	if (!log->full)
		*MEM_PUSH(log->entries, log->n, log->cap) = *e;
}

/* --- sockets --- */

static socklen_t
address(const struct ipaddr *of, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };

	memset(out, 0, sizeof(*out));
	if (of->family == 4) {
		memcpy(&in.sin_addr, of->bytes, 4);
		memcpy(out, &in, sizeof(in));
		return sizeof(in);
	}
	memcpy(&in6.sin6_addr, of->bytes, 16);
	memcpy(out, &in6, sizeof(in6));
	return sizeof(in6);
}

static int
open_socket(const struct stream *s, struct err *err)
{
	struct ipaddr any = { .family = s->to.family };
	int domain = any.family == 4 ? AF_INET : AF_INET6, bytes = RECEIVE;
	int type = SOCK_NONBLOCK | SOCK_CLOEXEC, protocol = 0, fd, why;
	struct sockaddr_storage from;
	socklen_t size = address(&any, (uint16_t)(UDP_FROM + s->number), &from);

	if (s->icmp)
		protocol = any.family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	fd = socket(domain, type | (s->icmp ? SOCK_RAW : SOCK_DGRAM), protocol);
	if (fd < 0)
		return err_sys(err, errno, "a socket for stream %u",
		    (unsigned)s->number);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (s->icmp || bind(fd, (struct sockaddr *)&from, size) == 0)
		return fd;
	why = errno;
	close(fd);
	return err_sys(err, why, "UDP port %u of stream %u",
	    (unsigned)(UDP_FROM + s->number), (unsigned)s->number);
}

static int
check(const struct probes *p, const struct labwire *m, struct err *err)
{
	size_t i;

	if (m->to.family == 0)
		return err_set(err, ERR_INPUT, "to= is no address");
	if (m->stream > UINT16_MAX - UDP_FROM)
		return err_set(err, ERR_INPUT, "stream= is at most %d",
		    UINT16_MAX - UDP_FROM);
	if (m->way != LABWIRE_IN && m->period_ns < PROBES_PERIOD)
		return err_set(err, ERR_INPUT,
		    "period= is at least 100000, in ns");
	if (m->first_ns < 0 || m->first_ns > INT64_MAX / 2)
		return err_set(err, ERR_INPUT, "first= is no moment");
	for (i = 0; i < p->n; i++)
		if (p->streams[i].number == m->stream)
			return err_set(err, ERR_STATE,
			    "there is a stream %u already",
			    (unsigned)m->stream);
	if (p->n == PROBES_STREAMS)
		return err_set(err, ERR_STATE, "there are %d streams already",
		    PROBES_STREAMS);
	return 0;
}

int
probes_add(struct probes *p, const struct labwire *m, int64_t now_ns,
    struct err *err)
{
	struct stream *s = &p->streams[p->n];
	int rc = check(p, m, err);

	if (rc < 0)
		return rc;
	*s = (struct stream){ .number = m->stream,
		.way = m->way,
		.icmp = m->icmp,
		.to = m->to,
		.period_ns = m->period_ns,
		.first_ns = m->first_ns != 0 ? m->first_ns : now_ns,
		.stop_ns = m->stop_ns != 0 ? m->stop_ns : INT64_MAX };
	if ((s->fd = open_socket(s, err)) < 0)
		return s->fd;
	p->n++;
	return 0;
}

/* --- sending --- */

/* INT64_MAX: it has sent its last. */
static int64_t
due_of(const struct stream *s)
{
	int64_t due_ns;

	if (s->way == LABWIRE_IN ||
	    s->next >= (uint64_t)(INT64_MAX / 2 / s->period_ns))
		return INT64_MAX;
	due_ns = s->first_ns + (int64_t)s->next * s->period_ns;
	return due_ns < s->stop_ns ? due_ns : INT64_MAX;
}

int64_t
probes_deadline(const struct probes *p)
{
	int64_t first_ns = INT64_MAX, due_ns;
	size_t i;

	for (i = 0; i < p->n; i++)
		if ((due_ns = due_of(&p->streams[i])) < first_ns)
			first_ns = due_ns;
	return first_ns;
}

/* The packet is the end of what would be on the wire: a UDP socket wants the
 * payload, a raw one ICMP's header, too. */
static void
send_next(struct stream *s)
{
	struct packetlog_entry e = { .sequence = s->next };
	struct probe_frame f = { .src = s->to,
		.dst = s->to,
		.icmp = s->icmp,
		.stream = s->number,
		.sequence = s->next };
	size_t bytes = PROBE_PAYLOAD + (s->icmp ? ICMP_SIZE : 0), whole;
	struct sockaddr_storage to;
	socklen_t size = address(&s->to, s->icmp ? 0 : PROBE_UDP_PORT, &to);
	uint8_t frame[PROBE_FRAME_MAX];

	f.kind = s->way == LABWIRE_ECHO ? PROBE_REQUEST : PROBE_ONE_WAY;
	f.sent_ns = clock_wall();
	whole = probe_frame_encode(&f, frame);
	e.sent_ns = f.sent_ns;
	e.at_ns = clock_monotonic();
	if (sendto(s->fd, frame + whole - bytes, bytes, 0,
		(struct sockaddr *)&to, size) < 0)
		e.error = errno;
	note(&s->sent, &e);
	s->next++;
}

void
probes_tick(struct probes *p)
{
	size_t i;
	int n;

	for (i = 0; i < p->n; i++)
		for (n = 0;
		     n < AT_ONCE && due_of(&p->streams[i]) <= clock_monotonic();
		     n++)
			send_next(&p->streams[i]);
}

/* --- receiving --- */

static bool
is_listening(const struct stream *s)
{
	return s->way != LABWIRE_OUT;
}

size_t
probes_fill(const struct probes *p, struct pollfd *fds)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		if (is_listening(&p->streams[i]))
			fds[n++] = (struct pollfd){ .fd = p->streams[i].fd,
				.events = POLLIN };
	return n;
}

/* The payload of what a raw socket gave: with IPv4 its header is in front.
 * NULL: it is no echo of the kind that this stream waits for. */
static const uint8_t *
payload_of_icmp(const struct stream *s, const uint8_t *packet, size_t *bytes)
{
	bool v4 = s->to.family == 4, replies = s->way == LABWIRE_ECHO;
	size_t ip = v4 ? (size_t)(packet[0] & 15) * 4 : 0;
	uint8_t type;

	if (*bytes < ip + ICMP_SIZE)
		return NULL;
	type = packet[ip];
	if (v4 ? type != (replies ? ECHO_REPLY : ECHO_REQUEST)
	       : type != (replies ? ECHO6_REPLY : ECHO6_REQUEST))
		return NULL;
	*bytes -= ip + ICMP_SIZE;
	return packet + ip + ICMP_SIZE;
}

/* Who answers a ping repeats the request as it is: ICMP's type has said which
 * of both it is. */
static bool
is_ours(const struct stream *s, const struct probe_frame *f)
{
	if (f->stream != s->number)
		return false;
	if (s->way == LABWIRE_ECHO)
		return f->kind == PROBE_REPLY ||
		    (s->icmp && f->kind == PROBE_REQUEST);
	return f->kind == PROBE_ONE_WAY;
}

static void
take_packet(struct stream *s, const uint8_t *packet, size_t bytes)
{
	struct packetlog_entry e = { .at_ns = clock_monotonic() };
	const uint8_t *payload = packet;
	struct probe_frame f = { 0 };

	if (s->icmp && bytes > 0)
		payload = payload_of_icmp(s, packet, &bytes);
	if (payload == NULL || !probe_payload_decode(payload, bytes, &f) ||
	    !is_ours(s, &f))
		return;
	e.sequence = f.sequence;
	e.sent_ns = f.sent_ns;
	note(&s->got, &e);
}

static void
receive(struct stream *s)
{
	uint8_t packet[2048];
	ssize_t n;
	int i;

	for (i = 0; i < AT_ONCE; i++) {
		n = recv(s->fd, packet, sizeof(packet), 0);
		if (n < 0)
			return;
		take_packet(s, packet, (size_t)n);
	}
}

void
probes_polled(struct probes *p, const struct pollfd *fds, size_t n)
{
	size_t i, k;

	for (k = 0; k < n; k++)
		for (i = 0; fds[k].revents != 0 && i < p->n; i++)
			if (p->streams[i].fd == fds[k].fd)
				receive(&p->streams[i]);
}

/* --- what became of them --- */

static void
report_log(const struct stream *s, enum labwire_log which,
    void (*row)(void *ctx, struct labwire *m), void *ctx)
{
	const struct log *log = which == LABWIRE_SENT ? &s->sent : &s->got;
	struct labwire m = { .kind = LABWIRE_PACKETS_ROW,
		.stream = s->number,
		.log = which };
	size_t i = 0, end;

	while (i < log->n) {
		strbuf_reset(&m.text);
		for (end = i + PACKETLOG_ROW; i < end && i < log->n; i++)
			packetlog_put(&m.text, &log->entries[i]);
		row(ctx, &m);
	}
	labwire_fini(&m);
	if (!log->full)
		return;
	m = (struct labwire){ .kind = LABWIRE_LOG, .who = "guest" };
	strbuf_addf(&m.text, "stream %u has more packets than are kept",
	    (unsigned)s->number);
	row(ctx, &m);
	labwire_fini(&m);
}

void
probes_report(const struct probes *p, void (*row)(void *ctx, struct labwire *m),
    void *ctx)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		report_log(&p->streams[i], LABWIRE_SENT, row, ctx);
		report_log(&p->streams[i], LABWIRE_GOT, row, ctx);
	}
}
