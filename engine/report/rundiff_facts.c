/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "report/final.h"
#include "report/outage.h"
#include "report/rundiff_parts.h"
#include "report/verdict.h"

/* Kinds of runs whose time is computed; every other one is a measurement. */
static const char *const virtual_kinds[] = { "simulated", "replay-open",
	"replay-closed" };

static bool
is_real_time(const char *kind)
{
	size_t i;

	for (i = 0; i < sizeof(virtual_kinds) / sizeof(virtual_kinds[0]); i++)
		if (strcmp(kind, virtual_kinds[i]) == 0)
			return false;
	return true;
}

static int64_t
held_within(uint64_t a, uint64_t b)
{
	return a > INT64_MAX || b > INT64_MAX - a ? INT64_MAX
						  : (int64_t)(a + b);
}

/* Takes name. */
static void
add_number(struct rundiff_facts *f, enum rundiff_topic topic, char *name,
    int64_t value, int64_t grain)
{
	struct rundiff_number *n =
	    MEM_PUSH(f->numbers, f->n_numbers, f->cap_numbers);

	n->name = name;
	n->topic = topic;
	n->value = value;
	n->grain = grain;
}

/* Takes name and value. */
static void
add_word(struct rundiff_facts *f, enum rundiff_topic topic, char *name,
    char *value)
{
	struct rundiff_word *w = MEM_PUSH(f->words, f->n_words, f->cap_words);

	w->name = name;
	w->topic = topic;
	w->value = value;
}

static char *
join(const char *a, const char *between, const char *b)
{
	struct strbuf text = { 0 };

	strbuf_addf(&text, "%s%s%s", a, between, b);
	return strbuf_take(&text);
}

static void
add_probe(struct rundiff_facts *f, const struct trace_probe *p)
{
	bool echo = strcmp(p->way, "echo") == 0;
	char *name = join(p->name, echo ? "" : " ", echo ? "" : p->way);

	add_number(f, RUNDIFF_LOST, mem_str(name),
	    held_within(p->lost, p->send_errors), 0);
	add_number(f, RUNDIFF_GAP, mem_str(name), p->longest_gap_ns,
	    p->period_ns > 0 ? p->period_ns : 0);
	add_number(f, RUNDIFF_PACKETS, join(name, " ", "duplicated"),
	    held_within(p->duplicated, 0), 0);
	add_number(f, RUNDIFF_PACKETS, join(name, " ", "reordered"),
	    held_within(p->reordered, 0), 0);
	add_number(f, RUNDIFF_PACKETS, join(name, " ", "late"),
	    held_within(p->late, 0), 0);
	free(name);
}

/* The same deed may be done many times: "vf eject mce0", "vf eject mce0 #2". */
struct naming {
	const char *what;
	size_t row;
	unsigned nth;
};

static int
by_what(const void *a, const void *b)
{
	const struct naming *x = a, *y = b;
	int order = strcmp(x->what, y->what);

	return order != 0 ? order : x->row < y->row ? -1 : x->row > y->row;
}

static int
by_row(const void *a, const void *b)
{
	const struct naming *x = a, *y = b;

	return x->row < y->row ? -1 : x->row > y->row;
}

/* Numbers those that are equal; the order stays. */
static void
number_equals(struct naming *list, size_t n)
{
	size_t i;

	qsort(list, n, sizeof(*list), by_what);
	for (i = 0; i < n; i++)
		list[i].nth =
		    i > 0 && strcmp(list[i].what, list[i - 1].what) == 0
		    ? list[i - 1].nth + 1
		    : 1;
	qsort(list, n, sizeof(*list), by_row);
}

static char *
take_name(const struct naming *name)
{
	struct strbuf text = { 0 };

	strbuf_adds(&text, name->what);
	if (name->nth > 1)
		strbuf_addf(&text, " #%u", name->nth);
	return strbuf_take(&text);
}

static void
add_responses(struct rundiff_facts *f, const struct trace *t)
{
	struct response *r;
	struct naming *names;
	size_t i, n;

	r = outage_responses(t, &n);
	names = mem_zero(n, sizeof(*names));
	for (i = 0; i < n; i++) {
		names[i].what = r[i].what;
		names[i].row = i;
	}
	number_equals(names, n);
	for (i = 0; i < n; i++) {
		char *name = take_name(&names[i]);

		if (r[i].active != NULL)
			add_number(f, RUNDIFF_FAILOVER,
			    join(r[i].active, " after ", name), r[i].after_ns,
			    0);
		add_word(f, RUNDIFF_PORT, name,
		    mem_str(r[i].active == NULL ? "as it was" : r[i].active));
	}
	free(names);
	free(r);
}

static void
add_checks(struct rundiff_facts *f, const struct trace *t)
{
	struct naming *names = mem_zero(t->n_checks + 1, sizeof(*names));
	struct rundiff_check *to;
	struct strbuf place = { 0 };
	size_t i;

	for (i = 0; i < t->n_checks; i++) {
		names[i].what = t->checks[i].text;
		names[i].row = i;
	}
	number_equals(names, t->n_checks);
	for (i = 0; i < t->n_checks; i++) {
		const struct trace_check *c = &t->checks[i];
		const char *slash = strrchr(c->file, '/');

		/* One that was not for this policy is as if it were not
		 * there. */
		if (c->verdict == TRACE_SKIP)
			continue;
		to = MEM_PUSH(f->checks, f->n_checks, f->cap_checks);
		to->name = take_name(&names[i]);
		strbuf_addf(&place, "%s:%u",
		    slash == NULL ? c->file : slash + 1, c->line);
		to->place = strbuf_take(&place);
		to->failed = verdict_is_failure(c);
		to->happened = mem_str(to->failed ? c->happened : "");
	}
	free(names);
}

static void
add_final(struct rundiff_facts *f, const struct trace *t)
{
	const char *route = trace_get_state(t, "route", "default");
	struct strbuf text = { 0 };

	final_aggregates(t, &text);
	add_word(f, RUNDIFF_FINAL, mem_str("aggregates"), strbuf_take(&text));
	final_addresses(t, &text);
	add_word(f, RUNDIFF_FINAL, mem_str("addresses"), strbuf_take(&text));
	add_word(f, RUNDIFF_FINAL, mem_str("default route"),
	    mem_str(route == NULL ? "none" : route));
	add_word(f, RUNDIFF_COURSE, mem_str("recording"),
	    mem_str(t->run.cut ? "not finished" : "finished"));
}

static int
number_order(const void *a, const void *b)
{
	const struct rundiff_number *x = a, *y = b;

	return x->topic != y->topic ? (x->topic < y->topic ? -1 : 1)
				    : strcmp(x->name, y->name);
}

static int
word_order(const void *a, const void *b)
{
	const struct rundiff_word *x = a, *y = b;

	return x->topic != y->topic ? (x->topic < y->topic ? -1 : 1)
				    : strcmp(x->name, y->name);
}

static int
check_order(const void *a, const void *b)
{
	const struct rundiff_check *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
sort(struct rundiff_facts *f)
{
	qsort(f->numbers, f->n_numbers, sizeof(*f->numbers), number_order);
	qsort(f->words, f->n_words, sizeof(*f->words), word_order);
	if (f->n_checks > 0)
		qsort(f->checks, f->n_checks, sizeof(*f->checks), check_order);
}

const char *
rundiff_next_row(const char *dump)
{
	static const char *const others[] = { "from ", "run ", "check " };
	size_t i = 0;

	while (*dump != '\0' && i < 3) {
		for (i = 0; i < 3; i++)
			if (strncmp(dump, others[i], strlen(others[i])) == 0)
				break;
		if (i < 3) {
			dump += strcspn(dump, "\n");
			dump += *dump == '\n';
		}
	}
	return dump;
}

static uint64_t
course_of(const struct trace *t)
{
	struct strbuf dump = { 0 };
	uint64_t hash = HASH_START;
	const char *row;
	size_t n;

	trace_dump(t, &dump);
	row = rundiff_next_row(strbuf_str(&dump));
	for (; *row != '\0'; row = rundiff_next_row(row + n)) {
		n = strcspn(row, "\n");
		n += row[n] == '\n';
		hash = hash_bytes(hash, row, n);
	}
	strbuf_fini(&dump);
	return hash;
}

struct rundiff_facts *
rundiff_facts_new(const struct trace *t, int64_t run, uint64_t hash)
{
	struct rundiff_facts *f = mem_zero(1, sizeof(*f));
	size_t i;

	f->run = run;
	f->title = mem_str(t->run.title);
	f->source = mem_str(t->run.source);
	f->policy = mem_str(t->run.policy);
	f->kind = mem_str(t->run.kind);
	f->seed = t->run.seed;
	f->hash = hash;
	f->course = course_of(t);
	f->real_time = is_real_time(t->run.kind);
	for (i = 0; i < t->n_probes; i++)
		add_probe(f, &t->probes[i]);
	add_responses(f, t);
	add_checks(f, t);
	add_final(f, t);
	add_number(f, RUNDIFF_WORK, mem_str("operations"),
	    (int64_t)t->n_operations, 0);
	add_number(f, RUNDIFF_WORK, mem_str("programs"), (int64_t)t->n_commands,
	    0);
	sort(f);
	return f;
}

void
rundiff_facts_free(struct rundiff_facts *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->n_numbers; i++)
		free(f->numbers[i].name);
	for (i = 0; i < f->n_words; i++) {
		free(f->words[i].name);
		free(f->words[i].value);
	}
	for (i = 0; i < f->n_checks; i++) {
		free(f->checks[i].name);
		free(f->checks[i].place);
		free(f->checks[i].happened);
	}
	free(f->numbers);
	free(f->words);
	free(f->checks);
	free(f->title);
	free(f->source);
	free(f->policy);
	free(f->kind);
	free(f);
}

int64_t
rundiff_run(const struct rundiff_facts *f)
{
	return f->run;
}
