/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * route(8) for the default route, and netstat(1) -rn. The failing "get" and
 * the tables are as recorded (a_stock_bringup_1, bytes/state1.netstat); what
 * route says of a failing add or delete is FreeBSD's as far as known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/guest/guest_parts.h"
#include "sim/machine/inet.h"

#define NOT_FOUND "route has not been found"

/* --- route --- */

static bool
added(struct guest_run *g, struct guest_step *s, int error)
{
	bool is_add = s->op.kind == OP_DEFAULT_ADD;
	char text[IPADDR_TEXT];

	if (error == SIM_ENOENT)
		guest_die(g, 1, NOT_FOUND);
	else if (error != 0)
		guest_die(g, 1, "writing to routing socket: %s",
		    guest_strerror(error));
	strbuf_addf(&g->out, "%s net default", is_add ? "add" : "delete");
	if (is_add)
		strbuf_addf(&g->out, ": gateway %s",
		    ipaddr_format(&s->op.addr, false, text));
	if (error != 0)
		strbuf_addf(&g->out, " fib 0: %s",
		    error == SIM_ENOENT	      ? "not in table"
			: error == SIM_EEXIST ? "route already in table"
					      : guest_strerror(error));
	strbuf_addc(&g->out, '\n');
	return true;
}

static bool
get(struct guest_run *g, struct guest_step *s)
{
	const struct route *r =
	    s->op.addr.family == 6 ? inet_default6(g->m) : inet_default(g->m);
	char text[IPADDR_TEXT];

	if (r == NULL) {
		/* Measured: status 255. */
		guest_die(g, 255, NOT_FOUND);
		return false;
	}
	strbuf_addf(&g->out,
	    "   route to: default\n"
	    "destination: default\n"
	    "       mask: default\n"
	    "    gateway: %s\n"
	    "        fib: 0\n"
	    "  interface: %s\n"
	    "      flags: <UP,GATEWAY,DONE,STATIC>\n"
	    " recvpipe  sendpipe  ssthresh  rtt,msec    mtu        weight    "
	    "expire\n"
	    "       0         0         0         0      %u         1         "
	    "0 \n",
	    ipaddr_format(&r->gateway, false, text), r->ifp->name, r->ifp->mtu);
	return false;
}

bool
guest_plan_route(struct guest_run *g)
{
	static const char *const no_options[] = { "-n", "-q", "-nq", "-qn" };
	uint8_t family = 4;
	const char *verb = NULL;
	struct guest_step *s;
	size_t at = 1, i;

	for (; at < g->argc && g->argv[at][0] == '-'; at++) {
		for (i = 0; i < 4; i++)
			if (strcmp(g->argv[at], no_options[i]) == 0)
				break;
		if (i == 4)
			return guest_bad(g, "bad keyword: %.20s", g->argv[at]);
	}
	if (at < g->argc)
		verb = g->argv[at++];
	for (; at < g->argc && g->argv[at][0] == '-'; at++)
		if (strcmp(g->argv[at], "-inet6") == 0)
			family = 6;
		else if (strcmp(g->argv[at], "-inet") != 0 &&
		    strcmp(g->argv[at], "-net") != 0)
			return guest_bad(g, "bad keyword: %.20s", g->argv[at]);
	if (verb == NULL || at == g->argc ||
	    strcmp(g->argv[at], "default") != 0)
		return guest_bad(g, "the default route alone is known");
	at++;
	s = guest_push(g, OP_PROCESS);
	s->op.addr.family = family;
	s->after = added;
	if (strcmp(verb, "get") == 0 && at == g->argc) {
		s->ready = get;
		return true;
	}
	if ((strcmp(verb, "delete") == 0 || strcmp(verb, "del") == 0) &&
	    at == g->argc) {
		s->op.kind = OP_DEFAULT_DEL;
		return true;
	}
	s->op.kind = OP_DEFAULT_ADD;
	if (strcmp(verb, "add") != 0 || at + 1 != g->argc ||
	    !ipaddr_parse(g->argv[at], &s->op.addr) ||
	    s->op.addr.family != family || strchr(g->argv[at], '/') != NULL)
		return guest_bad(g, "bad address: %.30s",
		    at < g->argc ? g->argv[at] : verb);
	return true;
}

/* --- netstat --- */

struct row {
	struct ipaddr key; /* with the zone in it, as the kernel's */
	bool host;
	char destination[IPADDR_TEXT + IFNAME_MAX];
	char gateway[IPADDR_TEXT];
	const char *flags, *netif;
};

struct table {
	struct row *rows;
	size_t n, cap;
};

/* lo0's own addresses, 127.0.0.1 and ::1, are hosts and no nets. */
static bool
is_loopback(const struct ifnet *ifp, const struct ipaddr *a)
{
	return ifp->kind == KIND_LOOP && (a->family == 4 || a->prefix == 128);
}

static void
add_row(struct table *t, const struct ipaddr *a, bool host,
    const struct ifnet *ifp, const struct ipaddr *via)
{
	struct row *r = MEM_PUSH(t->rows, t->n, t->cap);
	char text[IPADDR_TEXT];

	r->key = *a;
	r->host = host;
	if (inet_is_link_local(a)) {
		r->key.bytes[2] = (uint8_t)(ifp->index >> 8);
		r->key.bytes[3] = (uint8_t)ifp->index;
	}
	ipaddr_format(a, false, text);
	if (a->prefix == 0)
		snprintf(r->destination, sizeof(r->destination), "default");
	else
		snprintf(r->destination, sizeof(r->destination), "%s%s%s", text,
		    inet_is_link_local(a) ? "%" : "",
		    inet_is_link_local(a) ? ifp->name : "");
	if (!host && a->prefix > 0)
		snprintf(r->destination + strlen(r->destination),
		    sizeof(r->destination) - strlen(r->destination), "/%u",
		    a->prefix);
	if (via != NULL)
		ipaddr_format(via, false, r->gateway);
	else
		snprintf(r->gateway, sizeof(r->gateway), "link#%u", ifp->index);
	/* The host's own addresses go through lo0. */
	r->flags = via != NULL ? "UGS" : host ? "UHS" : "U";
	r->netif = host ? "lo0" : ifp->name;
	if (host && is_loopback(ifp, a))
		r->flags = "UH";
}

static int
by_key(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int c = memcmp(x->key.bytes, y->key.bytes, sizeof(x->key.bytes));

	if (c != 0)
		return c;
	/* As recorded: 10.0.2.16 before 10.0.2.16/32. */
	if (x->host != y->host)
		return x->key.prefix == 32 ? (x->host ? -1 : 1)
					   : (x->host ? 1 : -1);
	return (int)x->key.prefix - (int)y->key.prefix;
}

static void
collect(const struct guest_run *g, uint8_t family, struct table *t)
{
	const struct ifnet *ifp;
	const struct route *r;
	size_t i;

	TAILQ_FOREACH (r, &g->m->routes, entry)
		if (r->net.family == family && !is_loopback(r->ifp, &r->net))
			add_row(t, &r->net, false, r->ifp,
			    r->net.prefix == 0 ? &r->gateway : NULL);
	TAILQ_FOREACH (ifp, &g->m->ifs, entry)
		for (i = 0; i < ifp->n_addrs && !ifp->in_jail; i++)
			if (ifp->addrs[i].family == family)
				add_row(t, &ifp->addrs[i], true, ifp, NULL);
	if (t->n > 0)
		qsort(t->rows, t->n, sizeof(*t->rows), by_key);
}

static void
print_table(struct guest_run *g, uint8_t family)
{
	int wide = family == 6 ? 33 : 18, gateway = family == 6 ? 29 : 18;
	struct table t = { 0 };
	size_t i;

	collect(g, family, &t);
	if (t.n > 0)
		strbuf_addf(&g->out,
		    "\n%s:\n%-*s %-*s Flags     Netif Expire\n",
		    family == 6 ? "Internet6" : "Internet", wide, "Destination",
		    gateway, "Gateway");
	for (i = 0; i < t.n; i++)
		if (i == 0 ||
		    strcmp(t.rows[i].destination, t.rows[i - 1].destination) !=
			0)
			strbuf_addf(&g->out, "%-*s %-*s %-6s %8s\n", wide,
			    t.rows[i].destination, gateway, t.rows[i].gateway,
			    t.rows[i].flags, t.rows[i].netif);
	free(t.rows);
}

static void
print_tables(struct guest_run *g)
{
	strbuf_adds(&g->out, "Routing tables\n");
	if (g->family == NULL || strcmp(g->family, "inet") == 0)
		print_table(g, 4);
	if (g->family == NULL || strcmp(g->family, "inet6") == 0)
		print_table(g, 6);
}

bool
guest_plan_netstat(struct guest_run *g)
{
	bool routes = false;
	const char *letter;
	size_t at;

	for (at = 1; at < g->argc; at++) {
		if (g->argv[at][0] != '-')
			return guest_bad(g,
			    "%.20s: unknown or uninstrumented "
			    "protocol",
			    g->argv[at]);
		for (letter = g->argv[at] + 1; *letter != '\0'; letter++) {
			if (*letter == 'r')
				routes = true;
			else if (*letter == 'f' && letter[1] == '\0' &&
			    at + 1 < g->argc) {
				g->family = g->argv[++at];
				break;
			} else if (*letter != 'n')
				return guest_bad(g, "illegal option -- %c",
				    *letter);
		}
	}
	if (!routes)
		return guest_bad(g, "only its routing tables are known");
	if (g->family != NULL && strcmp(g->family, "inet") != 0 &&
	    strcmp(g->family, "inet6") != 0)
		return guest_bad(g, "%.20s: unknown address family", g->family);
	g->finish = print_tables;
	return true;
}
