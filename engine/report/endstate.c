/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/endstate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/ipaddr.h"
#include "base/mem.h"
#include "base/strbuf.h"

struct field {
	const char *object, *name; /* the trace's */
	char *value;		   /* in its compared form */
};

struct fields {
	struct field *list;
	size_t n, cap;
};

static bool
is_loopback(const char *object)
{
	return strcmp(object, "lo") == 0 || strcmp(object, "lo0") == 0;
}

static bool
is_left_out(const char *word)
{
	struct ipaddr a;

	return ipaddr_parse(word, &a) && a.family == 6 && a.bytes[0] == 0xfe &&
	    (a.bytes[1] & 0xc0) == 0x80;
}

static int
by_word(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The words of a list, sorted, without those that are left out. */
static char *
sorted(const char *value)
{
	char *copy = mem_str(value), *rest = copy, *word, **words = NULL;
	size_t n = 0, cap = 0, i;
	struct strbuf out = { 0 };

	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0' && !is_left_out(word))
			*MEM_PUSH(words, n, cap) = word;
	if (n > 0)
		qsort(words, n, sizeof(*words), by_word);
	for (i = 0; i < n; i++)
		strbuf_addf(&out, "%s%s", i > 0 ? " " : "", words[i]);
	free(words);
	free(copy);
	return strbuf_take(&out);
}

static char *
compared(const struct trace_state *s)
{
	if (strcmp(s->field, "inet") == 0 || strcmp(s->field, "ports") == 0)
		return sorted(s->value);
	return mem_str(s->value);
}

static int
by_name(const void *va, const void *vb)
{
	const struct field *a = va, *b = vb;
	int order = strcmp(a->object, b->object);

	return order != 0 ? order : strcmp(a->name, b->name);
}

/* The newest value of each field of what is there. */
static void
take_fields(const struct trace *t, struct fields *out)
{
	const struct trace_state *s;
	struct field *f;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (!trace_is_newest(t, i) || is_loopback(s->object) ||
		    trace_get_state(t, s->object, s->field) == NULL)
			continue;
		f = MEM_PUSH(out->list, out->n, out->cap);
		f->object = s->object;
		f->name = s->field;
		f->value = compared(s);
	}
	if (out->n > 0)
		qsort(out->list, out->n, sizeof(*out->list), by_name);
}

static void
fields_fini(struct fields *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		free(f->list[i].value);
	free(f->list);
}

static void
differ(struct endstate *e, const struct field *of, const char *a, const char *b)
{
	struct endstate_difference *d = MEM_PUSH(e->list, e->n, e->cap);

	d->object = mem_str(of->object);
	d->field = mem_str(of->name);
	d->a = mem_str(a);
	d->b = mem_str(b);
}

/* A field of one side alone. */
static void
alone(struct endstate *e, const struct field *f, bool of_a)
{
	if (strcmp(f->name, "exists") == 0) {
		if (strcmp(f->value, "no") == 0)
			e->equal++;
		else
			differ(e, f, of_a ? f->value : "no",
			    of_a ? "no" : f->value);
	} else if (of_a) {
		e->only_a++;
	} else {
		e->only_b++;
	}
}

void
endstate_compare(const struct trace *a, const struct trace *b,
    struct endstate *out)
{
	struct fields x = { 0 }, y = { 0 };
	size_t i = 0, k = 0;
	int order;

	take_fields(a, &x);
	take_fields(b, &y);
	while (i < x.n || k < y.n) {
		order = i == x.n ? 1
		    : k == y.n	 ? -1
				 : by_name(&x.list[i], &y.list[k]);
		if (order < 0) {
			alone(out, &x.list[i++], true);
		} else if (order > 0) {
			alone(out, &y.list[k++], false);
		} else {
			if (strcmp(x.list[i].value, y.list[k].value) == 0)
				out->equal++;
			else
				differ(out, &x.list[i], x.list[i].value,
				    y.list[k].value);
			i++;
			k++;
		}
	}
	fields_fini(&x);
	fields_fini(&y);
}

void
endstate_fini(struct endstate *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		free(e->list[i].object);
		free(e->list[i].field);
		free(e->list[i].a);
		free(e->list[i].b);
	}
	free(e->list);
	memset(e, 0, sizeof(*e));
}
