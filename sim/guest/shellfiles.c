/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/guest/shellfiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipaddr.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/machine/dhcp.h"

#define FIRST_CLIENT 200001 /* pids, apart from those of sim/guest/guest.c */

struct client { /* a DHCP client whose files are there */
	char ifname[IFNAME_MAX];
	unsigned pid;
	bool running, seen;
	char *lease; /* the file's text, or NULL */
};

struct shellfiles {
	struct sandbox *box;
	const struct scenario *s;
	struct machine *m;
	struct snapshot now;
	struct client *clients; /* all there ever were, in their order */
	size_t count, cap;
	unsigned last_pid;
	const struct scn_pair **edits; /* of rc.conf, since boot */
	size_t n_edits, cap_edits;
};

struct shellfiles *
shellfiles_new(struct sandbox *box, const struct scenario *s)
{
	struct shellfiles *f = mem_zero(1, sizeof(*f));

	f->box = box;
	f->s = s;
	f->last_pid = FIRST_CLIENT - 1;
	return f;
}

void
shellfiles_join(struct shellfiles *f, struct machine *m)
{
	f->m = m;
}

void
shellfiles_free(struct shellfiles *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->count; i++)
		free(f->clients[i].lease);
	free(f->clients);
	free(f->edits);
	snapshot_fini(&f->now);
	free(f);
}

/* --- rc.conf --- */

static void
add_setting(struct strbuf *sb, const struct scn_pair *pair)
{
	const char *p;

	strbuf_addf(sb, "%s='", pair->name);
	for (p = pair->value; *p != '\0'; p++)
		if (*p == '\'')
			strbuf_adds(sb, "'\\''");
		else
			strbuf_addc(sb, *p);
	strbuf_adds(sb, "'\n");
}

static bool
is_of_file(const struct scn_pair *pair, enum scn_rc_source source,
    const char *file)
{
	return pair->source == source &&
	    (file == NULL ||
		(pair->file != NULL && strcmp(pair->file, file) == 0));
}

static int
put_settings(struct shellfiles *f, enum scn_rc_source source, const char *file,
    const char *path, struct err *err)
{
	const struct scenario *s = f->s;
	struct strbuf text = { 0 };
	size_t i;
	int rc;

	for (i = 0; source == SCN_RC_MAIN && i < s->n_rc_files; i++)
		if (s->rc_files[i].text != NULL)
			strbuf_add(&text, s->rc_files[i].text,
			    s->rc_files[i].bytes);
	for (i = 0; i < s->n_rc; i++)
		if (is_of_file(&s->rc[i], source, file))
			add_setting(&text, &s->rc[i]);
	for (i = 0; source == SCN_RC_MAIN && i < f->n_edits; i++)
		add_setting(&text, f->edits[i]);
	rc =
	    sandbox_put(f->box, path, 0644, strbuf_str(&text), text.bytes, err);
	strbuf_fini(&text);
	return rc;
}

int
shellfiles_put_rc(struct shellfiles *f, struct err *err)
{
	const struct scenario *s = f->s;
	struct strbuf path = { 0 };
	bool local = false;
	size_t i;
	int rc;

	rc = put_settings(f, SCN_RC_MAIN, NULL, "/etc/rc.conf", err);
	for (i = 0; i < s->n_rc; i++)
		local |= s->rc[i].source == SCN_RC_LOCAL;
	if (rc == 0 && local)
		rc = put_settings(f, SCN_RC_LOCAL, NULL, "/etc/rc.conf.local",
		    err);
	for (i = 0; rc == 0 && i < s->n_rc; i++) {
		if (s->rc[i].source != SCN_RC_D || s->rc[i].file == NULL)
			continue;
		strbuf_reset(&path);
		strbuf_addf(&path, "/etc/rc.conf.d/%s", s->rc[i].file);
		rc = put_settings(f, SCN_RC_D, s->rc[i].file, strbuf_str(&path),
		    err);
	}
	strbuf_fini(&path);
	return rc;
}

int
shellfiles_edit_rc(struct shellfiles *f, const struct scn_step *step,
    struct err *err)
{
	size_t i;

	for (i = 0; i < step->n_pairs; i++)
		*MEM_PUSH(f->edits, f->n_edits, f->cap_edits) = &step->pairs[i];
	return put_settings(f, SCN_RC_MAIN, NULL, "/etc/rc.conf", err);
}

/* --- DHCP clients --- */

static struct client *
client_of(struct shellfiles *f, const char *ifname)
{
	struct client *c;
	size_t i;

	for (i = 0; i < f->count; i++)
		if (strcmp(f->clients[i].ifname, ifname) == 0)
			return &f->clients[i];
	c = MEM_PUSH(f->clients, f->count, f->cap);
	snprintf(c->ifname, sizeof(c->ifname), "%s", ifname);
	return c;
}

static int
put_pid(struct shellfiles *f, struct client *c, bool running, struct err *err)
{
	char path[80], text[16];

	if (c->running == running)
		return 0;
	c->running = running;
	snprintf(path, sizeof(path), "/var/run/dhclient/dhclient.%s.pid",
	    c->ifname);
	if (!running)
		return sandbox_remove(f->box, path, err);
	c->pid = ++f->last_pid;
	snprintf(text, sizeof(text), "%u\n", c->pid);
	return sandbox_put(f->box, path, 0644, text, strlen(text), err);
}

/* The lease outlives its client. */
static int
put_lease(struct shellfiles *f, const struct dhcp_record *r, struct err *err)
{
	struct client *c = client_of(f, r->ifname);
	struct strbuf text = { 0 };
	char path[80], address[IPADDR_TEXT];
	int rc = 0;

	strbuf_addf(&text, "lease {\n  interface \"%s\";\n", r->ifname);
	strbuf_addf(&text, "  fixed-address %s;\n",
	    ipaddr_format(&r->lease.addr, false, address));
	if (r->lease.router.family != 0)
		strbuf_addf(&text, "  option routers %s;\n",
		    ipaddr_format(&r->lease.router, false, address));
	strbuf_adds(&text, "}\n");
	if (c->lease == NULL || strcmp(c->lease, text.data) != 0) {
		free(c->lease);
		c->lease = mem_str(text.data);
		snprintf(path, sizeof(path), "/var/db/dhclient.leases.%s",
		    r->ifname);
		rc =
		    sandbox_put(f->box, path, 0644, text.data, text.bytes, err);
	}
	strbuf_fini(&text);
	return rc;
}

int
shellfiles_update(struct shellfiles *f, struct err *err)
{
	const struct dhcp_record *r;
	const struct snap_if *i;
	struct client *c;
	size_t k;
	int rc = 0;

	snapshot_reset(&f->now);
	machine_observe(f->m, &f->now);
	for (k = 0; k < f->count; k++)
		f->clients[k].seen = false;
	for (i = f->now.ifs; rc == 0 && i < f->now.ifs + f->now.n_ifs; i++) {
		c = client_of(f, i->name);
		c->seen = true;
		rc = put_pid(f, c, i->dhclient, err);
	}
	for (k = 0; rc == 0 && k < f->count; k++)
		if (!f->clients[k].seen)
			rc = put_pid(f, &f->clients[k], false, err);
	if (f->m->dhcp != NULL)
		TAILQ_FOREACH (r, &f->m->dhcp->leases, entry)
			if (rc == 0)
				rc = put_lease(f, r, err);
	return rc;
}

bool
shellfiles_client(const struct shellfiles *f, const char *pid,
    char ifname[IFNAME_MAX])
{
	unsigned long number = strtoul(pid, NULL, 10);
	size_t i;

	for (i = 0; i < f->count; i++)
		if (f->clients[i].running && f->clients[i].pid == number) {
			memcpy(ifname, f->clients[i].ifname, IFNAME_MAX);
			return true;
		}
	return false;
}
