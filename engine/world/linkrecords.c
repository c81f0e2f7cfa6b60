/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/linkrecords.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct teller {
	void (*record)(void *ctx, const char *text);
	void *ctx;
};

void
linkrecords_fini(struct linkrecords *r)
{
	free(r->rows);
	free(r->next);
	memset(r, 0, sizeof(*r));
}

static bool
is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if (*name <= ' ' || *name >= 0x7f || *name == '"' ||
		    *name == '\\' || *name == '\'')
			return false;
	return true;
}

static void
tell(const struct teller *t, const char *name, const char *system,
    const char *type)
{
	char text[LINKRECORDS_TEXT];

	if (t->record == NULL || !is_plain(name))
		return;
	snprintf(text, sizeof(text), "!system=%s subsystem=%s type=%s", system,
	    name, type);
	t->record(t->ctx, text);
}

static void
tell_link(const struct teller *t, const struct linkrecords_row *row)
{
	if (row->link != IFEVENT_UNKNOWN)
		tell(t, row->name, "IFNET",
		    row->link == IFEVENT_UP ? "LINK_UP" : "LINK_DOWN");
}

/* One that comes without a carrier says nothing of it. */
static void
tell_new(const struct teller *t, const struct linktable_link *l,
    const struct linkrecords_row *row)
{
	tell(t, row->name, "IFNET", "ATTACH");
	if (l->has_mac)
		tell(t, row->name, "ETHERNET", "IFATTACH");
	if (row->link == IFEVENT_UP)
		tell_link(t, row);
}

static void
swap(struct linkrecords *r)
{
	struct linkrecords_row *rows = r->rows;
	size_t cap = r->cap_rows;

	r->rows = r->next;
	r->n_rows = r->n_next;
	r->cap_rows = r->cap_next;
	r->next = rows;
	r->cap_next = cap;
}

/* Who has gone comes first: his name may be another's by now. */
static void
tell_gone(const struct linkrecords *r, const struct linktable *t,
    const struct teller *to)
{
	size_t i, k = 0;

	for (i = 0; i < r->n_rows; i++) {
		while (k < t->n_links && t->links[k].index < r->rows[i].index)
			k++;
		if (k == t->n_links || t->links[k].index != r->rows[i].index)
			tell(to, r->rows[i].name, "IFNET", "DETACH");
	}
}

void
linkrecords_update(struct linkrecords *r, const struct linktable *t,
    void (*record)(void *ctx, const char *text), void *ctx)
{
	const struct teller to = { r->primed ? record : NULL, ctx };
	const struct linktable_link *l;
	struct linkrecords_row *row;
	size_t i, k = 0;

	tell_gone(r, t, &to);
	r->n_next = 0;
	for (i = 0; i < t->n_links; i++) {
		l = &t->links[i];
		row = MEM_PUSH(r->next, r->n_next, r->cap_next);
		row->index = l->index;
		memcpy(row->name, l->name, sizeof(row->name));
		row->link = l->link;
		while (k < r->n_rows && r->rows[k].index < l->index)
			k++;
		if (k == r->n_rows || r->rows[k].index != l->index)
			tell_new(&to, l, row);
		else if (r->rows[k].link != l->link)
			tell_link(&to, row);
	}
	swap(r);
	r->primed = true;
}
