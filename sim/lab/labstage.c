/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/labstage.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/version.h"
#include "sim/judge/judge.h"
#include "sim/lab/lab_parts.h"

/* Probes of before the end are waited for so long. */
#define GRACE	     INT64_C(300000000)
#define BOOT_NETIF   INT64_C(1000000000) /* boot.netif of the profiles, too */
#define DAEMON_START INT64_C(3000000000) /* boot.daemon of the profiles */

void
lab_fail(struct lab *l, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (l->trouble.code != ERR_NONE)
		return;
	va_start(ap, fmt);
	vsnprintf(l->trouble.text, sizeof(l->trouble.text), fmt, ap);
	va_end(ap);
	l->trouble.code = code;
}

void
lab_note(struct lab *l, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	labrows_note(l->rows, LABROWS_HOST, labloop_now(l->loop), "host", text);
}

void
lab_check_room(struct lab *l)
{
	if (labrows_left_out(l->rows) > 0)
		lab_fail(l, ERR_IO,
		    "the guest has said more than %d rows, or "
		    "%zu MiB in them, which is all that is kept of a run",
		    LABROWS_MOST, LABROWS_BYTES / 1048576);
}

/* False when the time has come and nothing happened. */
static bool
turn(struct lab *l, int64_t until_ns)
{
	bool happened = labloop_turn(l->loop, until_ns);

	lab_check_room(l);
	return happened;
}

bool
lab_wait(struct lab *l, bool (*done)(const struct lab *l), int64_t limit_ns,
    const char *words)
{
	int64_t until_ns = labloop_now(l->loop) + limit_ns;
	char text[DUR_TEXT];

	while (l->trouble.code == ERR_NONE && !done(l)) {
		if (!turn(l, until_ns))
			lab_fail(l, ERR_BUSY, "%s within %s", words,
			    dur_format(limit_ns, text));
	}
	return l->trouble.code == ERR_NONE;
}

/* --- the stage --- */

static void
set_up(void *ctx, struct trace *t)
{
	struct lab *l = ctx;
	struct wire_config wire = { .mac = { 0x52, 0x54, 0, 9, 0, 1 },
		.v4 = l->setup.net.gateway,
		.capture = l->in->pcap };

	l->t = t;
	l->loop = labloop_new();
	l->noise = labnoise_new(l->loop);
	l->clock = labclock_new();
	l->rows = labrows_new();
	wire.loop = l->loop;
	wire.v4.prefix = l->setup.net.addrs[0].prefix;
	l->wire = wire_new(&wire);
	labguest_boot(l);
	l->zero_ns = labloop_now(l->loop) - BOOT_NETIF;
	l->probes = labprobes_new(l->zero_ns);
	l->begun = l->trouble.code == ERR_NONE;
	if (!l->begun)
		return;
	if (l->setup.transparent)
		lab_note(l,
		    LABCAN_STANDBY " is a part of QEMU's pair; what "
				   "becomes of it is left out");
	labrows_state(l->rows, LABROWS_HOST, l->zero_ns, "vm", "frozen", "no");
	labrows_state(l->rows, LABROWS_HOST, l->zero_ns, "vm", "host", "1");
	labrows_state(l->rows, LABROWS_HOST, l->zero_ns, "vm", "migrating",
	    "no");
	labdeeds_prepare(l);
	labpackets_start(l);
}

static bool
happen(void *ctx, int64_t at_ns)
{
	struct lab *l = ctx;

	return l->trouble.code == ERR_NONE && turn(l, l->zero_ns + at_ns);
}

static void
stimulus(void *ctx, const struct scn_step *step)
{
	struct lab *l = ctx;

	if (l->trouble.code == ERR_NONE)
		labdeeds_do(l, step);
}

static int64_t
host_of(void *ctx, int64_t guest_ns)
{
	struct labclock_moment m = { 0 };

	(void)labclock_host(ctx, guest_ns, &m);
	return m.ns;
}

void
lab_put_rows(struct lab *l)
{
	labrows_end(l->rows, host_of, l->clock, l->zero_ns, l->t);
}

/* What the guest still has. */
static void
collect(struct lab *l)
{
	lab_wait(l, labguest_is_quiet, LAB_ANSWER_MOST,
	    "the guest has not done what it was told");
	if (l->trouble.code == ERR_NONE)
		labflight_collect(l);
	if (l->trouble.code == ERR_NONE)
		labpackets_collect(l);
}

static void
finish(void *ctx)
{
	struct lab *l = ctx;
	int64_t end_ns = l->zero_ns + l->s->end_ns;
	struct err e;

	if (l->begun) {
		while (happen(l, l->s->end_ns + GRACE))
			;
		collect(l);
		if (wire_finish(l->wire, &e) < 0)
			lab_fail(l, e.code, "%s", e.text);
	}
	labhost_tell_console(l);
	lab_put_rows(l);
	l->t->run.end_ns = l->s->end_ns;
	l->worst = labnoise_worst(l->noise, l->zero_ns, end_ns);
}

static void
tear_down(void *ctx)
{
	struct lab *l = ctx;
	size_t i;

	labguest_end(l);
	wire_free(l->wire);
	labnoise_free(l->noise);
	labclock_free(l->clock);
	labrows_free(l->rows);
	labprobes_free(l->probes);
	for (i = 0; i < l->n_streams; i++) {
		free(l->streams[i].sent);
		free(l->streams[i].got);
	}
	free(l->streams);
	labloop_free(l->loop);
	free(l->work);
	strbuf_fini(&l->data);
}

static bool
probe(void *ctx, const char *name, int64_t from_ns, int64_t until_ns,
    struct judge_probe *out)
{
	struct lab *l = ctx;

	return labprobes_judge(l->probes, name, from_ns, until_ns, out);
}

static const struct stage_ops lab_ops = {
	.kind = "vm",
	.set_up = set_up,
	.happen = happen,
	.stimulus = stimulus,
	.finish = finish,
	.probe = probe,
	.tear_down = tear_down,
};

bool
labstage_can(const struct labstage *s, struct strbuf *why)
{
	struct labcan_setup setup;

	if (s->scenario->enlightenments && !s->tools->hyperv.offered) {
		strbuf_addf(why, "it requires enlightenments; %s",
		    s->tools->hyperv.why);
		return false;
	}
	return labcan_run(s->scenario, s->policy, s->tools->disk != NULL,
	    &setup, why);
}

/* --- the run --- */

static void
describe_run(const struct lab *l, struct trace_run *run)
{
	const struct scenario *s = l->s;
	struct strbuf note = { 0 };

	strbuf_adds(&note,
	    "stand-in: virtio-net for the synthetic NIC, "
	    "vmxnet3 for the VF");
	if (l->in->tools->hyperv.offered)
		strbuf_adds(&note, "; enlightened");
	else
		strbuf_addf(&note, "; %s", l->in->tools->hyperv.why);
	free(run->title);
	free(run->kind);
	free(run->policy);
	free(run->machine);
	free(run->source);
	free(run->version);
	free(run->note);
	run->title = mem_str(s->title);
	run->kind = mem_str(lab_ops.kind);
	run->policy = mem_str("native");
	run->machine = mem_str(s->machine);
	run->source = mem_str(s->path);
	run->version = mem_str(version_text);
	run->note = strbuf_take(&note);
	run->seed = s->seed;
}

static const struct trace_check *
first_failed(const struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_checks; i++)
		if (t->checks[i].verdict == TRACE_FAIL ||
		    t->checks[i].verdict == TRACE_MENDED)
			return &t->checks[i];
	return NULL;
}

/* What failed while the host kept the guest waiting says nothing. */
static void
look_at_noise(struct lab *l)
{
	const struct trace_check *c = first_failed(l->t);
	char wait[DUR_TEXT], at[DUR_TEXT];
	int64_t worst_ns = l->worst.wait_ns;

	if (l->worst.late_ns > worst_ns)
		worst_ns = l->worst.late_ns;
	if (c == NULL || worst_ns <= LABNOISE_MOST)
		return;
	lab_fail(l, ERR_BUSY,
	    "no verdict: %s:%u: \"%s\" failed (%s), but this host let the "
	    "guest wait %s "
	    "for a processor in the second from %s on",
	    c->file, c->line, c->text, c->happened, dur_short(worst_ns, wait),
	    dur_short(l->worst.from_ns - l->zero_ns, at));
}

bool
labstage_run(const struct labstage *s, struct trace *t)
{
	struct lab l = { .in = s, .s = s->scenario };
	const struct stage stage = { &lab_ops, &l };
	struct strbuf why = { 0 };
	struct diag quiet = { 0 };
	bool good;

	labcan_run(s->scenario, s->policy, s->tools->disk != NULL, &l.setup,
	    &why);
	strbuf_fini(&why);
	simoptions_read(s->scenario, &l.options, &quiet);
	if (l.options.start_ns < 0)
		l.options.start_ns = DAEMON_START;
	describe_run(&l, &t->run);
	good = stage_run(&stage, s->scenario, "native", t);
	if (!good)
		look_at_noise(&l);
	if (s->trouble != NULL)
		*s->trouble = l.trouble;
	return good && l.trouble.code == ERR_NONE;
}
