/* SPDX-License-Identifier: BSD-2-Clause */
#include "failover/rcvars.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/mem.h"

void
rcvars_fini(struct rcvars *r)
{
	size_t i;

	for (i = 0; i < r->n_vars; i++) {
		free(r->vars[i].name);
		free(r->vars[i].value);
		free(r->vars[i].path);
	}
	free(r->vars);
	free(r->file);
	memset(r, 0, sizeof(*r));
}

static struct rcvar *
find_in(const struct rcvars *r, enum rc_file file, const char *name)
{
	size_t i;

	for (i = 0; i < r->n_vars; i++)
		if (r->vars[i].file == file &&
		    strcmp(r->vars[i].name, name) == 0)
			return &r->vars[i];
	return NULL;
}

void
rcvars_set_in(struct rcvars *r, enum rc_file file, const char *path,
    const char *name, const char *value, unsigned line, unsigned col)
{
	struct rcvar *v = find_in(r, file, name);
	char *copy = mem_str(value); /* value may be the old one */

	if (v == NULL) {
		v = MEM_PUSH(r->vars, r->n_vars, r->cap_vars);
		v->name = mem_str(name);
		v->name_hash = hash_str(HASH_START, name);
		v->file = file;
	}
	free(v->value);
	free(v->path);
	v->value = copy;
	v->path = mem_str(path);
	v->line = line;
	v->col = col;
}

void
rcvars_set(struct rcvars *r, const char *name, const char *value, unsigned line,
    unsigned col)
{
	rcvars_set_in(r, RC_CONF, NULL, name, value, line, col);
}

const struct rcvar *
rcvars_find(const struct rcvars *r, const char *name)
{
	uint64_t hash = hash_str(HASH_START, name);
	const struct rcvar *last = NULL;
	size_t i;

	for (i = 0; i < r->n_vars; i++)
		if (r->vars[i].name_hash == hash &&
		    strcmp(r->vars[i].name, name) == 0 &&
		    (last == NULL || r->vars[i].file > last->file))
			last = &r->vars[i];
	return last;
}

const char *
rcvars_get(const struct rcvars *r, const char *name)
{
	const struct rcvar *v = rcvars_find(r, name);

	return v == NULL ? NULL : v->value;
}

const char *
rcvars_get_in(const struct rcvars *r, enum rc_file file, const char *name)
{
	const struct rcvar *v = find_in(r, file, name);

	return v == NULL ? NULL : v->value;
}

/* Asked for at every look at every pair: snprintf() takes ten times as long.
 * As with that, what is too long is cut. */
static void
add_part(char *name, size_t size, size_t *bytes, const char *part)
{
	size_t n = strlen(part), room = size - 1 - *bytes;

	n = n < room ? n : room;
	memcpy(name + *bytes, part, n);
	*bytes += n;
	name[*bytes] = '\0';
}

const struct rcvar *
rcvars_find_if(const struct rcvars *r, const char *prefix, const char *ifname,
    const char *suffix)
{
	char name[80];
	size_t bytes = 0, i, end;

	add_part(name, sizeof(name), &bytes, prefix);
	add_part(name, sizeof(name), &bytes, "_");
	i = bytes;
	add_part(name, sizeof(name), &bytes, ifname);
	end = bytes;
	add_part(name, sizeof(name), &bytes, suffix);
	for (; i < end; i++)
		if (name[i] == '.' || name[i] == '-' || name[i] == '/' ||
		    name[i] == '+')
			name[i] = '_';
	return rcvars_find(r, name);
}

const struct rcvar *
rcvars_find_ifconfig(const struct rcvars *r, const char *ifname)
{
	const struct rcvar *v = rcvars_find_if(r, "ifconfig", ifname, "");

	return v != NULL ? v : rcvars_find(r, "ifconfig_DEFAULT");
}

const char *
rcvars_ifconfig(const struct rcvars *r, const char *ifname)
{
	const struct rcvar *v = rcvars_find_ifconfig(r, ifname);

	return v == NULL ? NULL : v->value;
}

bool
rcvars_is_yes(const struct rcvars *r, const char *name)
{
	static const char *const words[] = { "YES", "TRUE", "ON", "1" };
	const char *value = rcvars_get(r, name);
	size_t i;

	for (i = 0; value != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

void
rcvars_complain(const struct rcvars *r, const struct rcvar *v, struct diag *d,
    const char *fmt, ...)
{
	const char *path = v->path != NULL ? v->path : r->file;
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diag_report(d, DIAG_ERROR, path == NULL ? "rc.conf" : path, v->line,
	    v->col, "%s: %s", v->name, text);
}
