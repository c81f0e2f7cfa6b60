/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the guest runs, and what it is asked and says. */
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/lab/lab_parts.h"

#define BOOT_MOST   INT64_C(90000000000) /* of an emulated, busy machine */
#define ANSWER_MOST INT64_C(60000000000)
#define SAMPLES	    INT64_C(200000000)

/* --- what QEMU says --- */

static void
stopped(struct labhost *h, int64_t at_ns)
{
	struct lab *l = h->lab;

	if (h != l->here || l->stopped_ns != 0)
		return;
	l->stopped_ns = at_ns;
	labrows_state(l->rows, LABROWS_HOST, at_ns, "vm", "frozen", "yes");
}

static void
plug(struct labhost *h)
{
	char name[24];

	snprintf(name, sizeof(name), "hn0@%u", h->number);
	h->hn = wire_plug(h->lab->wire, h->hn_fd, name);
	h->hn_fd = -1;
	snprintf(name, sizeof(name), "vf0@%u", h->number);
	h->vf = wire_plug(h->lab->wire, h->vf_fd, name);
	h->vf_fd = -1;
}

static void
unplug(struct labhost *h)
{
	if (h->hn != NULL)
		wire_unplug(h->hn);
	if (h->vf != NULL)
		wire_unplug(h->vf);
	h->hn = h->vf = NULL;
}

/* The guest goes on there: the segment leads to both hosts until the old one
 * has gone, as it does for a real switch. */
static void
arrived(struct labhost *h, int64_t at_ns)
{
	struct lab *l = h->lab;
	char number[16];

	plug(h);
	snprintf(number, sizeof(number), "%d", ++l->moves + 1);
	labrows_state(l->rows, LABROWS_HOST, at_ns, "vm", "host", number);
	l->left = l->here;
	l->here = h;
	l->next = NULL;
	labnoise_watch(l->noise, qemu_pid(h->q));
	guestlink_move(l->guest, h->agent_fd);
	h->agent_fd = -1;
	labdeeds_moved(l);
}

static void
resumed(struct labhost *h, int64_t at_ns)
{
	struct lab *l = h->lab;

	if (h == l->next)
		arrived(h, at_ns);
	if (h != l->here || l->stopped_ns == 0)
		return;
	labclock_stop(l->clock, l->stopped_ns, at_ns);
	labprobes_add_stop(l->probes, l->stopped_ns, at_ns);
	l->stopped_ns = 0;
	labrows_state(l->rows, LABROWS_HOST, at_ns, "vm", "frozen", "no");
}

static void
exited(struct labhost *h, const struct qemu_event *e)
{
	struct lab *l = h->lab;

	h->exited = true;
	unplug(h);
	if (h == l->here && !e->asked)
		lab_fail(l, ERR_IO, "QEMU has ended with status %d: %s",
		    e->status, e->text);
	if (h == l->next)
		l->next = NULL;
}

static void
on_event(void *ctx, const struct qemu_event *e)
{
	struct labhost *h = ctx;
	struct lab *l = h->lab;
	struct strbuf text = { 0 };

	strbuf_addf(&text, "QEMU %u: %s%s%s%s%s", h->number, e->name,
	    e->device[0] != '\0' ? " " : "", e->device,
	    e->text[0] != '\0' ? " " : "",
	    e->kind == QEMU_EXITED ? "ended" : e->text);
	labrows_note(l->rows, LABROWS_HOST, e->at_ns, "host",
	    strbuf_str(&text));
	strbuf_fini(&text);
	switch (e->kind) {
	case QEMU_READY:
		h->ready = true;
		break;
	case QEMU_STOPPED:
		stopped(h, e->at_ns);
		break;
	case QEMU_RESUMED:
		resumed(h, e->at_ns);
		break;
	case QEMU_PANICKED:
		lab_fail(l, ERR_STATE, "the guest's kernel has panicked%s%s",
		    l->in->console != NULL ? ": see " : "",
		    l->in->console != NULL ? l->in->console : "");
		break;
	case QEMU_EXITED:
		exited(h, e);
		break;
	default:
		break;
	}
}

/* --- starting one --- */

/* A pair of connected sockets: theirs is inherited by a QEMU. */
static bool
pair(struct lab *l, int *ours, int *theirs)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
		lab_fail(l, ERR_IO, "a pair of sockets: %s", strerror(errno));
		*ours = *theirs = -1;
		return false;
	}
	*ours = fds[0];
	*theirs = fds[1];
	return true;
}

static void
describe(const struct lab *l, struct qemu_config *c)
{
	const struct labtools *tools = l->in->tools;
	struct qemu_nic *nic = &c->nics[0];

	if (tools->disk != NULL) {
		c->image = tools->disk;
	} else {
		c->kernel = tools->image.kernel;
		c->initrd = tools->image.initrd;
		c->append = tools->image.append;
	}
	c->console = l->in->console;
	c->accel = tools->hyperv.offered ? "kvm" : NULL;
	c->cpu = tools->hyperv.offered ? tools->hyperv.cpu : NULL;
	c->n_nics = 1;
	memcpy(nic->mac, l->s->nics[0].mac, sizeof(nic->mac));
	nic->failover = l->setup.transparent;
}

struct labhost *
labhost_start(struct lab *l, bool vf_present)
{
	struct qemu_config c = { .agent_fd = -1, .incoming_fd = -1 };
	struct labhost *h;
	struct err e;

	if (l->n_hosts == LAB_HOSTS) {
		lab_fail(l, ERR_UNSUPPORTED, "more than %d migrations in a run",
		    LAB_HOSTS - 1);
		return NULL;
	}
	h = &l->hosts[l->n_hosts];
	h->lab = l;
	h->number = (unsigned)++l->n_hosts;
	h->hn_fd = h->vf_fd = h->agent_fd = h->migrate_fd = -1;
	describe(l, &c);
	c.nics[0].vf_present = vf_present;
	if (!pair(l, &h->hn_fd, &c.nics[0].hn_fd) ||
	    !pair(l, &h->vf_fd, &c.nics[0].vf_fd) ||
	    !pair(l, &h->agent_fd, &c.agent_fd) ||
	    (l->n_hosts > 1 && !pair(l, &h->migrate_fd, &c.incoming_fd)))
		return NULL;
	h->q = qemu_start(l->loop, &c, on_event, h, &e);
	if (h->q == NULL) {
		lab_fail(l, e.code == ERR_NOTFOUND ? ERR_UNSUPPORTED : e.code,
		    "%s", e.text);
		return NULL;
	}
	return h;
}

/* --- what the guest says --- */

static void
on_row(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;
	char text[64];

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
labguest_boot(struct lab *l)
{
	const struct guestlink_user user = { on_row, on_trouble, l };
	bool vf = l->s->n_vfs > 0 && l->s->vfs[0].present;

	if ((l->here = labhost_start(l, vf)) == NULL)
		return;
	labnoise_watch(l->noise, qemu_pid(l->here->q));
	plug(l->here);
	l->guest = guestlink_new(l->loop, l->here->agent_fd, &user);
	l->here->agent_fd = -1;
	if (!lab_wait(l, has_greeted, BOOT_MOST, "the guest has not booted"))
		return;
	guestlink_sample(l->guest, l->clock, SAMPLES);
	if (l->setup.no_bonding)
		labguest_shell(l, "rmmod bonding");
	put_rc_conf(l);
	put_address(l);
	lab_wait(l, labguest_is_quiet, ANSWER_MOST,
	    "the guest has not set up its NIC");
	lab_wait(l, has_clock, ANSWER_MOST, "the guest's clock is not known");
}

void
labguest_end(struct lab *l)
{
	struct labhost *h;
	size_t i;

	guestlink_free(l->guest);
	for (i = 0; i < l->n_hosts; i++) {
		h = &l->hosts[i];
		qemu_free(h->q);
		unplug(h);
		if (h->hn_fd >= 0)
			close(h->hn_fd);
		if (h->vf_fd >= 0)
			close(h->vf_fd);
		if (h->agent_fd >= 0)
			close(h->agent_fd);
		if (h->migrate_fd >= 0)
			close(h->migrate_fd);
	}
}
