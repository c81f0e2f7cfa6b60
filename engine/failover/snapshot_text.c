/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/snapshot_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rowtext.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const char *const os_words[] = { "freebsd", "linux", NULL };
static const char *const class_words[] = { "other", "hn", "lagg", "vlan",
	NULL };
static const char *const paired_words[] = { "hn", "stand-in", "transparent",
	NULL };
static const char *const link_words[] = { "unknown", "down", "up", NULL };

/* clang-format off */
#define OF struct snapshot
static const struct rowfield system_fields[] = {
	ROWFIELD_ENUM(OF, "os", os, os_words),
	ROWFIELD(OF, "no_bonding", ROW_BOOL, no_bonding),
	ROWFIELD(OF, "vf_transparent", ROW_INT, vf_transparent),
	ROWFIELD(OF, "rx_all", ROW_INT, failover_rx_all),
	ROWFIELD(OF, "gateway", ROW_ADDR, default_gateway),
	ROWFIELD(OF, "default_if", ROW_STR, default_if),
	ROWFIELD(OF, "gateway6", ROW_ADDR, default_gateway6),
	ROWFIELD(OF, "default_if6", ROW_STR, default_if6),
	ROWFIELD(OF, "other_daemon", ROW_BOOL, other_daemon),
};
#undef OF
#define OF struct snap_if
static const struct rowfield if_fields[] = {
	ROWFIELD(OF, "index", ROW_UINT, index),
	ROWFIELD(OF, "version", ROW_U64, version),
	ROWFIELD_ENUM(OF, "class", class, class_words),
	ROWFIELD(OF, "mac", ROW_BYTES, mac),
	ROWFIELD(OF, "mtu", ROW_UINT, mtu),
	ROWFIELD(OF, "up", ROW_BOOL, up),
	ROWFIELD(OF, "running", ROW_BOOL, running),
	ROWFIELD_ENUM(OF, "link", link, link_words),
	ROWFIELD(OF, "parent", ROW_STR, parent),
	ROWFIELD(OF, "descr", ROW_STR, descr),
	ROWFIELD(OF, "lagg", ROW_STR, lagg),
	ROWFIELD(OF, "accept_rtadv", ROW_BOOL, accept_rtadv),
	ROWFIELD(OF, "no_dad", ROW_BOOL, no_dad),
	ROWFIELD(OF, "dhclient", ROW_BOOL, dhclient),
	ROWFIELD(OF, "caps", ROW_UINT, caps),
	ROWFIELD(OF, "capenable", ROW_UINT, capenable),
	ROWFIELD(OF, "vlan_parent", ROW_STR, vlan_parent),
	ROWFIELD(OF, "vlan_tag", ROW_UINT, vlan_tag),
	ROWFIELD(OF, "unit", ROW_INT, unit),
	ROWFIELD(OF, "vf", ROW_STR, vf),
	ROWFIELD(OF, "rxvf", ROW_BOOL, rxvf),
	ROWFIELD_ENUM(OF, "paired", paired, paired_words),
	ROWFIELD(OF, "custom_vfup", ROW_BOOL, custom_vfup),
};
#undef OF
/* clang-format on */

/* --- writing --- */

struct line { /* of the snapshot before */
	char name[IFNAME_MAX];
	uint64_t version;
	char *text; /* owned */
	size_t bytes;
};

struct lines {
	struct line *list;
	size_t count, cap;
};

struct snapshot_writer {
	struct lines before, now;
	struct strbuf system, scratch;
	bool begun;
};

struct snapshot_writer *
snapshot_writer_new(void)
{
	return mem_zero(1, sizeof(struct snapshot_writer));
}

static void
drop_lines(struct lines *l)
{
	while (l->count > 0)
		free(l->list[--l->count].text);
}

void
snapshot_writer_free(struct snapshot_writer *w)
{
	if (w == NULL)
		return;
	drop_lines(&w->before);
	drop_lines(&w->now);
	free(w->before.list);
	free(w->now.list);
	strbuf_fini(&w->system);
	strbuf_fini(&w->scratch);
	free(w);
}

static void
write_lists(const struct snap_if *i, struct strbuf *out)
{
	char text[IPADDR_TEXT];
	size_t k;

	for (k = 0; k < i->n_addrs; k++) {
		rowtext_put_str(out, "addr",
		    ipaddr_format(&i->addrs[k], true, text));
		if (i->addr_flags[k] != 0)
			rowtext_put_int(out, "addr_flags", i->addr_flags[k]);
	}
	for (k = 0; k < i->n_ports; k++) {
		rowtext_put_str(out, "port", i->ports[k].name);
		if (i->ports[k].master)
			rowtext_put_flag(out, "master");
		if (i->ports[k].active)
			rowtext_put_flag(out, "active");
	}
}

/* The first of this name, as it will be found. */
static const struct line *
find_line(const struct lines *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (strcmp(l->list[i].name, name) == 0)
			return &l->list[i];
	return NULL;
}

/* True when it is as it was. Of one version it is, unseen: most are, and their
 * text is most of the work of a look. */
static bool
write_if(struct snapshot_writer *w, const struct snap_if *i)
{
	const struct line *old = find_line(&w->before, i->name);
	struct line *line;
	bool same;

	strbuf_reset(&w->scratch);
	same = old != NULL && i->version != 0 && old->version == i->version;
	if (same) {
		strbuf_add(&w->scratch, old->text, old->bytes);
	} else {
		rowtext_put_fields(&w->scratch, if_fields, COUNT(if_fields), i);
		write_lists(i, &w->scratch);
		same = old != NULL && old->bytes == w->scratch.bytes &&
		    memcmp(old->text, strbuf_str(&w->scratch), old->bytes) == 0;
	}
	line = MEM_PUSH(w->now.list, w->now.count, w->now.cap);
	line->version = i->version;
	memcpy(line->name, i->name, sizeof(line->name));
	line->bytes = w->scratch.bytes;
	line->text = mem_strn(strbuf_str(&w->scratch), line->bytes);
	return same;
}

void
snapshot_write(struct snapshot_writer *w, const struct snapshot *s,
    struct strbuf *out)
{
	struct strbuf rows = { 0 }, system = { 0 };
	struct lines swap;
	bool same;
	size_t i;

	rowtext_put_fields(&system, system_fields, COUNT(system_fields), s);
	same = w->begun && s->n_ifs == w->before.count &&
	    system.bytes == w->system.bytes &&
	    memcmp(strbuf_str(&system), strbuf_str(&w->system), system.bytes) ==
		0;
	for (i = 0; i < s->n_ifs; i++) {
		strbuf_addc(&rows, '\n');
		rowtext_put_str(&rows, "if", s->ifs[i].name);
		if (write_if(w, &s->ifs[i])) {
			rowtext_put_flag(&rows, "same");
			same = same &&
			    strcmp(w->before.list[i].name, s->ifs[i].name) == 0;
			continue;
		}
		same = false;
		if (w->scratch.bytes > 0)
			strbuf_addc(&rows, ' ');
		strbuf_add(&rows, strbuf_str(&w->scratch), w->scratch.bytes);
	}
	if (same) {
		rowtext_put_flag(out, "same");
	} else {
		if (out->bytes > 0 && system.bytes > 0)
			strbuf_addc(out, ' ');
		strbuf_add(out, strbuf_str(&system), system.bytes);
		strbuf_add(out, strbuf_str(&rows), rows.bytes);
	}
	strbuf_fini(&w->system);
	w->system = system;
	w->begun = true;
	swap = w->before;
	w->before = w->now;
	w->now = swap;
	drop_lines(&w->now);
	strbuf_fini(&rows);
}

/* --- reading --- */

struct snapshot_parser {
	struct snapshot now, next;
	bool begun;
};

struct snapshot_parser *
snapshot_parser_new(void)
{
	return mem_zero(1, sizeof(struct snapshot_parser));
}

void
snapshot_parser_free(struct snapshot_parser *p)
{
	if (p == NULL)
		return;
	snapshot_fini(&p->now);
	snapshot_fini(&p->next);
	free(p);
}

static int
take_addr(const struct rowtext *r, struct snap_if *i, struct err *e)
{
	static const struct rowfield field = { "addr", ROW_ADDR, 0,
		sizeof(struct ipaddr), NULL };

	if (i->n_addrs == SNAP_ADDRS)
		return rowtext_fail(r, e, "more than %d addresses", SNAP_ADDRS);
	return rowtext_take_field(r, &field, 1, &i->addrs[i->n_addrs++], e);
}

static int
take_port(const struct rowtext *r, struct snap_if *i, struct err *e)
{
	if (i->n_ports == SNAP_PORTS)
		return rowtext_fail(r, e, "more than %d ports", SNAP_PORTS);
	return rowtext_take_str(r, i->ports[i->n_ports++].name, IFNAME_MAX, e);
}

/* Words of an address or port before there is one. */
static int
too_early(const struct rowtext *r, struct err *e)
{
	return rowtext_fail(r, e, "%s: belongs behind an addr or a port",
	    r->key);
}

static int
take_if_word(const struct rowtext *r, struct snap_if *i, struct err *e)
{
	struct snap_port *port =
	    i->n_ports > 0 ? &i->ports[i->n_ports - 1] : NULL;
	int64_t flags = 0;
	int rc;

	if (strcmp(r->key, "addr") == 0)
		return take_addr(r, i, e);
	if (strcmp(r->key, "port") == 0)
		return take_port(r, i, e);
	if (strcmp(r->key, "addr_flags") == 0) {
		rc = i->n_addrs == 0 ? too_early(r, e)
				     : rowtext_take_int(r, 0, 255, &flags, e);
		if (rc == 0)
			i->addr_flags[i->n_addrs - 1] = (uint8_t)flags;
		return rc;
	}
	if (strcmp(r->key, "master") == 0)
		return port == NULL ? too_early(r, e)
				    : rowtext_take_flag(r, &port->master, e);
	if (strcmp(r->key, "active") == 0)
		return port == NULL ? too_early(r, e)
				    : rowtext_take_flag(r, &port->active, e);
	rc = rowtext_take_field(r, if_fields, COUNT(if_fields), i, e);
	return rc != 0 ? rc
		       : rowtext_unknown(r, if_fields, COUNT(if_fields), e);
}

static int
take_same(const struct rowtext *r, const struct snapshot *before,
    struct snap_if *i, struct err *e)
{
	const struct snap_if *old = snapshot_find(before, i->name);

	if (old == NULL)
		return rowtext_fail(r, e,
		    "same: the snapshot before had no interface %s", i->name);
	*i = *old;
	return 0;
}

/* One row; gives how it ended. */
static int
take_if(struct rowtext *r, struct snapshot_parser *p, struct err *e)
{
	struct snap_if *i;
	int next, rc;

	if ((next = rowtext_next(r, e)) < 0)
		return next;
	if (next != ROWTEXT_WORD || strcmp(r->key, "if") != 0)
		return rowtext_fail(r, e, "a row begins with if=NAME");
	if (p->next.n_ifs == SNAPSHOT_TEXT_IFS)
		return rowtext_fail(r, e, "more than %d interfaces",
		    SNAPSHOT_TEXT_IFS);
	i = snapshot_add(&p->next);
	if ((rc = rowtext_take_str(r, i->name, sizeof(i->name), e)) < 0)
		return rc;
	while ((next = rowtext_next(r, e)) == ROWTEXT_WORD) {
		if (strcmp(r->key, "same") == 0)
			rc = take_same(r, &p->now, i, e);
		else
			rc = take_if_word(r, i, e);
		if (rc < 0)
			return rc;
	}
	return next;
}

static int
take_all(struct rowtext *r, struct snapshot_parser *p, struct err *e)
{
	int next = rowtext_take_row(r, system_fields, COUNT(system_fields),
	    &p->next, e);

	while (next == ROWTEXT_NEWLINE)
		next = take_if(r, p, e);
	return next;
}

const struct snapshot *
snapshot_parse(struct snapshot_parser *p, const char *text, size_t bytes,
    struct err *e)
{
	struct snapshot swap;
	struct rowtext r;
	int rc;

	if (bytes == 4 && memcmp(text, "same", 4) == 0) {
		if (p->begun)
			return &p->now;
		err_set(e, ERR_INPUT, "same: there is no snapshot before");
		return NULL;
	}
	snapshot_reset(&p->next);
	p->next.n_filled = 0;
	p->next.vf_transparent = p->next.failover_rx_all = 0;
	rowtext_open(&r, text, bytes);
	rc = take_all(&r, p, e);
	rowtext_close(&r);
	if (rc < 0)
		return NULL;
	swap = p->now;
	p->now = p->next;
	p->next = swap;
	p->begun = true;
	return &p->now;
}
