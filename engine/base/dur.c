/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/dur.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{ "h", 3600 * DUR_SEC },
	{ "min", 60 * DUR_SEC },
	{ "s", DUR_SEC },
	{ "ms", DUR_MS },
	{ "us", DUR_US },
	{ "ns", 1 },
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int64_t
unit_ns(const char *s, size_t bytes)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == bytes &&
		    memcmp(units[i].name, s, bytes) == 0)
			return units[i].ns;
	return 0;
}

bool
dur_parse(const char *s, size_t bytes, int64_t *ns)
{
	int64_t whole = 0, part = 0, scale = 1, unit;
	size_t i = 0, start;

	for (; i < bytes && is_digit(s[i]); i++) {
		if (whole > DUR_MAX / 10)
			return false;
		whole = whole * 10 + (s[i] - '0');
	}
	if (i == 0)
		return false;
	if (i < bytes && s[i] == '.') {
		start = ++i;
		for (; i < bytes && is_digit(s[i]); i++) {
			if (scale >= INT64_C(10000000000000))
				return false;
			part = part * 10 + (s[i] - '0');
			scale *= 10;
		}
		if (i == start)
			return false;
	}
	unit = unit_ns(s + i, bytes - i);
	if (unit == 0 || whole > DUR_MAX / unit)
		return false;
	/* The fraction must come out at whole nanoseconds. */
	while (scale > 1 && part % 10 == 0) {
		part /= 10;
		scale /= 10;
	}
	if (part > 0 && unit / scale * scale != unit &&
	    (part > INT64_MAX / unit || part * unit % scale != 0))
		return false;
	if (part > INT64_MAX / unit)
		return false;
	*ns = whole * unit + part * unit / scale;
	return *ns <= DUR_MAX;
}

static const char *
with_fraction(int64_t ns, int64_t unit, const char *name, char *buf)
{
	int64_t whole = ns / unit, part = ns % unit, digits = unit;
	char frac[16];
	int n = 0;

	if (part == 0) {
		snprintf(buf, DUR_TEXT, "%" PRId64 "%s", whole, name);
		return buf;
	}
	while (part > 0) {
		digits /= 10;
		frac[n++] = (char)('0' + part / digits);
		part %= digits;
	}
	frac[n] = '\0';
	snprintf(buf, DUR_TEXT, "%" PRId64 ".%s%s", whole, frac, name);
	return buf;
}

const char *
dur_format(int64_t ns, char buf[DUR_TEXT])
{
	char tail[DUR_TEXT];

	if (ns == INT64_MIN) { /* has no positive counterpart */
		snprintf(buf, DUR_TEXT, "-9223372036.854775808s");
		return buf;
	}
	if (ns < 0) {
		dur_format(-ns, tail);
		snprintf(buf, DUR_TEXT, "-%.38s", tail);
		return buf;
	}
	if (ns == 0 || ns >= DUR_SEC)
		return with_fraction(ns, DUR_SEC, "s", buf);
	if (ns >= DUR_MS)
		return with_fraction(ns, DUR_MS, "ms", buf);
	if (ns >= DUR_US)
		return with_fraction(ns, DUR_US, "us", buf);
	return with_fraction(ns, 1, "ns", buf);
}

const char *
dur_stamp(int64_t ns, char buf[DUR_TEXT])
{
	const char *sign = ns < 0 ? "-" : "";
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	snprintf(buf, DUR_TEXT, "%s%" PRIu64 ".%09" PRIu64, sign,
	    u / (uint64_t)DUR_SEC, u % (uint64_t)DUR_SEC);
	return buf;
}

const char *
dur_short(int64_t ns, char buf[DUR_TEXT])
{
	const char *sign = ns < 0 ? "-" : "";
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	u = (u + 500000) / 1000000;
	snprintf(buf, DUR_TEXT, "%s%" PRIu64 ".%03" PRIu64, sign, u / 1000,
	    u % 1000);
	return buf;
}

bool
num_parse(const char *s, size_t bytes, int64_t min, int64_t max, int64_t *out)
{
	bool minus = false;
	int64_t v = 0;
	size_t i = 0;

	if (bytes > 0 && s[0] == '-') {
		minus = true;
		i = 1;
	}
	if (i == bytes)
		return false;
	for (; i < bytes; i++) {
		if (!is_digit(s[i]) || v > (INT64_MAX - (s[i] - '0')) / 10)
			return false;
		v = v * 10 + (s[i] - '0');
	}
	if (minus)
		v = -v;
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}
