/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/anonymise.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uthash.h>

#include "base/mem.h"
#include "base/prng.h"
#include "db/anonymise_parts.h"

#define HOSTS_OF_NET 254
#define TEST_NETS    3	 /* RFC 5737 */
#define BENCH_NETS   512 /* /24s of 198.18.0.0/15 */

enum entry_kind {
	ENTRY_MAC,
	ENTRY_GUID,
	ENTRY_V4,
	ENTRY_NET, /* address and prefix length */
	ENTRY_V6,
	ENTRY_SITE, /* the first 48 bits of an IPv6 address */
	ENTRY_LINK, /* the first 64 */
	ENTRY_HOST,
	ENTRY_USER,
};

struct entry {
	UT_hash_handle hh;
	uint8_t value[16]; /* what it becomes, of addresses */
	char text[40];	   /* of names and GUIDs */
	unsigned number;   /* from 0, within its kind */
	unsigned hosts;	   /* of a net: addresses seen */
	bool narrow;	   /* of a net: one inside it has a longer prefix */
	uint8_t order[HOSTS_OF_NET + 2]; /* of a net: its new last bytes */
	size_t key_bytes;
	uint8_t key[]; /* the kind, and the old value */
};

struct anonymiser {
	struct prng prng;
	struct entry *table; /* in the order of appearance */
	unsigned counts[ENTRY_USER + 1];
};

struct anonymiser *
anonymiser_new(const char *seed)
{
	struct anonymiser *a = mem_zero(1, sizeof(*a));

	prng_seed_named(&a->prng, 1, seed == NULL ? "anonymise" : seed);
	return a;
}

void
anonymiser_free(struct anonymiser *a)
{
	struct entry *e, *next;

	if (a == NULL)
		return;
	HASH_ITER (hh, a->table, e, next) {
		HASH_DEL(a->table, e);
		free(e);
	}
	free(a);
}

/* --- the table --- */

static size_t
make_key(uint8_t key[72], enum entry_kind kind, const void *value, size_t bytes)
{
	key[0] = (uint8_t)kind;
	bytes = bytes > 71 ? 71 : bytes;
	memcpy(key + 1, value, bytes);
	return bytes + 1;
}

static struct entry *
find(const struct anonymiser *a, enum entry_kind kind, const void *value,
    size_t bytes)
{
	uint8_t key[72];
	size_t n = make_key(key, kind, value, bytes);
	struct entry *e;

	HASH_FIND(hh, a->table, key, n, e);
	return e;
}

static struct entry *
add(struct anonymiser *a, enum entry_kind kind, const void *value, size_t bytes)
{
	struct entry *e = find(a, kind, value, bytes);
	uint8_t key[72];
	size_t n = make_key(key, kind, value, bytes);

	if (e != NULL)
		return e;
	e = mem_zero(1, sizeof(*e) + n);
	memcpy(e->key, key, n);
	e->key_bytes = n;
	e->number = a->counts[kind]++;
	HASH_ADD_KEYPTR(hh, a->table, e->key, n, e);
	return e;
}

static enum entry_kind
kind_of(const struct entry *e)
{
	return (enum entry_kind)e->key[0];
}

/* --- learning --- */

/* Multicast and the like are no one's. */
static bool
is_common_mac(const uint8_t mac[6])
{
	static const uint8_t none[6] = { 0 };

	return (mac[0] & 1) != 0 || memcmp(mac, none, 6) == 0;
}

static bool
is_common_guid(const char *guid)
{
	static const char *const known[] = { /* classes of vmbus */
		"f8615163-df3e-46c5-913f-f2d2f965ed0e",
		"44c4f61d-4444-4400-9d52-802e27ede19f"
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncasecmp(guid, known[i], 36) == 0)
			return true;
	return false;
}

static void
lower(char *to, const char *from, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		to[i] = (char)tolower((unsigned char)from[i]);
	to[bytes] = '\0';
}

static void
learn_guid(struct anonymiser *a, const char *text)
{
	char guid[37];
	uint8_t mac[6];

	lower(guid, text, 36);
	if (is_common_guid(guid))
		return;
	if (secret_of_guid(guid, mac))
		add(a, ENTRY_MAC, mac, 6);
	add(a, ENTRY_GUID, guid, 36);
}

static void
learn_v4(struct anonymiser *a, const struct ipaddr *ip)
{
	struct ipaddr net;

	if (secret_is_common(ip))
		return;
	if (ip->prefix >= 8 && ip->prefix < 32) {
		net = ipaddr_network(ip);
		net.bytes[4] = ip->prefix;
		add(a, ENTRY_NET, net.bytes, 5);
	}
	add(a, ENTRY_V4, ip->bytes, 4);
}

static void
learn_v6(struct anonymiser *a, const struct ipaddr *ip)
{
	const uint8_t *b = ip->bytes;
	uint8_t mac[6];

	if (secret_is_common(ip))
		return;
	if (secret_of_eui64(b, mac))
		add(a, ENTRY_MAC, mac, 6);
	if (b[0] != 0xff && (b[0] != 0xfe || (b[1] & 0xc0) != 0x80)) {
		add(a, ENTRY_SITE, b, 6);
		add(a, ENTRY_LINK, b, 8);
	}
	add(a, ENTRY_V6, b, 16);
}

static bool
is_plain_word(const char *name)
{
	static const char *const words[] = { "localhost", "root", "kernel",
		"localdomain", "none", "unknown", "name", "the", "a" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	return name[0] == '\0';
}

static void
learn_name(struct anonymiser *a, enum entry_kind kind, const char *text,
    size_t bytes)
{
	char name[72];

	if (kind == ENTRY_HOST) /* its first label is enough */
		bytes = strcspn(text, ".") < bytes ? strcspn(text, ".") : bytes;
	snprintf(name, sizeof(name), "%.*s", (int)(bytes < 70 ? bytes : 70),
	    text);
	if (!is_plain_word(name))
		add(a, kind, name, strlen(name));
}

void
anonymiser_learn_host(struct anonymiser *a, const char *name)
{
	learn_name(a, ENTRY_HOST, name, strlen(name));
}

void
anonymiser_learn(struct anonymiser *a, const char *text, size_t bytes)
{
	struct secret s;
	char name[72];
	size_t from;

	for (from = 0; secret_next(text, bytes, from, &s);
	     from = s.at + s.bytes) {
		switch (s.kind) {
		case SECRET_MAC:
			if (!is_common_mac(s.mac))
				add(a, ENTRY_MAC, s.mac, 6);
			break;
		case SECRET_BARE:
			if (s.at >= 3 && memcmp(text + s.at - 3, "enx", 3) == 0)
				add(a, ENTRY_MAC, s.mac, 6);
			break;
		case SECRET_GUID:
			learn_guid(a, text + s.at);
			break;
		case SECRET_V4:
			learn_v4(a, &s.ip);
			break;
		case SECRET_V6:
			learn_v6(a, &s.ip);
			break;
		case SECRET_HOST:
		case SECRET_USER:
			snprintf(name, sizeof(name), "%.*s", (int)s.bytes,
			    text + s.at);
			learn_name(a,
			    s.kind == SECRET_HOST ? ENTRY_HOST : ENTRY_USER,
			    name, strlen(name));
			break;
		case SECRET_WORD:
			break;
		}
	}
}

/* --- settling --- */

static void
random_bytes(struct anonymiser *a, uint8_t *to, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		to[i] = (uint8_t)prng_below(&a->prng, 256);
}

/* Numbered, so that no two are equal and nobody has to look for it. */
static void
settle_mac(struct anonymiser *a, struct entry *e)
{
	random_bytes(a, e->value, 6);
	e->value[0] = 0x02;
	e->value[1] = (uint8_t)(e->number >> 16);
	e->value[2] = (uint8_t)(e->number >> 8);
	e->value[5] = (uint8_t)e->number;
}

static void
guid_of_mac(const uint8_t m[6], char text[40])
{
	snprintf(text, 40,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x"
	    "%02x",
	    m[0], m[1], m[2], m[3], m[4], m[5], m[0], m[1], m[2], m[3], m[4],
	    m[5], m[0], m[1], m[2], m[3]);
}

static void
settle_guid(struct anonymiser *a, struct entry *e)
{
	const struct entry *of;
	uint8_t b[16], mac[6];

	if (secret_of_guid((const char *)e->key + 1, mac) &&
	    (of = find(a, ENTRY_MAC, mac, 6)) != NULL) {
		guid_of_mac(of->value, e->text);
		return;
	}
	random_bytes(a, b, 16);
	snprintf(e->text, sizeof(e->text),
	    "%02x%02x%02x%02x-%02x%02x-4%x%02x-8%x%02x-%02x%02x%02x%02x%02x"
	    "%02x",
	    b[0], b[1], b[2], b[3], b[4], b[5], b[6] & 15u, b[7], b[8] & 15u,
	    b[9], b[10], b[11], b[12], b[13], (unsigned)(e->number >> 8) & 255u,
	    (unsigned)e->number & 255u);
}

/* The narrowest net of at most /24 that the address was seen in; its /24
 * otherwise. */
static struct entry *
net_of(struct anonymiser *a, const uint8_t addr[4])
{
	struct ipaddr ip = { .family = 4 };
	struct ipaddr net;
	struct entry *e;
	unsigned bits;

	memcpy(ip.bytes, addr, 4);
	for (bits = 24; bits >= 8; bits--) {
		ip.prefix = (uint8_t)bits;
		net = ipaddr_network(&ip);
		net.bytes[4] = (uint8_t)bits;
		if ((e = find(a, ENTRY_NET, net.bytes, 5)) != NULL)
			return e;
	}
	ip.prefix = 24;
	net = ipaddr_network(&ip);
	net.bytes[4] = 24;
	return add(a, ENTRY_NET, net.bytes, 5);
}

/* The new last byte of each host of a net: a shuffle of 1 to 254. */
static void
shuffle(struct anonymiser *a, struct entry *net)
{
	size_t i, j;
	uint8_t swap;

	for (i = 0; i < sizeof(net->order); i++)
		net->order[i] = (uint8_t)i;
	for (i = HOSTS_OF_NET; i > 1 && !net->narrow; i--) {
		j = 1 + (size_t)prng_below(&a->prng, i);
		swap = net->order[i];
		net->order[i] = net->order[j];
		net->order[j] = swap;
	}
}

/* Nets wider than /24 come first: the later ones share a /15. */
static int
settle_nets(struct anonymiser *a, struct err *e)
{
	static const uint8_t tests[TEST_NETS][3] = { { 192, 0, 2 },
		{ 198, 51, 100 }, { 203, 0, 113 } };
	unsigned used = 0, round;
	struct entry *n;

	for (round = 0; round < 2; round++)
		for (n = a->table; n != NULL; n = n->hh.next) {
			if (kind_of(n) != ENTRY_NET || n->key[5] > 24 ||
			    (n->key[5] < 24) != (round == 0))
				continue;
			if (used >= TEST_NETS + BENCH_NETS ||
			    (round == 0 && used >= TEST_NETS + 2))
				return err_set(e, ERR_INPUT,
				    "more IPv4 nets than there are ranges for "
				    "documentation: anonymise parts of it");
			n->value[0] = 198;
			n->value[1] = 18;
			if (used < TEST_NETS)
				memcpy(n->value, tests[used], 3);
			else if (round == 0) /* two /16s */
				n->value[1] += (uint8_t)(used - TEST_NETS);
			else {
				n->value[1] +=
				    (uint8_t)((used - TEST_NETS) >> 8);
				n->value[2] = (uint8_t)(used - TEST_NETS);
			}
			shuffle(a, n);
			used++;
		}
	return 0;
}

static int
settle_v4(struct anonymiser *a, struct entry *e, struct err *err)
{
	const uint8_t *old = e->key + 1;
	struct entry *net = net_of(a, old);
	unsigned bits = net->key[5];
	uint32_t host = (uint32_t)old[0] << 24 | (uint32_t)old[1] << 16 |
	    (uint32_t)old[2] << 8 | old[3],
		 mask = UINT32_MAX >> bits;

	memcpy(e->value, net->value, 3);
	host &= mask;
	if (bits == 24)
		e->value[3] = net->order[host];
	else if (host == 0)
		e->value[3] = 0;
	else if (host == mask)
		e->value[3] = 255;
	else if (net->hosts < HOSTS_OF_NET)
		e->value[3] = net->order[++net->hosts];
	else
		return err_set(err, ERR_INPUT,
		    "a net of more than %d addresses: anonymise parts of it",
		    HOSTS_OF_NET);
	return 0;
}

static void
settle_v6(struct anonymiser *a, struct entry *e)
{
	const uint8_t *old = e->key + 1;
	const struct entry *site = find(a, ENTRY_SITE, old, 6);
	const struct entry *link = find(a, ENTRY_LINK, old, 8), *of;
	static const uint8_t zero[6] = { 0 };
	uint8_t mac[6];

	memcpy(e->value, old, 16);
	if (site != NULL && link != NULL) {
		e->value[0] = 0x20;
		e->value[1] = 0x01;
		e->value[2] = 0x0d;
		e->value[3] = 0xb8;
		memcpy(e->value + 4, site->value, 2);
		memcpy(e->value + 6, link->value, 2);
	}
	if (secret_of_eui64(old, mac) &&
	    (of = find(a, ENTRY_MAC, mac, 6)) != NULL) {
		secret_to_eui64(of->value, e->value);
	} else if (old[0] == 0xff) {
		/* ff02::1:ff00:0/104: the end of somebody's address */
		if (old[11] == 1 && old[12] == 0xff)
			random_bytes(a, e->value + 13, 3);
	} else if (memcmp(old + 8, zero, 6) != 0) {
		/* Numbered, so that no two are equal. */
		random_bytes(a, e->value + 8, 5);
		e->value[13] = (uint8_t)(e->number >> 16);
		e->value[14] = (uint8_t)(e->number >> 8);
		e->value[15] = (uint8_t)e->number;
	}
}

static void
note_narrow_nets(struct anonymiser *a)
{
	struct entry *e, *next, *net;

	HASH_ITER (hh, a->table, e, next)
		if (kind_of(e) == ENTRY_NET && e->key[5] > 24) {
			net = net_of(a, e->key + 1);
			net->narrow = true;
		}
}

int
anonymiser_settle(struct anonymiser *a, struct err *err)
{
	struct entry *e, *next;
	int rc;

	HASH_ITER (hh, a->table, e, next)
		if (kind_of(e) == ENTRY_V4)
			net_of(a, e->key + 1);
	note_narrow_nets(a);
	if ((rc = settle_nets(a, err)) < 0)
		return rc;
	for (e = a->table; e != NULL; e = e->hh.next)
		if (kind_of(e) == ENTRY_MAC)
			settle_mac(a, e);
	for (e = a->table; e != NULL && rc == 0; e = e->hh.next)
		switch (kind_of(e)) {
		case ENTRY_MAC:
		case ENTRY_NET:
			break;
		case ENTRY_GUID:
			settle_guid(a, e);
			break;
		case ENTRY_V4:
			rc = settle_v4(a, e, err);
			break;
		case ENTRY_SITE:
		case ENTRY_LINK:
			e->value[0] = (uint8_t)((e->number + 1) >> 8);
			e->value[1] = (uint8_t)(e->number + 1);
			break;
		case ENTRY_V6:
			settle_v6(a, e);
			break;
		case ENTRY_HOST:
		case ENTRY_USER:
			snprintf(e->text, sizeof(e->text), "%s%u",
			    kind_of(e) == ENTRY_HOST ? "host" : "user",
			    e->number + 1);
			break;
		}
	return rc;
}

/* --- mapping --- */

static void
put_hex(struct strbuf *out, const char *text, const char *like, size_t bytes)
{
	bool upper = false;
	size_t i;

	for (i = 0; i < bytes; i++)
		upper = upper || (like[i] >= 'A' && like[i] <= 'F');
	for (; *text != '\0'; text++)
		strbuf_addc(out,
		    upper ? (char)toupper((unsigned char)*text) : *text);
}

static void
map_mac(const struct entry *e, const struct secret *s, const char *old,
    struct strbuf *out)
{
	char text[MAC_TEXT], plain[MAC_TEXT];
	size_t i, n = 0;

	mac_format(e->value, text);
	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] == ':' && s->kind == SECRET_BARE)
			continue;
		plain[n++] = text[i] == ':' ? old[2] : text[i];
	}
	plain[n] = '\0';
	put_hex(out, plain, old, s->bytes);
}

/* A host's or user's name, or a host with its domain. */
static bool
map_word(const struct anonymiser *a, const char *text, size_t bytes,
    struct strbuf *out)
{
	const char *dot = memchr(text, '.', bytes);
	size_t label = dot == NULL ? bytes : (size_t)(dot - text);
	const struct entry *e = find(a, ENTRY_HOST, text, label);

	if (e != NULL) {
		strbuf_addf(out, "%s%s", e->text,
		    dot == NULL ? "" : ".example");
		return true;
	}
	if ((e = find(a, ENTRY_USER, text, bytes)) == NULL)
		return false;
	strbuf_adds(out, e->text);
	return true;
}

static bool
map_one(const struct anonymiser *a, const struct secret *s, const char *text,
    bool names, struct strbuf *out)
{
	char guid[37], ip[IPADDR_TEXT];
	const struct entry *e = NULL;
	struct ipaddr addr;

	switch (s->kind) {
	case SECRET_MAC:
	case SECRET_BARE:
		if ((e = find(a, ENTRY_MAC, s->mac, 6)) != NULL)
			map_mac(e, s, text, out);
		break;
	case SECRET_GUID:
		lower(guid, text, 36);
		if ((e = find(a, ENTRY_GUID, guid, 36)) != NULL)
			put_hex(out, e->text, text, 36);
		break;
	case SECRET_V4:
	case SECRET_V6:
		addr = s->ip;
		e = find(a, s->kind == SECRET_V4 ? ENTRY_V4 : ENTRY_V6,
		    addr.bytes, s->kind == SECRET_V4 ? 4 : 16);
		if (e == NULL)
			break;
		memcpy(addr.bytes, e->value, s->kind == SECRET_V4 ? 4 : 16);
		strbuf_adds(out, ipaddr_format(&addr, false, ip));
		break;
	case SECRET_HOST:
	case SECRET_USER:
	case SECRET_WORD:
		return names && map_word(a, text, s->bytes, out);
	}
	return e != NULL;
}

void
anonymiser_map(const struct anonymiser *a, const char *text, size_t bytes,
    bool names, struct strbuf *out)
{
	struct secret s;
	size_t from = 0;

	while (secret_next(text, bytes, from, &s)) {
		strbuf_add(out, text + from, s.at - from);
		if (!map_one(a, &s, text + s.at, names, out))
			strbuf_add(out, text + s.at, s.bytes);
		from = s.at + s.bytes;
	}
	strbuf_add(out, text + from, bytes - from);
}
