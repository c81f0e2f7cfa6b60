/* SPDX-License-Identifier: BSD-2-Clause */
/* The grammar of sim/machine/profile.h, and every name that a profile may hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "sim/machine/profile_parts.h"

/* Every delay the machine draws; the file must give them all. */
static const char *const needed[] = { "kernel.link_task", "kernel.devctl",
	"kernel.route", "kernel.departure", "kernel.syscall", "hn.filter",
	"hn.rss", "hn.switch_window", "hn.vf_up_record", "hn.vf_down",
	"hn.link_query", "hn.netchange", "hn.rx_settle", "hn.xt_wait",
	"host.datapath", "host.offer", "host.rescind", "vf.probe", "vf.ether",
	"vf.attached", "vf.bus", "vf.open", "vf.link", "vf.settle", "vf.stop",
	"vf.grace", "vf.close", "vf.detached", "vf.bus_gone", "lagg.create",
	"lagg.port", "lagg.destroy", "inet.address", "inet.route",
	"dhcp.server", "dhcp.lease", "dhclient.link_step", "dhclient.preinit",
	"dhclient.select", "dhclient.script", "dhclient.route", "dhclient.wake",
	"dhclient.timeout", "dhclient.retry", "dhclient.reboot",
	"dhclient.initial", "dhclient.cutoff", "dhclient.quiet", "inet6.dad",
	"inet6.router", "inet6.advertise", "clone.create", "clone.destroy",
	"hn.mtu", "hn.retry", "vf.surprise", "program.default",
	"command.default", "boot.netif", "boot.daemon", "daemon.start",
	"daemon.reconnect", "wire.latency", "vm.precopy", "vm.downtime" };
#define N_NEEDED (sizeof(needed) / sizeof(needed[0]))

/* What a driver may be, as DRIVER.what; no when not given. */
static const char *const traits[] = { "linkstate", "link_follows_open",
	"detach_link_down", "link_later", "initial_link_down", "host_drops_tx",
	"start_resets_link", "mtu_restarts", "caps_restart", "vlan_restarts",
	"vlan_blocks_detach", "link_polled", "link_unopened", "negotiates" };
#define N_TRAITS (sizeof(traits) / sizeof(traits[0]))

/* What a machine may be, by itself; no when not given. hn's are the newer
 * semantics of FACTS.md B.13, and B.10's several receive rings; lagg's that of
 * sim/machine/lagg.h. */
static const char *const machine_flags[] = { "hn.async", "hn.association",
	"hn.xt_newer", "hn.rings", "hn.old_kernel", "bond.none",
	"netvsc.transparent", "lagg.updown" };
#define N_MACHINE_FLAGS (sizeof(machine_flags) / sizeof(machine_flags[0]))

/* The last part of a limit's name, and hn's own. */
static const char *const limits[] = { "mtu", "caps" };
#define N_LIMITS (sizeof(limits) / sizeof(limits[0]))

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

/* Known: a needed name, DRIVER.x where vf.x is needed, or the cost of any
 * program or command. */
static bool
is_known_delay(const char *name, const char **nearest)
{
	const char *dot = strchr(name, '.');
	char vf[64];
	size_t i;

	if (strncmp(name, "program.", 8) == 0 ||
	    strncmp(name, "command.", 8) == 0)
		return true;
	snprintf(vf, sizeof(vf), "vf.%s",
	    dot == NULL || dot == name ? "" : dot + 1);
	for (i = 0; i < N_NEEDED; i++)
		if (strcmp(needed[i], name) == 0 || strcmp(needed[i], vf) == 0)
			return true;
	*nearest = suggest(name, needed, N_NEEDED);
	return false;
}

static void
set_delay(struct profile *p, const char *name, const struct dist *dist)
{
	struct delay *d = profile_find_delay(p, name);

	if (d == NULL) {
		d = profile_add_delay(p, name);
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
is_one_of(const char *word, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}

static bool
is_known_flag(struct reader *r, const char *name, const char *at)
{
	const char *dot = strchr(name, '.'), *nearest;

	if (is_one_of(name, machine_flags, N_MACHINE_FLAGS) ||
	    (dot != NULL && dot != name &&
		is_one_of(dot + 1, traits, N_TRAITS)))
		return true;
	nearest = suggest(name, machine_flags, N_MACHINE_FLAGS);
	if (nearest != NULL) {
		COMPLAIN(r, at, "no flag is called %s; did you mean %s?", name,
		    nearest);
		return false;
	}
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
	size_t i;

	for (i = 0; i < p->n_flags; i++)
		if (strcmp(p->flags[i].name, name) == 0) {
			p->flags[i].value = value;
			return;
		}
	profile_add_flag(p, name)->value = value;
}

/* yes or no, and its source. */
static bool
need_yes_no(struct reader *r, bool *value)
{
	char text[16];
	const char *start;

	skip_blanks(r);
	start = r->at;
	if (!word(r, text, sizeof(text)) ||
	    (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)) {
		COMPLAIN(r, start, "a flag is yes or no");
		return false;
	}
	expect_source(r);
	*value = strcmp(text, "yes") == 0;
	return true;
}

static void
read_flag(struct reader *r)
{
	char name[64];
	const char *start;
	bool value;

	skip_blanks(r);
	start = r->at;
	if (need_name(r, name, sizeof(name)) && is_known_flag(r, name, start) &&
	    expect_equals(r) && need_yes_no(r, &value))
		set_flag(r->p, name, value);
}

static bool
is_known_limit(struct reader *r, const char *name, const char *at)
{
	const char *dot = strchr(name, '.');

	if (strcmp(name, "hn.host_mtu") == 0 ||
	    (dot != NULL && dot != name &&
		is_one_of(dot + 1, limits, N_LIMITS)))
		return true;
	COMPLAIN(r, at,
	    "no limit is called %s; limits are DRIVER.mtu, DRIVER.caps and "
	    "hn.host_mtu",
	    name);
	return false;
}

static bool
need_number(struct reader *r, int64_t *value)
{
	char text[32], *end;
	const char *start;

	skip_blanks(r);
	start = r->at;
	if (word(r, text, sizeof(text)) && text[0] >= '0' && text[0] <= '9') {
		*value = (int64_t)strtoul(text, &end, text[1] == 'x' ? 16 : 10);
		if (*end == '\0' && *value <= UINT32_MAX) {
			expect_source(r);
			return true;
		}
	}
	COMPLAIN(r, start, "a limit is a number such as 9000 or 0x80028");
	return false;
}

static void
set_limit(struct profile *p, const char *name, int64_t value)
{
	struct limit *l;
	size_t i;

	for (i = 0; i < p->n_limits; i++)
		if (strcmp(p->limits[i].name, name) == 0) {
			p->limits[i].value = value;
			return;
		}
	l = MEM_PUSH(p->limits, p->n_limits, p->cap_limits);
	l->name = mem_str(name);
	l->hash = hash_str(HASH_START, name);
	l->value = value;
}

static void
read_limit(struct reader *r)
{
	char name[64];
	const char *start;
	int64_t value;

	skip_blanks(r);
	start = r->at;
	if (need_name(r, name, sizeof(name)) &&
	    is_known_limit(r, name, start) && expect_equals(r) &&
	    need_number(r, &value))
		set_limit(r->p, name, value);
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
		"flag", "limit", "load", "records" };
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
	} else if (strcmp(first, "limit") == 0) {
		read_limit(r);
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
		if (profile_find_delay(r.p, needed[i]) == NULL)
			diag_report(d, DIAG_ERROR, path, 0, 0,
			    "delay %s is missing", needed[i]);
	if (d->errors > before) {
		profile_free(r.p);
		return NULL;
	}
	return r.p;
}

/* A reader of one text alone, which stands at line:col of path. */
static struct reader
value_reader(struct profile *p, const char *value, const char *path,
    unsigned line, unsigned col, struct diag *d)
{
	struct reader r = { .p = p, .d = d, .path = path, .number = line };

	r.at = r.line = value;
	r.end = value + strlen(value);
	r.skipped = col > 0 ? col - 1 : 0;
	return r;
}

bool
profile_override(struct profile *p, const char *name, const char *dist,
    const char *path, unsigned line, unsigned col, struct diag *d)
{
	struct reader r = value_reader(p, dist, path, line, col, d);
	unsigned before = d->errors;
	const char *nearest;
	struct dist parsed;

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

bool
profile_override_flag(struct profile *p, const char *name, bool value,
    const char *path, unsigned line, unsigned col, struct diag *d)
{
	/* The name alone is the line that mistakes are told of. */
	struct reader r = value_reader(p, name, path, line, col, d);

	if (!is_known_flag(&r, name, name))
		return false;
	set_flag(p, name, value);
	return true;
}

bool
profile_override_limit(struct profile *p, const char *name, const char *value,
    const char *path, unsigned line, unsigned col, struct diag *d)
{
	struct reader r = value_reader(p, value, path, line, col, d);
	unsigned before = d->errors;
	int64_t number;

	if (is_known_limit(&r, name, r.at) && need_number(&r, &number))
		set_limit(p, name, number);
	return d->errors == before;
}
