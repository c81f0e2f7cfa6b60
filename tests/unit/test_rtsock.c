/* SPDX-License-Identifier: BSD-2-Clause */
/* FreeBSD's routing messages from bytes that a real kernel gave, cut ones and
 * hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netmsg.h"
#include "world/rtsock.h"

#define SOCKET "fixtures/routing/freebsd-socket.hex"
#define DUMP   "fixtures/routing/freebsd-dump.hex"

static void
feed_file(struct netmsg_bench *b, const char *path, bool answer)
{
	struct strbuf sb = { 0 };
	size_t line;

	for (line = 0; netmsg_line(path, line, &sb); line++) {
		netmsg_feed(b, rtsock_next, &sb, answer);
		strbuf_reset(&sb);
	}
	strbuf_fini(&sb);
}

/* The interfaces that were there before; the kernel tells their names when
 * they arrive, and the socket had been opened later. */
static void
know(struct netmsg_bench *b, uint32_t index, const char *name)
{
	struct ifevent e = { .kind = IFEVENT_LINK,
		.answer = true,
		.index = index,
		.has = IFHAS_NAME };

	memcpy(e.name, name, strlen(name) + 1);
	linktable_take(&b->table, &e);
}

static void
a_lagg_is_followed_from_its_arrival_to_its_end(void **state)
{
	struct netmsg_bench b;

	(void)state;
	netmsg_bench_init(&b);
	know(&b, 1, "vmx0");
	know(&b, 2, "vtnet0");
	know(&b, 3, "lo0");
	feed_file(&b, SOCKET, false);
	assert_string_equal(strbuf_str(&b.told),
	    "ANNOUNCE lagg0 arrival\n"
	    "IFINFO vtnet0 up link-up\n"
	    "IFINFO vtnet0 up link-up\n"
	    "NEWADDR vtnet0 fe80::5054:ff:feaa:1/64\n"
	    "ADD fe80::/64 vtnet0\n"
	    "IFINFO vmx0 up link-up\n"
	    "IFINFO vmx0 up link-up\n"
	    "NEWADDR vmx0 fe80::5054:ff:feaa:2/64\n"
	    "ADD fe80::/64 vmx0\n"
	    "DELADDR vtnet0 fe80::5054:ff:feaa:1/64\n"
	    "DELETE fe80::/64 vtnet0\n"
	    "IFINFO lagg0 down link-up\n"
	    "DELADDR vmx0 fe80::5054:ff:feaa:2/64\n"
	    "DELETE fe80::/64 vmx0\n"
	    "IFINFO lagg0 up link-up\n"
	    "NEWADDR lagg0 fe80::5054:ff:feaa:1/64\n"
	    "ADD fe80::/64 lagg0\n"
	    "NEWADDR lagg0 10.0.2.15/24\n"
	    "ADD 10.0.2.0/24 lagg0\n"
	    "NEWADDR lagg0 10.0.2.16/32\n"
	    "ADD 10.0.2.16/32 lagg0\n"
	    "NEWADDR lagg0 fd00::15/64\n"
	    "ADD fd00::/64 lagg0\n"
	    "ADD default lagg0\n"
	    "ADD default6 lagg0\n"
	    "ANNOUNCE vmx0 departure\ngone vmx0\n"
	    "ANNOUNCE vf0 arrival\n"
	    "ANNOUNCE vf0 departure\ngone vf0\n"
	    "ANNOUNCE vmx0 arrival\n"
	    "IFINFO vmx0 down link-up\n"
	    "DELETE 10.0.2.16/32 lagg0\n"
	    "DELADDR lagg0 10.0.2.16/32\n"
	    "IFINFO lagg0 down link-down\n"
	    "DELETE 10.0.2.0/24 lagg0\n"
	    "DELADDR lagg0 10.0.2.15/24\n"
	    "IFINFO lagg0 down link-down\n"
	    "DELADDR lagg0 fe80::5054:ff:feaa:1/64\n"
	    "DELADDR lagg0 10.0.2.15/24\n"
	    "DELADDR lagg0 fd00::15/64\n"
	    "DELETE fe80::/64 lagg0\n"
	    "DELETE fd00::/64 lagg0\n"
	    "ANNOUNCE lagg0 departure\ngone lagg0\n");
	netmsg_bench_fini(&b);
}

static void
a_dump_says_what_netstat_said(void **state)
{
	const struct linktable_route *r;
	const struct linktable_link *l;
	struct netmsg_bench b;
	char text[IPADDR_TEXT];
	size_t i, nets = 0;

	(void)state;
	netmsg_bench_init(&b);
	know(&b, 1, "vmx0");
	know(&b, 2, "vtnet0");
	know(&b, 3, "lo0");
	know(&b, 5, "lagg0");
	feed_file(&b, DUMP, true);
	assert_string_equal(strbuf_str(&b.told), "");
	r = linktable_default(&b.table, 4);
	assert_string_equal(ipaddr_format(&r->gateway, false, text),
	    "10.0.2.2");
	assert_int_equal(r->index, 5);
	r = linktable_default(&b.table, 6);
	assert_string_equal(ipaddr_format(&r->gateway, false, text), "fd00::2");
	for (i = 0; i < b.table.n_routes; i++) {
		r = &b.table.routes[i];
		if (r->to.prefix == 0 || r->to.family != 4)
			continue;
		assert_int_equal(r->index, 5);
		nets++;
	}
	assert_int_equal(nets, 2); /* 10.0.2.0/24 and 10.0.2.16/32 */
	l = linktable_find(&b.table, 5);
	assert_true(l->up && l->running && l->link == IFEVENT_UP);
	assert_int_equal(l->mtu, 1500);
	assert_int_equal(l->n_addrs, 4);
	l = linktable_find(&b.table, 3);
	assert_int_equal(l->n_addrs, 3);
	for (i = 0; i < l->n_addrs; i++)
		assert_true(
		    ipaddr_format(&l->addrs[i].addr, true, text) != NULL &&
		    (strcmp(text, "::1/128") == 0 ||
			strcmp(text, "fe80::1/64") == 0 ||
			strcmp(text, "127.0.0.1/8") == 0));
	netmsg_bench_fini(&b);
}

static void
any_cut_is_borne(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;
	size_t line, bytes;
	char *copy;

	(void)state;
	for (line = 0; netmsg_line(SOCKET, line, &sb);
	     line++, strbuf_reset(&sb))
		for (bytes = 0; bytes < sb.bytes; bytes++) {
			copy = malloc(bytes + 1);
			memcpy(copy, sb.data, bytes);
			assert_int_equal(rtsock_next(copy, bytes, &e), 0);
			if (bytes >= 4) { /* as if it were whole */
				copy[0] = (char)bytes;
				copy[1] = (char)(bytes >> 8);
				assert_int_equal(rtsock_next(copy, bytes, &e),
				    bytes);
			}
			free(copy);
		}
	assert_true(line > 40);
	strbuf_fini(&sb);
}

static void
another_version_is_passed_over(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;

	(void)state;
	assert_true(netmsg_line(SOCKET, 0, &sb));
	assert_int_equal(rtsock_next(sb.data, sb.bytes, &e), 24);
	assert_int_equal(e.kind, IFEVENT_LINK);
	sb.data[2] = 4;
	assert_int_equal(rtsock_next(sb.data, sb.bytes, &e), 24);
	assert_int_equal(e.kind, IFEVENT_OTHER);
	sb.data[0] = 3; /* less than a message has */
	assert_int_equal(rtsock_next(sb.data, sb.bytes, &e), 0);
	strbuf_fini(&sb);
}

static void
what_is_of_nobody_is_nothing(void **state)
{
	struct strbuf sb = { 0 };
	struct ifevent e;

	(void)state;
	assert_true(netmsg_line(SOCKET, 0, &sb));
	sb.data[6] = '\0'; /* its name */
	assert_int_equal(rtsock_next(sb.data, sb.bytes, &e), 24);
	assert_int_equal(e.kind, IFEVENT_OTHER);
	sb.data[6] = 'l';
	sb.data[4] = sb.data[5] = 0; /* its index */
	assert_int_equal(rtsock_next(sb.data, sb.bytes, &e), 24);
	assert_int_equal(e.kind, IFEVENT_OTHER);
	assert_false(e.gone);
	strbuf_fini(&sb);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_lagg_is_followed_from_its_arrival_to_its_end),
		cmocka_unit_test(a_dump_says_what_netstat_said),
		cmocka_unit_test(any_cut_is_borne),
		cmocka_unit_test(another_version_is_passed_over),
		cmocka_unit_test(what_is_of_nobody_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
