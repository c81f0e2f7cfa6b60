/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "db/anonymise_parts.h"

#define GUID	 36
#define WORD_MAX 64

struct text {
	const char *s;
	size_t bytes;
};

static char
at(const struct text *t, size_t i)
{
	return i < t->bytes ? t->s[i] : '\0';
}

static bool
is_hex(char c)
{
	return isxdigit((unsigned char)c) != 0;
}

static bool
is_alnum(char c)
{
	return isalnum((unsigned char)c) != 0;
}

static bool
is_word(char c)
{
	return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

static unsigned
hex_value(char c)
{
	return (unsigned)(isdigit((unsigned char)c)
		? c - '0'
		: tolower((unsigned char)c) - 'a' + 10);
}

static size_t
span(const struct text *t, size_t i, const char *set)
{
	size_t n = 0;

	while (i + n < t->bytes && t->s[i + n] != '\0' &&
	    strchr(set, t->s[i + n]) != NULL)
		n++;
	return n;
}

static bool
find_guid(const struct text *t, size_t i, struct secret *o)
{
	size_t k;
	char c;

	for (k = 0; k < GUID; k++) {
		c = at(t, i + k);
		if (k == 8 || k == 13 || k == 18 || k == 23 ? c != '-'
							    : !is_hex(c))
			return false;
	}
	if (is_word(at(t, i + GUID)) && at(t, i + GUID) != '.')
		return false;
	o->kind = SECRET_GUID;
	o->bytes = GUID;
	return true;
}

static bool
find_mac(const struct text *t, size_t i, struct secret *o)
{
	char sep = at(t, i + 2);
	size_t k;

	if (sep != ':' && sep != '-')
		return false;
	for (k = 0; k < 17; k++)
		if (k % 3 == 2 ? at(t, i + k) != sep : !is_hex(at(t, i + k)))
			return false;
	if (is_alnum(at(t, i + 17)) ||
	    (at(t, i + 17) == sep && is_hex(at(t, i + 18))))
		return false;
	for (k = 0; k < 6; k++)
		o->mac[k] = (uint8_t)(hex_value(at(t, i + 3 * k)) << 4 |
		    hex_value(at(t, i + 3 * k + 1)));
	o->kind = SECRET_MAC;
	o->bytes = 17;
	return true;
}

/* "000d3a8e51c4", by itself or behind "enx". */
static bool
find_bare(const struct text *t, size_t i, struct secret *o)
{
	size_t k;

	for (k = 0; k < 12; k++)
		if (!is_hex(at(t, i + k)))
			return false;
	if (is_alnum(at(t, i + 12)))
		return false;
	for (k = 0; k < 6; k++)
		o->mac[k] = (uint8_t)(hex_value(at(t, i + 2 * k)) << 4 |
		    hex_value(at(t, i + 2 * k + 1)));
	o->kind = SECRET_BARE;
	o->bytes = 12;
	return true;
}

/* "/24" behind an address. */
static void
take_prefix(const struct text *t, size_t i, unsigned most, struct ipaddr *ip)
{
	unsigned bits = 0;
	size_t k, n;

	if (at(t, i) != '/' || (n = span(t, i + 1, "0123456789")) == 0 || n > 3)
		return;
	for (k = 0; k < n; k++)
		bits = bits * 10 + (unsigned)(t->s[i + 1 + k] - '0');
	if (bits <= most)
		ip->prefix = (uint8_t)bits;
}

/* " netmask 0xffffff00" */
static void
take_mask(const struct text *t, size_t i, struct ipaddr *ip)
{
	static const char word[] = " netmask ";
	char mask[IPADDR_TEXT];
	size_t n;
	int bits;

	if (i + sizeof(word) - 1 >= t->bytes ||
	    memcmp(t->s + i, word, sizeof(word) - 1) != 0)
		return;
	i += sizeof(word) - 1;
	n = span(t, i, "0123456789abcdefABCDEFx.");
	snprintf(mask, sizeof(mask), "%.*s", (int)(n < 40 ? n : 40), t->s + i);
	if ((bits = ipaddr_mask_bits(mask)) >= 0)
		ip->prefix = (uint8_t)bits;
}

static bool
find_v4(const struct text *t, size_t i, struct secret *o)
{
	char text[IPADDR_TEXT];
	size_t n = span(t, i, "0123456789.");

	while (n > 0 && t->s[i + n - 1] == '.')
		n--;
	if (n < 7 || n > 15 || is_alnum(at(t, i + n)))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)n, t->s + i);
	if (!ipaddr_parse(text, &o->ip) || o->ip.family != 4)
		return false;
	take_prefix(t, i + n, 32, &o->ip);
	take_mask(t, i + n, &o->ip);
	o->kind = SECRET_V4;
	o->bytes = n;
	return true;
}

static bool
find_v6(const struct text *t, size_t i, struct secret *o)
{
	char text[IPADDR_TEXT];
	size_t n = span(t, i, "0123456789abcdefABCDEF:"), k, colons = 0;

	if (n > 1 && t->s[i + n - 1] == ':' && t->s[i + n - 2] != ':')
		n--;
	for (k = 0; k < n; k++)
		colons += t->s[i + k] == ':' ? 1 : 0;
	if (n < 2 || n > 39 || colons < 2 || is_alnum(at(t, i + n)))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)n, t->s + i);
	if (!ipaddr_parse(text, &o->ip) || o->ip.family != 6)
		return false;
	take_prefix(t, i + n, 128, &o->ip);
	o->kind = SECRET_V6;
	o->bytes = n;
	return true;
}

/* --- names --- */

static bool
ends_with(const struct text *t, size_t i, const char *word)
{
	size_t n = strlen(word);

	return i >= n && memcmp(t->s + i - n, word, n) == 0;
}

static bool
is_host(const struct text *t, size_t i)
{
	return ends_with(t, i, "ostname to <") ||
	    ends_with(t, i, "hostname=") ||
	    ends_with(t, i, "ostname set to <") || ends_with(t, i, "nodename ");
}

/* Behind "/NAME/". */
static bool
is_in_folder(const struct text *t, size_t i, const char *name)
{
	size_t n = strlen(name);

	return ends_with(t, i, name) && i > n && t->s[i - n - 1] == '/';
}

static bool
is_user(const struct text *t, size_t i, size_t end)
{
	return is_in_folder(t, i, "home/") || is_in_folder(t, i, "Users/") ||
	    ends_with(t, i, " user ") || ends_with(t, i, "USER=") ||
	    ends_with(t, i, "user=") ||
	    (ends_with(t, i, "(") && at(t, end) == '@');
}

/* The '@' of "(user@host)" is before it. */
static bool
is_behind_user(const struct text *t, size_t i, size_t end)
{
	size_t k = i;

	if (k < 3 || t->s[k - 1] != '@' || at(t, end) != ')')
		return false;
	for (k--; k > 0 && is_word(t->s[k - 1]); k--)
		;
	return k > 0 && t->s[k - 1] == '(';
}

static bool
find_word(const struct text *t, size_t i, struct secret *o)
{
	size_t n = 0;

	while (is_word(at(t, i + n)))
		n++;
	while (n > 0 && strchr(".-", t->s[i + n - 1]) != NULL)
		n--;
	if (n == 0 || n > WORD_MAX)
		return false;
	o->bytes = n;
	if (is_host(t, i) || is_behind_user(t, i, i + n))
		o->kind = SECRET_HOST;
	else if (is_user(t, i, i + n))
		o->kind = SECRET_USER;
	else
		o->kind = SECRET_WORD;
	return true;
}

static bool
find_here(const struct text *t, size_t i, struct secret *o)
{
	char before = i > 0 ? t->s[i - 1] : ' ', c = t->s[i];
	bool fresh = !is_word(before);

	memset(o, 0, sizeof(*o));
	o->at = i;
	if (is_hex(c) && !is_alnum(before)) {
		if (find_guid(t, i, o) || find_mac(t, i, o) ||
		    find_bare(t, i, o))
			return true;
		if (before != '.' && isdigit((unsigned char)c) &&
		    find_v4(t, i, o))
			return true;
	}
	if ((is_hex(c) || c == ':') && !is_alnum(before) && before != ':' &&
	    find_v6(t, i, o))
		return true;
	if (fresh && at(t, i) == 'e' && at(t, i + 1) == 'n' &&
	    at(t, i + 2) == 'x' && find_bare(t, i + 3, o)) {
		o->at = i + 3;
		return true;
	}
	return is_alnum(c) && fresh && find_word(t, i, o);
}

bool
secret_next(const char *text, size_t bytes, size_t from, struct secret *out)
{
	struct text t = { text, bytes };
	size_t i;

	for (i = from; i < bytes; i++)
		if (find_here(&t, i, out))
			return true;
	return false;
}

/* --- what stays, and what is made of a MAC --- */

bool
secret_is_common(const struct ipaddr *ip)
{
	static const uint8_t azure[4] = { 168, 63, 129, 16 };
	const uint8_t *b = ip->bytes;
	size_t i, zeros = 0;

	if (ip->family == 4)
		return b[0] == 0 || b[0] == 127 || b[0] >= 224 ||
		    (b[0] == 169 && b[1] == 254) || memcmp(b, azure, 4) == 0;
	for (i = 0; i < 15; i++)
		zeros += b[i] == 0 ? 1 : 0;
	return zeros == 15; /* "::", "::1" */
}

bool
secret_of_eui64(const uint8_t b[16], uint8_t mac[6])
{
	if (b[11] != 0xff || b[12] != 0xfe)
		return false;
	mac[0] = b[8] ^ 0x02;
	mac[1] = b[9];
	mac[2] = b[10];
	memcpy(mac + 3, b + 13, 3);
	return true;
}

void
secret_to_eui64(const uint8_t mac[6], uint8_t b[16])
{
	b[8] = mac[0] ^ 0x02;
	b[9] = mac[1];
	b[10] = mac[2];
	b[11] = 0xff;
	b[12] = 0xfe;
	memcpy(b + 13, mac + 3, 3);
}

bool
secret_of_guid(const char *guid, uint8_t mac[6])
{
	uint8_t b[16];
	size_t i, n = 0;

	for (i = 0; i < GUID && n < 32; i++) {
		if (guid[i] == '-')
			continue;
		b[n / 2] =
		    (uint8_t)(n % 2 == 0 ? hex_value(guid[i]) << 4
					 : b[n / 2] | hex_value(guid[i]));
		n++;
	}
	if (memcmp(b, b + 6, 6) != 0 || memcmp(b, b + 12, 4) != 0)
		return false;
	memcpy(mac, b, 6);
	return true;
}
