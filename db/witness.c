/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/witness.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "db/witness_lines.h"

#define PORTS_MAX 32

/* SIOCGLAGG's port flags (FREEBSD.md). */
enum { PORT_MASTER = 0x1, PORT_ACTIVE = 0x4 };

const char *const witness_suffixes[] = { ".txt", ".rt", ".lagg", ".flow",
	".before.state", NULL };

struct witness *
witness_new(void)
{
	struct witness *w = mem_zero(1, sizeof(*w));

	w->about = mem_str("");
	w->state = mem_str("");
	return w;
}

static void
list_fini(struct witness_list *l)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		free(l->list[i].text);
	free(l->list);
}

void
witness_free(struct witness *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = 0; i < w->n_deeds; i++) {
		free(w->deeds[i].text);
		free(w->deeds[i].output);
	}
	free(w->deeds);
	list_fini(&w->routes);
	list_fini(&w->aggregate);
	free(w->flows);
	free(w->holes);
	free(w->about);
	free(w->state);
	free(w);
}

/* --- lines --- */

char *
witness_next(struct witness_lines *l)
{
	const char *at = l->at, *nl;

	if (at >= l->end)
		return NULL;
	nl = memchr(at, '\n', (size_t)(l->end - at));
	if (nl == NULL)
		nl = l->end;
	l->at = nl + 1;
	return mem_strn(at, (size_t)(nl - at));
}

const char *
witness_seconds(const char *s, int64_t *ns)
{
	int64_t part = DUR_SEC / 10;

	if (!isdigit((unsigned char)*s))
		return NULL;
	for (*ns = 0; isdigit((unsigned char)*s); s++) {
		if (*ns > DUR_MAX / 10)
			return NULL;
		*ns = *ns * 10 + (*s - '0') * DUR_SEC;
	}
	if (*s == '.')
		for (s++; isdigit((unsigned char)*s); s++, part /= 10)
			*ns += (*s - '0') * part;
	return *ns > DUR_MAX ? NULL : s;
}

bool
witness_stamp(const char *line, int64_t *ns, const char **rest)
{
	const char *end = witness_seconds(line, ns);

	if (end == NULL || (*end != ' ' && *end != ':'))
		return false;
	*rest = end + strspn(end, ": ");
	return true;
}

bool
witness_value(const char *line, const char *key, char *value, size_t size)
{
	size_t n = strlen(key), len;
	const char *at = line;

	while ((at = strstr(at, key)) != NULL) {
		if (at[n] == '=' && (at == line || at[-1] == ' ')) {
			at += n + 1;
			len = strcspn(at, " ");
			if (len >= size)
				return false;
			memcpy(value, at, len);
			value[len] = '\0';
			return true;
		}
		at += n;
	}
	return false;
}

bool
witness_number(const char *line, const char *key, uint64_t *out)
{
	char value[32];
	int64_t n;

	if (!witness_value(line, key, value, sizeof(value)) ||
	    !num_parse(value, strlen(value), 0, INT64_MAX, &n))
		return false;
	*out = (uint64_t)n;
	return true;
}

bool
witness_time(const char *line, const char *key, int64_t unit, int64_t *ns)
{
	char value[32];
	const char *end;

	if (!witness_value(line, key, value, sizeof(value)) ||
	    (end = witness_seconds(value, ns)) == NULL || *end != '\0')
		return false;
	*ns /= DUR_SEC / unit;
	return true;
}

void
witness_see(struct witness_list *l, int64_t at_ns, const char *text)
{
	struct witness_sight *s = MEM_PUSH(l->list, l->count, l->cap);

	s->at_ns = at_ns;
	s->text = mem_str(text);
}

/* --- what was done --- */

static void
add_text(char **to, const char *line)
{
	struct strbuf sb = { 0 };

	strbuf_addf(&sb, "%s%s\n", *to, line);
	free(*to);
	*to = strbuf_take(&sb);
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static struct witness_deed *
add_deed(struct witness *w, int64_t at_ns, enum witness_kind kind,
    const char *text)
{
	struct witness_deed *d = MEM_PUSH(w->deeds, w->n_deeds, w->cap_deeds);

	d->at_ns = at_ns;
	d->kind = kind;
	d->text = mem_str(text);
	d->output = mem_str("");
	return d;
}

/* "# watcher: ifconfig vtnet0 down done" */
static void
take_remark(struct witness *w, int64_t at_ns, const char *rest)
{
	const char *command = strstr(rest, ": ");
	size_t n = strlen(rest);
	char *text;

	if (command == NULL || n < 5 || strcmp(rest + n - 5, " done") != 0)
		return;
	command += 2;
	text = mem_strn(command, (size_t)(rest + n - 5 - command));
	add_deed(w, at_ns, WITNESS_COMMAND, text)->ended = true;
	free(text);
}

/* The remarks at the head, up to the first line with a time. */
static void
take_deeds(struct witness *w, struct witness_lines *l)
{
	struct witness_deed *last = NULL;
	bool head = true;
	const char *rest;
	int64_t at_ns;
	char *line;

	for (; (line = witness_next(l)) != NULL; free(line)) {
		if (witness_stamp(line, &at_ns, &rest) &&
		    (begins(rest, "$ ") || begins(rest, "QMP"))) {
			head = false;
			last = NULL;
			if (rest[0] == '$')
				last = add_deed(w, at_ns, WITNESS_COMMAND,
				    rest + 2);
			else if (begins(rest, "QMP> "))
				add_deed(w, at_ns, WITNESS_HOST, rest + 5);
		} else if (witness_stamp(line, &at_ns, &rest) &&
		    rest[0] == '#') {
			last = NULL;
			take_remark(w, at_ns, rest);
		} else if (line[0] == '#' || begins(line, "[rc=")) {
			last = NULL;
			if (head)
				add_text(&w->about, line);
		} else if (last != NULL) {
			add_text(&last->output, line);
		}
	}
}

/* --- the aggregate --- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *
witness_aggregate_text(const char *pairs)
{
	struct strbuf out = { 0 };
	char *copy = mem_str(pairs), *rest = copy, *word, *value;
	char *names[PORTS_MAX];
	unsigned long flags;
	size_t n = 0, i;

	while (n < PORTS_MAX && (word = strsep(&rest, " ")) != NULL)
		if (strchr(word, '=') != NULL)
			names[n++] = word;
	qsort(names, n, sizeof(names[0]), by_name);
	for (i = 0; i < n; i++) {
		value = strchr(names[i], '=');
		flags = strtoul(value + 1, NULL, 16);
		strbuf_addf(&out, "%s%.*s%s%s", i > 0 ? ", " : "",
		    (int)(value - names[i]), names[i],
		    (flags & PORT_MASTER) != 0 ? " MASTER" : "",
		    (flags & PORT_ACTIVE) != 0 ? " ACTIVE" : "");
	}
	if (n == 0)
		strbuf_adds(&out, "no ports");
	free(copy);
	return strbuf_take(&out);
}

static void
take_aggregate(struct witness *w, struct witness_lines *l)
{
	const char *rest, *colon;
	int64_t at_ns;
	char *line, *text, *end;

	w->has_aggregate = true;
	for (; (line = witness_next(l)) != NULL; free(line)) {
		if (!witness_stamp(line, &at_ns, &rest))
			continue;
		colon = strchr(rest, ':');
		if (colon == NULL)
			continue;
		if (begins(rest, "SIOCGLAGG:")) {
			text = mem_str("none");
		} else {
			if ((end = strstr(line, " media_status=")) != NULL)
				*end = '\0';
			text = witness_aggregate_text(
			    *colon == ':' ? colon + 1 : "");
		}
		if (w->aggregate.count == 0 ||
		    strcmp(w->aggregate.list[w->aggregate.count - 1].text,
			text) != 0)
			witness_see(&w->aggregate, at_ns, text);
		free(text);
	}
}

bool
witness_take(struct witness *w, const char *suffix, const char *text,
    size_t bytes)
{
	struct witness_lines l = { text, text + bytes };

	if (strcmp(suffix, ".txt") == 0) {
		take_deeds(w, &l);
	} else if (strcmp(suffix, ".rt") == 0) {
		witness_take_routes(w, &l);
	} else if (strcmp(suffix, ".lagg") == 0) {
		take_aggregate(w, &l);
	} else if (strcmp(suffix, ".flow") == 0) {
		witness_take_flow(w, &l);
	} else if (strcmp(suffix, ".before.state") == 0) {
		if (w->state[0] == '\0') {
			free(w->state);
			w->state = mem_strn(text, bytes);
		}
	} else {
		return false;
	}
	return true;
}
