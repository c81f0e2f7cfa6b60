/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/calibrate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "event/devline.h"

#define NAME_MAX_BYTES 160 /* of a title */

enum measure {
	M_SYSCALL,
	M_CREATE,
	M_PORT,
	M_OPEN,
	M_ADDRESS,
	M_ROUTE,
	M_OFFER,
	M_PROBE,
	M_GRACE,
	M_DEPARTURE,
	M_LINK,
	M_PRECOPY,
	M_DOWNTIME,
	M_START,
	MEASURES
};

/* rest comes earlier in the list, or is not measured: it is taken off. with
 * is the other part of what is left; both are measured by the same times. */
static const struct {
	const char *delay, *what, *rest, *with;
} measures[MEASURES] = {
	[M_SYSCALL] = { "kernel.syscall", "operations description", NULL,
	    NULL },
	[M_CREATE] = { "lagg.create", "operations create", "kernel.syscall",
	    NULL },
	[M_PORT] = { "lagg.port", "operations port-add of a VF",
	    "kernel.syscall", "vf.open" },
	[M_OPEN] = { "vf.open", "operations port-add of a VF", "kernel.syscall",
	    "lagg.port" },
	[M_ADDRESS] = { "inet.address", "operations address-add",
	    "kernel.syscall", NULL },
	[M_ROUTE] = { "inet.route", "operations default-route add",
	    "kernel.syscall", NULL },
	[M_OFFER] = { "host.offer", "vf attach until the interface exists",
	    NULL, "vf.probe" },
	[M_PROBE] = { "vf.probe", "vf attach until the interface exists", NULL,
	    "host.offer" },
	[M_GRACE] = { "vf.grace", "vf eject until the link is lost", NULL,
	    NULL },
	[M_DEPARTURE] = { "kernel.departure",
	    "vf eject, from the link's loss until it is gone", "vf.close",
	    NULL },
	[M_LINK] = { "kernel.link_task", "vf link down until LINK_DOWN", NULL,
	    NULL },
	[M_PRECOPY] = { "vm.precopy", "vm migrate until it stands still", NULL,
	    NULL },
	[M_DOWNTIME] = { "vm.downtime", "vm migrate, standing still", NULL,
	    NULL },
	[M_START] = { "daemon.start", "daemon start until it runs", NULL,
	    NULL },
};

struct samples {
	int64_t *list; /* as measured, ns */
	size_t n, cap;
};

struct calibration {
	const struct profile *base;
	struct samples of[MEASURES];
	size_t runs;
};

struct calibration *
calibration_new(const struct profile *base)
{
	struct calibration *c = mem_zero(1, sizeof(*c));

	c->base = base;
	return c;
}

void
calibration_free(struct calibration *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < MEASURES; i++)
		free(c->of[i].list);
	free(c);
}

static void
add(struct calibration *c, enum measure m, int64_t from_ns, int64_t to_ns)
{
	struct samples *s = &c->of[m];

	/* Another clock's doing, or a trace that is no run. */
	if (from_ns < 0 || to_ns < from_ns || to_ns - from_ns > DUR_MAX)
		return;
	*MEM_PUSH(s->list, s->n, s->cap) = to_ns - from_ns;
}

/* --- what a run shows --- */

/* "bond0 port-add eth1": the second word is what is done. */
static bool
does(const char *text, const char *what)
{
	size_t n = strlen(what);

	text += strcspn(text, " ");
	return *text == ' ' && strncmp(text + 1, what, n) == 0 &&
	    (text[1 + n] == ' ' || text[1 + n] == '\0');
}

/* Whether no operation before has given this aggregate a port: it gets its
 * synthetic NIC first (failover/native.h). */
static bool
is_first_port(const struct trace *t, size_t number)
{
	const char *text = t->operations[number].text;
	size_t i, n = strcspn(text, " ") + 1;

	for (i = 0; i < number; i++)
		if (does(t->operations[i].text, "port-add") &&
		    strncmp(t->operations[i].text, text, n) == 0)
			return false;
	return true;
}

static bool
measure_of(const struct trace *t, size_t number, enum measure *m)
{
	const char *text = t->operations[number].text;

	if (does(text, "description"))
		*m = M_SYSCALL;
	else if (does(text, "create"))
		*m = M_CREATE;
	else if (does(text, "port-add") && !is_first_port(t, number))
		*m = M_OPEN;
	else if (does(text, "address-add"))
		*m = M_ADDRESS;
	else if (strncmp(text, "default-route add", 17) == 0)
		*m = M_ROUTE;
	else
		return false;
	return true;
}

static void
take_operations(struct calibration *c, const struct trace *t)
{
	const struct trace_operation *o;
	enum measure m;
	size_t i;

	for (i = 0; i < t->n_operations; i++) {
		o = &t->operations[i];
		if (o->end_ns == TRACE_OPEN || o->end_ns == o->start_ns ||
		    o->result != 0 || !measure_of(t, i, &m))
			continue;
		add(c, m, o->start_ns, o->end_ns);
		if (m == M_OPEN)
			add(c, M_PORT, o->start_ns, o->end_ns);
	}
}

/* One deed, until the next one. */
struct deed {
	const char *text;
	char *name; /* the word behind the first two, or ""; owned */
	int64_t from_ns, until_ns;
};

static bool
is_deed(const struct deed *d, const char *words)
{
	size_t n = strlen(words);

	return strncmp(d->text, words, n) == 0 &&
	    (d->text[n] == ' ' || d->text[n] == '\0');
}

/* When the object's field first gets the value; TRACE_OPEN: not. */
static int64_t
first_state(const struct trace *t, const struct deed *d, const char *object,
    const char *field, const char *value)
{
	const struct trace_state *s;
	size_t i;

	for (i = 0; i < t->n_states; i++) {
		s = &t->states[i];
		if (s->at_ns >= d->from_ns && s->at_ns < d->until_ns &&
		    strcmp(s->object, object) == 0 &&
		    strcmp(s->field, field) == 0 &&
		    strcmp(s->value, value) == 0)
			return s->at_ns;
	}
	return TRACE_OPEN;
}

static int64_t
first_link_down(const struct trace *t, const struct deed *d)
{
	struct devline line = { 0 };
	const struct trace_record *r;
	int64_t at = TRACE_OPEN;
	size_t i;

	for (i = 0; i < t->n_records && at == TRACE_OPEN; i++) {
		r = &t->records[i];
		if (r->emit_ns < d->from_ns || r->emit_ns >= d->until_ns)
			continue;
		devline_parse(&line, r->raw, r->raw_bytes);
		if (line.kind == DEVLINE_NOTIFY &&
		    strcmp(devline_system(&line), "IFNET") == 0 &&
		    strcmp(devline_subsystem(&line), d->name) == 0 &&
		    strcmp(devline_type(&line), "LINK_DOWN") == 0)
			at = r->emit_ns;
	}
	devline_fini(&line);
	return at;
}

static void
take_eject(struct calibration *c, const struct trace *t, const struct deed *d)
{
	int64_t lost = first_state(t, d, d->name, "link", "down");
	int64_t gone = first_state(t, d, d->name, "exists", "no");

	if (lost == TRACE_OPEN || gone == TRACE_OPEN || lost > gone)
		return;
	add(c, M_GRACE, d->from_ns, lost);
	add(c, M_DEPARTURE, lost, gone);
}

/* One that came to its end. */
static void
take_migration(struct calibration *c, const struct trace *t,
    const struct deed *d)
{
	struct deed later = *d;
	int64_t stands, goes_on;

	stands = first_state(t, d, "vm", "frozen", "yes");
	if (stands == TRACE_OPEN)
		return;
	later.from_ns = stands;
	goes_on = first_state(t, &later, "vm", "frozen", "no");
	if (goes_on == TRACE_OPEN ||
	    first_state(t, d, "vm", "migrating", "no") == TRACE_OPEN)
		return;
	add(c, M_PRECOPY, d->from_ns, stands);
	add(c, M_DOWNTIME, stands, goes_on);
}

static void
take_deed(struct calibration *c, const struct trace *t, const struct deed *d)
{
	int64_t at = TRACE_OPEN;

	if (is_deed(d, "vf attach")) {
		at = first_state(t, d, d->name, "exists", "yes");
		if (at != TRACE_OPEN) {
			add(c, M_OFFER, d->from_ns, at);
			add(c, M_PROBE, d->from_ns, at);
		}
	} else if (is_deed(d, "vf eject")) {
		take_eject(c, t, d);
	} else if (is_deed(d, "vf link")) {
		at = first_link_down(t, d);
		if (at != TRACE_OPEN && strstr(d->text, " down") != NULL)
			add(c, M_LINK, d->from_ns, at);
	} else if (is_deed(d, "vm migrate")) {
		take_migration(c, t, d);
	} else if (is_deed(d, "daemon start")) {
		at = first_state(t, d, "daemon", "running", "yes");
		if (at != TRACE_OPEN)
			add(c, M_START, d->from_ns, at);
	}
}

/* The third word of "vf attach eth1 as eth2", but of one that gets another
 * name that one. */
static char *
name_in(const char *text)
{
	const char *as = strstr(text, " as ");
	int i;

	if (as != NULL)
		return mem_str(as + 4);
	for (i = 0; i < 2; i++) {
		text += strcspn(text, " ");
		text += *text == ' ';
	}
	return mem_strn(text, strcspn(text, " "));
}

void
calibration_take(struct calibration *c, const struct trace *t)
{
	struct deed d;
	size_t i;

	c->runs++;
	take_operations(c, t);
	for (i = 0; i < t->n_stimuli; i++) {
		d.text = t->stimuli[i].text;
		d.from_ns = t->stimuli[i].at_ns;
		d.until_ns =
		    i + 1 < t->n_stimuli ? t->stimuli[i + 1].at_ns : INT64_MAX;
		d.name = name_in(d.text);
		take_deed(c, t, &d);
		free(d.name);
	}
}

/* --- what comes of it --- */

size_t
calibration_count(const struct calibration *c)
{
	size_t i, n = 0;

	for (i = 0; i < MEASURES; i++)
		n += c->of[i].n > 0;
	return n;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

struct spread { /* of a delay */
	int64_t least, median, most;
};

static int64_t likely(const struct calibration *c, const char *delay);

/* What of a measured time is this delay's, to the microsecond. */
static int64_t
part_of(const struct calibration *c, enum measure m, int64_t whole_ns)
{
	int64_t mine = profile_likely(c->base, measures[m].delay), other = 0;

	if (measures[m].rest != NULL)
		whole_ns -= likely(c, measures[m].rest);
	if (whole_ns <= 0)
		return 0;
	if (measures[m].with != NULL)
		other = profile_likely(c->base, measures[m].with);
	/* To the microsecond, so that no product is too large. */
	whole_ns /= DUR_US;
	if (other > 0)
		whole_ns = (int64_t)((double)whole_ns * (double)mine /
		    (double)(mine + other));
	return whole_ns * DUR_US;
}

static struct spread
spread_of(const struct calibration *c, enum measure m)
{
	const struct samples *s = &c->of[m];
	int64_t *sorted = mem_zero(s->n, sizeof(*sorted));
	struct spread out;

	memcpy(sorted, s->list, s->n * sizeof(*sorted));
	qsort(sorted, s->n, sizeof(*sorted), by_size);
	out.least = part_of(c, m, sorted[0]);
	out.median = part_of(c, m, sorted[s->n / 2]);
	out.most = part_of(c, m, sorted[s->n - 1]);
	free(sorted);
	return out;
}

/* As measured, else as the profile has it. */
static int64_t
likely(const struct calibration *c, const char *delay)
{
	size_t m;

	for (m = 0; m < MEASURES; m++)
		if (c->of[m].n > 0 && strcmp(measures[m].delay, delay) == 0)
			return spread_of(c, (enum measure)m).median;
	return profile_likely(c->base, delay);
}

/* "2ms..4ms..9ms". */
static void
add_spread(struct strbuf *out, const struct calibration *c, enum measure m)
{
	struct spread s = spread_of(c, m);
	char text[DUR_TEXT];

	strbuf_adds(out, dur_format(s.least, text));
	if (s.least == s.most)
		return;
	if (c->of[m].n > 2)
		strbuf_addf(out, "..%s", dur_format(s.median, text));
	strbuf_addf(out, "..%s", dur_format(s.most, text));
}

static void
add_delay(struct strbuf *out, const struct calibration *c, enum measure m)
{
	struct strbuf spread = { 0 };

	add_spread(&spread, c, m);
	strbuf_addf(out, "delay %-20s = %-19s from \"measured: %s",
	    measures[m].delay, strbuf_str(&spread), measures[m].what);
	if (measures[m].rest != NULL)
		strbuf_addf(out, ", less %s", measures[m].rest);
	if (measures[m].with != NULL)
		strbuf_addf(out, ", divided with %s", measures[m].with);
	strbuf_addf(out, "; n=%zu\"", c->of[m].n);
	strbuf_fini(&spread);
}

/* Which measured delay a line of a profile gives; MEASURES: none. */
static enum measure
delay_of_line(const struct calibration *c, const char *line, size_t bytes)
{
	static const char word[] = "delay";
	size_t n = strlen(word), m, k;

	while (bytes > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		bytes--;
	}
	if (bytes <= n || memcmp(line, word, n) != 0 ||
	    (line[n] != ' ' && line[n] != '\t'))
		return MEASURES;
	while (n < bytes && (line[n] == ' ' || line[n] == '\t'))
		n++;
	for (m = 0; m < MEASURES; m++) {
		k = strlen(measures[m].delay);
		if (c->of[m].n > 0 && bytes - n > k &&
		    memcmp(line + n, measures[m].delay, k) == 0 &&
		    strchr(" \t=", line[n + k]) != NULL)
			return (enum measure)m;
	}
	return MEASURES;
}

static bool
begins(const char *line, size_t bytes, const char *word)
{
	size_t n = strlen(word);

	return bytes > n && memcmp(line, word, n) == 0 &&
	    (line[n] == ' ' || line[n] == '\t');
}

/* Of a name, what may stand within quotes, and not without end. */
static void
add_quoted(struct strbuf *out, const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0' && i < NAME_MAX_BYTES; i++)
		strbuf_addc(out,
		    text[i] == '"' || (unsigned char)text[i] < ' ' ? '?'
								   : text[i]);
}

static void
add_machine(struct strbuf *out, const struct calibration *c, const char *name)
{
	strbuf_adds(out, "machine \"");
	add_quoted(out, profile_title(c->base));
	strbuf_addf(out, ", calibrated by %zu run%s of ", c->runs,
	    c->runs == 1 ? "" : "s");
	add_quoted(out, name);
	strbuf_addc(out, '"');
}

void
calibration_profile(const struct calibration *c, const char *base_text,
    size_t bytes, const char *name, struct strbuf *out)
{
	const char *line = base_text, *stop = base_text + bytes, *end;
	enum measure m;

	while (line < stop) {
		end = memchr(line, '\n', (size_t)(stop - line));
		end = end == NULL ? stop : end;
		m = delay_of_line(c, line, (size_t)(end - line));
		if (m != MEASURES) {
			add_delay(out, c, m);
		} else if (begins(line, (size_t)(end - line), "machine")) {
			add_machine(out, c, name);
		} else {
			strbuf_add(out, line, (size_t)(end - line));
		}
		strbuf_addc(out, '\n');
		line = end + (end < stop);
	}
}

void
calibration_table(const struct calibration *c, struct strbuf *out)
{
	struct strbuf spread = { 0 };
	char text[DUR_TEXT];
	size_t m;

	strbuf_addf(out, "%-18s %5s  %-28s %-12s %s\n", "delay", "n", "is now",
	    "likely was", "measured");
	for (m = 0; m < MEASURES; m++) {
		if (c->of[m].n == 0)
			continue;
		strbuf_reset(&spread);
		add_spread(&spread, c, (enum measure)m);
		strbuf_addf(out, "%-18s %5zu  %-28s %-12s %s\n",
		    measures[m].delay, c->of[m].n, strbuf_str(&spread),
		    dur_format(profile_likely(c->base, measures[m].delay),
			text),
		    measures[m].what);
	}
	for (m = 0; m < MEASURES; m++)
		if (c->of[m].n == 0)
			strbuf_addf(out, "%-18s     0  as it was\n",
			    measures[m].delay);
	strbuf_fini(&spread);
}
