/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/witness_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipaddr.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "db/witness_lines.h"

enum row_kind { ROW_DEED, ROW_LOOK, ROW_ROUTE };

struct row { /* something of the witness, by its time */
	int64_t at_ns;
	enum row_kind kind;
	size_t index, order;
};

static int
by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* "none", "no ports", "hn0 MASTER, vmx0 ACTIVE" */
static void
add_look(struct trace *t, const struct witness_sight *look)
{
	char *copy = mem_str(look->text), *rest = copy, *word;
	struct strbuf ports = { 0 };
	char master[32] = "none", active[32] = "none";
	bool there = strcmp(look->text, "none") != 0;

	trace_set_state(t, look->at_ns, "lagg0", "exists",
	    there ? "yes" : "no");
	while (there && (word = strsep(&rest, ",")) != NULL) {
		word += strspn(word, " ");
		if (strcmp(word, "no ports") == 0)
			break;
		if (strstr(word, " MASTER") != NULL)
			snprintf(master, sizeof(master), "%.*s",
			    (int)strcspn(word, " "), word);
		if (strstr(word, " ACTIVE") != NULL)
			snprintf(active, sizeof(active), "%.*s",
			    (int)strcspn(word, " "), word);
		strbuf_addf(&ports, "%s%.*s", ports.bytes > 0 ? " " : "",
		    (int)strcspn(word, " "), word);
	}
	if (there) {
		trace_set_state(t, look->at_ns, "lagg0", "ports",
		    strbuf_str(&ports));
		trace_set_state(t, look->at_ns, "lagg0", "master", master);
		trace_set_state(t, look->at_ns, "lagg0", "active", active);
	}
	strbuf_fini(&ports);
	free(copy);
}

/* "\tinet 10.0.2.15 netmask 0xffffff00 broadcast ..." */
static void
take_address(const char *line, struct strbuf *list)
{
	char addr[IPADDR_TEXT], mask[IPADDR_TEXT];
	unsigned bits;
	int length;

	if (sscanf(line, "\tinet %55s netmask %55s", addr, mask) == 2 &&
	    (length = ipaddr_mask_bits(mask)) >= 0)
		strbuf_addf(list, "%s%s/%d", list->bytes > 0 ? " " : "", addr,
		    length);
	else if (sscanf(line, "\tinet6 %55s prefixlen %u", addr, &bits) == 2 &&
	    strchr(addr, '%') == NULL && bits <= 128)
		strbuf_addf(list, "%s%s/%u", list->bytes > 0 ? " " : "", addr,
		    bits);
}

static void
end_interface(struct trace *t, int64_t at_ns, const char *name,
    struct strbuf *list)
{
	if (name[0] != '\0' && strcmp(name, "lo0") != 0)
		trace_set_state(t, at_ns, name, "inet", strbuf_str(list));
	strbuf_reset(list);
}

/* What ifconfig and netstat printed. */
static void
add_output(struct trace *t, int64_t at_ns, const char *text)
{
	char *copy = mem_str(text), *rest = copy, *line, *flags;
	char name[16] = "", word[24], route[IPADDR_TEXT + 24];
	char router[IPADDR_TEXT], dev[16];
	struct strbuf list = { 0 };

	while ((line = strsep(&rest, "\n")) != NULL) {
		flags = strstr(line, ": flags=");
		if (flags != NULL && line[0] != '\t' &&
		    flags - line < (long)sizeof(name)) {
			end_interface(t, at_ns, name, &list);
			snprintf(name, sizeof(name), "%.*s",
			    (int)(flags - line), line);
		} else if (line[0] != '\t') {
			end_interface(t, at_ns, name, &list);
			name[0] = '\0';
			if (sscanf(line, "default %55s %23s %15s", router, word,
				dev) == 3 &&
			    strchr(router, '.') != NULL) {
				snprintf(route, sizeof(route), "%s via %s",
				    router, dev);
				trace_set_state(t, at_ns, "route", "default",
				    route);
			}
		} else if (name[0] != '\0') {
			if (sscanf(line, "\tether %23s", word) == 1)
				trace_set_state(t, at_ns, name, "mac", word);
			take_address(line, &list);
		}
	}
	end_interface(t, at_ns, name, &list);
	strbuf_fini(&list);
	free(copy);
}

static void
add_deed(struct trace *t, const struct witness_deed *d)
{
	trace_add_note(t, d->at_ns, d->kind == WITNESS_HOST ? "host" : "typed",
	    d->text);
	if (d->kind == WITNESS_COMMAND)
		add_output(t, d->at_ns, d->output);
}

void
witness_add_rows(const struct witness *w, struct trace *t)
{
	size_t n = 0, i,
	       most = w->n_deeds + w->routes.count + w->aggregate.count + 1;
	struct row *rows = mem_zero(most, sizeof(*rows));

	for (i = 0; i < w->aggregate.count; i++, n++)
		rows[n] =
		    (struct row){ w->aggregate.list[i].at_ns, ROW_LOOK, i, n };
	for (i = 0; i < w->routes.count; i++, n++)
		rows[n] =
		    (struct row){ w->routes.list[i].at_ns, ROW_ROUTE, i, n };
	for (i = 0; i < w->n_deeds; i++, n++)
		rows[n] = (struct row){ w->deeds[i].at_ns, ROW_DEED, i, n };
	qsort(rows, n, sizeof(*rows), by_time);
	if (w->state[0] != '\0')
		add_output(t, n > 0 ? rows[0].at_ns : t->run.start_ns,
		    w->state);
	for (i = 0; i < n; i++)
		if (rows[i].kind == ROW_LOOK)
			add_look(t, &w->aggregate.list[rows[i].index]);
		else if (rows[i].kind == ROW_ROUTE)
			trace_add_hint(t, rows[i].at_ns,
			    w->routes.list[rows[i].index].text);
		else
			add_deed(t, &w->deeds[rows[i].index]);
	free(rows);
}
