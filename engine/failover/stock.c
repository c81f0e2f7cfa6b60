/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/stock.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "failover/rc_words.h"

void
stock_vfattach(struct stock *p, const char *ifname)
{
	memset(p, 0, sizeof(*p));
	p->script = STOCK_VFATTACH;
	snprintf(p->ifname, sizeof(p->ifname), "%s", ifname);
}

void
stock_vfattach_delayed(struct stock *p, const char *ifname, int64_t delay_ns)
{
	stock_vfattach(p, ifname);
	p->script = STOCK_VFATTACH_DELAYED;
	p->delay_ns = delay_ns;
}

void
stock_vfup(struct stock *p, const char *hn)
{
	stock_vfattach(p, hn);
	p->script = STOCK_VFUP;
}

/* A program that changes nothing; program says whose cost it has. */
static enum stock_verb
process(struct operation *op, const char *program, const char *what)
{
	op->kind = OP_PROCESS;
	snprintf(op->program, sizeof(op->program), "%s", program);
	snprintf(op->text, sizeof(op->text), "%s", what);
	return STOCK_OPERATION;
}

static enum stock_verb
change(struct operation *op, enum op_kind kind, const char *ifname,
    const char *program)
{
	op->kind = kind;
	snprintf(op->ifname, sizeof(op->ifname), "%s", ifname);
	snprintf(op->program, sizeof(op->program), "%s", program);
	return STOCK_OPERATION;
}

static bool
is_in_vflist(const struct snapshot *s, const char *ifname)
{
	size_t i;

	for (i = 0; i < s->n_ifs; i++)
		if (s->ifs[i].class == IF_HN &&
		    strcmp(s->ifs[i].vf, ifname) == 0)
			return true;
	return false;
}

static enum stock_verb
vfattach_next(struct stock *p, const struct snapshot *s,
    const struct rcvars *rc, struct operation *op, int64_t *delay_ns)
{
	switch (p->step++) {
	case 0:
		return process(op, "sh", "hyperv_vfattach");
	case 1:
		return process(op, "sysctl", "hw.hn.vf_transparent");
	case 2:
		if (s->vf_transparent > 0)
			return STOCK_DONE;
		return process(op, "sysctl", "hw.hn.vflist");
	case 3:
		/* A kernel without the one sysctl has not got the other. */
		if (s->vf_transparent < 0 || !is_in_vflist(s, p->ifname))
			return STOCK_DONE;
		return process(op, "daemon", "daemon -f hyperv_vfattach");
	case 4:
		*delay_ns = rc_vf_delay_stock(rc);
		return STOCK_SPAWN;
	}
	return STOCK_DONE;
}

static enum stock_verb
vfattach_delayed_next(struct stock *p, const struct snapshot *s,
    struct operation *op, int64_t *delay_ns)
{
	switch (p->step++) {
	case 0:
		return process(op, "sysctl", "hw.hn.vf_transparent");
	case 1:
		if (s->vf_transparent > 0)
			return STOCK_DONE;
		*delay_ns = p->delay_ns;
		return STOCK_SLEEP;
	case 2:
		/* No look whether the name still means the same VF, or
		 * anything at all (FACTS.md E.5, H9). */
		snprintf(op->why, sizeof(op->why), "hyperv_vfattach's delay");
		return change(op, OP_UP, p->ifname, "ifconfig");
	}
	return STOCK_DONE;
}

/* "grep laggport: VF" is a prefix match (DEVD.md, weakness 12). */
static bool
grep_finds_port(const struct snap_if *lagg, const char *vf)
{
	size_t i;

	for (i = 0; lagg != NULL && i < lagg->n_ports; i++)
		if (strncmp(lagg->ports[i].name, vf, strlen(vf)) == 0)
			return true;
	return false;
}

/* The aggregate is new: everything of step 5 in FACTS.md E.3. */
enum {
	NEW_CREATE = 100,
	NEW_CREATED,
	NEW_PORT_VF,
	NEW_NO_DAD,
	NEW_STRIP,
	NEW_CONFIGURE,
	NEW_DHCLIENT,
	NEW_END,
	NEW_ARGS, /* + number of the argument that changes something */
};
/* The aggregate exists. */
enum { OLD_GREP = 200, OLD_ADD, OLD_END };

static enum stock_verb
vfup_strip(struct stock *p, const struct snapshot *s, struct operation *op)
{
	const struct snap_if *hn = snapshot_find(s, p->ifname);
	size_t i;

	/* -alias takes IPv4 addresses only (FACTS.md E.3 5f). */
	for (i = 0; hn != NULL && i < hn->n_addrs; i++)
		if (hn->addrs[i].family == 4)
			break;
	if (hn != NULL && i < hn->n_addrs) {
		op->addr = hn->addrs[i];
		snprintf(op->why, sizeof(op->why), "ifconfig %s -alias",
		    p->ifname);
		return change(op, OP_ADDR_DEL, p->ifname, "ifconfig");
	}
	/* The loop ends with the first ifconfig that fails. */
	p->step = NEW_CONFIGURE;
	return process(op, "ifconfig", "-alias fails, the loop ends");
}

/* The script's words are split at blanks alone (FACTS.md E.3 5h): where a
 * quote stands, ifconfig(8) sees a letter, takes the word for an address and
 * gives up before it has set any. Only where it wants free text that passes. */
static bool
ifconfig_gives_up(const char *args)
{
	char word[RC_WORD];

	while (rc_word_bare(&args, word)) {
		if (strcmp(word, "description") == 0 ||
		    strcmp(word, "descr") == 0) {
			if (!rc_word_bare(&args, word))
				return true;
		} else if (strpbrk(word, "'\"\\") != NULL) {
			return true;
		}
	}
	return false;
}

static bool
has_word(const char *args, const char *wanted)
{
	char word[RC_WORD];

	while (args != NULL && rc_word_bare(&args, word))
		if (strcmp(word, wanted) == 0)
			return true;
	return false;
}

/* One ifconfig: the mtu, where it is said, and then the addresses, which
 * bring the aggregate up; without any, "up" may stand there. */
static enum stock_verb
vfup_args(struct stock *p, const struct rcvars *rc, const struct rc_net *net,
    struct operation *op)
{
	size_t n = (size_t)(p->step++ - NEW_ARGS);
	const char *program = n == 0 ? "ifconfig" : "";

	snprintf(op->why, sizeof(op->why), "ifconfig_%s from rc.conf",
	    p->ifname);
	if (net->mtu > 0 && n == 0) {
		op->value = (int)net->mtu;
		return change(op, OP_MTU, p->lagg, program);
	}
	n -= net->mtu > 0 ? 1 : 0;
	if (n == 0 && net->n_main == 0 &&
	    has_word(rcvars_ifconfig(rc, p->ifname), "up"))
		return change(op, OP_UP, p->lagg, program);
	if (n >= net->n_main)
		return STOCK_DONE;
	op->addr = net->addrs[n];
	return change(op, OP_ADDR_ADD, p->lagg, program);
}

/* Other words beside DHCP are lost (DEVD.md, weakness 8). The client of hn
 * runs on: its pid file is looked for where it never is (FACTS.md E.3 5d). */
static enum stock_verb
vfup_configure(struct stock *p, const struct rcvars *rc, struct operation *op)
{
	struct diag quiet = { 0 };
	struct rc_net net;

	rcvars_net(rc, p->ifname, &quiet, &net);
	switch (p->step) {
	case NEW_CONFIGURE:
		if (net.dhcp != RC_DHCP_NONE) {
			p->step = NEW_DHCLIENT;
			return change(op, OP_UP, p->lagg, "ifconfig");
		}
		p->step = NEW_ARGS;
		if (!net.configured || !net.quoted ||
		    !ifconfig_gives_up(rcvars_ifconfig(rc, p->ifname)))
			break;
		p->step = NEW_END;
		return process(op, "ifconfig", "its arguments are broken");
	case NEW_DHCLIENT:
		p->step = NEW_END;
		op->value = net.dhcp == RC_DHCP_SYNC;
		return change(op, OP_DHCP_START, p->lagg, "dhclient");
	case NEW_END:
		return STOCK_DONE;
	}
	return vfup_args(p, rc, &net, op);
}

static enum stock_verb
vfup_new(struct stock *p, const struct snapshot *s, const struct rcvars *rc,
    int result, struct operation *op)
{
	switch (p->step) {
	case NEW_CREATE:
		p->step++;
		return change(op, OP_LAGG_CREATE, p->lagg, "ifconfig");
	case NEW_CREATED:
		if (result != 0)
			return STOCK_DONE;
		p->step++;
		snprintf(op->other, sizeof(op->other), "%s", p->ifname);
		return change(op, OP_PORT_ADD, p->lagg, "ifconfig");
	case NEW_PORT_VF:
		p->step++;
		snprintf(op->other, sizeof(op->other), "%s", p->vf);
		return change(op, OP_PORT_ADD, p->lagg, "");
	case NEW_NO_DAD:
		p->step++;
		op->value = 1;
		return change(op, OP_NO_DAD, p->lagg, "ifconfig");
	case NEW_STRIP:
		return vfup_strip(p, s, op);
	}
	return vfup_configure(p, rc, op);
}

static enum stock_verb
vfup_existing(struct stock *p, const struct snapshot *s, struct operation *op)
{
	switch (p->step++) {
	case OLD_GREP:
		return process(op, "ifconfig", "laggport present?");
	case OLD_ADD:
		if (grep_finds_port(snapshot_find(s, p->lagg), p->vf))
			return STOCK_DONE;
		snprintf(op->other, sizeof(op->other), "%s", p->vf);
		return change(op, OP_PORT_ADD, p->lagg, "ifconfig");
	}
	return STOCK_DONE;
}

/* The unit is what digits the name has, which is the device's only as long as
 * nobody has renamed it (FACTS.md B.10); -1 for none. */
static int
unit_in_name(const char *name)
{
	int unit = -1;

	for (; *name != '\0'; name++)
		if (isdigit((unsigned char)*name) && unit < INT_MAX / 16)
			unit = (unit < 0 ? 0 : unit * 10) + (*name - '0');
	return unit;
}

/* dev.hn.UNIT.vf; NULL when there is none. */
static const char *
vf_of_unit(const struct snapshot *s, int unit)
{
	size_t i;

	for (i = 0; unit >= 0 && i < s->n_ifs; i++)
		if (s->ifs[i].class == IF_HN && s->ifs[i].unit == unit)
			return s->ifs[i].vf;
	return NULL;
}

static enum stock_verb
vfup_next(struct stock *p, const struct snapshot *s, const struct rcvars *rc,
    int result, struct operation *op)
{
	const struct snap_if *hn;
	const char *vf;

	if (p->step >= OLD_GREP)
		return vfup_existing(p, s, op);
	if (p->step >= NEW_CREATE)
		return vfup_new(p, s, rc, result, op);
	hn = snapshot_find(s, p->ifname);
	switch (p->step++) {
	case 0:
		return process(op, "rc", "hyperv_vfup");
	case 1:
		if (hn != NULL && hn->custom_vfup) {
			p->step = OLD_END;
			return STOCK_CUSTOM;
		}
		return process(op, "sysctl", "dev.hn.N.vf");
	case 2:
		vf = vf_of_unit(s, unit_in_name(p->ifname));
		if (vf == NULL || vf[0] == '\0')
			return STOCK_DONE;
		snprintf(p->vf, sizeof(p->vf), "%s", vf);
		snprintf(p->lagg, sizeof(p->lagg), "lagg%d",
		    unit_in_name(p->ifname));
		return process(op, "ifconfig", "does the lagg exist?");
	case 3:
		p->step =
		    snapshot_find(s, p->lagg) == NULL ? NEW_CREATE : OLD_GREP;
		return vfup_next(p, s, rc, 0, op);
	}
	return STOCK_DONE;
}

enum stock_verb
stock_next(struct stock *p, const struct snapshot *s, const struct rcvars *rc,
    int result, struct operation *op, int64_t *delay_ns)
{
	memset(op, 0, sizeof(*op));
	switch (p->script) {
	case STOCK_VFATTACH:
		return vfattach_next(p, s, rc, op, delay_ns);
	case STOCK_VFATTACH_DELAYED:
		return vfattach_delayed_next(p, s, op, delay_ns);
	case STOCK_VFUP:
		return vfup_next(p, s, rc, result, op);
	}
	return STOCK_DONE;
}
