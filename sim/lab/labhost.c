/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosts of a run: each is a QEMU with its ends of the wire, the first, or
 * the destination of a migration. */
#include "sim/lab/labhost.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/lab/lab_parts.h"

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

void
labhost_plug(struct labhost *h)
{
	char name[24];

	snprintf(name, sizeof(name), "hn0@%u", h->number);
	h->hn = wire_plug(h->lab->wire, h->hn_fd, name);
	h->hn_fd = -1;
	snprintf(name, sizeof(name), "vf0@%u", h->number);
	h->vf = wire_plug(h->lab->wire, h->vf_fd, name);
	h->vf_fd = -1;
}

/* What the wire itself lost is no fail-over's. */
static void
tell_port(struct labhost *h, const char *name, const struct wire_port *p)
{
	struct wire_port_counts c = wire_port_counts(p);
	const char *ended = wire_port_ended(p);

	if (c.dropped > 0)
		lab_note(h->lab,
		    "wire: the queue of %s@%u was full, %ju frames "
		    "were dropped",
		    name, h->number, (uintmax_t)c.dropped);
	if (ended != NULL && !h->exited)
		lab_fail(h->lab, ERR_IO, "wire: %s@%u: %s", name, h->number,
		    ended);
}

static void
unplug_one(struct labhost *h, const char *name, struct wire_port **p)
{
	if (*p == NULL)
		return;
	tell_port(h, name, *p);
	wire_unplug(*p);
	*p = NULL;
}

void
labhost_unplug(struct labhost *h)
{
	unplug_one(h, "hn0", &h->hn);
	unplug_one(h, "vf0", &h->vf);
}

/* The guest goes on there: the segment leads to both hosts until the old one
 * has gone, as it does for a real switch. */
static void
arrived(struct labhost *h, int64_t at_ns)
{
	struct lab *l = h->lab;
	char number[16];

	labhost_plug(h);
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
	labhost_unplug(h);
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

/* What QEMU itself says that it gives, beside what this host's KVM has. */
static void
enlightened(void *ctx, const char *flags, const struct err *e)
{
	struct lab *l = ctx;

	if (e != NULL)
		lab_note(l, "enlightenments: QEMU does not say: %s", e->text);
	else
		lab_note(l, "enlightenments: QEMU gives %s",
		    flags[0] != '\0' ? flags : "none");
}

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
	c->console_most = LABHOST_CONSOLE;
	c->accel = tools->hyperv.kvm ? "kvm" : NULL;
	c->cpu = tools->hyperv.cpu;
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

	if (l->n_hosts == LABHOST_MOST) {
		lab_fail(l, ERR_UNSUPPORTED, "more than %d migrations in a run",
		    LABHOST_MOST - 1);
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
	if (l->in->tools->hyperv.kvm)
		qemu_ask_enlightenments(h->q, enlightened, l);
	return h;
}

void
labhost_tell_console(struct lab *l)
{
	const char *path = l->in->console;
	struct stat st;

	if (path != NULL && stat(path, &st) == 0 &&
	    st.st_size >= LABHOST_CONSOLE)
		lab_note(l, "the guest's console is cut off at %d MiB",
		    (int)(LABHOST_CONSOLE / 1048576));
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
labhost_end(struct labhost *h)
{
	qemu_free(h->q);
	labhost_unplug(h);
	close_end(&h->hn_fd);
	close_end(&h->vf_fd);
	close_end(&h->agent_fd);
	close_end(&h->migrate_fd);
}
