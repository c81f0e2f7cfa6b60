/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/stimuli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "event/devline.h"

#define BOOT_QUEUE (2 * DUR_SEC) /* a drained queue is read within this */
#define SOON	   DUR_SEC	 /* between a cause and its consequences */
#define LEAVING	   (2 * DUR_SEC) /* a dying VF's link loss before DETACH */
#define NETCHANGE  (5 * DUR_SEC) /* FACTS.md B.0: the faked outage */

enum said {
	SAID_OTHER,
	SAID_ATTACH,
	SAID_DETACH,
	SAID_UP,
	SAID_DOWN,
	SAID_VF_UP,
	SAID_VF_DOWN
};

struct seen { /* one record, as far as it matters here */
	int64_t at_ns;
	enum said said;
	char ifname[SCN_NAME_MAX];
};

struct finder {
	struct scenario *s;
	struct seen *seen;
	size_t n_seen, cap_seen;
	bool boots; /* the recording begins with the queue of a boot */
	bool told;  /* the scenario says which VFs there are */
	unsigned gone, back, flap, mend, change, unplug, plug;
	size_t found;
};

static enum said
what_is_said(const struct devline *line)
{
	static const struct {
		const char *system, *type;
		enum said said;
	} words[] = {
		{ "IFNET", "ATTACH", SAID_ATTACH },
		{ "IFNET", "DETACH", SAID_DETACH },
		{ "IFNET", "LINK_UP", SAID_UP },
		{ "IFNET", "LINK_DOWN", SAID_DOWN },
		{ "HYPERV_NIC_VF", "VF_UP", SAID_VF_UP },
		{ "HYPERV_NIC_VF", "VF_DOWN", SAID_VF_DOWN },
	};
	size_t i;

	if (line->kind != DEVLINE_NOTIFY)
		return SAID_OTHER;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(devline_system(line), words[i].system) == 0 &&
		    strcmp(devline_type(line), words[i].type) == 0)
			return words[i].said;
	return SAID_OTHER;
}

static void
read_records(struct finder *f, const struct recording *r)
{
	struct devline line = { 0 };
	struct seen *w;
	size_t i;

	for (i = 0; i < r->n_records; i++) {
		devline_parse(&line, r->records[i].raw,
		    r->records[i].raw_bytes);
		w = MEM_PUSH(f->seen, f->n_seen, f->cap_seen);
		w->at_ns = r->records[i].at_ns;
		w->said = what_is_said(&line);
		snprintf(w->ifname, sizeof(w->ifname), "%s",
		    devline_subsystem(&line));
	}
	/* A boot's queue begins with the bus's own devices. */
	f->boots = r->n_records > 0 && r->records[0].raw[0] == '+';
	devline_fini(&line);
}

static bool
is_named(const char *ifname, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(ifname, prefix, n) == 0 &&
	    strspn(ifname + n, "0123456789") == strlen(ifname + n);
}

/* Stand-ins of hn are renamed to it, so the name is a fair witness; clones
 * and pseudo interfaces are nobody's VF. */
static bool
may_be_vf(const char *ifname)
{
	static const char *const others[] = { "hn", "lagg", "lo", "vlan", "tap",
		"tun", "epair", "bridge", "pflog", "pfsync", "enc", "gif",
		"stf", "bond", "team", "docker", "veth", "virbr" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strncmp(ifname, others[i], strlen(others[i])) == 0)
			return false;
	return ifname[0] != '\0';
}

static bool
is_nic(const struct finder *f, const char *ifname)
{
	size_t i;

	for (i = 0; i < f->s->n_nics; i++)
		if (strcmp(f->s->nics[i].name, ifname) == 0)
			return true;
	return is_named(ifname, "hn");
}

static bool
is_vf(const struct finder *f, const char *ifname)
{
	size_t i;

	for (i = 0; i < f->s->n_vfs; i++)
		if (strcmp(f->s->vfs[i].name, ifname) == 0)
			return true;
	return !f->told && may_be_vf(ifname);
}

static bool
happens(const struct finder *f, const char *ifname, enum said said,
    int64_t from_ns, int64_t until_ns)
{
	size_t i;

	for (i = 0; i < f->n_seen; i++)
		if (f->seen[i].said == said && f->seen[i].at_ns >= from_ns &&
		    f->seen[i].at_ns <= until_ns &&
		    (ifname == NULL || strcmp(f->seen[i].ifname, ifname) == 0))
			return true;
	return false;
}

/* --- what is added -----------------------------------------------------------
 */

static struct scn_vf *
vf_of_name(struct finder *f, const char *ifname, bool present)
{
	static const struct {
		const char *prefix, *driver;
	} drivers[] = { { "mce", "mlx5" }, { "mlxen", "mlx4" },
		{ "vmx", "vmx" }, { "vtnet", "vtnet" } };
	struct scenario *s = f->s;
	struct scn_vf *v;
	size_t i;

	for (i = 0; i < s->n_vfs; i++)
		if (strcmp(s->vfs[i].name, ifname) == 0)
			return &s->vfs[i];
	v = MEM_PUSH(s->vfs, s->n_vfs, s->cap_vfs);
	snprintf(v->name, sizeof(v->name), "%s", ifname);
	memcpy(v->of, s->nics[0].name, sizeof(v->of));
	memcpy(v->mac, s->nics[0].mac, sizeof(v->mac));
	v->present = present;
	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (is_named(ifname, drivers[i].prefix))
			break;
	v->driver =
	    mem_str(i < sizeof(drivers) / sizeof(drivers[0]) ? drivers[i].driver
							     : "mlx5");
	return v;
}

static struct scn_step *
add_step(struct finder *f, const struct seen *w, enum scn_stimulus kind,
    const char *mark, unsigned number)
{
	struct scenario *s = f->s;
	struct scn_step *p = MEM_PUSH(s->steps, s->n_steps, s->cap_steps);
	char text[32];

	p->at_ns = w->at_ns;
	p->kind = kind;
	p->name = mem_str(w->ifname);
	p->times = 1;
	snprintf(text, sizeof(text), "%s%u", mark, number);
	p->mark = mem_str(text);
	f->found++;
	return p;
}

static bool
is_heard_later(const struct finder *f, const char *ifname)
{
	return happens(f, ifname, SAID_ATTACH, f->seen[0].at_ns + BOOT_QUEUE,
		   INT64_MAX) ||
	    happens(f, ifname, SAID_DETACH, 0, INT64_MAX) ||
	    happens(f, ifname, SAID_UP, 0, INT64_MAX) ||
	    happens(f, ifname, SAID_DOWN, 0, INT64_MAX);
}

/* A bring-up alone: its VF is the first NIC of the boot's queue. */
static void
take_silent_vf(struct finder *f)
{
	size_t i;

	for (i = 0; i < f->n_seen && f->boots && f->s->n_vfs == 0; i++)
		if (f->seen[i].said == SAID_ATTACH &&
		    !is_nic(f, f->seen[i].ifname) &&
		    is_vf(f, f->seen[i].ifname)) {
			vf_of_name(f, f->seen[i].ifname, true);
			f->found++;
		}
}

static void
see_vf(struct finder *f, const struct seen *w)
{
	bool early = f->boots && w->at_ns <= f->seen[0].at_ns + BOOT_QUEUE;

	switch (w->said) {
	case SAID_ATTACH:
		/* A boot's queue also names NICs that are renamed later and
		 * are nobody's VF: only who is heard of again counts. */
		if (early && !is_heard_later(f, w->ifname))
			break;
		vf_of_name(f, w->ifname, early);
		if (early)
			f->found++; /* a bring-up is worth a replay */
		else
			add_step(f, w, SCN_VF_ATTACH, "back.", ++f->back);
		break;
	case SAID_DETACH:
		vf_of_name(f, w->ifname, true);
		add_step(f, w, SCN_VF_EJECT, "gone.", ++f->gone);
		break;
	case SAID_DOWN:
		if (early ||
		    happens(f, w->ifname, SAID_DETACH, w->at_ns,
			w->at_ns + LEAVING))
			break;
		vf_of_name(f, w->ifname, true);
		add_step(f, w, SCN_VF_LINK, "flap.", ++f->flap)->up = false;
		break;
	case SAID_UP:
		/* The link comes back only where it was lost. */
		if (f->flap > f->mend)
			add_step(f, w, SCN_VF_LINK, "mend.", ++f->mend)->up =
			    true;
		break;
	case SAID_OTHER:
	case SAID_VF_UP:
	case SAID_VF_DOWN:
		break;
	}
}

/* An hn's link loss is its VF's doing when VF_UP is near. */
static void
see_hn(struct finder *f, const struct seen *w)
{
	if (w->said == SAID_UP && f->unplug > f->plug) {
		add_step(f, w, SCN_HOST_MEDIA, "plug.", ++f->plug)->up = true;
		return;
	}
	if (w->said != SAID_DOWN ||
	    happens(f, w->ifname, SAID_VF_UP, w->at_ns - SOON, w->at_ns + SOON))
		return;
	if (happens(f, w->ifname, SAID_UP, w->at_ns + NETCHANGE - SOON / 2,
		w->at_ns + NETCHANGE + SOON / 2))
		add_step(f, w, SCN_HOST_NETCHANGE, "change.", ++f->change);
	else
		add_step(f, w, SCN_HOST_MEDIA, "unplug.", ++f->unplug)->up =
		    false;
}

/* The addresses of the recorded guest (fixtures/recordings). */
static void
add_topology(struct scenario *s, const struct recording *r)
{
	static const uint8_t mac[6] = { 0x52, 0x54, 0x00, 0xaa, 0x00, 0x01 };
	struct scn_nic *nic;
	struct scn_probe *p;

	if (s->n_nics > 0)
		return;
	nic = MEM_PUSH(s->nics, s->n_nics, s->cap_nics);
	snprintf(nic->name, sizeof(nic->name), "hn0");
	memcpy(nic->mac, mac, sizeof(mac));
	if (s->n_rc == 0) {
		scn_pair_add(&s->rc, &s->n_rc, &s->cap_rc, "ifconfig_hn0",
		    "inet 10.0.2.15/24");
		scn_pair_add(&s->rc, &s->n_rc, &s->cap_rc, "defaultrouter",
		    "10.0.2.2");
	}
	if (s->n_probes > 0)
		return;
	p = MEM_PUSH(s->probes, s->n_probes, s->cap_probes);
	p->name = mem_str("ping");
	p->way = SCN_ECHO;
	p->period_ns = DUR_MS;
	p->until_ns = -1;
	p->from_ns = r->records[0].at_ns > 2 * DUR_SEC
	    ? r->records[0].at_ns - DUR_SEC
	    : 2 * DUR_SEC;
}

static bool
has_option(const struct scenario *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_options; i++)
		if (strcmp(s->options[i].name, name) == 0)
			return true;
	return false;
}

int
stimuli_add(struct scenario *s, const struct recording *r, struct err *e)
{
	struct finder f = { .s = s };
	char start[DUR_TEXT];
	int64_t end;
	size_t i;

	if (r->n_records == 0)
		return err_set(e, ERR_INPUT, "%s: the recording has no record",
		    r->source);
	f.told = s->n_vfs > 0;
	add_topology(s, r);
	read_records(&f, r);
	for (i = 0; i < f.n_seen; i++) {
		if (is_nic(&f, f.seen[i].ifname))
			see_hn(&f, &f.seen[i]);
		else if (is_vf(&f, f.seen[i].ifname))
			see_vf(&f, &f.seen[i]);
	}
	take_silent_vf(&f);
	if (f.boots && !has_option(s, "start"))
		scn_pair_add(&s->options, &s->n_options, &s->cap_options,
		    "start", dur_format(f.seen[0].at_ns, start));
	end = r->records[r->n_records - 1].at_ns + STIMULI_TAIL;
	if (end > s->end_ns)
		s->end_ns = end;
	scenario_sort_steps(s);
	free(f.seen);
	if (f.found == 0)
		return err_set(e, ERR_INPUT,
		    "%s: no VF comes, goes or loses its link in it, and no "
		    "synthetic NIC its own; there is nothing to replay",
		    r->source);
	return 0;
}

struct scenario *
stimuli_scenario(const struct recording *r)
{
	struct scenario *s = mem_zero(1, sizeof(*s));
	struct strbuf title = { 0 };

	strbuf_addf(&title, "recording %s", r->name);
	s->path = mem_str(r->source);
	s->title = strbuf_take(&title);
	s->origin = mem_str("");
	s->machine = mem_str("qemu-freebsd");
	s->seed = 1;
	return s;
}
