/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ipaddr - an IPv4 or IPv6 address with its prefix length.
 */
#ifndef BASE_IPADDR_H
#define BASE_IPADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IPADDR_TEXT 56 /* room for any ipaddr_format() */
#define MAC_TEXT    18

struct ipaddr {
	uint8_t family; /* 4, 6, or 0 for "none" */
	uint8_t prefix; /* bits */
	uint8_t bytes[16];
};

/* "10.1.19.4", "10.1.19.4/24", "fe80::1/64"; without a slash the prefix is
 * the whole address. False on anything else; *out is then left alone. */
bool ipaddr_parse(const char *s, struct ipaddr *out);

/* A netmask, dotted or "0xffffff00", as a prefix length; -1 if it is none. */
int ipaddr_mask_bits(const char *s);

/* The prefix length that ifconfig(8) and the kernel take where none is given:
 * 64, or by the class of an IPv4 address. */
uint8_t ipaddr_usual_prefix(const struct ipaddr *a);

/* With "/bits" when with_prefix. Returns buf; "none" for family 0. */
const char *ipaddr_format(const struct ipaddr *a, bool with_prefix,
    char buf[IPADDR_TEXT]);

bool ipaddr_equal(const struct ipaddr *a, const struct ipaddr *b);

/* Whether one of the n of list is equal to a. */
bool ipaddr_is_among(const struct ipaddr *list, size_t n,
    const struct ipaddr *a);

/* The same address, whatever the prefix lengths. */
bool ipaddr_same_host(const struct ipaddr *a, const struct ipaddr *b);

/* Whether host lies in net's prefix. */
bool ipaddr_in_net(const struct ipaddr *host, const struct ipaddr *net);

/* The network of a: host bits cleared. */
struct ipaddr ipaddr_network(const struct ipaddr *a);

bool mac_parse(const char *s, uint8_t mac[6]); /* "00:0d:3a:f5:76:bd" */
const char *mac_format(const uint8_t mac[6], char buf[MAC_TEXT]);

#endif
