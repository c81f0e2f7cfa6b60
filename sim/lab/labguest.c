/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest: what it is asked and says, its daemon, its boot. */
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "sim/lab/lab_parts.h"

#define BOOT_MOST INT64_C(90000000000) /* of an emulated, busy machine */
#define SAMPLES	  INT64_C(200000000)

/* --- what the guest says --- */

static void
on_row(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;
	char text[64 + DUR_TEXT], dur[DUR_TEXT];

	(void)got_ns;
	switch (m->kind) {
	case LABWIRE_HELLO:
		l->greeted = true;
		labrows_note(l->rows, LABROWS_GUEST, m->at_ns, "kernel",
		    strbuf_str(&m->text));
		break;
	case LABWIRE_STATE:
		/* The pair's own part, which a netvsc has inside. */
		if (l->setup.transparent &&
		    strcmp(m->object, LABCAN_STANDBY) == 0)
			break;
		labrows_state(l->rows, LABROWS_GUEST, m->at_ns, m->object,
		    m->field, m->value);
		break;
	case LABWIRE_RECORD:
		labrows_record(l->rows, m->at_ns, strbuf_str(&m->text),
		    m->text.bytes);
		break;
	case LABWIRE_LOG:
		if (strcmp(m->who, "daemon") == 0)
			labrows_log(l->rows, m->at_ns, strbuf_str(&m->text));
		else
			labrows_note(l->rows, LABROWS_GUEST, m->at_ns, m->who,
			    strbuf_str(&m->text));
		break;
	case LABWIRE_STALL:
		snprintf(text, sizeof(text),
		    "the guest itself stood still "
		    "for %s s",
		    dur_short(m->at_ns - m->from_ns, dur));
		labrows_note(l->rows, LABROWS_GUEST, m->at_ns, "host", text);
		break;
	case LABWIRE_ENDED:
		l->daemon_runs = false;
		snprintf(text, sizeof(text),
		    "the daemon has ended with "
		    "status %d",
		    m->status);
		labrows_note(l->rows, LABROWS_GUEST, m->at_ns, "host", text);
		labrows_daemon(l->rows, LABROWS_GUEST, m->at_ns, false);
		break;
	default:
		break;
	}
}

static void
on_trouble(void *ctx, const struct err *err)
{
	lab_fail(ctx, ERR_IO, "the guest's part: %s", err->text);
}

static void
must(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;

	(void)got_ns;
	if (m->kind != LABWIRE_ANSWER)
		return;
	l->asked--;
	if (m->error[0] != '\0')
		lab_fail(l, ERR_STATE, "the guest cannot: %s", m->error);
}

void
labguest_must(struct lab *l, const struct labwire *m)
{
	l->asked++;
	guestlink_ask(l->guest, m, must, l);
}

bool
labguest_is_quiet(const struct lab *l)
{
	return l->asked == 0;
}

/* A command of a user may fail: that is the scenario's. */
static void
ran(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;
	struct strbuf text = { 0 };

	(void)got_ns;
	if (m->kind != LABWIRE_ANSWER)
		return;
	l->asked--;
	if (m->status == 0 && m->error[0] == '\0')
		return;
	strbuf_addf(&text, "a command ended with status %d: %s%s", m->status,
	    m->error, strbuf_str(&m->text));
	labrows_note(l->rows, LABROWS_GUEST, m->at_ns, "user",
	    strbuf_str(&text));
	strbuf_fini(&text);
}

void
labguest_shell(struct lab *l, const char *text)
{
	struct labwire m = { .kind = LABWIRE_RUN };

	strbuf_adds(&m.text, text);
	l->asked++;
	guestlink_ask(l->guest, &m, ran, l);
	labwire_fini(&m);
}

/* --- the daemon --- */

static void
daemon_begins(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;

	if (m->kind == LABWIRE_ANSWER && m->error[0] == '\0') {
		l->daemon_runs = true;
		labrows_daemon(l->rows, LABROWS_GUEST, m->at_ns, true);
	}
	must(ctx, m, got_ns);
}

static void
daemon_arguments(const struct lab *l, struct strbuf *out)
{
	char text[DUR_TEXT];

	strbuf_addf(out,
	    "-d -f %s --policy native --pair %s"
	    " --control " LABGUEST_CONTROL " --flight-dump " LABGUEST_FLIGHT
	    " --rc-conf " LABGUEST_RC_CONF,
	    l->s->system == SCN_FREEBSD ? LABGUEST_FREEBSD_RULES
					: LABGUEST_RULES,
	    l->s->nics[0].name);
	if (l->options.deadline_ns > 0)
		strbuf_addf(out, " --deadline %s",
		    dur_format(l->options.deadline_ns, text));
	if (l->options.serial)
		strbuf_adds(out, " --serial");
	if (l->options.keep_rx_all)
		strbuf_adds(out, " --keep-rx-all");
}

void
labguest_daemon(struct lab *l, bool start)
{
	struct labwire m = { .kind = start ? LABWIRE_DAEMON_START
					   : LABWIRE_DAEMON_KILL,
		.signal = LABWIRE_KILL };

	if (start)
		daemon_arguments(l, &m.text);
	l->asked++;
	guestlink_ask(l->guest, &m, start ? daemon_begins : must, l);
	labwire_fini(&m);
}

/* --- boot --- */

static bool
has_greeted(const struct lab *l)
{
	return l->greeted;
}

static bool
has_clock(const struct lab *l)
{
	struct labclock_moment now;

	return labclock_guest(l->clock, labloop_now(l->loop), &now);
}

static void
put_rc_conf(struct lab *l)
{
	struct labwire m = { .kind = LABWIRE_PUT };
	size_t i;

	snprintf(m.path, sizeof(m.path), "%s", LABGUEST_RC_CONF);
	for (i = 0; i < l->s->n_rc; i++)
		strbuf_addf(&m.text, "%s=\"%s\"\n", l->s->rc[i].name,
		    l->s->rc[i].value);
	labguest_must(l, &m);
	labwire_fini(&m);
}

static void
put_address(struct lab *l)
{
	struct labwire m = { .kind = LABWIRE_SETUP };
	char text[IPADDR_TEXT];

	snprintf(m.if_name, sizeof(m.if_name), "%s", l->s->nics[0].name);
	snprintf(m.address, sizeof(m.address), "%s",
	    ipaddr_format(&l->setup.net.addrs[0], true, text));
	snprintf(m.gateway, sizeof(m.gateway), "%s",
	    ipaddr_format(&l->setup.net.gateway, false, text));
	labguest_must(l, &m);
}

void
labguest_hear(struct lab *l, int fd)
{
	const struct guestlink_user user = { on_row, on_trouble, l };

	l->guest = guestlink_new(l->loop, fd, &user);
}

void
labguest_boot(struct lab *l)
{
	bool vf = l->s->n_vfs > 0 && l->s->vfs[0].present;

	if ((l->here = labhost_start(l, vf)) == NULL)
		return;
	labnoise_watch(l->noise, qemu_pid(l->here->q));
	labhost_plug(l->here);
	labguest_hear(l, l->here->agent_fd);
	l->here->agent_fd = -1;
	if (!lab_wait(l, has_greeted, BOOT_MOST, "the guest has not booted"))
		return;
	guestlink_sample(l->guest, l->clock, SAMPLES);
	if (l->setup.no_bonding)
		labguest_shell(l, "rmmod bonding");
	put_rc_conf(l);
	put_address(l);
	lab_wait(l, labguest_is_quiet, LAB_ANSWER_MOST,
	    "the guest has not set up its NIC");
	lab_wait(l, has_clock, LAB_ANSWER_MOST,
	    "the guest's clock is not known");
}

void
labguest_end(struct lab *l)
{
	size_t i;

	guestlink_free(l->guest);
	for (i = 0; i < l->n_hosts; i++)
		labhost_end(&l->hosts[i]);
}
