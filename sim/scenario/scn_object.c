/* SPDX-License-Identifier: BSD-2-Clause */
/* The things of a scenario: NICs, VFs, scripts and probes. */
#include "sim/scenario/scn_cursor.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/ipaddr.h"
#include "base/mem.h"

#define RATE_MAX 1000000 /* probes per second */

static bool
declare(struct scn_parser *p, struct scn_names *names, int64_t value,
    const struct scn_token *t)
{
	const struct scn_named *older;

	older = scn_names_add(names, t->text, value, t->line);
	if (older == NULL)
		return true;
	return scn_error(p, t,
	    "`%s` is declared already, in line %u; give "
	    "this one another name",
	    t->text, older->line);
}

static bool
mac_is_free(struct scn_parser *p, const struct scn_nic *nic,
    const struct scn_token *at)
{
	const struct scenario *s = p->s;
	size_t i;

	for (i = 0; i + 1 < s->n_nics; i++)
		if (memcmp(s->nics[i].mac, nic->mac, 6) == 0)
			return scn_error(p, at,
			    "%s has this MAC address already; every nic needs "
			    "its own",
			    s->nics[i].name);
	return true;
}

bool
scn_stmt_nic(struct scn_parser *p)
{
	static const char *const known[] = { "mac", "mtu", "disconnected" };
	const struct scn_token *t = NULL, *mac = NULL;
	struct scn_nic *nic;
	unsigned seen = 0;
	int64_t mtu;

	if (!scn_need_ifname(p, "the nic's name", &t) ||
	    !declare(p, &p->ifnames, 0, t))
		return false;
	if (p->s->n_nics >= SCN_IFACES_MAX)
		return scn_error(p, t, "more than %d nics", SCN_IFACES_MAX);
	nic = MEM_PUSH(p->s->nics, p->s->n_nics, p->s->cap_nics);
	memcpy(nic->name, t->text, strlen(t->text));
	nic->line = t->line;
	nic->col = t->col;
	while ((t = scn_peek(p)) != NULL) {
		if (scn_accept(p, "mac")) {
			mac = scn_peek(p);
			if (!scn_once(p, t, &seen, 1) ||
			    !scn_need_mac(p, nic->mac) ||
			    !mac_is_free(p, nic, mac))
				return false;
		} else if (scn_accept(p, "mtu")) {
			if (!scn_once(p, t, &seen, 2) ||
			    !scn_need_num(p, "the mtu", 68, 65535, &mtu))
				return false;
			nic->mtu = (unsigned)mtu;
		} else if (scn_accept(p, "disconnected")) {
			nic->disconnected = true;
		} else {
			return scn_unknown(p, t, "property of a nic", known, 3);
		}
	}
	if (mac == NULL)
		return scn_error(p, NULL,
		    "the nic's MAC address is missing: mac 00:0d:3a:f5:76:bd");
	return true;
}

/* The NIC's MAC is the VF's unless it has its own; the NIC may be declared
 * below, so this waits for the end of the file. */
void
scn_finish_vfs(struct scn_parser *p)
{
	static const uint8_t none[6];
	struct scenario *s = p->s;
	size_t i, k;

	for (i = 0; i < s->n_vfs; i++)
		for (k = 0; k < s->n_nics; k++)
			if (memcmp(s->vfs[i].mac, none, 6) == 0 &&
			    strcmp(s->nics[k].name, s->vfs[i].of) == 0)
				memcpy(s->vfs[i].mac, s->nics[k].mac, 6);
}

static bool
read_driver(struct scn_parser *p, struct scn_vf *vf)
{
	const struct scn_token *t = scn_need(p, "the driver's name");

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD ||
	    !scn_is_name(t->text, strlen(t->text), "-"))
		return scn_error(p, t, "`%.64s` is not a driver's name",
		    t->text);
	free(vf->driver);
	vf->driver = mem_str(t->text);
	return true;
}

static bool
read_vf_property(struct scn_parser *p, struct scn_vf *vf, unsigned *seen)
{
	static const char *const known[] = { "driver", "mac", "present",
		"absent" };
	const struct scn_token *t = scn_peek(p);

	if (scn_accept(p, "driver"))
		return scn_once(p, t, seen, 1) && read_driver(p, vf);
	if (scn_accept(p, "mac"))
		return scn_once(p, t, seen, 2) && scn_need_mac(p, vf->mac);
	if (scn_accept(p, "present")) {
		vf->present = true;
		return scn_once(p, t, seen, 4);
	}
	if (scn_accept(p, "absent"))
		return scn_once(p, t, seen, 4);
	return scn_unknown(p, t, "property of a vf", known, 4);
}

bool
scn_stmt_vf(struct scn_parser *p)
{
	const struct scn_token *t = NULL;
	struct scn_vf *vf;
	unsigned seen = 0;

	if (!scn_need_ifname(p, "the vf's name", &t) ||
	    !declare(p, &p->ifnames, 1, t))
		return false;
	if (p->s->n_vfs >= SCN_IFACES_MAX)
		return scn_error(p, t, "more than %d vfs", SCN_IFACES_MAX);
	vf = MEM_PUSH(p->s->vfs, p->s->n_vfs, p->s->cap_vfs);
	memcpy(vf->name, t->text, strlen(t->text));
	vf->driver = mem_str("mlx5");
	vf->line = t->line;
	vf->col = t->col;
	if (!scn_need_word(p, "of", "the vf's name") ||
	    !scn_need_ifname(p, "its nic", &t))
		return false;
	scn_use(p, SCN_USE_NIC, t);
	memcpy(vf->of, t->text, strlen(t->text));
	while (scn_peek(p) != NULL)
		if (!read_vf_property(p, vf, &seen))
			return false;
	return true;
}

static bool
read_status(struct scn_parser *p, struct scn_custom *c)
{
	int64_t status = 0;

	c->script = SCN_SCRIPT_EXITS;
	if (!scn_need_num(p, "the exit status", 0, 255, &status))
		return false;
	c->status = (int)status;
	return true;
}

bool
scn_read_script(struct scn_parser *p, struct scn_custom *c)
{
	static const char *const known[] = { "exits", "takes", "hangs",
		"missing", "not-executable" };
	const struct scn_token *t = NULL;

	if (!scn_need_ifname(p, "the nic's name", &t))
		return false;
	scn_use(p, SCN_USE_NIC, t);
	memcpy(c->nic, t->text, strlen(t->text));
	if ((t = scn_peek(p)) == NULL)
		return scn_error(p, NULL, "what the script does is missing");
	if (scn_accept(p, "exits"))
		return read_status(p, c);
	if (scn_accept(p, "takes")) {
		c->script = SCN_SCRIPT_TAKES;
		return scn_need_dur(p, "the time it takes", &c->takes_ns);
	}
	if (scn_accept(p, "hangs"))
		c->script = SCN_SCRIPT_HANGS;
	else if (scn_accept(p, "missing"))
		c->script = SCN_SCRIPT_MISSING;
	else if (scn_accept(p, "not-executable"))
		c->script = SCN_SCRIPT_NOT_EXECUTABLE;
	else
		return scn_unknown(p, t, "script", known, 5);
	return true;
}

bool
scn_stmt_custom(struct scn_parser *p)
{
	const struct scn_token *t = scn_peek(p);
	const struct scn_named *older;
	struct scenario *s = p->s;
	struct scn_custom *c;

	c = MEM_PUSH(s->customs, s->n_customs, s->cap_customs);
	c->line = p->line.tokens[0].line;
	c->col = p->line.tokens[0].col;
	if (!scn_read_script(p, c))
		return false;
	older = scn_names_add(&p->customs, c->nic, 0, t->line);
	if (older != NULL)
		return scn_error(p, t,
		    "the script of %s is given already, in line %u; keep one",
		    c->nic, older->line);
	return scn_no_more(p, "the script");
}

static bool
read_rate(struct scn_parser *p, struct scn_probe *probe)
{
	const struct scn_token *t = scn_need(p, "a rate such as 1000/s");
	int64_t rate;
	size_t n;

	if (t == NULL)
		return false;
	n = strlen(t->text);
	if (t->kind != SCN_TOKEN_WORD || n < 3 ||
	    strcmp(t->text + n - 2, "/s") != 0 ||
	    !num_parse(t->text, n - 2, 1, RATE_MAX, &rate))
		return scn_error(p, t,
		    "`%.64s` is not a rate; write N/s with N from 1 to %d",
		    t->text, RATE_MAX);
	probe->period_ns = DUR_SEC / rate;
	return true;
}

static bool
read_target(struct scn_parser *p, struct scn_probe *probe)
{
	const struct scn_token *t = scn_need(p, "an IPv4 address");
	struct ipaddr a;

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD || strchr(t->text, '/') != NULL ||
	    !ipaddr_parse(t->text, &a) || a.family != 4)
		return scn_error(p, t,
		    "`%.64s` is not an IPv4 address; write A.B.C.D", t->text);
	memcpy(probe->to, a.bytes, 4);
	return true;
}

/* The NIC in whose subnet the probe is. */
static bool
read_probe_nic(struct scn_parser *p, struct scn_probe *probe)
{
	const struct scn_token *t = NULL;

	if (!scn_need_ifname(p, "the probe's nic", &t))
		return false;
	scn_use(p, SCN_USE_NIC, t);
	memcpy(probe->of, t->text, strlen(t->text));
	return true;
}

static bool
read_way(struct scn_parser *p, struct scn_probe *probe)
{
	static const char *const ways[] = { "echo", "out", "in", "both-ways" };
	const struct scn_token *t = scn_peek(p);
	size_t i;

	probe->way = probe->proto == SCN_ICMP ? SCN_ECHO : SCN_BOTH;
	for (i = 0; i < 4; i++)
		if (scn_accept(p, ways[i]))
			probe->way = (enum scn_way)i;
	if (probe->proto == SCN_ICMP && probe->way != SCN_ECHO)
		return scn_error(p, t,
		    "an icmp probe is always an echo; for one way take udp");
	return true;
}

static bool
read_probe_property(struct scn_parser *p, struct scn_probe *probe,
    unsigned *seen)
{
	static const char *const known[] = { "rate", "to", "from", "until",
		"of", "echo", "out", "in", "both-ways" };
	const struct scn_token *t = scn_peek(p);

	if (scn_accept(p, "rate"))
		return scn_once(p, t, seen, 1) && read_rate(p, probe);
	if (scn_accept(p, "to")) {
		if (probe->v6)
			return scn_error(p, t,
			    "an icmp6 probe goes to the peer of its nic; "
			    "remove `to`");
		return scn_once(p, t, seen, 2) && read_target(p, probe);
	}
	if (scn_accept(p, "from"))
		return scn_once(p, t, seen, 4) &&
		    scn_read_bound_time(p, false, false);
	if (scn_accept(p, "until"))
		return scn_once(p, t, seen, 8) &&
		    scn_read_bound_time(p, false, true);
	if (scn_accept(p, "of"))
		return scn_once(p, t, seen, 16) && read_probe_nic(p, probe);
	return scn_unknown(p, t, "property of a probe", known, 9);
}

bool
scn_stmt_probe(struct scn_parser *p)
{
	static const char *const protos[] = { "icmp", "udp", "icmp6" };
	const struct scn_token *t = scn_need(p, "the probe's name");
	struct scn_probe *probe;
	unsigned seen = 0;

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD || strlen(t->text) > 63 ||
	    !scn_is_name(t->text, strlen(t->text), ".-"))
		return scn_error(p, t, "`%.64s` is not a probe's name",
		    t->text);
	if (!declare(p, &p->probes, 0, t))
		return false;
	if (p->s->n_probes >= SCN_IFACES_MAX)
		return scn_error(p, t, "more than %d probes", SCN_IFACES_MAX);
	probe = MEM_PUSH(p->s->probes, p->s->n_probes, p->s->cap_probes);
	probe->name = mem_str(t->text);
	probe->until_ns = -1;
	probe->line = t->line;
	probe->col = t->col;
	if ((t = scn_peek(p)) == NULL)
		return scn_error(p, NULL, "icmp, icmp6 or udp is missing");
	probe->v6 = scn_accept(p, "icmp6");
	if (scn_accept(p, "udp"))
		probe->proto = SCN_UDP;
	else if (!probe->v6 && !scn_accept(p, "icmp"))
		return scn_unknown(p, t, "protocol", protos, 3);
	if (!read_way(p, probe))
		return false;
	while (scn_peek(p) != NULL)
		if (!read_probe_property(p, probe, &seen))
			return false;
	if (probe->period_ns == 0)
		return scn_error(p, NULL, "the rate is missing: rate 1000/s");
	return true;
}
