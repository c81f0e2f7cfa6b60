/* SPDX-License-Identifier: BSD-2-Clause */
/* What Linux tells of interfaces and devices, as records of devctl(4): a VF's
 * comings and goings as Debian's kernel 6.1 told them in QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "netmsg.h"
#include "world/devrecords.h"
#include "world/linkrecords.h"
#include "world/rtnetlink.h"

struct bench {
	struct linktable table;
	struct linkrecords records;
	struct strbuf told;
};

static void
add(void *ctx, const char *text)
{
	struct bench *b = ctx;

	strbuf_addf(&b->told, "%s\n", text);
}

static void
take(struct bench *b, unsigned type, uint32_t index, const char *name,
    int carrier)
{
	static const uint8_t mac[6] = { 2 };
	struct strbuf sb = { 0 };
	uint8_t up = (uint8_t)carrier;
	struct ifevent e;

	netmsg_link(&sb, type, index, 0, name);
	netmsg_attr(&sb, 1, mac, 6);
	netmsg_attr(&sb, 33, &up, 1);
	netmsg_end(&sb);
	assert_true(rtnetlink_next(sb.data, sb.bytes, &e) > 0);
	linktable_take(&b->table, &e);
	linkrecords_update(&b->records, &b->table, add, b);
	strbuf_fini(&sb);
}

static void
assert_told(struct bench *b, const char *lines)
{
	assert_string_equal(strbuf_str(&b->told), lines);
	strbuf_reset(&b->told);
}

static int
set_up(void **state)
{
	static struct bench b;
	const struct linktable_user user = { 0 };

	memset(&b, 0, sizeof(b));
	linktable_init(&b.table, &user);
	*state = &b;
	take(&b, 16, 2, "eth0", 1); /* there already: not told */
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	linktable_fini(&b->table);
	linkrecords_fini(&b->records);
	strbuf_fini(&b->told);
	return 0;
}

static void
a_vf_comes_and_goes(void **state)
{
	struct bench *b = *state;

	assert_told(b, "");
	take(b, 16, 5, "eth1", 0);
	assert_told(b,
	    "!system=IFNET subsystem=eth1 type=ATTACH\n"
	    "!system=ETHERNET subsystem=eth1 type=IFATTACH\n");
	take(b, 16, 5, "eth1", 1);
	assert_told(b, "!system=IFNET subsystem=eth1 type=LINK_UP\n");
	take(b, 16, 5, "eth1", 1);
	assert_told(b, "");
	take(b, 16, 5, "eth1", 0);
	assert_told(b, "!system=IFNET subsystem=eth1 type=LINK_DOWN\n");
	take(b, 17, 5, "eth1", 0);
	assert_told(b, "!system=IFNET subsystem=eth1 type=DETACH\n");
	take(b, 17, 5, "eth1", 0);
	assert_told(b, "");
}

static void
who_comes_with_a_link_says_so(void **state)
{
	struct bench *b = *state;

	take(b, 16, 7, "v0", 1);
	assert_told(b,
	    "!system=IFNET subsystem=v0 type=ATTACH\n"
	    "!system=ETHERNET subsystem=v0 type=IFATTACH\n"
	    "!system=IFNET subsystem=v0 type=LINK_UP\n");
}

static void
a_new_name_is_no_record_but_the_end_has_it(void **state)
{
	struct bench *b = *state;

	take(b, 16, 2, "lan0", 1);
	assert_told(b, "");
	/* Its old name is another's now. */
	take(b, 16, 3, "eth0", 0);
	assert_told(b,
	    "!system=IFNET subsystem=eth0 type=ATTACH\n"
	    "!system=ETHERNET subsystem=eth0 type=IFATTACH\n");
	take(b, 17, 2, "lan0", 0);
	assert_told(b, "!system=IFNET subsystem=lan0 type=DETACH\n");
}

static void
a_name_that_rules_could_misread_is_not_told(void **state)
{
	struct bench *b = *state;

	take(b, 16, 5, "a type=X", 1);
	take(b, 16, 6, "a\"b", 1);
	take(b, 16, 7, "a\x1b[2J", 1);
	take(b, 17, 5, "a type=X", 1);
	assert_told(b, "");
}

/* --- devices --- */

#define BYTES(text) text, sizeof(text) - 1
#define PCI                                                                    \
	"SUBSYSTEM=pci\0PCI_CLASS=20000\0PCI_ID=15AD:07B0\0"                   \
	"PCI_SUBSYS_ID=15AD:07B0\0PCI_SLOT_NAME=0000:02:00.0\0"
#define PATH "@/devices/pci0000:00/0000:00:02.0/0000:02:00.0\0"
#define SAID                                                                   \
	" at slot=0 function=0 dbsf=pci0:2:0:0 vendor=0x15ad device=0x07b0 "   \
	"subvendor=0x15ad subdevice=0x07b0 class=0x020000 on pci2"

static struct devrecords devices;

static bool lost;

static const char *
told_of(const char *bytes, size_t n)
{
	static char text[DEVRECORDS_TEXT];
	struct uevent e;

	assert_true(uevent_decode(bytes, n, &e));
	return devrecords_take(&devices, &e, text, &lost) ? text : "";
}

static int
forget(void **state)
{
	(void)state;
	devrecords_fini(&devices);
	return 0;
}

static void
a_pci_device_gets_a_driver_and_loses_it(void **state)
{
	(void)state;
	assert_string_equal(told_of(BYTES("add" PATH PCI "SEQNUM=608\0")),
	    "?" SAID);
	assert_string_equal(told_of(BYTES("bind" PATH "DRIVER=vmxnet3\0" PCI
					  "SEQNUM=609\0")),
	    "+vmxnet30" SAID);
	assert_false(lost);
	/* The kernel does not name the driver that has left. */
	assert_string_equal(told_of(BYTES("unbind" PATH PCI "SEQNUM=610\0")),
	    "-vmxnet30" SAID);
	assert_string_equal(told_of(BYTES("remove" PATH PCI "SEQNUM=612\0")),
	    "");
	assert_true(lost);
}

static void
a_drivers_devices_have_the_lowest_free_numbers(void **state)
{
	static const char other[] = "bind@/devices/pci0000:00/0000:00:05.0\0"
				    "DRIVER=vmxnet3\0SUBSYSTEM=pci\0"
				    "PCI_CLASS=20000\0PCI_ID=15AD:07B0\0"
				    "PCI_SUBSYS_ID=15AD:07B0\0"
				    "PCI_SLOT_NAME=0000:00:05.0\0";

	(void)state;
	told_of(BYTES("bind" PATH "DRIVER=vmxnet3\0" PCI));
	assert_memory_equal(told_of(other, sizeof(other) - 1), "+vmxnet31 ",
	    10);
	told_of(BYTES("unbind" PATH PCI));
	assert_memory_equal(told_of(BYTES("bind" PATH "DRIVER=vmxnet3\0" PCI)),
	    "+vmxnet30 ", 10);
	/* Twice is once. */
	assert_string_equal(told_of(BYTES("bind" PATH "DRIVER=vmxnet3\0" PCI)),
	    "");
}

static void
a_nic_of_hyper_v_has_its_guids(void **state)
{
	(void)state;
	assert_string_equal(
	    told_of(BYTES("bind@/devices/x/VMBUS:00/"
			  "000d3a12-3456-000d-3a12-3456000d3a12\0"
			  "SUBSYSTEM=vmbus\0DRIVER=hv_netvsc\0"
			  "MODALIAS=vmbus:635161f83edfc546913ff2d2f965ed0e\0")),
	    "+hv_netvsc0 at  classid=f8615163-df3e-46c5-913f-f2d2f965ed0e "
	    "deviceid=000d3a12-3456-000d-3a12-3456000d3a12 on vmbus0");
}

static void
a_character_device_comes_and_goes(void **state)
{
	(void)state;
	assert_string_equal(told_of(
				BYTES("add@/devices/virtual/misc/vmbus!hv_kvp\0"
				      "SUBSYSTEM=misc\0MAJOR=10\0"
				      "DEVNAME=vmbus/hv_kvp\0")),
	    "!system=DEVFS subsystem=CDEV type=CREATE cdev=vmbus/hv_kvp");
	assert_string_equal(told_of(
				BYTES("remove@/devices/virtual/misc/x\0"
				      "SUBSYSTEM=misc\0MAJOR=10\0DEVNAME=x\0")),
	    "!system=DEVFS subsystem=CDEV type=DESTROY cdev=x");
	assert_string_equal(told_of(BYTES("add@/devices/sda\0SUBSYSTEM=block\0"
					  "MAJOR=8\0DEVNAME=sda\0")),
	    "");
}

static void
nothing_but_checked_words_gets_in(void **state)
{
	(void)state;
	assert_string_equal(told_of(BYTES("bind" PATH "DRIVER=a b\0" PCI)), "");
	assert_string_equal(told_of(BYTES(
				"add" PATH "SUBSYSTEM=pci\0PCI_CLASS=20000\0"
				"PCI_ID=15AD:07B0 on x\0"
				"PCI_SUBSYS_ID=15AD:07B0\0"
				"PCI_SLOT_NAME=0000:02:00.0\0")),
	    "");
	assert_string_equal(told_of(BYTES("add@/x\0SUBSYSTEM=pci\0")), "");
	assert_string_equal(told_of(BYTES("add@/devices/virtual/misc/x\0"
					  "SUBSYSTEM=misc\0MAJOR=10\0"
					  "DEVNAME=x type=Y\0")),
	    "");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define D(f) cmocka_unit_test_teardown(f, forget)
	const struct CMUnitTest tests[] = {
		T(a_vf_comes_and_goes),
		T(who_comes_with_a_link_says_so),
		T(a_new_name_is_no_record_but_the_end_has_it),
		T(a_name_that_rules_could_misread_is_not_told),
		D(a_pci_device_gets_a_driver_and_loses_it),
		D(a_drivers_devices_have_the_lowest_free_numbers),
		D(a_nic_of_hyper_v_has_its_guids),
		D(a_character_device_comes_and_goes),
		D(nothing_but_checked_words_gets_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
