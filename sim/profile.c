/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/prng.h"
#include "base/suggest.h"

enum shape { FIXED, UNIFORM, TRIANGULAR, ONE_OF };

struct dist {
	enum shape shape;
	int64_t value[PROFILE_VALUES];
	size_t count;
};

struct delay {
	char *name;
	struct dist dist;
	struct prng prng;
	bool scaled; /* by the run's load */
};

struct flag {
	char *name;
	bool value;
};

struct records {
	char *name;
	char *text[PROFILE_RECORDS];
	size_t count;
};

struct profile {
	char *title;
	struct delay *delays;
	size_t n_delays, cap_delays;
	struct flag *flags;
	size_t n_flags, cap_flags;
	struct records *records;
	size_t n_records, cap_records;
	struct dist load; /* percent */
	int64_t load_percent;
};

/* Every delay the machine draws; the file must give them all. */
static const char *const needed[] = { "kernel.link_task", "kernel.devctl",
	"kernel.route", "kernel.departure", "kernel.syscall", "hn.filter",
	"hn.rss", "hn.switch_window", "hn.vf_up_record", "hn.vf_down",
	"hn.link_query", "hn.netchange", "hn.rx_settle", "hn.xt_wait",
	"host.datapath", "host.offer", "host.rescind", "vf.probe", "vf.ether",
	"vf.attached", "vf.bus", "vf.open", "vf.link", "vf.stop", "vf.grace",
	"vf.close", "vf.detached", "vf.bus_gone", "lagg.create", "lagg.port",
	"lagg.destroy", "inet.address", "inet.route", "program.default",
	"command.default", "boot.netif", "boot.daemon", "daemon.start",
	"wire.latency" };
#define N_NEEDED (sizeof(needed) / sizeof(needed[0]))

/* What a driver may be, as DRIVER.what; no when not given. */
static const char *const traits[] = { "linkstate", "link_follows_open",
	"detach_link_down", "link_later", "initial_link_down",
	"host_drops_tx" };
#define N_TRAITS (sizeof(traits) / sizeof(traits[0]))

/* What a machine may be, by itself; no when not given. */
static const char *const machine_flags[] = { "hn.async", "hn.association",
	"hn.xt_newer", "hn.rings", "hn.old_kernel", "bond.none",
	"netvsc.transparent" };
#define N_MACHINE_FLAGS (sizeof(machine_flags) / sizeof(machine_flags[0]))

/* --- reading --- */

struct reader {
	struct profile *p;
	struct diag *d;
	const char *path;
	const char *line; /* start of the line */
	const char *at;	  /* next byte */
	const char *end;  /* of the line */
	unsigned number;
	unsigned skipped; /* columns before line[0] */
};

static unsigned
column(const struct reader *r, const char *at)
{
	return (unsigned)(at - r->line) + 1 + r->skipped;
}

#define COMPLAIN(r, place, ...)                                                \
	diag_report((r)->d, DIAG_ERROR, (r)->path, (r)->number,                \
	    column((r), (place)), __VA_ARGS__)

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
	if (r->at < r->end && *r->at == '#')
		r->at = r->end;
}

/* A word, or the inside of a quoted string, in buf. False at the line's end
 * or on a mistake, which is reported. */
static bool
word(struct reader *r, char *buf, size_t size)
{
	const char *start;
	size_t bytes;
	bool quoted;

	skip_blanks(r);
	if (r->at == r->end)
		return false;
	quoted = *r->at == '"';
	start = r->at += quoted ? 1 : 0;
	while (r->at < r->end &&
	    (quoted ? *r->at != '"' : strchr(" \t#", *r->at) == NULL))
		r->at++;
	bytes = (size_t)(r->at - start);
	if (quoted && r->at == r->end) {
		COMPLAIN(r, start, "the string is not closed; end it with \"");
		return false;
	}
	if (quoted)
		r->at++;
	if (bytes >= size || memchr(start, '\0', bytes) != NULL) {
		COMPLAIN(r, start, "too long, or with a NUL byte in it");
		r->at = r->end;
		return false;
	}
	memcpy(buf, start, bytes);
	buf[bytes] = '\0';
	return true;
}

static bool
parse_value(const char *s, size_t bytes, bool percent, int64_t *out)
{
	if (!percent)
		return dur_parse(s, bytes, out);
	return bytes > 1 && s[bytes - 1] == '%' &&
	    num_parse(s, bytes - 1, 1, 10000, out);
}

/* "A", "A..B" or "A..B..C". */
static bool
parse_range(const char *s, bool percent, struct dist *dist)
{
	static const enum shape shapes[] = { FIXED, UNIFORM, TRIANGULAR };
	const char *dots;
	size_t bytes;

	dist->count = 0;
	for (;;) {
		dots = strstr(s, "..");
		bytes = dots == NULL ? strlen(s) : (size_t)(dots - s);
		if (dist->count == 3 ||
		    !parse_value(s, bytes, percent, &dist->value[dist->count]))
			return false;
		if (dist->count > 0 &&
		    dist->value[dist->count] < dist->value[dist->count - 1])
			return false;
		dist->count++;
		if (dots == NULL)
			break;
		s = dots + 2;
	}
	dist->shape = shapes[dist->count - 1];
	return true;
}

static bool
parse_dist(struct reader *r, bool percent, struct dist *dist)
{
	char buf[128];
	const char *start;

	skip_blanks(r);
	start = r->at;
	memset(dist, 0, sizeof(*dist));
	if (!word(r, buf, sizeof(buf))) {
		COMPLAIN(r, start,
		    "a distribution is missing: give a "
		    "duration, \"least..most\", \"least..likely..most\" or "
		    "\"one-of\" and durations");
		return false;
	}
	if (strcmp(buf, "one-of") != 0 || percent) {
		if (parse_range(buf, percent, dist))
			return true;
		COMPLAIN(r, start, "\"%s\" is no distribution: give %s", buf,
		    percent ? "80% or 80%..100%..170%, ascending"
			    : "20ms, 5ms..9ms or 5ms..6ms..9ms, ascending");
		return false;
	}
	dist->shape = ONE_OF;
	for (;;) {
		skip_blanks(r);
		start = r->at;
		if (r->at == r->end || strncmp(r->at, "from", 4) == 0)
			break;
		if (!word(r, buf, sizeof(buf)) ||
		    dist->count == PROFILE_VALUES ||
		    !dur_parse(buf, strlen(buf), &dist->value[dist->count])) {
			COMPLAIN(r, start,
			    "one-of takes at most %d durations "
			    "such as 20ms",
			    PROFILE_VALUES);
			return false;
		}
		dist->count++;
	}
	if (dist->count == 0)
		COMPLAIN(r, start, "one-of needs at least one duration");
	return dist->count > 0;
}

static bool
expect_equals(struct reader *r)
{
	skip_blanks(r);
	if (r->at < r->end && *r->at == '=') {
		r->at++;
		return true;
	}
	COMPLAIN(r, r->at, "\"=\" is missing");
	return false;
}

/* [from "source"], and nothing more. */
static void
expect_source(struct reader *r)
{
	char buf[512];
	const char *start;

	skip_blanks(r);
	start = r->at;
	if (!word(r, buf, sizeof(buf)))
		return;
	if (strcmp(buf, "from") != 0 || !word(r, buf, sizeof(buf))) {
		COMPLAIN(r, start, "only from \"source\" may follow");
		return;
	}
	skip_blanks(r);
	if (r->at != r->end)
		COMPLAIN(r, r->at, "nothing may follow here");
}

/* A word that must be there. */
static bool
need_name(struct reader *r, char *buf, size_t size)
{
	unsigned before = r->d->errors;

	if (word(r, buf, size))
		return true;
	if (r->d->errors == before)
		COMPLAIN(r, r->at, "a name is missing");
	return false;
}

static struct delay *
find_delay(const struct profile *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n_delays; i++)
		if (strcmp(p->delays[i].name, name) == 0)
			return &p->delays[i];
	return NULL;
}

/* Known: a needed name, DRIVER.x where vf.x is needed, or the cost of any
 * program or command. */
static bool
is_known_delay(const char *name, const char **nearest)
{
	const char *dot = strchr(name, '.');
	char vf[64];
	size_t i;

	*nearest = suggest(name, needed, N_NEEDED);
	if (dot == NULL || dot == name)
		return false;
	if (strncmp(name, "program.", 8) == 0 ||
	    strncmp(name, "command.", 8) == 0)
		return true;
	snprintf(vf, sizeof(vf), "vf.%s", dot + 1);
	for (i = 0; i < N_NEEDED; i++)
		if (strcmp(needed[i], name) == 0 || strcmp(needed[i], vf) == 0)
			return true;
	return false;
}

static void
set_delay(struct profile *p, const char *name, const struct dist *dist)
{
	struct delay *d = find_delay(p, name);

	if (d == NULL) {
		d = MEM_PUSH(p->delays, p->n_delays, p->cap_delays);
		d->name = mem_str(name);
		d->scaled = strncmp(name, "program.", 8) == 0 ||
		    strncmp(name, "command.", 8) == 0;
	}
	d->dist = *dist;
}

static void
read_delay(struct reader *r)
{
	char name[64];
	const char *start, *nearest;
	struct dist dist;

	skip_blanks(r);
	start = r->at;
	if (!need_name(r, name, sizeof(name)) || !expect_equals(r) ||
	    !parse_dist(r, false, &dist))
		return;
	if (!is_known_delay(name, &nearest)) {
		if (nearest != NULL)
			COMPLAIN(r, start,
			    "no delay is called %s; did you mean %s?", name,
			    nearest);
		else
			COMPLAIN(r, start, "no delay is called %s", name);
		return;
	}
	expect_source(r);
	set_delay(r->p, name, &dist);
}

static bool
is_machine_flag(const char *name)
{
	size_t i;

	for (i = 0; i < N_MACHINE_FLAGS; i++)
		if (strcmp(name, machine_flags[i]) == 0)
			return true;
	return false;
}

static bool
is_known_flag(struct reader *r, const char *name, const char *at)
{
	const char *dot = strchr(name, '.'), *nearest;
	size_t i;

	if (is_machine_flag(name))
		return true;
	nearest = suggest(name, machine_flags, N_MACHINE_FLAGS);
	if (nearest != NULL) {
		COMPLAIN(r, at, "no flag is called %s; did you mean %s?", name,
		    nearest);
		return false;
	}
	for (i = 0; dot != NULL && dot != name && i < N_TRAITS; i++)
		if (strcmp(dot + 1, traits[i]) == 0)
			return true;
	nearest = suggest(dot != NULL ? dot + 1 : name, traits, N_TRAITS);
	COMPLAIN(r, at, "no flag is called %s; %s%s%s", name,
	    nearest != NULL ? "did you mean DRIVER." : "flags are DRIVER.",
	    nearest != NULL ? nearest : "linkstate and others",
	    nearest != NULL ? "?" : "");
	return false;
}

static void
set_flag(struct profile *p, const char *name, bool value)
{
	struct flag *f;
	size_t i;

	for (i = 0; i < p->n_flags; i++)
		if (strcmp(p->flags[i].name, name) == 0)
			break;
	if (i == p->n_flags) {
		f = MEM_PUSH(p->flags, p->n_flags, p->cap_flags);
		f->name = mem_str(name);
	}
	p->flags[i].value = value;
}

static void
read_flag(struct reader *r)
{
	char name[64], value[16];
	const char *start;

	skip_blanks(r);
	start = r->at;
	if (!need_name(r, name, sizeof(name)) ||
	    !is_known_flag(r, name, start) || !expect_equals(r))
		return;
	skip_blanks(r);
	start = r->at;
	if (!word(r, value, sizeof(value)) ||
	    (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)) {
		COMPLAIN(r, start, "a flag is yes or no");
		return;
	}
	expect_source(r);
	set_flag(r->p, name, strcmp(value, "yes") == 0);
}

static void
read_records(struct reader *r)
{
	char name[64], text[1024];
	struct records *rec;
	const char *start;

	if (!need_name(r, name, sizeof(name)) || !expect_equals(r))
		return;
	rec = MEM_PUSH(r->p->records, r->p->n_records, r->p->cap_records);
	rec->name = mem_str(name);
	for (;;) {
		skip_blanks(r);
		start = r->at;
		if (!word(r, text, sizeof(text)))
			break;
		if (rec->count == PROFILE_RECORDS) {
			COMPLAIN(r, start, "at most %d texts", PROFILE_RECORDS);
			break;
		}
		rec->text[rec->count++] = mem_str(text);
	}
	if (rec->count == 0)
		COMPLAIN(r, start, "records needs at least one \"text\"");
}

static void
read_line(struct reader *r)
{
	static const char *const words[] = { "machine", "origin", "delay",
		"flag", "load", "records" };
	char first[32], text[512];
	const char *start, *nearest;

	skip_blanks(r);
	start = r->at;
	if (!word(r, first, sizeof(first)))
		return;
	if (strcmp(first, "delay") == 0) {
		read_delay(r);
	} else if (strcmp(first, "flag") == 0) {
		read_flag(r);
	} else if (strcmp(first, "records") == 0) {
		read_records(r);
	} else if (strcmp(first, "load") == 0) {
		if (expect_equals(r) && parse_dist(r, true, &r->p->load))
			expect_source(r);
	} else if (strcmp(first, "machine") == 0 ||
	    strcmp(first, "origin") == 0) {
		if (!word(r, text, sizeof(text)))
			COMPLAIN(r, r->at, "%s needs a \"text\"", first);
		else if (first[0] == 'm' && r->p->title == NULL)
			r->p->title = mem_str(text);
		skip_blanks(r);
		if (r->at != r->end)
			COMPLAIN(r, r->at, "nothing may follow here");
	} else {
		nearest = suggest(first, words, sizeof(words) / sizeof(*words));
		COMPLAIN(r, start, "no statement is called %s%s%s%s", first,
		    nearest != NULL ? "; did you mean " : "",
		    nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	}
}

struct profile *
profile_parse(const char *path, const char *text, size_t bytes, struct diag *d)
{
	struct reader r = { .d = d, .path = path, .number = 1 };
	const char *stop = text + bytes, *nl;
	unsigned before = d->errors;
	size_t i;

	r.p = mem_zero(1, sizeof(*r.p));
	r.p->load.shape = FIXED;
	r.p->load.value[0] = 100;
	r.p->load.count = 1;
	for (; text < stop; r.number++) {
		nl = memchr(text, '\n', (size_t)(stop - text));
		r.line = r.at = text;
		r.end = nl == NULL ? stop : nl;
		read_line(&r);
		text = nl == NULL ? stop : nl + 1;
	}
	for (i = 0; i < N_NEEDED; i++)
		if (find_delay(r.p, needed[i]) == NULL)
			diag_report(d, DIAG_ERROR, path, 0, 0,
			    "delay %s is missing", needed[i]);
	if (d->errors > before) {
		profile_free(r.p);
		return NULL;
	}
	return r.p;
}

bool
profile_override(struct profile *p, const char *name, const char *dist,
    const char *path, unsigned line, unsigned col, struct diag *d)
{
	struct reader r = { .d = d, .path = path, .number = line, .p = p };
	unsigned before = d->errors;
	const char *nearest;
	struct dist parsed;

	r.at = r.line = dist;
	r.skipped = col > 0 ? col - 1 : 0;
	r.end = dist + strlen(dist);
	if (!is_known_delay(name, &nearest))
		diag_report(d, DIAG_ERROR, path, line, col,
		    "no delay is called %s%s%s%s", name,
		    nearest != NULL ? "; did you mean " : "",
		    nearest != NULL ? nearest : "", nearest != NULL ? "?" : "");
	else if (parse_dist(&r, false, &parsed)) {
		expect_source(&r);
		set_delay(p, name, &parsed);
	}
	return d->errors == before;
}

void
profile_free(struct profile *p)
{
	size_t i, k;

	if (p == NULL)
		return;
	for (i = 0; i < p->n_delays; i++)
		free(p->delays[i].name);
	for (i = 0; i < p->n_flags; i++)
		free(p->flags[i].name);
	for (i = 0; i < p->n_records; i++) {
		free(p->records[i].name);
		for (k = 0; k < p->records[i].count; k++)
			free(p->records[i].text[k]);
	}
	free(p->delays);
	free(p->flags);
	free(p->records);
	free(p->title);
	free(p);
}

const char *
profile_title(const struct profile *p)
{
	return p->title == NULL ? "" : p->title;
}

/* --- drawing --- */

static int64_t
between(struct prng *r, int64_t low, int64_t high)
{
	return low + (int64_t)prng_below(r, (uint64_t)(high - low) + 1);
}

static int64_t
draw(const struct dist *d, struct prng *r)
{
	const int64_t *v = d->value;
	int64_t a, b;

	switch (d->shape) {
	case FIXED:
		return v[0];
	case UNIFORM:
		return between(r, v[0], v[1]);
	case TRIANGULAR:
		/* Towards the mode: the nearer of two uniform draws on the
		 * side that a third one chooses by its width. */
		if (v[2] == v[0])
			return v[0];
		if (between(r, v[0], v[2]) < v[1]) {
			a = between(r, v[0], v[1]);
			b = between(r, v[0], v[1]);
			return a > b ? a : b;
		}
		a = between(r, v[1], v[2]);
		b = between(r, v[1], v[2]);
		return a < b ? a : b;
	case ONE_OF:
		return v[prng_below(r, d->count)];
	}
	return v[0];
}

void
profile_seed(struct profile *p, uint64_t seed)
{
	struct prng load;
	size_t i;

	prng_seed_named(&load, seed, "load");
	p->load_percent = draw(&p->load, &load);
	for (i = 0; i < p->n_delays; i++)
		prng_seed_named(&p->delays[i].prng, seed, p->delays[i].name);
}

static int64_t
draw_delay(struct profile *p, struct delay *d)
{
	int64_t ns = draw(&d->dist, &d->prng);

	return d->scaled ? ns / 100 * p->load_percent : ns;
}

int64_t
profile_delay(struct profile *p, const char *name)
{
	struct delay *d = find_delay(p, name);

	return d == NULL ? 0 : draw_delay(p, d);
}

int64_t
profile_driver_delay(struct profile *p, const char *driver, const char *what)
{
	char name[64];
	struct delay *d;

	snprintf(name, sizeof(name), "%s.%s", driver, what);
	if ((d = find_delay(p, name)) != NULL)
		return draw_delay(p, d);
	snprintf(name, sizeof(name), "vf.%s", what);
	return profile_delay(p, name);
}

bool
profile_driver_flag(const struct profile *p, const char *driver,
    const char *what)
{
	char name[64], fallback[64];
	bool value = false;
	size_t i;

	snprintf(name, sizeof(name), "%s.%s", driver, what);
	snprintf(fallback, sizeof(fallback), "vf.%s", what);
	for (i = 0; i < p->n_flags; i++) {
		if (strcmp(p->flags[i].name, name) == 0)
			return p->flags[i].value;
		if (strcmp(p->flags[i].name, fallback) == 0)
			value = p->flags[i].value;
	}
	return value;
}

bool
profile_flag(const struct profile *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n_flags; i++)
		if (strcmp(p->flags[i].name, name) == 0)
			return p->flags[i].value;
	return false;
}

bool
profile_override_flag(struct profile *p, const char *name, bool value,
    const char *path, unsigned line, unsigned col, struct diag *d)
{
	/* The name alone is the line that mistakes are told of. */
	struct reader r = { .p = p,
		.d = d,
		.path = path,
		.number = line,
		.line = name,
		.at = name,
		.end = name + strlen(name),
		.skipped = col > 0 ? col - 1 : 0 };

	if (!is_known_flag(&r, name, name))
		return false;
	set_flag(p, name, value);
	return true;
}

int64_t
profile_program_delay(struct profile *p, const char *kind, const char *name)
{
	char full[96];
	struct delay *d;

	snprintf(full, sizeof(full), "%s.%s", kind, name);
	if ((d = find_delay(p, full)) != NULL)
		return draw_delay(p, d);
	snprintf(full, sizeof(full), "%s.default", kind);
	return profile_delay(p, full);
}

const char *
profile_record(const struct profile *p, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < p->n_records; i++)
		if (strcmp(p->records[i].name, name) == 0)
			return n < p->records[i].count ? p->records[i].text[n]
						       : NULL;
	return NULL;
}

static bool
is_of_driver(const char *name, const char *driver)
{
	size_t n = strlen(driver);

	return strncmp(name, driver, n) == 0 &&
	    (name[n] == '\0' || name[n] == '.');
}

bool
profile_has_driver(const struct profile *p, const char *driver)
{
	size_t i;

	for (i = 0; i < p->n_records; i++)
		if (is_of_driver(p->records[i].name, driver))
			return true;
	for (i = 0; i < p->n_flags; i++)
		if (is_of_driver(p->flags[i].name, driver))
			return true;
	for (i = 0; i < p->n_delays; i++)
		if (is_of_driver(p->delays[i].name, driver))
			return true;
	return false;
}
