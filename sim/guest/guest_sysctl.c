/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sysctl(8): the names that the machine has, alone or by their tree (in the
 * order of the recordings: hw.hn.vfmap before vflist).
 */
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "sim/guest/guest_parts.h"

enum oid_access {
	OID_READ,
	OID_TUNABLE, /* set at boot, then read only */
	OID_WRITE,
};

struct oid {
	const char *name; /* "*": a unit of hn */
	enum oid_access access;
	void (*read)(const struct guest_run *g, const struct ifnet *hn,
	    struct strbuf *out);
};

static void
read_vfmap(const struct guest_run *g, const struct ifnet *hn,
    struct strbuf *out)
{
	const struct ifnet *ifp;
	size_t before = out->bytes;

	(void)hn;
	/* By the index of the VF (FACTS.md C.1). */
	TAILQ_FOREACH (ifp, &g->m->ifs, entry) {
		const struct ifnet *of;

		TAILQ_FOREACH (of, &g->m->ifs, entry)
			if (of->kind == KIND_HN && of->hn.vf == ifp)
				strbuf_addf(out, "%s%s:%s",
				    out->bytes > before ? " " : "", ifp->name,
				    of->name);
	}
}

static void
read_vflist(const struct guest_run *g, const struct ifnet *hn,
    struct strbuf *out)
{
	struct strbuf map = { 0 };
	const char *at;
	size_t n;

	read_vfmap(g, hn, &map);
	for (at = strbuf_str(&map); *at != '\0'; at += n + (at[n] == ' ')) {
		n = strcspn(at, " ");
		strbuf_addf(out, "%s%.*s", at > map.data ? " " : "",
		    (int)strcspn(at, ":"), at);
	}
	strbuf_fini(&map);
}

static void
read_transparent(const struct guest_run *g, const struct ifnet *hn,
    struct strbuf *out)
{
	(void)hn;
	strbuf_adds(out, g->m->transparent ? "1" : "0");
}

static void
read_rx_all(const struct guest_run *g, const struct ifnet *hn,
    struct strbuf *out)
{
	(void)hn;
	strbuf_addf(out, "%d", g->m->failover_rx_all);
}

static void
read_queue(const struct guest_run *g, const struct ifnet *hn,
    struct strbuf *out)
{
	(void)hn;
	strbuf_addf(out, "%zu", g->m->devctl_limit);
}

static void
read_disable(const struct guest_run *g, const struct ifnet *hn,
    struct strbuf *out)
{
	(void)hn;
	strbuf_adds(out, g->m->devctl_limit == 0 ? "1" : "0");
}

static void
read_osreldate(const struct guest_run *g, const struct ifnet *hn,
    struct strbuf *out)
{
	(void)g;
	(void)hn;
	strbuf_adds(out, "1201000"); /* o_misc.txt */
}

static void
read_vm_guest(const struct guest_run *g, const struct ifnet *hn,
    struct strbuf *out)
{
	(void)g;
	(void)hn;
	strbuf_adds(out, "hv");
}

static void
read_rxvf(const struct guest_run *g, const struct ifnet *hn, struct strbuf *out)
{
	(void)g;
	if (hn->hn.rewrite != NULL)
		strbuf_adds(out, hn->hn.rewrite->name);
}

static void
read_vf(const struct guest_run *g, const struct ifnet *hn, struct strbuf *out)
{
	(void)g;
	if (hn->hn.vf != NULL)
		strbuf_adds(out, hn->hn.vf->name);
}

static void
read_xpnt(const struct guest_run *g, const struct ifnet *hn, struct strbuf *out)
{
	(void)g;
	strbuf_adds(out, hn->hn.xen ? "1" : "0");
}

static const struct oid oids[] = {
	{ "hw.bus.devctl_queue", OID_WRITE, read_queue },
	{ "hw.bus.devctl_disable", OID_READ, read_disable },
	{ "hw.hn.vfmap", OID_READ, read_vfmap },
	{ "hw.hn.vflist", OID_READ, read_vflist },
	{ "hw.hn.vf_transparent", OID_TUNABLE, read_transparent },
	{ "dev.hn.*.rxvf", OID_READ, read_rxvf },
	{ "dev.hn.*.vf", OID_READ, read_vf },
	{ "dev.hn.*.vf_xpnt_enabled", OID_READ, read_xpnt },
	{ "kern.osreldate", OID_READ, read_osreldate },
	{ "kern.vm_guest", OID_READ, read_vm_guest },
	{ "net.link.lagg.failover_rx_all", OID_WRITE, read_rx_all },
};
#define N_OIDS (sizeof(oids) / sizeof(oids[0]))

/* --- names --- */

/* Kernels before the transparent mode (FACTS.md I 62). */
static bool
is_missing(const struct guest_run *g, const char *name)
{
	return g->m->old_kernel &&
	    (strcmp(name, "hw.hn.vflist") == 0 ||
		strcmp(name, "hw.hn.vf_transparent") == 0);
}

/* The name of o for this hn (or -1). */
static void
oid_name(const struct oid *o, int unit, char name[64])
{
	const char *star = strchr(o->name, '*');

	if (star == NULL)
		snprintf(name, 64, "%s", o->name);
	else
		snprintf(name, 64, "%.*s%d%s", (int)(star - o->name), o->name,
		    unit, star + 1);
}

/* Whether the name is the asked one or in its tree. */
static bool
is_asked(const char *name, const char *asked)
{
	size_t n = strlen(asked);

	while (n > 0 && asked[n - 1] == '.')
		n--;
	return strncmp(name, asked, n) == 0 &&
	    (name[n] == '\0' || name[n] == '.');
}

static void
print_oid(struct guest_run *g, const struct oid *o, const struct ifnet *hn,
    const char *name)
{
	if (!g->only_values)
		strbuf_addf(&g->out, "%s: ", name);
	o->read(g, hn, &g->out);
	strbuf_addc(&g->out, '\n');
}

static bool
print_asked(struct guest_run *g, const char *asked)
{
	const struct ifnet *hn;
	bool any = false;
	char name[64];
	size_t i;

	for (i = 0; i < N_OIDS; i++)
		if (strchr(oids[i].name, '*') == NULL &&
		    !is_missing(g, oids[i].name) &&
		    is_asked(oids[i].name, asked)) {
			print_oid(g, &oids[i], NULL, oids[i].name);
			any = true;
		}
	TAILQ_FOREACH (hn, &g->m->ifs, entry)
		for (i = 0; hn->kind == KIND_HN && i < N_OIDS; i++) {
			oid_name(&oids[i], hn->unit, name);
			if (strchr(oids[i].name, '*') == NULL ||
			    !is_asked(name, asked))
				continue;
			print_oid(g, &oids[i], hn, name);
			any = true;
		}
	return any;
}

static const struct oid *
find_oid(const char *name)
{
	size_t i;

	for (i = 0; i < N_OIDS; i++)
		if (strcmp(oids[i].name, name) == 0)
			return &oids[i];
	return NULL;
}

/* --- steps --- */

static void
unknown_oid(struct guest_run *g, const char *name)
{
	/* A wrong name spoils the status, not the others on the line. */
	guest_die(g, 1, "unknown oid '%s'", name);
	g->ending = false;
	g->error = SIM_ENOENT;
}

static bool
show(struct guest_run *g, struct guest_step *s)
{
	if (!print_asked(g, s->op.text) && !g->quiet)
		unknown_oid(g, s->op.text);
	return false;
}

static bool
before_set(struct guest_run *g, struct guest_step *s)
{
	const struct oid *o = find_oid(s->op.text);
	struct strbuf old = { 0 };

	if (o == NULL || is_missing(g, s->op.text)) {
		unknown_oid(g, s->op.text);
		return false;
	}
	if (o->access != OID_WRITE) {
		guest_die(g, 1, "oid '%s' is %s", s->op.text,
		    o->access == OID_READ ? "read only"
					  : "a read only tunable");
		if (o->access == OID_TUNABLE)
			strbuf_addf(&g->errors,
			    "%s: Tunable values are set in "
			    "/boot/loader.conf\n",
			    g->argv[0]);
		g->ending = false;
		return false;
	}
	o->read(g, NULL, &old);
	snprintf(s->text, sizeof(s->text), "%s", strbuf_str(&old));
	strbuf_fini(&old);
	return true;
}

static bool
after_set(struct guest_run *g, struct guest_step *s, int error)
{
	if (error != 0) {
		unknown_oid(g, s->op.text);
		return true;
	}
	if (!g->only_values)
		strbuf_addf(&g->out, "%s: ", s->op.text);
	strbuf_addf(&g->out, "%s -> %d\n", s->text, s->op.value);
	return false;
}

static bool
push_oid(struct guest_run *g, const char *word)
{
	size_t n = strcspn(word, "=");
	struct guest_step *s;
	int64_t v;

	if (n == 0 || n >= sizeof(s->op.text))
		return guest_bad(g, "unknown oid '%.40s'", word);
	s = guest_push(g, word[n] == '=' ? OP_SYSCTL : OP_PROCESS);
	snprintf(s->op.text, sizeof(s->op.text), "%.*s", (int)n, word);
	s->ready = show;
	if (word[n] == '\0')
		return true;
	s->ready = before_set;
	s->after = after_set;
	if (!num_parse(word + n + 1, strlen(word + n + 1), 0, 1000000, &v))
		return guest_bad(g, "invalid integer '%.30s'", word + n + 1);
	s->op.value = (int)v;
	return true;
}

bool
guest_plan_sysctl(struct guest_run *g)
{
	size_t at = 1;
	const char *letter;

	for (; at < g->argc && g->argv[at][0] == '-'; at++)
		for (letter = g->argv[at] + 1; *letter != '\0'; letter++)
			if (*letter == 'n')
				g->only_values = true;
			else if (*letter == 'i' || *letter == 'q')
				g->quiet = true;
			else
				return guest_bad(g, "illegal option -- %c",
				    *letter);
	if (at == g->argc)
		return guest_bad(g, "a name is missing");
	for (; at < g->argc; at++)
		if (!push_oid(g, g->argv[at]))
			return false;
	return true;
}
