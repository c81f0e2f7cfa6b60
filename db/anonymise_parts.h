/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * anonymise_parts - the inside of db/anonymise.h: what in a text is an address
 * or a name (anonymise_find.c), and what becomes of it (anonymise.c).
 */
#ifndef DB_ANONYMISE_PARTS_H
#define DB_ANONYMISE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipaddr.h"

enum secret_kind {
	SECRET_MAC,  /* 17 bytes with ':' or '-' */
	SECRET_BARE, /* a MAC of 12 digits */
	SECRET_GUID,
	SECRET_V4,
	SECRET_V6,
	SECRET_HOST, /* a text says that it is one */
	SECRET_USER,
	SECRET_WORD, /* may be a host's or user's name */
};

struct secret {
	enum secret_kind kind;
	size_t at, bytes;
	uint8_t mac[6];
	struct ipaddr ip; /* its prefix as the text has it, else all of it */
};

/* The next one in text[from..bytes); false when there is none. */
bool secret_next(const char *text, size_t bytes, size_t from,
    struct secret *out);

/* Says nothing of anybody. */
bool secret_is_common(const struct ipaddr *ip);

/* The MAC address that an IPv6 address was made of (RFC 4291 A); false when it
 * does not look so. And the other way. */
bool secret_of_eui64(const uint8_t bytes[16], uint8_t mac[6]);
void secret_to_eui64(const uint8_t mac[6], uint8_t bytes[16]);

/* The NIC's GUID that is its MAC again and again. */
bool secret_of_guid(const char *guid, uint8_t mac[6]);

#endif
