/* SPDX-License-Identifier: BSD-2-Clause */
/* Which bus an interface is on, from a folder that looks like sysfs. */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "world/nicbus.h"

static char root[40];
static struct linklook look;

/* A path in it; the last four are kept. */
static const char *
at(const char *path)
{
	static char full[4][200];
	static unsigned n;

	n = (n + 1) % 4;
	snprintf(full[n], sizeof(full[n]), "%s/%s", root, path);
	return full[n];
}

static void
make_folder(const char *path)
{
	assert_int_equal(mkdir(at(path), 0700), 0);
}

static int
set_up(void **state)
{
	FILE *f;

	(void)state;
	snprintf(root, sizeof(root), "/tmp/nicbus.XXXXXX");
	assert_non_null(mkdtemp(root));
	make_folder("class");
	make_folder("class/net");
	make_folder("class/net/eth1");
	make_folder("bus");
	make_folder("bus/pci");
	make_folder("0000:02:00.0");
	assert_int_equal(symlink("../../../0000:02:00.0",
			     at("class/net/eth1/device")),
	    0);
	assert_int_equal(symlink("../bus/pci", at("0000:02:00.0/subsystem")),
	    0);
	f = fopen(at("class/net/eth1/ifindex"), "w");
	assert_non_null(f);
	fputs("5\n", f);
	fclose(f);
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const made[] = { "class/net/eth1/ifindex",
		"class/net/eth1/device", "0000:02:00.0/subsystem",
		"0000:02:00.0", "bus/pci", "bus", "class/net/eth1", "class/net",
		"class", "" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		remove(at(made[i]));
	linklook_fini(&look);
	return 0;
}

static struct ifevent *
put(uint32_t index, const char *name)
{
	struct ifevent e = { .kind = IFEVENT_LINK, .has = IFHAS_NAME };

	e.index = index;
	snprintf(e.name, sizeof(e.name), "%s", name);
	linklook_take(&look, &e);
	return &look.links[look.n_links - 1];
}

static void
the_device_and_its_bus_are_found(void **state)
{
	(void)state;
	put(1, "lo");
	put(5, "eth1");
	nicbus_fill(root, &look);
	assert_string_equal(look.links[0].device, "");
	assert_string_equal(look.links[1].device, "0000:02:00.0");
	assert_string_equal(look.links[1].bus, "pci");
}

static void
another_index_is_another_interface(void **state)
{
	(void)state;
	put(6, "eth1");
	nicbus_fill(root, &look);
	assert_string_equal(look.links[0].device, "");
}

static void
a_kernel_that_tells_is_not_doubted(void **state)
{
	(void)state;
	put(5, "eth1");
	memcpy(put(7, "eth2")->device, "virtio0", 8);
	nicbus_fill(root, &look);
	assert_string_equal(look.links[0].device, "");
}

static void
no_name_leads_out_of_it(void **state)
{
	(void)state;
	put(5, "..");
	put(5, "../net/eth1");
	memcpy(put(5, "eth1")->link_kind, "vlan", 5);
	nicbus_fill(root, &look);
	nicbus_fill("/nonexistent", &look);
	assert_string_equal(look.links[0].device, "");
	assert_string_equal(look.links[1].device, "");
	assert_string_equal(look.links[2].device, "");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(the_device_and_its_bus_are_found),
		T(another_index_is_another_interface),
		T(a_kernel_that_tells_is_not_doubted),
		T(no_name_leads_out_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
