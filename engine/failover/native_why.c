/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/native_why.h"

static const char *
why_nobody(const struct native *n, const struct snapshot *s)
{
	bool is_linux = s->os == SNAP_LINUX;

	if (s->other_daemon)
		return "devd(8) carries out Hyper-V rules of its own "
		       "(/etc/devd/hyperv.conf): the two would undo each other";
	if (s->vf_transparent > 0)
		return is_linux
		    ? "the kernel joins each VF with its synthetic NIC itself"
		    : "hn(4) is in transparent mode and joins each VF itself";
	if (s->vf_transparent < 0)
		return is_linux
		    ? "no synthetic NIC is declared or found"
		    : "there is no hn(4), or none that can be asked";
	if (is_linux && (s->no_bonding || !native_has_bonding(n)))
		return "this kernel has no bonding";
	return NULL;
}

/* The VF is one, and is a port or about to be. */
static bool
why_idle(const struct pair *p, struct strbuf *out)
{
	const struct vf_care *c = &p->vf;

	if (c->left_down)
		strbuf_addf(out, "%s was set down by somebody else", c->name);
	else if (c->set_down && c->due_ns > p->seen_ns)
		strbuf_addf(out, "%s had no link; it is tried again", c->name);
	else if (!c->seen_up && c->due_ns > p->seen_ns)
		strbuf_addf(out, "%s is set up when its delay is over",
		    c->name);
	else
		return false;
	return true;
}

static bool
why_no_vf(const struct pair *p, struct strbuf *out)
{
	if ((p->told & TOLD_OTHER_MAC) != 0)
		strbuf_addf(out, "%s has another MAC than its VF by now",
		    p->hn);
	else if ((p->told & TOLD_UNPAIRED) != 0)
		strbuf_addf(out,
		    "a NIC has the MAC of %s, but %s does not know it", p->hn,
		    p->hn);
	else
		return false;
	return true;
}

static bool
why_pair(const struct pair *p, const struct snapshot *s,
    const struct snap_if *hn, struct strbuf *out)
{
	const struct snap_if *vf;
	const char *why;

	if (!p->managed)
		strbuf_adds(out,
		    p->net.configured
			? "its configuration in rc.conf is not understood, or "
			  "has nothing to carry over"
			: "rc.conf does not configure it");
	else if ((p->told & TOLD_REFUSED) != 0)
		strbuf_adds(out,
		    "its aggregate is somebody else's, or out of sight");
	else if (hn->vf[0] == '\0')
		return why_no_vf(p, out);
	else if ((vf = snapshot_find(s, hn->vf)) == NULL)
		strbuf_addf(out, "%s is out of sight", hn->vf);
	else if ((why = native_unproven(p, hn, vf)) != NULL)
		strbuf_addf(out, "%s %s", vf->name, why);
	else
		return why_idle(p, out);
	return true;
}

bool
native_why(const struct native *n, const struct snapshot *s,
    const struct snap_if *hn, struct strbuf *out)
{
	const char *why = why_nobody(n, s);
	const struct pair *p;

	if (why != NULL)
		strbuf_adds(out, why);
	if (why != NULL || hn == NULL)
		return why != NULL;
	p = native_pair(n, hn->index);
	if (p != NULL)
		return why_pair(p, s, hn, out);
	strbuf_adds(out, "it has not been looked at yet");
	return true;
}
