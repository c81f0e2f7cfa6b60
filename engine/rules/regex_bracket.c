/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bracket expressions. In the C locale a range goes by byte value, an
 * equivalence class is its one element, and a class holds ASCII only.
 */
#include <string.h>

#include "rules/regex_tree.h"

struct bracket {
	const char *p;
	const char *end;
	const char *why; /* the first error; p is at end then */
};

/* Names of the portable character set, by code. */
static const struct {
	const char *name;
	unsigned char byte;
} elements[] = {
	{ "NUL", 0 },
	{ "SOH", 1 },
	{ "STX", 2 },
	{ "ETX", 3 },
	{ "EOT", 4 },
	{ "ENQ", 5 },
	{ "ACK", 6 },
	{ "BEL", 7 },
	{ "alert", 7 },
	{ "BS", 8 },
	{ "backspace", 8 },
	{ "HT", 9 },
	{ "tab", 9 },
	{ "LF", 10 },
	{ "newline", 10 },
	{ "VT", 11 },
	{ "vertical-tab", 11 },
	{ "FF", 12 },
	{ "form-feed", 12 },
	{ "CR", 13 },
	{ "carriage-return", 13 },
	{ "SO", 14 },
	{ "SI", 15 },
	{ "DLE", 16 },
	{ "DC1", 17 },
	{ "DC2", 18 },
	{ "DC3", 19 },
	{ "DC4", 20 },
	{ "NAK", 21 },
	{ "SYN", 22 },
	{ "ETB", 23 },
	{ "CAN", 24 },
	{ "EM", 25 },
	{ "SUB", 26 },
	{ "ESC", 27 },
	{ "IS4", 28 },
	{ "FS", 28 },
	{ "IS3", 29 },
	{ "GS", 29 },
	{ "IS2", 30 },
	{ "RS", 30 },
	{ "IS1", 31 },
	{ "US", 31 },
	{ "space", ' ' },
	{ "exclamation-mark", '!' },
	{ "quotation-mark", '"' },
	{ "number-sign", '#' },
	{ "dollar-sign", '$' },
	{ "percent-sign", '%' },
	{ "ampersand", '&' },
	{ "apostrophe", '\'' },
	{ "left-parenthesis", '(' },
	{ "right-parenthesis", ')' },
	{ "asterisk", '*' },
	{ "plus-sign", '+' },
	{ "comma", ',' },
	{ "hyphen", '-' },
	{ "hyphen-minus", '-' },
	{ "period", '.' },
	{ "full-stop", '.' },
	{ "slash", '/' },
	{ "solidus", '/' },
	{ "zero", '0' },
	{ "one", '1' },
	{ "two", '2' },
	{ "three", '3' },
	{ "four", '4' },
	{ "five", '5' },
	{ "six", '6' },
	{ "seven", '7' },
	{ "eight", '8' },
	{ "nine", '9' },
	{ "colon", ':' },
	{ "semicolon", ';' },
	{ "less-than-sign", '<' },
	{ "equals-sign", '=' },
	{ "greater-than-sign", '>' },
	{ "question-mark", '?' },
	{ "commercial-at", '@' },
	{ "left-square-bracket", '[' },
	{ "backslash", '\\' },
	{ "reverse-solidus", '\\' },
	{ "right-square-bracket", ']' },
	{ "circumflex", '^' },
	{ "circumflex-accent", '^' },
	{ "underscore", '_' },
	{ "low-line", '_' },
	{ "grave-accent", '`' },
	{ "left-brace", '{' },
	{ "left-curly-bracket", '{' },
	{ "vertical-line", '|' },
	{ "right-brace", '}' },
	{ "right-curly-bracket", '}' },
	{ "tilde", '~' },
	{ "DEL", 127 },
};

/* The classes of wctype(3) on FreeBSD as ranges of ASCII. The last five are
 * its own; in the C locale most are empty. */
static const struct {
	const char *name;
	const char *ranges; /* pairs of first and last */
} classes[] = {
	{ "alnum", "09AZaz" },
	{ "alpha", "AZaz" },
	{ "blank", "\t\t  " },
	{ "cntrl", "\001\037\177\177" },
	{ "digit", "09" },
	{ "graph", "!~" },
	{ "lower", "az" },
	{ "print", " ~" },
	{ "punct", "!/:@[`{~" },
	{ "space", "\t\r  " },
	{ "upper", "AZ" },
	{ "xdigit", "09AFaf" },
	{ "ideogram", "" },
	{ "number", "09" },
	{ "phonogram", "" },
	{ "rune", "\001\177" },
	{ "special", "" },
};

bool
rx_set_has(const struct rx_set *set, unsigned char byte)
{
	return (set->bits[byte / 32] >> (byte % 32)) & 1;
}

static void
add_one(struct rx_set *set, unsigned char byte)
{
	set->bits[byte / 32] |= UINT32_C(1) << (byte % 32);
}

void
rx_set_add(struct rx_set *set, unsigned char byte)
{
	add_one(set, byte);
	if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
		add_one(set, byte ^ ('a' ^ 'A'));
}

static void
add_range(struct rx_set *set, unsigned first, unsigned last)
{
	for (; first <= last; first++)
		rx_set_add(set, (unsigned char)first);
}

static unsigned char
refuse(struct bracket *b, const char *why)
{
	if (b->why == NULL)
		b->why = why;
	b->p = b->end;
	return 0;
}

static bool
sees(const struct bracket *b, char c)
{
	return b->p < b->end && *b->p == c;
}

static bool
sees_two(const struct bracket *b, char c, char d)
{
	return b->end - b->p > 1 && b->p[0] == c && b->p[1] == d;
}

static bool
eats(struct bracket *b, char c)
{
	if (!sees(b, c))
		return false;
	b->p++;
	return true;
}

static void
parse_class(struct bracket *b, struct rx_set *set)
{
	const char *name = b->p, *r;
	size_t i, bytes;

	while (b->p < b->end &&
	    ((*b->p >= 'a' && *b->p <= 'z') || (*b->p >= 'A' && *b->p <= 'Z')))
		b->p++;
	bytes = (size_t)(b->p - name);
	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (strlen(classes[i].name) == bytes &&
		    memcmp(classes[i].name, name, bytes) == 0)
			break;
	if (i == sizeof(classes) / sizeof(*classes) || !sees_two(b, ':', ']')) {
		refuse(b, "unknown character class in [: :]");
		return;
	}
	b->p += 2;
	if (strcmp(classes[i].name, "cntrl") == 0 ||
	    strcmp(classes[i].name, "rune") == 0)
		add_one(set, '\0');
	for (r = classes[i].ranges; *r != '\0'; r += 2)
		add_range(set, (unsigned char)r[0], (unsigned char)r[1]);
}

/* NAME in [.NAME.] or [=NAME=], its end included. */
static unsigned char
parse_element(struct bracket *b, char mark)
{
	const char *name = b->p;
	size_t i, bytes;

	while (b->p < b->end && !sees_two(b, mark, ']'))
		b->p++;
	if (b->p == b->end)
		return refuse(b, "[ without ]");
	bytes = (size_t)(b->p - name);
	b->p += 2;
	for (i = 0; i < sizeof(elements) / sizeof(*elements); i++)
		if (strlen(elements[i].name) == bytes &&
		    memcmp(elements[i].name, name, bytes) == 0)
			return elements[i].byte;
	if (bytes != 1)
		return refuse(b, "unknown collating element");
	return (unsigned char)*name;
}

static unsigned char
parse_symbol(struct bracket *b)
{
	if (b->p == b->end)
		return refuse(b, "[ without ]");
	if (!sees_two(b, '[', '.'))
		return (unsigned char)*b->p++;
	b->p += 2;
	return parse_element(b, '.');
}

static void
parse_term(struct bracket *b, struct rx_set *set)
{
	unsigned char first, last;

	if (sees(b, '-')) {
		refuse(b, "a range in [ ] begins with -");
		return;
	}
	if (sees_two(b, '[', ':')) {
		b->p += 2;
		parse_class(b, set);
		return;
	}
	if (sees_two(b, '[', '=')) {
		b->p += 2;
		if (sees(b, '-') || sees(b, ']'))
			refuse(b, "unknown collating element");
		first = parse_element(b, '=');
		rx_set_add(set, first);
		return;
	}
	first = last = parse_symbol(b);
	if (sees(b, '-') && b->end - b->p > 1 && b->p[1] != ']') {
		b->p++;
		last = eats(b, '-') ? '-' : parse_symbol(b);
	}
	if (first > last)
		refuse(b, "a range in [ ] goes backwards");
	else
		add_range(set, first, last);
}

const char *
rx_bracket_parse(const char *p, const char *end, struct rx_set *set,
    const char **why)
{
	struct bracket b = { p, end, NULL };
	bool inverted;
	size_t i;

	memset(set, 0, sizeof(*set));
	inverted = eats(&b, '^');
	if (eats(&b, ']'))
		rx_set_add(set, ']');
	else if (eats(&b, '-'))
		rx_set_add(set, '-');
	while (b.p < end && *b.p != ']' && !sees_two(&b, '-', ']'))
		parse_term(&b, set);
	if (eats(&b, '-'))
		rx_set_add(set, '-');
	if (!eats(&b, ']'))
		refuse(&b, "[ without ]");
	if (b.why != NULL) {
		*why = b.why;
		return NULL;
	}
	for (i = 0; inverted && i < 8; i++)
		set->bits[i] = ~set->bits[i];
	return b.p;
}
