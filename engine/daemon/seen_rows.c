/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/seen_rows.h"

#include <stdio.h>
#include <string.h>

#include "base/rowtext.h"

const char *const failover_way_words[FAILOVER_WAYS] = { "to-synthetic",
	"to-vf" };
const char *const failover_phase_words[FAILOVER_PHASES] = { "decide", "apply",
	"settle" };

static const char *const class_words[] = { "other", "hn", "lagg", "vlan" };
static const char *const link_words[] = { "unknown", "down", "up", NULL };

/* clang-format off */
#define OF struct snap_if
static const struct rowfield if_fields[] = {
	ROWFIELD(OF, "index", ROW_UINT, index),
	ROWFIELD(OF, "mac", ROW_BYTES, mac),
	ROWFIELD(OF, "mtu", ROW_UINT, mtu),
	ROWFIELD(OF, "up", ROW_BOOL, up),
	ROWFIELD(OF, "running", ROW_BOOL, running),
	ROWFIELD_ENUM(OF, "link", link, link_words),
	ROWFIELD(OF, "parent", ROW_STR, parent),
	ROWFIELD(OF, "descr", ROW_STR, descr),
	ROWFIELD(OF, "lagg", ROW_STR, lagg),
	ROWFIELD(OF, "vf", ROW_STR, vf),
	ROWFIELD(OF, "dhclient", ROW_BOOL, dhclient),
	ROWFIELD(OF, "accept_rtadv", ROW_BOOL, accept_rtadv),
	ROWFIELD(OF, "vlan_parent", ROW_STR, vlan_parent),
	ROWFIELD(OF, "vlan_tag", ROW_UINT, vlan_tag),
};
#undef OF
/* clang-format on */

static void
put_text(struct strbuf *out, const char *key, const char *value)
{
	if (*value != '\0')
		rowtext_put_str(out, key, value);
}

static void
put_host(struct strbuf *out, const char *key, const struct ipaddr *a)
{
	char text[IPADDR_TEXT];

	if (a->family != 0)
		rowtext_put_str(out, key, ipaddr_format(a, false, text));
}

static const char *
active_of(const struct snap_if *lagg)
{
	size_t k;

	for (k = 0; k < lagg->n_ports; k++)
		if (lagg->ports[k].active)
			return lagg->ports[k].name;
	return "";
}

/* A word with all of them, a blank between two. */
static void
put_lists(const struct snap_if *i, struct strbuf *out)
{
	struct strbuf list = { 0 };
	char text[IPADDR_TEXT];
	size_t k;

	for (k = 0; k < i->n_ports; k++)
		strbuf_addf(&list, "%s%s", k > 0 ? " " : "", i->ports[k].name);
	put_text(out, "ports", strbuf_str(&list));
	put_text(out, "active", active_of(i));
	strbuf_reset(&list);
	for (k = 0; k < i->n_addrs; k++)
		strbuf_addf(&list, "%s%s", k > 0 ? " " : "",
		    ipaddr_format(&i->addrs[k], true, text));
	put_text(out, "addrs", strbuf_str(&list));
	strbuf_fini(&list);
}

/* A row begins where nothing or a newline is, so the first word has no blank
 * before it. */
static void
put_row(struct strbuf *out, struct strbuf *row)
{
	strbuf_add(out, strbuf_str(row), row->bytes);
	strbuf_addc(out, '\n');
	strbuf_reset(row);
}

static void
begin_system(const struct snapshot *s, struct strbuf *row)
{
	rowtext_put_flag(row, "system");
	rowtext_put_str(row, "os", s->os == SNAP_LINUX ? "linux" : "freebsd");
	if (s->other_daemon)
		rowtext_put_flag(row, "other_daemon");
}

void
seen_state_rows(const struct snapshot *s, struct strbuf *out)
{
	struct strbuf row = { 0 };
	size_t i;

	begin_system(s, &row);
	put_text(&row, "default_if", s->default_if);
	put_host(&row, "gateway", &s->default_gateway);
	put_text(&row, "default_if6", s->default_if6);
	put_host(&row, "gateway6", &s->default_gateway6);
	put_row(out, &row);
	for (i = 0; i < s->n_ifs; i++) {
		rowtext_put_str(&row, "if", s->ifs[i].name);
		rowtext_put_str(&row, "class", class_words[s->ifs[i].class]);
		rowtext_put_fields(&row, if_fields,
		    sizeof(if_fields) / sizeof(*if_fields), &s->ifs[i]);
		put_lists(&s->ifs[i], &row);
		put_row(out, &row);
	}
	strbuf_fini(&row);
}

/* --- pairs --- */

static bool
is_pair(const struct snap_if *i)
{
	return i->class == IF_HN || i->paired == PAIRED_JOINED;
}

static const char *
paired_by(const struct snapshot *s, const struct snap_if *i)
{
	if (i->paired == PAIRED_AS_DECLARED)
		return "stand-in";
	return i->paired == PAIRED_JOINED || s->vf_transparent > 0
	    ? "transparent"
	    : "hn";
}

static void
put_failover(const struct failover_times *t, int unit, int64_t now_ns,
    struct strbuf *out)
{
	const struct failover *f = failover_times_of(t, unit);
	int64_t since_ns = failover_times_open(t, unit);
	char key[24];
	size_t i;

	if (since_ns != 0)
		rowtext_put_int(out, "under_way_ns", now_ns - since_ns);
	if (f == NULL)
		return;
	rowtext_put_str(out, "way", failover_way_words[f->way]);
	rowtext_put_str(out, "carrier", f->port);
	rowtext_put_int(out, "ago_ns", now_ns - f->settled_ns);
	rowtext_put_int(out, "total_ns", f->total_ns);
	for (i = 0; i < FAILOVER_PHASES; i++) {
		snprintf(key, sizeof(key), "%s_ns", failover_phase_words[i]);
		rowtext_put_int(out, key, f->phase_ns[i]);
	}
}

static void
put_why(bool (*why)(void *ctx, const struct snap_if *hn, struct strbuf *out),
    void *ctx, const struct snap_if *hn, struct strbuf *out)
{
	struct strbuf text = { 0 };

	if (why(ctx, hn, &text))
		rowtext_put_str(out, "why", strbuf_str(&text));
	strbuf_fini(&text);
}

void
seen_pair_rows(const struct snapshot *s, const struct failover_times *t,
    int64_t now_ns,
    bool (*why)(void *ctx, const struct snap_if *hn, struct strbuf *out),
    void *ctx, struct strbuf *out)
{
	const struct snap_if *hn, *lagg;
	struct strbuf row = { 0 };
	size_t i;
	int n = 0;

	for (i = 0; i < s->n_ifs; i++)
		n += is_pair(&s->ifs[i]);
	begin_system(s, &row);
	rowtext_put_int(&row, "pairs", n);
	put_why(why, ctx, NULL, &row);
	put_row(out, &row);
	for (i = 0; i < s->n_ifs; i++) {
		hn = &s->ifs[i];
		if (!is_pair(hn))
			continue;
		rowtext_put_str(&row, "pair", hn->name);
		rowtext_put_int(&row, "unit", hn->unit);
		rowtext_put_str(&row, "paired_by", paired_by(s, hn));
		put_text(&row, "vf", hn->vf);
		put_text(&row, "aggregate", hn->lagg);
		lagg = hn->lagg[0] != '\0' ? snapshot_find(s, hn->lagg) : NULL;
		if (lagg != NULL)
			put_text(&row, "active", active_of(lagg));
		if (hn->class == IF_HN) {
			put_why(why, ctx, hn, &row);
			put_failover(t, hn->unit, now_ns, &row);
		}
		put_row(out, &row);
	}
	strbuf_fini(&row);
}
