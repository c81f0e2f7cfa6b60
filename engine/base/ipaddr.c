/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ipaddr.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"

static unsigned
width(uint8_t family)
{
	return family == 4 ? 32 : family == 6 ? 128 : 0;
}

bool
ipaddr_parse(const char *s, struct ipaddr *out)
{
	struct ipaddr a = { 0 };
	char host[IPADDR_TEXT];
	const char *slash = strchr(s, '/');
	size_t bytes = slash == NULL ? strlen(s) : (size_t)(slash - s);
	int64_t bits;

	if (bytes == 0 || bytes >= sizeof(host))
		return false;
	memcpy(host, s, bytes);
	host[bytes] = '\0';
	if (inet_pton(AF_INET, host, a.bytes) == 1)
		a.family = 4;
	else if (inet_pton(AF_INET6, host, a.bytes) == 1)
		a.family = 6;
	else
		return false;
	bits = width(a.family);
	if (slash != NULL &&
	    !num_parse(slash + 1, strlen(slash + 1), 0, bits, &bits))
		return false;
	a.prefix = (uint8_t)bits;
	*out = a;
	return true;
}

uint8_t
ipaddr_usual_prefix(const struct ipaddr *a)
{
	if (a->family == 6)
		return 64;
	return a->bytes[0] < 128 ? 8 : a->bytes[0] < 192 ? 16 : 24;
}

int
ipaddr_mask_bits(const char *s)
{
	unsigned long v;
	unsigned mask;
	unsigned char b[4];
	char tail;
	int bits = 0;

	if (strncmp(s, "0x", 2) == 0) {
		if (strlen(s) > 10 || sscanf(s + 2, "%lx%c", &v, &tail) != 1)
			return -1;
		mask = (unsigned)v;
	} else {
		if (inet_pton(AF_INET, s, b) != 1)
			return -1;
		mask = (unsigned)b[0] << 24 | (unsigned)b[1] << 16 |
		    (unsigned)b[2] << 8 | b[3];
	}
	while (bits < 32 && (mask & 0x80000000u) != 0) {
		mask <<= 1;
		bits++;
	}
	return mask == 0 ? bits : -1;
}

/* A number below 256; gives the place behind it. */
static char *
put_byte(char *p, unsigned n)
{
	if (n >= 100)
		*p++ = (char)('0' + n / 100);
	if (n >= 10)
		*p++ = (char)('0' + n / 10 % 10);
	*p++ = (char)('0' + n % 10);
	return p;
}

/* By hand: an operation and a route are told so, and a search makes millions
 * of them. */
static char *
put_ipv4(char *p, const uint8_t bytes[4])
{
	size_t i;

	for (i = 0; i < 4; i++) {
		if (i > 0)
			*p++ = '.';
		p = put_byte(p, bytes[i]);
	}
	return p;
}

const char *
ipaddr_format(const struct ipaddr *a, bool with_prefix, char buf[IPADDR_TEXT])
{
	char *end;

	if (a->family == 4) {
		end = put_ipv4(buf, a->bytes);
	} else if (a->family != 0 &&
	    inet_ntop(AF_INET6, a->bytes, buf, IPADDR_TEXT) != NULL) {
		end = buf + strlen(buf);
	} else {
		snprintf(buf, IPADDR_TEXT, "none");
		return buf;
	}
	if (with_prefix) {
		*end++ = '/';
		end = put_byte(end, a->prefix);
	}
	*end = '\0';
	return buf;
}

bool
ipaddr_equal(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->prefix == b->prefix && ipaddr_same_host(a, b);
}

bool
ipaddr_is_among(const struct ipaddr *list, size_t n, const struct ipaddr *a)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (ipaddr_equal(&list[i], a))
			return true;
	return false;
}

bool
ipaddr_same_host(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->family == b->family &&
	    memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool
ipaddr_in_net(const struct ipaddr *host, const struct ipaddr *net)
{
	unsigned bits = net->prefix, whole;

	if (host->family != net->family || host->family == 0)
		return false;
	if (bits > width(net->family))
		bits = width(net->family);
	whole = bits / 8;
	/* Networks side by side differ in their last byte. */
	if (whole > 0 &&
	    (host->bytes[whole - 1] != net->bytes[whole - 1] ||
		memcmp(host->bytes, net->bytes, whole - 1) != 0))
		return false;
	return bits % 8 == 0 ||
	    (host->bytes[whole] ^ net->bytes[whole]) >> (8 - bits % 8) == 0;
}

struct ipaddr
ipaddr_network(const struct ipaddr *a)
{
	struct ipaddr n = *a;
	unsigned byte = a->prefix / 8, bytes = width(a->family) / 8;

	if (byte < bytes && a->prefix % 8 != 0)
		n.bytes[byte++] &= (uint8_t)(0xff00u >> (a->prefix % 8));
	if (byte < bytes)
		memset(&n.bytes[byte], 0, bytes - byte);
	return n;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
mac_parse(const char *s, uint8_t mac[6])
{
	uint8_t m[6];
	int i, hi, lo;

	for (i = 0; i < 6; i++) {
		if (strlen(s) < 2 || (hi = hex(s[0])) < 0 ||
		    (lo = hex(s[1])) < 0)
			return false;
		m[i] = (uint8_t)(hi * 16 + lo);
		s += 2;
		if (i < 5 && *s++ != ':')
			return false;
	}
	if (*s != '\0')
		return false;
	memcpy(mac, m, sizeof(m));
	return true;
}

const char *
mac_format(const uint8_t mac[6], char buf[MAC_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	char *p = buf;
	size_t i;

	for (i = 0; i < 6; i++) {
		*p++ = digits[mac[i] >> 4];
		*p++ = digits[mac[i] & 15];
		*p++ = ':';
	}
	p[-1] = '\0';
	return buf;
}
