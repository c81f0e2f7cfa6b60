/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/rundiff.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "report/rundiff_parts.h"

/* Of a normal distribution, so much of the median absolute deviation is the
 * standard deviation. */
#define SIGMA_OF_MAD 1.4826
/* Fewer runs than these have no spread to speak of. */
#define SAMPLE_MIN 3

const struct rundiff_rule rundiff_default_rule = {
	.floor_ns = 5 * DUR_MS,
	.floor_packets = 2,
	.share = 0.1,
	.unknown_share = 0.5,
	.factor = 3,
};

/* --- findings --- */

static struct rundiff_finding *
add_finding(struct rundiff_case *c, enum rundiff_topic topic,
    enum rundiff_grade grade, const char *name)
{
	struct rundiff_finding *f =
	    MEM_PUSH(c->findings, c->n_findings, c->cap_findings);

	f->topic = topic;
	f->grade = grade;
	f->name = mem_str(name);
	return f;
}

/* Worst first, then by topic and name. */
static int
by_weight(const void *a, const void *b)
{
	const struct rundiff_finding *x = a, *y = b;

	if (x->grade != y->grade)
		return x->grade > y->grade ? -1 : 1;
	if (x->topic != y->topic)
		return x->topic < y->topic ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* --- the numbers of both sides, grouped by name --- */

struct value {
	const void *fact; /* a number, word or check */
	enum rundiff_topic topic;
	const char *name;
	bool after;
};

struct values {
	struct value *list;
	size_t n, cap;
};

static void
add_value(struct values *v, const void *fact, enum rundiff_topic topic,
    const char *name, bool after)
{
	struct value *to = MEM_PUSH(v->list, v->n, v->cap);

	to->fact = fact;
	to->topic = topic;
	to->name = name;
	to->after = after;
}

static int
by_name(const void *a, const void *b)
{
	const struct value *x = a, *y = b;
	int order;

	if (x->topic != y->topic)
		return x->topic < y->topic ? -1 : 1;
	if ((order = strcmp(x->name, y->name)) != 0)
		return order;
	return (int)x->after - (int)y->after;
}

/* The facts of one name: those before, and behind them those after. */
struct group {
	const struct value *list;
	size_t n_before, n_after;
};

/* The group that begins at i. */
static struct group
group_at(const struct values *v, size_t i)
{
	struct group g = { .list = &v->list[i] };

	for (; i < v->n && v->list[i].topic == g.list->topic &&
	     strcmp(v->list[i].name, g.list->name) == 0;
	     i++) {
		g.n_before += !v->list[i].after;
		g.n_after += v->list[i].after;
	}
	return g;
}

typedef void group_fn(struct rundiff_case *c, const struct rundiff_rule *rule,
    const struct group *g);

static void
each_group(struct values *v, struct rundiff_case *c,
    const struct rundiff_rule *rule, group_fn *fn)
{
	struct group g;
	size_t i;

	if (v->n > 0)
		qsort(v->list, v->n, sizeof(*v->list), by_name);
	for (i = 0; i < v->n; i += g.n_before + g.n_after) {
		g = group_at(v, i);
		fn(c, rule, &g);
	}
	free(v->list);
}

/* --- samples --- */

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Sorts them. */
static double
median(double *list, size_t n)
{
	qsort(list, n, sizeof(*list), by_size);
	return n % 2 == 1 ? list[n / 2] : list[n / 2 - 1] / 2 + list[n / 2] / 2;
}

struct sample {
	size_t n;
	double median, deviation; /* median absolute one */
	int64_t grain;
};

static struct sample
sample_of(const struct value *list, size_t n)
{
	double *values = mem_zero(n + 1, sizeof(*values));
	struct sample s = { .n = n };
	const struct rundiff_number *number;
	size_t i;

	for (i = 0; i < n; i++) {
		number = list[i].fact;
		values[i] = (double)number->value;
		if (number->grain > s.grain)
			s.grain = number->grain;
	}
	s.median = median(values, n);
	for (i = 0; i < n; i++)
		values[i] = fabs(values[i] - s.median);
	s.deviation = median(values, n);
	free(values);
	return s;
}

static double
larger(double a, double b)
{
	return a > b ? a : b;
}

static double
noise_of(const struct rundiff_rule *rule, enum rundiff_topic topic,
    const struct sample *a, const struct sample *b)
{
	bool known = a->n >= SAMPLE_MIN || b->n >= SAMPLE_MIN;
	double noise,
	    grain = (double)(a->grain > b->grain ? a->grain : b->grain);

	noise = fabs(a->median) * (known ? rule->share : rule->unknown_share);
	if (topic == RUNDIFF_FAILOVER || topic == RUNDIFF_GAP)
		noise = larger(noise, (double)rule->floor_ns);
	else if (topic == RUNDIFF_LOST || topic == RUNDIFF_PACKETS)
		noise = larger(noise, (double)rule->floor_packets);
	noise = larger(noise, 2 * grain);
	return larger(noise,
	    rule->factor * SIGMA_OF_MAD * larger(a->deviation, b->deviation));
}

/* --- comparing --- */

static char *
number_text(enum rundiff_topic topic, double value)
{
	struct strbuf text = { 0 };

	rundiff_add_number(&text, topic, value);
	return strbuf_take(&text);
}

static bool
less_is_better(enum rundiff_topic topic)
{
	return topic == RUNDIFF_FAILOVER || topic == RUNDIFF_LOST ||
	    topic == RUNDIFF_GAP;
}

static void
compare_number(struct rundiff_case *c, const struct rundiff_rule *rule,
    const struct group *g)
{
	enum rundiff_topic topic = g->list->topic;
	enum rundiff_grade grade = RUNDIFF_CHANGED;
	struct rundiff_finding *f;
	struct sample a, b;
	double noise;

	if (g->n_before == 0 || g->n_after == 0)
		return;
	a = sample_of(g->list, g->n_before);
	b = sample_of(g->list + g->n_before, g->n_after);
	noise = c->real_time ? noise_of(rule, topic, &a, &b) : 0;
	if (fabs(b.median - a.median) <= noise)
		return;
	if (less_is_better(topic))
		grade = b.median > a.median ? RUNDIFF_WORSE : RUNDIFF_BETTER;
	f = add_finding(c, topic, grade, g->list->name);
	f->before = number_text(topic, a.median);
	f->after = number_text(topic, b.median);
	f->is_number = true;
	f->value_before = a.median;
	f->value_after = b.median;
	f->noise = noise;
}

static bool
is_among(const struct value *list, size_t n, const char *value)
{
	const struct rundiff_word *w;
	size_t i;

	for (i = 0; i < n; i++) {
		w = list[i].fact;
		if (strcmp(w->value, value) == 0)
			return true;
	}
	return false;
}

/* The first value after that no run before had. */
static void
compare_word(struct rundiff_case *c, const struct rundiff_rule *rule,
    const struct group *g)
{
	const struct rundiff_word *before = g->list->fact, *after;
	enum rundiff_topic topic = g->list->topic;
	struct rundiff_finding *f;
	size_t i;

	(void)rule;
	for (i = 0; i < g->n_after && g->n_before > 0; i++) {
		after = g->list[g->n_before + i].fact;
		if (is_among(g->list, g->n_before, after->value))
			continue;
		f = add_finding(c, topic,
		    topic == RUNDIFF_FINAL ? RUNDIFF_WORSE : RUNDIFF_CHANGED,
		    g->list->name);
		f->before = mem_str(before->value);
		f->after = mem_str(after->value);
		return;
	}
}

/* How the runs of one side fared; *last is one that failed. */
static size_t
count_failed(const struct value *list, size_t n,
    const struct rundiff_check **last)
{
	size_t i, failed = 0;

	for (i = 0; i < n; i++) {
		const struct rundiff_check *k = list[i].fact;

		if (k->failed) {
			*last = k;
			failed++;
		}
	}
	return failed;
}

static char *
check_text(size_t failed, size_t n, const struct rundiff_check *k)
{
	struct strbuf text = { 0 };

	if (n == 0)
		strbuf_adds(&text, "not asked");
	else if (failed == 0)
		strbuf_adds(&text, "held");
	else if (n > 1)
		strbuf_addf(&text, "%zu of %zu failed: ", failed, n);
	if (failed > 0)
		strbuf_adds(&text,
		    k->happened[0] == '\0' ? "failed" : k->happened);
	return strbuf_take(&text);
}

static void
compare_check(struct rundiff_case *c, const struct rundiff_rule *rule,
    const struct group *g)
{
	const struct rundiff_check *a = g->list->fact, *b = a, *named;
	const struct value *after = g->list + g->n_before;
	size_t was, is;
	struct strbuf name = { 0 };
	struct rundiff_finding *f;
	enum rundiff_grade grade;

	(void)rule;
	was = count_failed(g->list, g->n_before, &a);
	is = count_failed(after, g->n_after, &b);
	if (was == 0 && is == 0)
		return;
	if (was == 0)
		grade = RUNDIFF_WORSE;
	else if (g->n_after == 0)
		grade = RUNDIFF_CHANGED;
	else
		grade = is == 0 ? RUNDIFF_BETTER : RUNDIFF_STILL;
	named = is > 0 ? b : a;
	strbuf_addf(&name, "%s %s", named->place, named->name);
	f = add_finding(c, RUNDIFF_CHECK, grade, strbuf_str(&name));
	f->before = check_text(was, g->n_before, a);
	f->after = check_text(is, g->n_after, b);
	strbuf_fini(&name);
}

static char *
hash_text(uint64_t hash)
{
	struct strbuf text = { 0 };

	if (hash == 0)
		strbuf_adds(&text, "none");
	else
		strbuf_addf(&text, "%016" PRIx64, hash);
	return strbuf_take(&text);
}

static void
compare_course(struct rundiff_case *c, const struct rundiff_facts *a,
    const struct rundiff_facts *b)
{
	struct rundiff_finding *f;

	if (c->real_time || a->course == b->course)
		return;
	f = add_finding(c, RUNDIFF_COURSE, RUNDIFF_CHANGED, "trace hash");
	f->before = hash_text(a->hash);
	f->after = hash_text(b->hash);
}

/* Of one run; each kind of fact into a list of its own. */
static void
take_facts(const struct rundiff_facts *f, bool after, struct values *checks,
    struct values *numbers, struct values *words)
{
	size_t i;

	for (i = 0; i < f->n_checks; i++)
		add_value(checks, &f->checks[i], RUNDIFF_CHECK,
		    f->checks[i].name, after);
	for (i = 0; i < f->n_numbers; i++)
		add_value(numbers, &f->numbers[i], f->numbers[i].topic,
		    f->numbers[i].name, after);
	for (i = 0; i < f->n_words; i++)
		add_value(words, &f->words[i], f->words[i].topic,
		    f->words[i].name, after);
}

/* Virtual time: the newest run of each side stands for all of them. */
static void
compare_case(struct rundiff_case *c, const struct rundiff_rule *rule)
{
	struct values checks = { 0 }, numbers = { 0 }, words = { 0 };
	size_t i, a = c->real_time || c->n_before == 0 ? 0 : c->n_before - 1;
	size_t b = c->real_time || c->n_after == 0 ? 0 : c->n_after - 1;

	for (i = a; i < c->n_before; i++)
		take_facts(c->before[i], false, &checks, &numbers, &words);
	for (i = b; i < c->n_after; i++)
		take_facts(c->after[i], true, &checks, &numbers, &words);
	if (c->n_after > 0)
		each_group(&checks, c, rule, compare_check);
	else
		free(checks.list);
	each_group(&numbers, c, rule, compare_number);
	each_group(&words, c, rule, compare_word);
	if (c->n_before > 0 && c->n_after > 0)
		compare_course(c, c->before[a], c->after[b]);
	if (c->n_findings > 0) {
		qsort(c->findings, c->n_findings, sizeof(*c->findings),
		    by_weight);
		c->grade = c->findings[0].grade;
	}
}

/* --- cases --- */

struct entry {
	const struct rundiff_facts *facts;
	bool after;
};

static int
case_order(const struct rundiff_facts *a, const struct rundiff_facts *b)
{
	int order;

	if ((order = strcmp(a->title, b->title)) != 0 ||
	    (order = strcmp(a->policy, b->policy)) != 0 ||
	    (order = strcmp(a->kind, b->kind)) != 0)
		return order;
	return a->seed < b->seed ? -1 : a->seed > b->seed;
}

static int
entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order;

	if ((order = case_order(x->facts, y->facts)) != 0 ||
	    (order = strcmp(x->facts->source, y->facts->source)) != 0)
		return order;
	if (x->after != y->after)
		return x->after ? 1 : -1;
	return x->facts->run < y->facts->run ? -1
					     : x->facts->run > y->facts->run;
}

static int
by_run(const void *a, const void *b)
{
	const struct rundiff_facts *x = *(const struct rundiff_facts *const *)a;
	const struct rundiff_facts *y = *(const struct rundiff_facts *const *)b;

	return x->run < y->run ? -1 : x->run > y->run;
}

static void
put_entry(struct rundiff_case *c, const struct entry *e)
{
	size_t cap;

	if (e->after) {
		cap = c->n_after;
		c->after =
		    mem_grow(c->after, &cap, c->n_after + 1, sizeof(*c->after));
		c->after[c->n_after++] = e->facts;
	} else {
		cap = c->n_before;
		c->before = mem_grow(c->before, &cap, c->n_before + 1,
		    sizeof(*c->before));
		c->before[c->n_before++] = e->facts;
	}
	c->real_time = c->real_time || e->facts->real_time;
}

static void
free_case(struct rundiff_case *c)
{
	size_t i;

	for (i = 0; i < c->n_findings; i++) {
		free(c->findings[i].name);
		free(c->findings[i].before);
		free(c->findings[i].after);
		free(c->findings[i].row_before);
		free(c->findings[i].row_after);
	}
	free(c->findings);
	free(c->before);
	free(c->after);
}

static void
move_runs(struct rundiff_case *to, const struct rundiff_case *from)
{
	size_t i;

	for (i = 0; i < from->n_before; i++)
		put_entry(to, &(struct entry){ from->before[i], false });
	for (i = 0; i < from->n_after; i++)
		put_entry(to, &(struct entry){ from->after[i], true });
}

/* Of the cases from `first` on, which differ in the source only: when one is
 * there only before, and one only after, it was moved. */
static void
join_moved(struct rundiff *d, size_t first)
{
	size_t i, gone = SIZE_MAX, come = SIZE_MAX, n_gone = 0, n_come = 0;

	for (i = first; i < d->n_cases; i++) {
		if (d->cases[i].n_after == 0) {
			gone = i;
			n_gone++;
		} else if (d->cases[i].n_before == 0) {
			come = i;
			n_come++;
		}
	}
	if (n_gone != 1 || n_come != 1)
		return;
	move_runs(&d->cases[come], &d->cases[gone]);
	free_case(&d->cases[gone]);
	memmove(&d->cases[gone], &d->cases[gone + 1],
	    (d->n_cases - gone - 1) * sizeof(*d->cases));
	d->n_cases--;
}

static void
make_cases(struct rundiff *d, struct entry *list, size_t n)
{
	struct rundiff_case *c = NULL;
	size_t i, first = 0;

	if (n > 0)
		qsort(list, n, sizeof(*list), entry_order);
	for (i = 0; i < n; i++) {
		bool other =
		    i == 0 || case_order(list[i].facts, list[i - 1].facts) != 0;

		if (other) {
			join_moved(d, first);
			first = d->n_cases;
		}
		if (other ||
		    strcmp(list[i].facts->source, list[i - 1].facts->source) !=
			0)
			c = MEM_PUSH(d->cases, d->n_cases, d->cap_cases);
		put_entry(c, &list[i]);
	}
	join_moved(d, first);
}

const struct rundiff_facts *
rundiff_case_facts(const struct rundiff_case *c)
{
	return c->n_after > 0 ? c->after[c->n_after - 1]
			      : c->before[c->n_before - 1];
}

static int
case_by_run(const void *a, const void *b)
{
	const struct rundiff_case *x = a, *y = b;
	int64_t n, m;

	if ((x->n_after > 0) != (y->n_after > 0))
		return x->n_after > 0 ? -1 : 1;
	n = rundiff_case_facts(x)->run;
	m = rundiff_case_facts(y)->run;
	return n < m ? -1 : n > m;
}

static struct rundiff *
judge(struct rundiff *d)
{
	size_t i;

	if (d->n_cases > 0)
		qsort(d->cases, d->n_cases, sizeof(*d->cases), case_by_run);
	for (i = 0; i < d->n_cases; i++) {
		struct rundiff_case *c = &d->cases[i];

		if (c->n_before > 0)
			qsort(c->before, c->n_before, sizeof(*c->before),
			    by_run);
		if (c->n_after > 0)
			qsort(c->after, c->n_after, sizeof(*c->after), by_run);
		compare_case(c, &d->rule);
		d->only_before += c->n_after == 0;
		d->only_after += c->n_before == 0;
		if (c->n_before > 0 && c->n_after > 0)
			d->compared++;
		if ((c->n_before > 0 && c->n_after > 0) ||
		    c->grade == RUNDIFF_WORSE)
			d->grades[c->grade]++;
	}
	return d;
}

struct rundiff *
rundiff_new(struct rundiff_facts *const *before, size_t n_before,
    struct rundiff_facts *const *after, size_t n_after,
    const struct rundiff_rule *rule)
{
	struct rundiff *d = mem_zero(1, sizeof(*d));
	struct entry *list = mem_zero(n_before + n_after + 1, sizeof(*list));
	size_t i;

	d->rule = *rule;
	for (i = 0; i < n_before; i++)
		list[i].facts = before[i];
	for (i = 0; i < n_after; i++) {
		list[n_before + i].facts = after[i];
		list[n_before + i].after = true;
	}
	make_cases(d, list, n_before + n_after);
	free(list);
	return judge(d);
}

struct rundiff *
rundiff_pair(const struct rundiff_facts *before,
    const struct rundiff_facts *after, const struct rundiff_rule *rule)
{
	struct rundiff *d = mem_zero(1, sizeof(*d));
	struct rundiff_case *c = MEM_PUSH(d->cases, d->n_cases, d->cap_cases);

	d->rule = *rule;
	put_entry(c, &(struct entry){ before, false });
	put_entry(c, &(struct entry){ after, true });
	return judge(d);
}

void
rundiff_free(struct rundiff *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->n_cases; i++)
		free_case(&d->cases[i]);
	free(d->cases);
	free(d);
}

/* --- where two runs part --- */

struct rundiff_finding *
rundiff_course(struct rundiff_case *c)
{
	size_t i;

	for (i = 0; i < c->n_findings; i++)
		if (c->findings[i].topic == RUNDIFF_COURSE &&
		    strcmp(c->findings[i].name, "trace hash") == 0)
			return &c->findings[i];
	return NULL;
}

static char *
row_text(const char *row)
{
	size_t n = strcspn(row, "\n");

	return n == 0 ? mem_str("(no more)") : mem_strn(row, n > 200 ? 200 : n);
}

void
rundiff_note_course(struct rundiff_finding *f, const struct trace *before,
    const struct trace *after)
{
	struct strbuf a = { 0 }, b = { 0 };
	const char *x, *y;
	size_t n;

	trace_dump(before, &a);
	trace_dump(after, &b);
	x = rundiff_next_row(strbuf_str(&a));
	y = rundiff_next_row(strbuf_str(&b));
	while (*x != '\0' && (n = strcspn(x, "\n")) == strcspn(y, "\n") &&
	    memcmp(x, y, n) == 0) {
		x = rundiff_next_row(x + n + (x[n] == '\n'));
		y = rundiff_next_row(y + n + (y[n] == '\n'));
	}
	free(f->row_before);
	free(f->row_after);
	f->row_before = row_text(x);
	f->row_after = row_text(y);
	strbuf_fini(&a);
	strbuf_fini(&b);
}
