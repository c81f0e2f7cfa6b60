/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/final.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Appends what is to be said of one object; false when that is nothing. */
typedef bool say_fn(const struct trace *t, const char *object,
    struct strbuf *out);

static int
by_object(const void *a, const void *b)
{
	const struct trace_state *x = *(const struct trace_state *const *)a;
	const struct trace_state *y = *(const struct trace_state *const *)b;
	int order = strcmp(x->object, y->object);

	return order != 0 ? order : x < y ? -1 : x > y;
}

/* Says each object that has the field once, in order of the names. */
static void
say_each(const struct trace *t, const char *field, say_fn *say,
    const char *nothing, struct strbuf *out)
{
	const struct trace_state **list =
	    mem_zero(t->n_states + 1, sizeof(*list));
	size_t i, n = 0, start = out->bytes, before;

	for (i = 0; i < t->n_states; i++)
		if (strcmp(t->states[i].field, field) == 0)
			list[n++] = &t->states[i];
	qsort(list, n, sizeof(*list), by_object);
	for (i = 0; i < n; i++) {
		if (i > 0 && strcmp(list[i]->object, list[i - 1]->object) == 0)
			continue;
		before = out->bytes;
		if (before > start)
			strbuf_adds(out, ", ");
		if (!say(t, list[i]->object, out))
			out->bytes = before;
	}
	if (out->bytes == start)
		strbuf_adds(out, nothing);
	else
		out->data[out->bytes] = '\0';
	free(list);
}

static bool
say_aggregate(const struct trace *t, const char *object, struct strbuf *out)
{
	const char *active = trace_get_state(t, object, "active");
	const char *ports = trace_get_state(t, object, "ports");

	if (active == NULL)
		return false;
	strbuf_addf(out, "%s: active %s of %s", object, active,
	    ports == NULL || ports[0] == '\0' ? "none" : ports);
	return true;
}

static bool
say_addresses(const struct trace *t, const char *object, struct strbuf *out)
{
	const char *inet = trace_get_state(t, object, "inet");

	if (inet == NULL || inet[0] == '\0')
		return false;
	strbuf_addf(out, "%s on %s", inet, object);
	return true;
}

void
final_aggregates(const struct trace *t, struct strbuf *out)
{
	say_each(t, "active", say_aggregate, "no aggregate", out);
}

void
final_addresses(const struct trace *t, struct strbuf *out)
{
	say_each(t, "inet", say_addresses, "none", out);
}

/* Only a synthetic NIC has a data path. */
static bool
is_synthetic(const struct trace *t, const char *object)
{
	return trace_get_state(t, object, "datapath") != NULL;
}

/* "" for an aggregate without a synthetic NIC: it is not ours to judge. */
static const char *
word_of(const struct trace *t, const char *aggregate)
{
	const char *active = trace_get_state(t, aggregate, "active");
	const char *ports = trace_get_state(t, aggregate, "ports");
	char name[64];
	size_t n;
	bool ours = false;

	for (; ports != NULL && *ports != '\0'; ports += n) {
		ports += strspn(ports, " ");
		n = strcspn(ports, " ");
		if (n == 0 || n >= sizeof(name))
			break;
		memcpy(name, ports, n);
		name[n] = '\0';
		ours = ours || is_synthetic(t, name);
	}
	if (active == NULL || !ours)
		return "";
	if (strcmp(active, "none") == 0)
		return "DEAD";
	return is_synthetic(t, active) ? "SYN" : "VF-ON";
}

const char *
final_word(const struct trace *t)
{
	const char *found = "NONE", *word;
	size_t i;

	/* An aggregate has many rows; each says the same of it. */
	for (i = 0; i < t->n_states; i++) {
		if (strcmp(t->states[i].field, "active") != 0)
			continue;
		word = word_of(t, t->states[i].object);
		if (*word == '\0')
			continue;
		if (strcmp(found, "NONE") != 0 && strcmp(found, word) != 0)
			return "MIXED";
		found = word;
	}
	return found;
}

/* Whether no row before this one is of the same object, and field if wanted. */
static bool
is_first_row(const struct trace *t, size_t at, bool of_field)
{
	size_t i;

	for (i = 0; i < at; i++)
		if (strcmp(t->states[i].object, t->states[at].object) == 0 &&
		    (!of_field ||
			strcmp(t->states[i].field, t->states[at].field) == 0))
			return false;
	return true;
}

static void
say_fields(const struct trace *t, const char *object, struct strbuf *out)
{
	const struct trace_state *s;
	const char *value;
	bool any = false;
	size_t i;

	strbuf_addf(out, "%s:", object);
	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (strcmp(s->object, object) != 0 ||
		    strcmp(s->field, "exists") == 0 ||
		    !is_first_row(t, i, true))
			continue;
		value = trace_get_state(t, object, s->field);
		if (value == NULL || value[0] == '\0')
			continue;
		strbuf_addf(out, "%s %s %s", any ? "," : "", s->field, value);
		any = true;
	}
	strbuf_addc(out, '\n');
}

bool
final_objects(const struct trace *t, const char *object, struct strbuf *out)
{
	const char *name, *exists;
	bool any = false;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		name = t->states[i].object;
		if ((object != NULL && strcmp(name, object) != 0) ||
		    !is_first_row(t, i, false))
			continue;
		exists = trace_get_state(t, name, "exists");
		if (exists != NULL && strcmp(exists, "no") == 0)
			continue;
		say_fields(t, name, out);
		any = true;
	}
	return any;
}
