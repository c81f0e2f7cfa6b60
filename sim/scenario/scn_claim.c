/* SPDX-License-Identifier: BSD-2-Clause */
/* Claims about the state of an object, about addresses and routes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipaddr.h"
#include "base/mem.h"
#include "sim/scenario/scn_cursor.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What may follow an object's name. */
enum value_kind {
	VALUE_NONE, /* the word says it all: `value` below */
	VALUE_NAME, /* an interface or none */
	VALUE_LINK, /* up, down, unknown */
	VALUE_YESNO,
	VALUE_DATAPATH,
	VALUE_MTU,
	VALUE_HOST, /* a number, the first being 1 */
	VALUE_MAC,
	VALUE_PORTS,
	VALUE_CLIENT,	  /* running, or a state of the client */
	VALUE_CAPABILITY, /* WORD on|off */
};

static const struct state_word {
	const char *word, *field;
	enum value_kind kind;
	const char *value;
	bool contains;
} state_words[] = {
	{ "absent", "exists", VALUE_NONE, "no", false },
	{ "accept-rtadv", "accept-rtadv", VALUE_YESNO, NULL, false },
	{ "active", "active", VALUE_NAME, NULL, false },
	{ "capability", "capabilities", VALUE_CAPABILITY, NULL, true },
	{ "datapath", "datapath", VALUE_DATAPATH, NULL, false },
	{ "dhclient", "dhclient", VALUE_CLIENT, NULL, false },
	{ "down", "up", VALUE_NONE, "no", false },
	{ "exists", "exists", VALUE_NONE, "yes", false },
	{ "frozen", "frozen", VALUE_YESNO, NULL, false },
	{ "host", "host", VALUE_HOST, NULL, false },
	{ "link", "link", VALUE_LINK, NULL, false },
	{ "mac", "mac", VALUE_MAC, NULL, false },
	{ "master", "master", VALUE_NAME, NULL, false },
	{ "member-of", "member-of", VALUE_NAME, NULL, false },
	{ "migrating", "migrating", VALUE_YESNO, NULL, false },
	{ "mtu", "mtu", VALUE_MTU, NULL, false },
	{ "panicked", "panicked", VALUE_YESNO, NULL, false },
	{ "parent", "parent", VALUE_NAME, NULL, false },
	{ "port", "ports", VALUE_NAME, NULL, true },
	{ "ports", "ports", VALUE_PORTS, NULL, false },
	{ "running", "running", VALUE_YESNO, NULL, false },
	{ "rxvf", "rxvf", VALUE_YESNO, NULL, false },
	{ "up", "up", VALUE_NONE, "yes", false },
	{ "vf", "vf", VALUE_NAME, NULL, false },
};

static void
set(char **field, const char *value)
{
	free(*field);
	*field = mem_str(value);
}

static bool
need_one_of(struct scn_parser *p, struct scn_expect *e, const char *what,
    const char *const words[], size_t count)
{
	const struct scn_token *t = scn_need(p, what);

	if (t == NULL)
		return false;
	if (scn_find_word(t, words, count) < 0)
		return scn_unknown(p, t, "value", words, count);
	set(&e->value, t->text);
	return true;
}

static bool
read_ports(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = scn_need(p, "the ports");
	struct strbuf sb = { 0 };
	const char *s;
	size_t n;

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_STRING)
		return scn_error(p, t,
		    "the ports must stand in \"quotes\", in their order; for "
		    "one of them write: port NAME");
	for (s = t->text; *s != '\0'; s += n) {
		s += strspn(s, " \t");
		if ((n = strcspn(s, " \t")) == 0)
			break;
		if (n >= SCN_NAME_MAX || !scn_is_name(s, n, ".")) {
			strbuf_fini(&sb);
			return scn_error(p, t,
			    "`%.*s` is not an interface name",
			    n > 64 ? 64 : (int)n, s);
		}
		if (sb.bytes > 0)
			strbuf_addc(&sb, ' ');
		strbuf_add(&sb, s, n);
	}
	set(&e->value, strbuf_str(&sb));
	strbuf_fini(&sb);
	return true;
}

static bool
read_client(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = scn_need(p, "running, or none");

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD ||
	    !scn_is_name(t->text, strlen(t->text), "-"))
		return scn_error(p, t,
		    "`%.64s` is not a state of a DHCP client; write running, "
		    "none or one such as bound",
		    t->text);
	e->differs = strcmp(t->text, "running") == 0;
	set(&e->value, e->differs ? "none" : t->text);
	return true;
}

static bool
read_capability(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t = scn_need(p, "a capability such as tso4");
	bool on = false;

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD ||
	    !scn_is_name(t->text, strlen(t->text), "-"))
		return scn_error(p, t, "`%.64s` is not a capability's name",
		    t->text);
	set(&e->value, t->text);
	if (!scn_need_either(p, "on", "off", &on))
		return false;
	e->negate = !on;
	return true;
}

static bool
read_number(struct scn_parser *p, struct scn_expect *e, const char *what,
    int64_t least, int64_t most)
{
	char text[24];
	int64_t n;

	if (!scn_need_num(p, what, least, most, &n))
		return false;
	snprintf(text, sizeof(text), "%lld", (long long)n);
	set(&e->value, text);
	return true;
}

static bool
read_value(struct scn_parser *p, struct scn_expect *e,
    const struct state_word *w)
{
	static const char *const links[] = { "up", "down", "unknown" };
	static const char *const yesno[] = { "yes", "no" };
	static const char *const paths[] = { "synthetic", "vf" };
	const struct scn_token *t = NULL;
	char text[MAC_TEXT];
	uint8_t mac[6];

	switch (w->kind) {
	case VALUE_NONE:
		set(&e->value, w->value);
		return true;
	case VALUE_NAME:
		if (!scn_need_ifname(p, "an interface", &t))
			return false;
		set(&e->value, t->text);
		return true;
	case VALUE_LINK:
		return need_one_of(p, e, "the link's state", links, 3);
	case VALUE_YESNO:
		return need_one_of(p, e, "yes or no", yesno, 2);
	case VALUE_DATAPATH:
		return need_one_of(p, e, "the data path", paths, 2);
	case VALUE_MTU:
		return read_number(p, e, "the mtu", 68, 65535);
	case VALUE_HOST:
		return read_number(p, e, "the host's number", 1, 1000000);
	case VALUE_MAC:
		if (!scn_need_mac(p, mac))
			return false;
		set(&e->value, mac_format(mac, text));
		return true;
	case VALUE_PORTS:
		return read_ports(p, e);
	case VALUE_CLIENT:
		return read_client(p, e);
	case VALUE_CAPABILITY:
		return read_capability(p, e);
	}
	return false;
}

static bool
unknown_claim(struct scn_parser *p, const struct scn_token *t)
{
	const char *known[COUNT(state_words) + SCN_METRICS];
	size_t i, n = 0;

	for (i = 0; i < COUNT(state_words); i++)
		known[n++] = state_words[i].word;
	for (i = 0; i < SCN_METRICS; i++)
		known[n++] = scn_metric_words[i];
	if (t->kind != SCN_TOKEN_STRING && strpbrk(t->text, "<>=!") != NULL)
		return scn_error(p, t,
		    "`%.64s`: put blanks around the comparison", t->text);
	return scn_unknown(p, t, "claim", known, n);
}

/* What has no such field would never hold, and nobody would see why. */
static bool
fits(struct scn_parser *p, const char *object, const struct scn_token *t)
{
	static const char *const vm[] = { "frozen", "host", "migrating",
		"panicked" };
	bool of_vm = scn_find_word(t, vm, COUNT(vm)) >= 0;
	const char *has = strcmp(object, "vm") == 0
	    ? "frozen, host, migrating and panicked"
	    : strcmp(object, "daemon") == 0 || strcmp(object, "devd") == 0
	    ? "running"
	    : NULL;

	if (has == NULL && of_vm)
		return scn_error(p, t, "`%.64s` is the vm's; write: vm %.64s",
		    t->text, t->text);
	if (has == NULL || (of_vm && strcmp(object, "vm") == 0) ||
	    strcmp(t->text, has) == 0 || strcmp(t->text, "absent") == 0 ||
	    strcmp(t->text, "exists") == 0)
		return true;
	return scn_error(p, t, "`%.64s` has no `%.64s`, it has %s", object,
	    t->text, has);
}

bool
scn_read_state(struct scn_parser *p, struct scn_expect *e,
    const struct scn_token *object)
{
	const struct scn_token *t;
	size_t i;

	e->kind = SCN_EXPECT_STATE;
	set(&e->object, object->text);
	if (scn_accept(p, "no")) {
		e->negate = true;
		if (!scn_need_word(p, "port", "`no`"))
			return false;
		p->at--;
	}
	if ((t = scn_need(p, "what to expect of it")) == NULL)
		return false;
	for (i = 0; i < COUNT(state_words); i++)
		if (t->kind == SCN_TOKEN_WORD &&
		    strcmp(state_words[i].word, t->text) == 0)
			break;
	if (i == COUNT(state_words))
		return unknown_claim(p, t);
	if (!fits(p, object->text, t))
		return false;
	set(&e->field, state_words[i].field);
	e->contains = state_words[i].contains;
	return read_value(p, e, &state_words[i]);
}

bool
scn_read_sysctl(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *name = scn_need(p, "the sysctl's name"), *value;

	if (name == NULL || (value = scn_need(p, "its value")) == NULL)
		return false;
	if (name->kind != SCN_TOKEN_WORD ||
	    !scn_is_name(name->text, strlen(name->text), ".%-"))
		return scn_error(p, name, "`%.64s` is not a sysctl's name",
		    name->text);
	if (value->kind == SCN_TOKEN_PAIR)
		return scn_error(p, value, "a value must be a word");
	e->kind = SCN_EXPECT_STATE;
	set(&e->object, "sysctl");
	set(&e->field, name->text);
	set(&e->value, value->text);
	return true;
}

/* ROUTE is a gateway of the route's family. */
static bool
read_gateway(struct scn_parser *p, int family, char *via, size_t size)
{
	const struct scn_token *t = scn_peek(p);
	struct ipaddr gateway;

	via[0] = '\0';
	if (t == NULL || scn_is_word(t, "via"))
		return true;
	p->at++;
	if (t->kind != SCN_TOKEN_WORD || !ipaddr_parse(t->text, &gateway) ||
	    gateway.family != family || strchr(t->text, '/') != NULL)
		return scn_error(p, t,
		    "`%.64s` is not %s gateway; write: default route%s via "
		    "IF, or: default route%s %s via IF",
		    t->text, family == 4 ? "an IPv4" : "an IPv6",
		    family == 4 ? "" : "6", family == 4 ? "" : "6",
		    family == 4 ? "A.B.C.D" : "ADDR");
	snprintf(via, size, "%s ", t->text);
	return true;
}

bool
scn_read_route(struct scn_parser *p, struct scn_expect *e, bool none)
{
	char via[IPADDR_TEXT + 2], text[IPADDR_TEXT + SCN_NAME_MAX + 8];
	const struct scn_token *t = NULL;
	bool v6 = scn_accept(p, "route6");

	if (!v6 &&
	    !scn_need_word(p, "route", none ? "`no default`" : "`default`"))
		return false;
	e->kind = SCN_EXPECT_STATE;
	set(&e->object, "route");
	set(&e->field, v6 ? "default6" : "default");
	set(&e->value, "none");
	if (none)
		return true;
	if (!read_gateway(p, v6 ? 6 : 4, via, sizeof(via)) ||
	    !scn_need_word(p, "via",
		v6 ? "`default route6`" : "`default route`") ||
	    !scn_need_ifname(p, "an interface", &t))
		return false;
	snprintf(text, sizeof(text), "%svia %s", via, t->text);
	set(&e->value, text);
	return true;
}

static bool
is_link_local(const struct ipaddr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe &&
	    (a->bytes[1] & 0xc0) == 0x80;
}

bool
scn_read_address(struct scn_parser *p, struct scn_expect *e)
{
	const struct scn_token *t =
	    scn_need(p, "an address such as 10.0.0.4/24");
	struct ipaddr a;
	char text[IPADDR_TEXT];

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD || !ipaddr_parse(t->text, &a) ||
	    strchr(t->text, '/') == NULL)
		return scn_error(p, t,
		    "`%.64s` is not an address with its prefix length; write "
		    "A.B.C.D/N, or an IPv6 one",
		    t->text);
	e->kind = SCN_EXPECT_ADDRESS;
	set(&e->field, "inet");
	set(&e->value, ipaddr_format(&a, true, text));
	/* Ports of one MAC have the same link-local address, and may. */
	if (!e->negate && scn_accept(p, "only"))
		e->only = !is_link_local(&a);
	if (!scn_need_word(p, "on", "the address") ||
	    !scn_need_ifname(p, "an interface", &t))
		return false;
	set(&e->object, t->text);
	return true;
}
