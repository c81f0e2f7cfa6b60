/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that says what it likes to the lab, over a real stream that moves
 * to another QEMU in the middle: it answers what was asked and what was not,
 * with any clock. What hears it is the lab's own (sim/lab/labguest.c,
 * labpackets.c, labflight.c), without a QEMU. Its rows and packets become a
 * trace whose times are in order and not before the run, and numbers that fit
 * each other.
 *
 * Input: a byte, of which a 256th the stream moves, and whether it is odd the
 * pair is transparent; what the guest says.
 */
#include "fuzz.h"

#include <sys/socket.h>

#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "sim/lab/lab_parts.h"

#define SOCKET_MOST 65536 /* that a socket takes before somebody reads */
#define ZERO	    (INT64_C(3600) * DUR_SEC) /* the run's begin, host's clock */
#define NEVER	    (DUR_MAX / 4)	      /* not in this process's time */

/* Probes of all ways. The peer would send its own much later. */
static struct scn_nic nics[] = { { .name = "hn0" } };
static struct scn_probe probes[] = {
	{ .name = (char[]){ "p1" },
	    .way = SCN_ECHO,
	    .period_ns = DUR_MS,
	    .from_ns = NEVER,
	    .until_ns = 2 * NEVER },
	{ .name = (char[]){ "p2" },
	    .way = SCN_BOTH,
	    .period_ns = DUR_MS,
	    .from_ns = NEVER,
	    .until_ns = 2 * NEVER },
};
static const struct scenario scenario = { .nics = nics,
	.n_nics = 1,
	.probes = probes,
	.n_probes = 2,
	.end_ns = DUR_SEC };
#define STREAMS 3

struct rig {
	struct lab lab;
	struct labclock *sampled;
	int64_t host_ns; /* grows with each answer: not this machine's time */
};

/* As the lab samples its clock, but for the host's time. */
static void
on_clock(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct rig *r = ctx;

	(void)got_ns;
	if (m->kind != LABWIRE_ANSWER)
		return;
	labclock_sample(r->lab.clock, r->host_ns, m->at_ns,
	    r->host_ns + DUR_MS);
	r->host_ns += DUR_MS;
}

/* --- the stream --- */

/* Gives the guest's end. */
static int
new_stream(int *ours)
{
	int fds[2];

	FUZZ_HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	*ours = fds[0];
	return fds[1];
}

static void
listen_on(struct lab *l)
{
	while (labloop_turn(l->loop, labloop_now(l->loop)))
		lab_check_room(l);
}

static void
say(struct lab *l, int fd, const uint8_t *data, size_t bytes)
{
	if (bytes > SOCKET_MOST)
		bytes = SOCKET_MOST;
	FUZZ_HOLDS(send(fd, data, bytes, 0) == (ssize_t)bytes);
	listen_on(l);
}

/* All that a run asks a guest. The corpus knows the first three by number. */
static void
ask(struct rig *r)
{
	const struct labwire clock = { .kind = LABWIRE_CLOCK };
	struct lab *l = &r->lab;

	guestlink_ask(l->guest, &clock, on_clock, r);
	labpackets_ask(l);
	labflight_ask(l);
	labguest_shell(l, "true");
	labguest_daemon(l, true);
	labpackets_start(l);
	FUZZ_HOLDS(l->asked == 4 + STREAMS && l->n_streams == STREAMS);
	guestlink_sample(l->guest, r->sampled, DUR_MAX / 100);
}

static void
begin(struct rig *r, int fd, bool transparent)
{
	struct lab *l = &r->lab;
	struct wire_config wire = { .capture = NULL };

	l->s = &scenario;
	l->setup.transparent = transparent;
	ipaddr_parse("10.0.2.2/24", &l->setup.net.gateway);
	ipaddr_parse("10.0.2.15/24", &l->setup.net.addrs[0]);
	l->loop = wire.loop = labloop_new();
	wire.v4 = l->setup.net.gateway;
	l->wire = wire_new(&wire);
	l->clock = labclock_new();
	l->rows = labrows_new();
	l->probes = labprobes_new(ZERO);
	l->zero_ns = ZERO;
	l->t = trace_new();
	r->sampled = labclock_new();
	r->host_ns = ZERO;
	labguest_hear(l, fd);
	ask(r);
}

static void
talk(struct rig *r, const uint8_t *data, size_t bytes)
{
	size_t first = bytes * data[0] / 256;
	struct lab *l = &r->lab;
	int ours, guest = new_stream(&ours), next;

	begin(r, ours, data[0] & 1);
	say(l, guest, data + 1, first);
	next = new_stream(&ours);
	close(guest);
	guestlink_move(l->guest, ours);
	labclock_stop(l->clock, r->host_ns, r->host_ns + DUR_MS);
	labprobes_add_stop(l->probes, ZERO + DUR_SEC, ZERO + 2 * DUR_SEC);
	r->host_ns += 2 * DUR_MS;
	say(l, next, data + 1 + first, bytes - 1 - first);
	close(next);
	listen_on(l);
	FUZZ_HOLDS(l->asked <= 4 + STREAMS);
}

/* --- what comes of it --- */

static void
judge_probes(struct lab *l)
{
	struct labprobes_gap gap;
	struct judge_probe all;
	const struct trace *t;

	labpackets_report(l);
	t = l->t;
	FUZZ_HOLDS(
	    labprobes_judge(l->probes, "p1", INT64_MIN, INT64_MAX, &all));
	FUZZ_HOLDS(t->n_probes == STREAMS &&
	    t->probes[0].delivered <= l->streams[0].n_got);
	if (labprobes_longest(l->probes, "p1", "echo", INT64_MIN, INT64_MAX,
		&gap))
		FUZZ_HOLDS(gap.to_ns >= gap.from_ns && gap.rest_ns >= 0);
}

static void
judge(struct lab *l)
{
	struct strbuf out = { 0 };
	const struct trace *t = l->t;
	size_t i;

	if (l->trouble.code == ERR_NONE && l->data.bytes > 0)
		labflight_take(l);
	judge_probes(l);
	lab_put_rows(l);
	for (i = 0; i < t->n_records; i++)
		FUZZ_HOLDS(t->records[i].emit_ns >=
		    (i > 0 ? t->records[i - 1].emit_ns : 0));
	for (i = 0; i < t->n_operations; i++)
		FUZZ_HOLDS(
		    t->operations[i].end_ns >= t->operations[i].start_ns);
	trace_dump(t, &out);
	strbuf_fini(&out);
}

static void
end(struct rig *r)
{
	struct lab *l = &r->lab;
	size_t i;

	labguest_end(l);
	wire_free(l->wire);
	labloop_free(l->loop);
	labrows_free(l->rows);
	labprobes_free(l->probes);
	labclock_free(l->clock);
	labclock_free(r->sampled);
	trace_free(l->t);
	for (i = 0; i < l->n_streams; i++) {
		free(l->streams[i].sent);
		free(l->streams[i].got);
	}
	free(l->streams);
	strbuf_fini(&l->data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct rig r;

	if (bytes == 0)
		return 0;
	memset(&r, 0, sizeof(r));
	talk(&r, data, bytes);
	judge(&r.lab);
	end(&r);
	return 0;
}
