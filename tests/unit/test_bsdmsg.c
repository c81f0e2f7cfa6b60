/* SPDX-License-Identifier: BSD-2-Clause */
/* FreeBSD's routing messages, from the bytes of a real kernel: what they say
 * is what ifconfig(8) and netstat(1) said of the same moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "hex_lines.h"
#include "world/bsdlayout.h"
#include "world/bsdmsg.h"

#define DIR_ "fixtures/freebsd/"

static struct hex_line line;

/* --- tables against ifconfig --- */

static char name_of[32][BSDMSG_NAME];

static void
say_link(struct strbuf *out, const struct bsdmsg *m)
{
	char mac[MAC_TEXT];

	memcpy(name_of[m->index], m->name, BSDMSG_NAME);
	strbuf_addf(out, "%s flags=%x mtu %u%s%s\n", m->name, m->flags, m->mtu,
	    m->has_mac ? " ether " : "",
	    m->has_mac ? mac_format(m->mac, mac) : "");
}

static void
say_table(struct strbuf *out, const struct hex_line *l, enum bsdmsg_form form)
{
	struct bsdmsg m;
	char text[IPADDR_TEXT];
	size_t at, step;

	for (at = 0; at < l->bytes; at += step) {
		step = bsdmsg_next(l->data + at, l->bytes - at, form, &m);
		assert_true(step > 0);
		if (m.kind == BSDMSG_LINK)
			say_link(out, &m);
		else if (m.kind == BSDMSG_ADDR)
			strbuf_addf(out, "%s %s\n", name_of[m.index],
			    ipaddr_format(&m.addr, true, text));
		else
			fail();
	}
}

/* The same words of one line of ifconfig. */
static void
say_ifconfig_line(struct strbuf *out, char *name, char *text)
{
	char a[64], mask[64], new[16];
	struct ipaddr addr;
	unsigned flags, mtu, bits;

	if (sscanf(text, "%15[^:]: flags=%x<%*[^>]> metric 0 mtu %u", new,
		&flags, &mtu) == 3 ||
	    sscanf(text, "%15[^:]: flags=%x<> metric 0 mtu %u", new, &flags,
		&mtu) == 3) {
		memcpy(name, new, sizeof(new));
		strbuf_addf(out, "%s flags=%x mtu %u\n", name, flags, mtu);
	} else if (sscanf(text, " ether %63s", a) == 1) {
		out->bytes--;
		strbuf_addf(out, " ether %s\n", a);
	} else if (sscanf(text, " inet %63s netmask %63s", a, mask) == 2) {
		strbuf_addf(out, "%s %s/%d\n", name, a, ipaddr_mask_bits(mask));
	} else if (sscanf(text, " inet6 %63s prefixlen %u", a, &bits) == 2) {
		a[strcspn(a, "%")] = '\0';
		assert_true(ipaddr_parse(a, &addr));
		addr.prefix = (uint8_t)bits;
		strbuf_addf(out, "%s %s\n", name,
		    ipaddr_format(&addr, true, mask));
	}
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* ifconfig has its own order of addresses. */
static char *
sorted(struct strbuf *text)
{
	struct strbuf out = { 0 };
	char *all = strbuf_take(text), *lines[64], *at;
	size_t n = 0, i;

	for (at = strtok_r(all, "\n", &lines[63]); at != NULL && n < 60;
	     at = strtok_r(NULL, "\n", &lines[63]))
		lines[n++] = at;
	qsort(lines, n, sizeof(*lines), by_text);
	for (i = 0; i < n; i++)
		strbuf_addf(&out, "%s\n", lines[i]);
	free(all);
	return strbuf_take(&out);
}

static char *
ifconfig_says(const char *path)
{
	struct strbuf out = { 0 };
	char *text = hex_text(path), *at, *next, name[16] = "";

	for (at = text; *at != '\0'; at = next) {
		next = at + strcspn(at, "\n");
		if (*next != '\0')
			*next++ = '\0';
		say_ifconfig_line(&out, name, at);
	}
	free(text);
	return sorted(&out);
}

static void
same_as_ifconfig(const char *hex, const char *start, const char *ifconfig,
    enum bsdmsg_form form)
{
	struct strbuf out = { 0 };
	char *ours, *theirs = ifconfig_says(ifconfig);

	hex_line_find(hex, start, &line);
	say_table(&out, &line, form);
	ours = sorted(&out);
	assert_string_equal(ours, theirs);
	free(ours);
	free(theirs);
}

static void
tables_of_interfaces_say_what_ifconfig_says(void **state)
{
	(void)state;
	same_as_ifconfig(DIR_ "state1.hex", "NET_RT_IFLISTL",
	    DIR_ "state1.ifconfig", BSDMSG_IFLISTL);
	same_as_ifconfig(DIR_ "state2.hex", "NET_RT_IFLISTL",
	    DIR_ "state2.ifconfig", BSDMSG_IFLISTL);
	same_as_ifconfig(DIR_ "state1.hex", "NET_RT_IFLIST",
	    DIR_ "state1.ifconfig", BSDMSG_SOCKET);
	same_as_ifconfig(DIR_ "state2.hex", "NET_RT_IFLIST",
	    DIR_ "state2.ifconfig", BSDMSG_SOCKET);
}

/* --- the table of routes against netstat --- */

/* "default 10.0.2.2 UGS lagg0": the part that a person reads. */
static void
say_routes(struct strbuf *out, const struct hex_line *l)
{
	char to[IPADDR_TEXT], gateway[IPADDR_TEXT];
	struct bsdmsg m;
	size_t at, step;
	bool whole;

	for (at = 0; at < l->bytes; at += step) {
		step =
		    bsdmsg_next(l->data + at, l->bytes - at, BSDMSG_SOCKET, &m);
		assert_true(step > 0);
		assert_int_equal(m.kind, BSDMSG_ROUTE);
		assert_int_equal(m.error, 0);
		whole = (m.flags & BSD_RTF_HOST) != 0;
		strbuf_addf(out, "%s %s%s %s\n",
		    m.addr.prefix == 0 ? "default"
				       : ipaddr_format(&m.addr, !whole, to),
		    m.gateway.family != 0
			? ipaddr_format(&m.gateway, false, gateway)
			: "link",
		    (m.flags & BSD_RTF_GATEWAY) != 0 ? " G" : "", m.name);
	}
}

static void
say_netstat_line(struct strbuf *out, const char *text)
{
	char to[64], gateway[64], flags[16], name[16], *zone;

	if (sscanf(text, "%63s %63s %15s %15s", to, gateway, flags, name) !=
		4 ||
	    strcmp(to, "Destination") == 0)
		return;
	/* fe80::%lo0/64 and fe80::1%lo0: of us without the zone. */
	if ((zone = strchr(to, '%')) != NULL)
		memmove(zone, zone + strcspn(zone, "/"),
		    strlen(zone + strcspn(zone, "/")) + 1);
	if (strncmp(gateway, "link#", 5) == 0)
		snprintf(gateway, sizeof(gateway), "link");
	strbuf_addf(out, "%s %s%s %s\n", to, gateway,
	    strchr(flags, 'G') != NULL ? " G" : "", name);
}

static void
the_table_of_routes_says_what_netstat_says(void **state)
{
	struct strbuf ours = { 0 }, theirs = { 0 };
	char *text = hex_text(DIR_ "state1.netstat"), *at, *next, *a, *b;

	(void)state;
	for (at = text; *at != '\0'; at = next) {
		next = at + strcspn(at, "\n");
		if (*next != '\0')
			*next++ = '\0';
		say_netstat_line(&theirs, at);
	}
	free(text);
	hex_line_find(DIR_ "state1.hex", "NET_RT_DUMP", &line);
	say_routes(&ours, &line);
	a = sorted(&ours);
	b = sorted(&theirs);
	assert_string_equal(a, b);
	free(a);
	free(b);
}

/* --- what is told as it happens --- */

/* Of host routes none, and of those by way of a gateway only default ones. */
static void
count_picked(const struct strbuf *table, size_t *defaults, size_t *others)
{
	struct bsdmsg m;
	size_t at, step;

	*defaults = *others = 0;
	for (at = 0; at < table->bytes; at += step) {
		step = bsdmsg_next(table->data + at, table->bytes - at,
		    BSDMSG_SOCKET, &m);
		assert_true(step > 0);
		assert_int_equal(m.flags & BSD_RTF_HOST, 0);
		if (bsdmsg_is_default(&m))
			++*defaults;
		else
			++*others;
	}
}

static void
near_routes_are_picked_from_a_table(void **state)
{
	struct strbuf table = { 0 };
	size_t bytes, defaults, others;

	(void)state;
	hex_line_find(DIR_ "state1.hex", "NET_RT_DUMP", &line);
	bsdmsg_take_near(line.data, line.bytes, &table);
	count_picked(&table, &defaults, &others);
	assert_int_equal(defaults, 2);
	assert_int_equal(others, 5);
	/* The last one is of a host: what is cut stays cut. */
	bytes = table.bytes;
	strbuf_reset(&table);
	bsdmsg_take_near(line.data, line.bytes - 1, &table);
	assert_true(table.bytes > bytes);
	strbuf_reset(&table);
	bsdmsg_take_near(line.data, 4, &table);
	assert_int_equal(table.bytes, 4);
	strbuf_fini(&table);
}

static void
say_message(void *ctx, const struct hex_line *l)
{
	static const char *const links[] = { "unknown", "down", "up" };
	struct strbuf *out = ctx;
	char text[IPADDR_TEXT];
	struct bsdmsg m;

	assert_int_equal(bsdmsg_next(l->data, l->bytes, BSDMSG_SOCKET, &m),
	    l->bytes);
	if (m.kind == BSDMSG_ANNOUNCE)
		strbuf_addf(out, "%s%s #%u\n", m.gone ? "-" : "+", m.name,
		    m.index);
	else if (m.kind == BSDMSG_LINK)
		strbuf_addf(out, "#%u %s %s\n", m.index,
		    (m.flags & BSD_IFF_UP) != 0 ? "up" : "down", links[m.link]);
	else if (m.kind == BSDMSG_ADDR && m.addr.family == 4)
		strbuf_addf(out, "%s%s %s\n", m.gone ? "-" : "+", m.name,
		    ipaddr_format(&m.addr, true, text));
	else if (m.kind == BSDMSG_ROUTE && m.addr.prefix == 0)
		strbuf_addf(out, "+default #%u %s\n", m.index,
		    ipaddr_format(&m.gateway, false, text));
}

static void
the_socket_tells_every_step(void **state)
{
	struct strbuf out = { 0 };

	(void)state;
	hex_lines("fixtures/routing/freebsd-socket.hex", say_message, &out);
	assert_string_equal(strbuf_str(&out),
	    "+lagg0 #5\n"
	    "#2 up up\n"
	    "#2 up up\n"
	    "#1 up up\n"
	    "#1 up up\n"
	    "#5 down up\n"
	    "#5 up up\n"
	    "+lagg0 10.0.2.15/24\n"
	    "+lagg0 10.0.2.16/32\n"
	    "+default #5 10.0.2.2\n"
	    "+default #5 fd00::2\n"
	    "-vmx0 #1\n"
	    "+vf0 #1\n"
	    "-vf0 #1\n"
	    "+vmx0 #1\n"
	    "#1 down up\n"
	    "-lagg0 10.0.2.16/32\n"
	    "#5 down down\n"
	    "-lagg0 10.0.2.15/24\n"
	    "#5 down down\n"
	    "-lagg0 10.0.2.15/24\n"
	    "-lagg0 #5\n");
	strbuf_fini(&out);
}

/* --- bytes that no kernel sends --- */

static void
take_some(void *ctx, const struct hex_line *l)
{
	struct bsdmsg m;
	uint8_t *copy;
	size_t n, i;

	(void)ctx;
	/* In memory of exactly its size, so that valgrind and ASan see a read
	 * beyond. Cut off: nothing. Said to be shorter: something, or not. */
	for (n = 0; n < l->bytes; n++) {
		copy = mem_copy(l->data, n);
		assert_int_equal(bsdmsg_next(copy, n, BSDMSG_SOCKET, &m), 0);
		for (i = 0; n >= 4 && i < 2; i++) {
			copy[0] = (uint8_t)n;
			copy[1] = (uint8_t)(n >> 8);
			assert_int_equal(bsdmsg_next(copy, n,
					     i == 0 ? BSDMSG_SOCKET
						    : BSDMSG_IFLISTL,
					     &m),
			    n);
		}
		free(copy);
	}
}

static void
messages_that_are_cut_give_what_is_whole(void **state)
{
	(void)state;
	hex_lines("fixtures/routing/freebsd-socket.hex", take_some, NULL);
	hex_line_find(DIR_ "state1.hex", "NET_RT_IFLISTL", &line);
	line.bytes = 232;
	take_some(NULL, &line);
}

/* The first message of the table, a link, with one byte changed. */
static void
change(size_t at, uint8_t to, struct bsdmsg *m)
{
	hex_line_find(DIR_ "state1.hex", "NET_RT_IFLISTL", &line);
	line.data[at] = to;
	assert_int_equal(bsdmsg_next(line.data, line.bytes, BSDMSG_IFLISTL, m),
	    232);
}

static void
nothing_is_believed_that_does_not_fit(void **state)
{
	const size_t sdl = BSD_IFML_SIZE;
	struct bsdmsg m;

	(void)state;
	change(0, 232, &m);
	assert_int_equal(m.kind, BSDMSG_LINK);
	assert_string_equal(m.name, "vmx0");
	/* Of another version, or a type that we do not know. */
	change(BSD_RTM_VERSION, 6, &m);
	assert_int_equal(m.kind, BSDMSG_OTHER);
	change(BSD_RTM_TYPE, 99, &m);
	assert_int_equal(m.kind, BSDMSG_OTHER);
	/* A header longer than the message, data outside of the header. */
	change(BSD_IFML_LEN + 1, 0xff, &m);
	assert_int_equal(m.kind, BSDMSG_OTHER);
	change(BSD_IFML_DATA_OFF, 175, &m);
	assert_int_equal(m.kind, BSDMSG_OTHER);
	change(BSD_IFML_DATA_OFF, 3, &m);
	assert_int_equal(m.kind, BSDMSG_OTHER);
	/* A state of a link that there is not. */
	change(24 + BSD_IFI_LINK_STATE, 7, &m);
	assert_int_equal(m.link, 0);
	/* The name: longer than its address, with a blank, another family. */
	change(sdl + BSD_SDL_NLEN, 200, &m);
	assert_string_equal(m.name, "");
	assert_false(m.has_mac);
	change(sdl + BSD_SDL_DATA, ' ', &m);
	assert_string_equal(m.name, "");
	assert_true(m.has_mac);
	change(sdl + 1, BSD_AF_INET, &m);
	assert_string_equal(m.name, "");
	change(sdl, 1, &m);
	assert_string_equal(m.name, "");
	change(sdl, 0, &m);
	assert_string_equal(m.name, "");
}

static void
names_that_are_too_long_are_none(void **state)
{
	static const uint8_t announce[24] = { 24, 0, 5, BSD_RTM_IFANNOUNCE, 7,
		0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l',
		'm', 'n', 'o', 'p', 1, 0 };
	struct bsdmsg m;
	uint8_t shorter[24];

	(void)state;
	assert_int_equal(bsdmsg_next(announce, sizeof(announce), BSDMSG_SOCKET,
			     &m),
	    24);
	assert_int_equal(m.kind, BSDMSG_ANNOUNCE);
	assert_true(m.gone);
	assert_int_equal(m.index, 7);
	assert_string_equal(m.name, "");
	memcpy(shorter, announce, sizeof(shorter));
	shorter[21] = '\0';
	bsdmsg_next(shorter, sizeof(shorter), BSDMSG_SOCKET, &m);
	assert_string_equal(m.name, "abcdefghijklmno");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_interfaces_say_what_ifconfig_says),
		cmocka_unit_test(near_routes_are_picked_from_a_table),
		cmocka_unit_test(the_table_of_routes_says_what_netstat_says),
		cmocka_unit_test(the_socket_tells_every_step),
		cmocka_unit_test(messages_that_are_cut_give_what_is_whole),
		cmocka_unit_test(nothing_is_believed_that_does_not_fit),
		cmocka_unit_test(names_that_are_too_long_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
