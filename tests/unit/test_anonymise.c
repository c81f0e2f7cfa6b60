/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ipaddr.h"
#include "base/mem.h"
#include "db/anonymise.h"

/* What becomes of a text that is learned and mapped; the caller frees. */
static char *
hide(const char *seed, const char *text, bool names)
{
	struct anonymiser *a = anonymiser_new(seed);
	struct strbuf out = { 0 };
	struct err e;

	anonymiser_learn(a, text, strlen(text));
	assert_int_equal(anonymiser_settle(a, &e), 0);
	anonymiser_map(a, text, strlen(text), names, &out);
	anonymiser_free(a);
	return out.data == NULL ? mem_str("") : strbuf_take(&out);
}

static void
assert_stays(const char *text)
{
	char *got = hide(NULL, text, true);

	assert_string_equal(got, text);
	free(got);
}

static void
what_is_nobodys_stays(void **state)
{
	(void)state;
	assert_stays("");
	assert_stays("127.0.0.1 0.0.0.0 255.255.255.0 224.0.0.1 "
		     "169.254.169.254 168.63.129.16 255.255.255.255");
	assert_stays(":: ::1 ff02::1 ff:ff:ff:ff:ff:ff 01:00:5e:00:00:01 "
		     "00:00:00:00:00:00");
	assert_stays("classid=f8615163-df3e-46c5-913f-f2d2f965ed0e");
	assert_stays("10:11:12 9b7a:00:02.0 pci0:2:0:0 1.2.3 16.30.5000 "
		     "2025-11-24T10:11:12.061296 dev.hn.0.vf enP39802s2");
	assert_stays("!system=IFNET subsystem=hn0 type=LINK_UP");
	assert_stays("nothing (but words) root@localhost deadbeefcafe");
}

static void
a_pair_stays_a_pair(void **state)
{
	char *s = hide(NULL,
	    "hn0 00:0d:3a:8e:51:c4 vf 00:0D:3A:8E:51:C4 other "
	    "00:0d:3a:8e:51:c5 000d3a8e-51c4-000d-3a8e-51c4000d3a8e "
	    "enx000d3a8e51c4 fe80::20d:3aff:fe8e:51c4%hn0",
	    false);
	char a[18], b[18], c[18], guid[37], bare[13], v6[64], want[40];
	uint8_t mac[6], upper[6], other[6];

	(void)state;
	assert_int_equal(sscanf(s,
			     "hn0 %17s vf %17s other %17s %36s enx%12s %63s", a,
			     b, c, guid, bare, v6),
	    6);
	assert_true(mac_parse(a, mac) && mac_parse(c, other));
	assert_true(mac_parse(b, upper));
	assert_memory_equal(mac, upper, 6);
	assert_memory_not_equal(mac, other, 6);
	assert_int_equal(mac[0] & 3, 2); /* local, of one NIC */
	assert_null(strpbrk(b, "abcdef"));
	snprintf(want, sizeof(want), "%02x%02x%02x%02x%02x%02x", mac[0], mac[1],
	    mac[2], mac[3], mac[4], mac[5]);
	assert_string_equal(bare, want);
	assert_memory_equal(guid, want, 8);
	assert_memory_equal(guid + 9, want + 8, 4);
	snprintf(want, sizeof(want), "ff:fe%02x:%x%%hn0", mac[3],
	    (unsigned)mac[4] << 8 | mac[5]);
	assert_non_null(strstr(v6, want));
	assert_null(strstr(s, "3a"));
	free(s);
}

static void
nets_stay_nets(void **state)
{
	char *s = hide(NULL,
	    "10.1.19.4/24 10.1.19.1 10.1.19.255 10.1.20.4 172.16.5.6/16 "
	    "172.16.9.9 172.16.255.255 10.1.21.0/24",
	    false);
	char w[8][IPADDR_TEXT];
	struct ipaddr ip[8], doc[3];
	size_t i, k, in;

	(void)state;
	assert_int_equal(sscanf(s, "%55s %55s %55s %55s %55s %55s %55s %55s",
			     w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]),
	    8);
	for (i = 0; i < 8; i++)
		assert_true(ipaddr_parse(w[i], &ip[i]));
	assert_true(ipaddr_in_net(&ip[1], &ip[0]));
	assert_int_equal(ip[0].prefix, 24);
	assert_int_equal(ip[2].bytes[3], 255);
	assert_true(ipaddr_in_net(&ip[2], &ip[0]));
	assert_false(ipaddr_in_net(&ip[3], &ip[0]));
	assert_int_equal(ip[4].prefix, 16);
	assert_true(ipaddr_in_net(&ip[5], &ip[4]));
	assert_false(ipaddr_in_net(&ip[0], &ip[4]));
	assert_int_equal(ip[6].bytes[3], 255);
	assert_int_equal(ip[7].bytes[3], 0);
	assert_false(ipaddr_same_host(&ip[0], &ip[1]));
	assert_true(ipaddr_parse("192.0.2.0/24", &doc[0]));
	assert_true(ipaddr_parse("198.51.100.0/24", &doc[1]));
	assert_true(ipaddr_parse("203.0.113.0/24", &doc[2]));
	for (i = in = 0; i < 8; i++)
		for (k = 0; k < 3; k++)
			in += ipaddr_in_net(&ip[i], &doc[k]) ? 1 : 0;
	assert_int_equal(in, 7); /* the fourth net is of RFC 2544 */
	free(s);
}

/* A prefix of more than 24 bits tells something of the last byte. */
static void
small_nets_keep_their_order(void **state)
{
	char *s = hide(NULL, "10.9.8.130/26 10.9.8.129 10.9.8.7", false);

	(void)state;
	assert_string_equal(s, "192.0.2.130/26 192.0.2.129 192.0.2.7");
	free(s);
}

static void
netmasks_are_prefixes(void **state)
{
	char *s = hide(NULL,
	    "inet 10.1.2.3 netmask 0xffff0000 broadcast 10.1.255.255", false);

	(void)state;
	assert_non_null(strstr(s, "netmask 0xffff0000 broadcast 192.0.2.255"));
	assert_memory_equal(s, "inet 192.0.2.", 13);
	free(s);
}

static void
ipv6_nets_stay_nets(void **state)
{
	char *s = hide(NULL,
	    "2a01:111:f100:1::4/64 2a01:111:f100:1::1 2a01:111:f100:2::4 "
	    "fd00::1:2:3:4:5",
	    false);
	char w[4][IPADDR_TEXT];

	(void)state;
	assert_int_equal(sscanf(s, "%55s %55s %55s %55s", w[0], w[1], w[2],
			     w[3]),
	    4);
	assert_string_equal(w[0], "2001:db8:1:1::4/64");
	assert_string_equal(w[1], "2001:db8:1:1::1");
	assert_string_equal(w[2], "2001:db8:1:2::4");
	assert_memory_equal(w[3], "2001:db8:2:3:", 13);
	assert_null(strstr(w[3], "2:3:4:5"));
	free(s);
}

static void
names_of_hosts_and_users_go(void **state)
{
	char *s = hide(NULL,
	    "systemd[1]: Hostname set to <web-7>. (joe@buildbox.corp.net) "
	    "-/home/ann/x session for user joe on web-7 and web-7.corp.net, "
	    "not web-70",
	    true);

	(void)state;
	assert_string_equal(s,
	    "systemd[1]: Hostname set to <host1>. (user1@host2.example) "
	    "-/home/user2/x session for user user1 on host1 and host1.example, "
	    "not web-70");
	free(s);
	/* What a machine reads keeps its words. */
	s = hide(NULL, "hostname=hn0 !system=IFNET subsystem=hn0", false);
	assert_string_equal(s, "hostname=hn0 !system=IFNET subsystem=hn0");
	free(s);
}

static void
a_seed_gives_the_same_again(void **state)
{
	static const char text[] = "00:0d:3a:8e:51:c4 10.1.19.4 "
				   "3f1c9b52-6d0e-4a7b-8b41-c7e04a51d2f6";
	char *a = hide(NULL, text, false), *b = hide(NULL, text, false);
	char *c = hide("other", text, false);

	(void)state;
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	free(a);
	free(b);
	free(c);
}

/* Bytes that end nothing, and a net with more hosts than there is room for. */
static void
hostile_text(void **state)
{
	static const char bytes[] = "\0::\xff 1.2.3.4\0 a:b:c:d:e:f";
	struct anonymiser *a = anonymiser_new("");
	struct strbuf text = { 0 }, out = { 0 };
	struct err e;
	unsigned i;

	(void)state;
	anonymiser_learn(a, bytes, sizeof(bytes));
	assert_int_equal(anonymiser_settle(a, &e), 0);
	anonymiser_map(a, bytes, sizeof(bytes), true, &out);
	assert_int_equal(out.data[0], '\0');
	assert_null(memmem(out.data, out.bytes, "1.2.3.4", 7));
	strbuf_fini(&out);
	anonymiser_free(a);

	strbuf_adds(&text, "10.0.0.0/8 ");
	for (i = 1; i < 400; i++)
		strbuf_addf(&text, "10.%u.0.%u ", i % 256, i / 256 + 1);
	a = anonymiser_new(NULL);
	anonymiser_learn(a, strbuf_str(&text), text.bytes);
	assert_int_equal(anonymiser_settle(a, &e), ERR_INPUT);
	assert_non_null(strstr(e.text, "a net of more than 254 addresses"));
	anonymiser_free(a);
	strbuf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_nobodys_stays),
		cmocka_unit_test(a_pair_stays_a_pair),
		cmocka_unit_test(nets_stay_nets),
		cmocka_unit_test(small_nets_keep_their_order),
		cmocka_unit_test(netmasks_are_prefixes),
		cmocka_unit_test(ipv6_nets_stay_nets),
		cmocka_unit_test(names_of_hosts_and_users_go),
		cmocka_unit_test(a_seed_gives_the_same_again),
		cmocka_unit_test(hostile_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
