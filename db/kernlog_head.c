/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs write before a message of the kernel:
 *
 *	<6>[    8.061296] TEXT				dmesg, dmesg -r
 *	[    8.061296][    T1] TEXT			with the caller
 *	[    8.061296 <    0.000120>] TEXT		dmesg -d
 *	[  +0.000120] TEXT, [Nov24 10:11] TEXT		dmesg -e
 *	[Mon Nov 24 10:11:12 2025] TEXT			dmesg -T
 *	2025-11-24T10:11:12,061296+00:00 TEXT		dmesg --time-format iso
 *	Nov 24 10:11:12[.061296] HOST kernel: TEXT	syslog, journalctl
 *	2025-11-24T10:11:12.061296+0000 HOST kernel: TEXT  short-iso, rsyslog
 *	Mon 2025-11-24 10:11:12 UTC HOST kernel: TEXT	short-full
 *	1763979072.061296 HOST kernel: TEXT		short-unix
 *	[    8.061296] HOST kernel: TEXT		short-monotonic
 *
 * and syslog's with the kernel's own time once more behind "kernel: ".
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "db/kernlog_parts.h"

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	"Sun" };

/* Days from 1970-01-01 of the proleptic Gregorian calendar. */
static int64_t
days_from_civil(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2 ? 1 : 0;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* Exactly n digits. */
static const char *
digits(const char *s, int n, int64_t *out)
{
	for (*out = 0; n > 0; n--, s++) {
		if (!isdigit((unsigned char)*s))
			return NULL;
		*out = *out * 10 + (*s - '0');
	}
	return s;
}

static const char *
fraction(const char *s, int64_t *ns)
{
	int64_t unit = DUR_SEC / 10;

	*ns = 0;
	if (*s != '.' && *s != ',')
		return s;
	for (s++; isdigit((unsigned char)*s); s++, unit /= 10)
		*ns += (*s - '0') * unit;
	return s;
}

/* "10:11:12.5" */
static const char *
clock_time(const char *s, int64_t *ns, bool *coarse)
{
	int64_t h, m, sec, part;
	const char *end;

	if ((s = digits(s, 2, &h)) == NULL || *s++ != ':' ||
	    (s = digits(s, 2, &m)) == NULL || *s++ != ':' ||
	    (s = digits(s, 2, &sec)) == NULL || h > 23 || m > 59 || sec > 60)
		return NULL;
	end = fraction(s, &part);
	*coarse = end == s;
	*ns = ((h * 60 + m) * 60 + sec) * DUR_SEC + part;
	return end;
}

static const char *
one_of(const char *s, const char *const *words, size_t count, int64_t *which)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strncmp(s, words[i], 3) == 0) {
			*which = (int64_t)i + 1;
			return s + 3;
		}
	return NULL;
}

/* "Nov 24 10:11:12", then " 2025" of dmesg -T. */
static const char *
month_time(const char *s, bool leap, bool with_year, struct kernlog_head *h)
{
	int64_t month, day = 0, at, year = leap ? 2000 : 2001;

	if ((s = one_of(s, months, 12, &month)) == NULL || *s++ != ' ')
		return NULL;
	s += *s == ' ' ? 1 : 0;
	for (; isdigit((unsigned char)*s) && day < 100; s++)
		day = day * 10 + (*s - '0');
	if (day < 1 || day > 31 || *s++ != ' ' ||
	    (s = clock_time(s, &at, &h->coarse)) == NULL)
		return NULL;
	if (with_year &&
	    (*s++ != ' ' || (s = digits(s, 4, &year)) == NULL || year < 1970 ||
		year > 2060))
		return NULL;
	h->wall_ns = days_from_civil(year, month, day) * 86400 * DUR_SEC + at;
	h->has_wall = true;
	return s;
}

/* "2025-11-24T10:11:12.5+01:00" */
static const char *
iso_time(const char *s, struct kernlog_head *h)
{
	int64_t year, month, day, at, zh = 0, zm = 0, sign = 0;

	if ((s = digits(s, 4, &year)) == NULL || *s++ != '-' ||
	    (s = digits(s, 2, &month)) == NULL || *s++ != '-' ||
	    (s = digits(s, 2, &day)) == NULL || (*s != 'T' && *s != ' ') ||
	    year < 1970 || year > 2060 || month < 1 || month > 12 || day < 1 ||
	    day > 31 || (s = clock_time(s + 1, &at, &h->coarse)) == NULL)
		return NULL;
	if (*s == 'Z')
		s++;
	else if (*s == '+' || *s == '-') {
		sign = *s++ == '+' ? 1 : -1;
		if ((s = digits(s, 2, &zh)) == NULL)
			return NULL;
		s += *s == ':' ? 1 : 0;
		if ((s = digits(s, 2, &zm)) == NULL)
			return NULL;
	}
	h->wall_ns = days_from_civil(year, month, day) * 86400 * DUR_SEC + at -
	    sign * (zh * 60 + zm) * 60 * DUR_SEC;
	h->has_wall = true;
	return s;
}

/* "8.061296", also with a sign before it; at most DUR_MAX. */
static const char *
seconds(const char *s, int64_t *ns)
{
	int64_t whole = 0, part;
	const char *begin = s;

	for (; isdigit((unsigned char)*s); s++)
		if ((whole = whole * 10 + (*s - '0')) >= DUR_MAX / DUR_SEC)
			return NULL;
	if (s == begin || *s != '.' || !isdigit((unsigned char)s[1]))
		return NULL;
	s = fraction(s, &part);
	*ns = whole * DUR_SEC + part;
	return s;
}

/* "[Nov24 10:11]" */
static const char *
minute_mark(const char *s, bool leap, struct kernlog_head *h)
{
	int64_t month, day, hour, min;

	if ((s = one_of(s, months, 12, &month)) == NULL ||
	    (s = digits(s, 2, &day)) == NULL || *s++ != ' ' ||
	    (s = digits(s, 2, &hour)) == NULL || *s++ != ':' ||
	    (s = digits(s, 2, &min)) == NULL)
		return NULL;
	h->wall_ns =
	    ((days_from_civil(leap ? 2000 : 2001, month, day) * 24 + hour) *
		    60 +
		min) *
	    60 * DUR_SEC;
	h->has_wall = true;
	return s;
}

/* Behind '['. */
static const char *
bracket(const char *s, bool leap, struct kernlog_head *h)
{
	int64_t weekday;
	const char *end;

	s += strspn(s, " ");
	if (*s == '+' && (end = seconds(s + 1, &h->at_ns)) != NULL) {
		h->clock = KERNLOG_DELTA;
	} else if ((end = seconds(s, &h->at_ns)) != NULL) {
		h->clock = KERNLOG_BOOT;
		if (strncmp(end, " <", 2) == 0)
			end = strchr(end, ']');
	} else if (one_of(s, days, 7, &weekday) != NULL && s[3] == ' ') {
		end = month_time(s + 4, leap, true, h);
	} else {
		end = minute_mark(s, leap, h);
		h->coarse = true;
	}
	if (end == NULL || *end != ']')
		return NULL;
	end++;
	/* "[    T1]", "[   C0]" */
	s = end + strspn(end, " ");
	if (*s == '[' && (s = strchr(s, ']')) != NULL && s - end < 12 &&
	    strpbrk(end, "TC") != NULL && strpbrk(end, "TC") < s)
		end = s + 1;
	return *end == ' ' ? end + 1 : end;
}

/* "HOST PROGRAM[PID]: ", if it is there. */
static const char *
take_program(const char *s, struct kernlog_head *h)
{
	size_t host = strcspn(s, " "), program, name;
	const char *p = s + host + 1;

	if (s[host] != ' ' || host == 0 || host >= sizeof(h->host))
		return NULL;
	program = strcspn(p, " :");
	name = strcspn(p, " :[");
	if (p[program] != ':' || program == 0 || name == 0)
		return NULL;
	snprintf(h->host, sizeof(h->host), "%.*s", (int)host, s);
	snprintf(h->program, sizeof(h->program), "%.*s", (int)name, p);
	p += program + 1;
	return *p == ' ' ? p + 1 : p;
}

/* The time of a line of syslog or the journal. */
static const char *
syslog_time(const char *s, bool leap, struct kernlog_head *h)
{
	int64_t weekday;
	const char *end;
	size_t zone;

	if ((end = month_time(s, leap, false, h)) != NULL)
		return end;
	if ((end = iso_time(s, h)) != NULL)
		return end;
	if (one_of(s, days, 7, &weekday) != NULL && s[3] == ' ' &&
	    (end = iso_time(s + 4, h)) != NULL) {
		zone = strspn(end + (*end != '\0'),
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ+-0123456789");
		return zone > 0 ? end + 1 + zone : NULL;
	}
	if ((end = seconds(s, &h->wall_ns)) != NULL)
		h->has_wall = true;
	return end;
}

void
kernlog_head_read(const char *line, bool leap, struct kernlog_head *h)
{
	const char *s = line, *end;
	struct kernlog_head inner = { 0 };

	memset(h, 0, sizeof(*h));
	h->message = line;
	if (*s == '<' && isdigit((unsigned char)s[1]) &&
	    (end = strchr(s, '>')) != NULL && end - s < 5)
		s = end + 1;
	if (*s == '[') {
		if ((end = bracket(s + 1, leap, h)) == NULL) {
			h->has_wall = false;
			return;
		}
		h->message = end;
		/* "HOST kernel: " of the journal, and nothing like it */
		if ((s = take_program(end, &inner)) != NULL &&
		    strcmp(inner.program, "kernel") == 0) {
			memcpy(h->host, inner.host, sizeof(h->host));
			memcpy(h->program, inner.program, sizeof(h->program));
			h->message = s;
		}
	} else if ((end = syslog_time(s, leap, h)) != NULL && *end == ' ') {
		h->message = end + 1;
		/* The comma is dmesg's own, and no host is behind it. */
		if (memchr(line, ',', (size_t)(end - line)) == NULL &&
		    (s = take_program(end + 1, h)) != NULL)
			h->message = s;
		if (h->message[0] == '[' &&
		    (s = bracket(h->message + 1, leap, &inner)) != NULL &&
		    inner.clock == KERNLOG_BOOT) {
			h->clock = KERNLOG_BOOT;
			h->at_ns = inner.at_ns;
			h->message = s;
		}
	} else {
		h->has_wall = false;
	}
	if (h->clock == KERNLOG_NO_CLOCK && h->has_wall) {
		h->clock = KERNLOG_WALL;
		h->at_ns = h->wall_ns;
	}
}
