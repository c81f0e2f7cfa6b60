/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/labcan.h"

#include <string.h>

#include "sim/stage/simoptions.h"

/* Names as the guest's kernel gives them. Linux: virtio-net's module is loaded
 * first, and what is plugged later takes the first that is free. */
static const struct {
	const char *nic, *vf, *driver;
	const char *paired_vf; /* behind LABCAN_STANDBY; NULL: no such pair */
} names[] = {
	[SCN_FREEBSD] = { "vtnet0", "vmx0", "vmx", NULL },
	[SCN_LINUX] = { "eth0", "eth1", "vmxnet3", "eth2" },
};

static bool
cannot(struct strbuf *why, const char *text, const char *what)
{
	strbuf_adds(why, text);
	strbuf_adds(why, what);
	return false;
}

static bool
has_settings(const struct scenario *s, bool named, struct strbuf *why)
{
	if (s->system != SCN_LINUX && !named)
		return cannot(why, "", "the guest is a Linux");
	if (s->recording != NULL)
		return cannot(why, "it follows the recording ", s->recording);
	if (s->n_injections > 0)
		return cannot(why, "only the simulated machine has faults: ",
		    s->injections[0].words);
	if (s->n_delays > 0)
		return cannot(why, "only the simulated machine has delays: ",
		    s->delays[0].name);
	if (s->n_limits > 0)
		return cannot(why, "only the simulated machine has limits: ",
		    s->limits[0].name);
	if (s->n_sysctls > 0)
		return cannot(why, "the guest has no sysctl ",
		    s->sysctls[0].name);
	if (s->n_customs > 0 || s->n_shells > 0 || s->shell_actions)
		return cannot(why, "the guest has none of the host's scripts",
		    "");
	if (s->n_rc_files > 0)
		return cannot(why, "the guest has no other file of rc.conf: ",
		    s->rc_files[0].name);
	if (s->n_rules > 0)
		return cannot(why, "the guest has only the shipped rules, not ",
		    s->rules[0].name);
	return true;
}

static bool
has_flags(const struct scenario *s, struct labcan_setup *setup,
    struct strbuf *why)
{
	const struct scn_pair *f;
	bool yes;
	size_t i;

	for (i = 0; i < s->n_flags; i++) {
		f = &s->flags[i];
		yes = strcmp(f->value, "yes") == 0;
		if (strcmp(f->name, "netvsc.transparent") == 0)
			setup->transparent = yes;
		else if (strcmp(f->name, "bond.none") == 0)
			setup->no_bonding = yes;
		else
			return cannot(why,
			    "only the simulated machine has flags: ", f->name);
	}
	return true;
}

/* One pair, known by the names that the kernel will give. */
static bool
has_pair(const struct scenario *s, bool transparent, struct strbuf *why)
{
	const char *nic = names[s->system].nic, *vf_name = names[s->system].vf;
	const struct scn_vf *vf;
	size_t i;

	if (transparent)
		vf_name = names[s->system].paired_vf;
	if (vf_name == NULL)
		return cannot(why, "QEMU's own pair needs a Linux", "");
	if (s->n_nics != 1 || strcmp(s->nics[0].name, nic) != 0)
		return cannot(why, "the guest has one synthetic NIC, ", nic);
	if (s->nics[0].mtu != 0 || s->nics[0].disconnected)
		return cannot(why,
		    "the guest's NIC begins connected, with an MTU of 1500",
		    "");
	for (i = 0; i < s->n_vfs; i++) {
		vf = &s->vfs[i];
		if (s->n_vfs > 1 || strcmp(vf->name, vf_name) != 0 ||
		    strcmp(vf->driver, names[s->system].driver) != 0)
			return cannot(why,
			    "the guest has one VF, a vmxnet3 with the name ",
			    vf_name);
		if (memcmp(vf->mac, s->nics[0].mac, sizeof(vf->mac)) != 0)
			return cannot(why, "the guest's VF has its NIC's MAC",
			    "");
	}
	return true;
}

static bool
has_address(const struct scenario *s, struct rc_net *net, struct strbuf *why)
{
	struct rcvars rc = { 0 };
	struct diag quiet = { 0 };

	simoptions_rcvars(s, &rc, &quiet);
	rcvars_net(&rc, s->nics[0].name, &quiet, net);
	rcvars_fini(&rc);
	if (net->n_addrs != 1 || net->addrs[0].family != 4 ||
	    net->gateway.family != 4)
		return cannot(why,
		    "the guest has one IPv4 address and a "
		    "default router",
		    "");
	return true;
}

static bool
has_probes(const struct scenario *s, struct strbuf *why)
{
	static const uint8_t peer[4];
	size_t i;

	for (i = 0; i < s->n_probes; i++)
		if (s->probes[i].v6 ||
		    memcmp(s->probes[i].to, peer, sizeof(peer)) != 0)
			return cannot(why,
			    "probes go to the default router, "
			    "by IPv4: ",
			    s->probes[i].name);
	return true;
}

static bool
can_do(const struct scn_step *p)
{
	switch (p->kind) {
	case SCN_VF_ATTACH:
		return p->as == NULL;
	case SCN_VF_EJECT:
	case SCN_VF_LINK:
	case SCN_HOST_MEDIA:
	case SCN_VM_FREEZE:
	case SCN_VM_MIGRATE:
	case SCN_DAEMON_KILL:
	case SCN_DAEMON_START:
	case SCN_DAEMON_RESTART:
	case SCN_DAEMON_RELOAD:
	case SCN_USER:
	case SCN_USER_SH:
	case SCN_MARK:
	case SCN_END:
		return true;
	default:
		return false;
	}
}

static bool
has_steps(const struct scenario *s, struct strbuf *why)
{
	size_t i;

	for (i = 0; i < s->n_steps; i++) {
		if (can_do(&s->steps[i]))
			continue;
		strbuf_adds(why, "neither QEMU nor the guest can do: ");
		scn_step_text(&s->steps[i], why);
		return false;
	}
	return true;
}

bool
labcan_run(const struct scenario *s, enum core_policy policy, bool named,
    struct labcan_setup *setup, struct strbuf *why)
{
	memset(setup, 0, sizeof(*setup));
	if (policy != CORE_NATIVE)
		return cannot(why, "stock's scripts are FreeBSD's", "");
	return has_settings(s, named, why) && has_flags(s, setup, why) &&
	    has_pair(s, setup->transparent, why) &&
	    has_address(s, &setup->net, why) && has_probes(s, why) &&
	    has_steps(s, why);
}
