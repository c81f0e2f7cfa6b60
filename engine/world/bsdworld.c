/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdworld.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "world/bsdapply.h"
#include "world/bsdlook.h"
#include "world/bsdreply.h"
#include "world/host.h"

/* The only number that the controller may want to change. */
#define RX_ALL "net.link.lagg.failover_rx_all"

struct bsdseen { /* an interface of the last look */
	char name[IFNAME_MAX];
	uint32_t index;
	bool ours;  /* it may be changed */
	bool stray; /* a VF's MAC, and of no hn: it may be left alone */
};

struct bsdworld {
	struct bsdkernel kernel;
	struct bsdpairs pairs;
	void (*note)(void *ctx, const char *text);
	void *ctx;
	struct bsdseen *seen;
	size_t n_seen, cap_seen;
	bool blind; /* the last look failed */
	int ours;   /* a process; 0: none */
	bool told_rights, told_module;
	struct snapshot before;
};

struct bsdworld *
bsdworld_new(const struct bsdkernel *kernel, const struct bsdpairs *pairs,
    void (*note)(void *ctx, const char *text), void *ctx)
{
	struct bsdworld *w = mem_zero(1, sizeof(*w));

	w->kernel = *kernel;
	w->pairs = *pairs;
	w->note = note;
	w->ctx = ctx;
	return w;
}

void
bsdworld_free(struct bsdworld *w)
{
	if (w == NULL)
		return;
	free(w->seen);
	snapshot_fini(&w->before);
	free(w);
}

void
bsdworld_is_ours(struct bsdworld *w, int pid)
{
	w->ours = pid;
}

/* --- looking --- */

static void
tell(struct bsdworld *w, const char *text)
{
	if (w->note != NULL)
		w->note(w->ctx, text);
}

static bool
is_vf(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_ifs; i++)
		if (s->ifs[i].class == IF_HN && strcmp(s->ifs[i].vf, name) == 0)
			return true;
	return false;
}

/* An hn that was away does not know its VF, which stays a port or keeps its
 * client until we take it out (FACTS.md B.12). */
static bool
is_stray(const struct snapshot *s, const struct snap_if *nic)
{
	size_t i;

	for (i = 0; i < s->n_ifs && nic->parent[0] != '\0'; i++)
		if (s->ifs[i].class == IF_HN &&
		    memcmp(s->ifs[i].mac, nic->mac, sizeof(nic->mac)) == 0)
			return true;
	return false;
}

static void
remember(struct bsdworld *w, const struct snapshot *s)
{
	struct bsdseen *seen;
	size_t i;

	w->n_seen = 0;
	for (i = 0; i < s->n_ifs; i++) {
		seen = MEM_PUSH(w->seen, w->n_seen, w->cap_seen);
		memcpy(seen->name, s->ifs[i].name, sizeof(seen->name));
		seen->index = s->ifs[i].index;
		seen->ours =
		    s->ifs[i].class != IF_OTHER || is_vf(s, seen->name);
		seen->stray = !seen->ours && is_stray(s, &s->ifs[i]);
	}
}

static bool
is_stand_in(const struct bsdworld *w, const char *name)
{
	size_t i;

	for (i = 0; i < w->pairs.count; i++)
		if (strcmp(w->pairs.pairs[i].synth, name) == 0)
			return true;
	return false;
}

/* As the kernel tells it: what stand-ins are shown as is not kept. */
static void
keep(struct bsdworld *w, const struct snapshot *s)
{
	struct snap_if *i;
	size_t n;

	snapshot_reset(&w->before);
	for (n = 0; n < s->n_ifs; n++) {
		i = snapshot_add(&w->before);
		*i = s->ifs[n];
		if (i->class == IF_HN && is_stand_in(w, i->name))
			i->class = IF_OTHER;
		if (i->paired == PAIRED_JOINED)
			i->class = IF_HN;
		i->paired = PAIRED_BY_HN;
		if (strcmp(i->parent, BSDPAIR_NO_BUS) == 0)
			i->parent[0] = '\0';
	}
}

/* Whether a devd(8) that runs has anything of ours to act on: its rules for
 * Hyper-V look for hn(4) and its mode first, and leave a stand-in alone. */
static bool
is_devds(const struct bsdworld *w, const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->n_ifs; i++)
		if (s->ifs[i].class == IF_HN && !is_stand_in(w, s->ifs[i].name))
			return true;
	return w->pairs.count == 0;
}

static bool
devd_runs(const struct bsdworld *w)
{
	const struct bsdkernel *k = &w->kernel;
	int pid = k->ops->holder(k->ctx, HOST_DEVD_PIDFILE);

	return pid > 0 && pid != w->ours &&
	    k->ops->exists(k->ctx, HOST_DEVD_HYPERV);
}

void
bsdworld_observe(struct bsdworld *w, struct snapshot *out)
{
	int rc =
	    bsdlook(&w->kernel, &w->pairs, &w->before, w->note, w->ctx, out);
	char text[96];

	if (rc != 0 && !w->blind) {
		snprintf(text, sizeof(text),
		    "the interfaces cannot be looked at: errno %d", rc);
		tell(w, text);
	} else if (rc == 0 && w->blind) {
		tell(w, "looking at the interfaces works again");
	}
	w->blind = rc != 0;
	out->other_daemon = is_devds(w, out) && devd_runs(w);
	remember(w, out);
	if (rc == 0)
		keep(w, out);
}

/* --- changing --- */

static const struct bsdseen *
find(const struct bsdworld *w, const char *name)
{
	size_t i;

	for (i = 0; i < w->n_seen; i++)
		if (strcmp(w->seen[i].name, name) == 0)
			return &w->seen[i];
	return NULL;
}

/* 0, or why that may not be done to the interface. */
static int
check(const struct bsdworld *w, const char *name, enum op_kind kind)
{
	const struct bsdseen *seen = find(w, name);
	struct bsdrequest r;
	int rc;

	if (seen == NULL)
		return BSD_ENXIO;
	if (!seen->ours &&
	    !(seen->stray && (kind == OP_PORT_DEL || kind == OP_DHCP_STOP)))
		return BSD_EPERM;
	bsdrequest_init(&r, BSD_SIOCGIFINDEX, name);
	if ((rc = bsdkernel_ask(&w->kernel, &r)) != 0)
		return rc;
	return bsdreply_index(&r) == seen->index ? 0 : BSD_ENXIO;
}

static void
tell_once(struct bsdworld *w, bool is_so, bool *told, const char *text)
{
	if (is_so && !*told)
		tell(w, text);
	*told = is_so;
}

/* What the kernel's number does not say. */
static int
explain(struct bsdworld *w, const struct operation *op, int rc)
{
	tell_once(w, rc == BSD_EPERM, &w->told_rights,
	    "the kernel does not let this process change interfaces: it must "
	    "be root's, and not in a jail without vnet");
	if (op->kind == OP_LAGG_CREATE)
		tell_once(w,
		    rc == BSD_EINVAL &&
			bsdkernel_number(&w->kernel, RX_ALL, -1) < 0,
		    &w->told_module,
		    "this kernel has no lagg(4), and its module if_lagg "
		    "cannot be loaded: see dmesg(8), or put "
		    "if_lagg_load=\"YES\" into /boot/loader.conf");
	return rc == BSD_EPERM ? BSD_EACCES : rc;
}

/* No other cloner is asked, and no other module loaded. */
static bool
is_lagg_name(const char *ifname)
{
	char driver[IFNAME_MAX];
	int unit;

	return bsdreply_unit(ifname, driver, &unit) &&
	    strcmp(driver, "lagg") == 0;
}

int
bsdworld_apply(struct bsdworld *w, const struct operation *op)
{
	int rc = 0;

	switch (op->kind) {
	case OP_LAGG_CREATE:
		rc = is_lagg_name(op->ifname) ? 0 : BSD_EPERM;
		break;
	case OP_CLONE:
	case OP_PROCESS:
		break;
	case OP_DEFAULT_DEL:
		/* Of the whole system, wherever it leads. */
		break;
	case OP_SYSCTL:
		rc = strcmp(op->text, RX_ALL) == 0 ? 0 : BSD_EPERM;
		break;
	case OP_PORT_ADD:
	case OP_PORT_DEL:
		rc = check(w, op->other, op->kind);
		if (rc == 0)
			rc = check(w, op->ifname, op->kind);
		break;
	case OP_VLAN:
		if (op->other[0] != '\0')
			rc = check(w, op->other, op->kind);
		if (rc == 0)
			rc = check(w, op->ifname, op->kind);
		break;
	default:
		rc = check(w, op->ifname, op->kind);
		break;
	}
	return rc != 0 ? rc
		       : explain(w, op, bsdapply(&w->kernel, &w->pairs, op));
}
