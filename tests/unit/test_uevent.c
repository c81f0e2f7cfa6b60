/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of devices as Linux 6.1 told them when a VF was taken away, cut and
 * hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world/uevent.h"

#define BYTES(text) text, sizeof(text) - 1

static void
assert_event(const char *data, size_t bytes, const char *want, bool nic)
{
	struct uevent u;
	char text[200];

	assert_true(uevent_decode(data, bytes, &u));
	uevent_format(&u, text, sizeof(text));
	assert_string_equal(text, want);
	assert_int_equal(uevent_is_of_nic(&u), nic);
}

static void
a_vf_goes(void **state)
{
	(void)state;
	assert_event(BYTES("remove@/devices/pci0000:00/0000:02:00.0/net/eth1\0"
			   "ACTION=remove\0SUBSYSTEM=net\0INTERFACE=eth1\0"
			   "IFINDEX=3\0SEQNUM=603\0"),
	    "remove net eth1", true);
	assert_event(BYTES("unbind@/devices/pci0000:00/0000:00:02.0/"
			   "0000:02:00.0\0"
			   "ACTION=unbind\0SUBSYSTEM=pci\0PCI_CLASS=20000\0"
			   "PCI_ID=15AD:07B0\0PCI_SUBSYS_ID=15AD:07B0\0"
			   "PCI_SLOT_NAME=0000:02:00.0\0SEQNUM=604\0"),
	    "unbind pci 0000:02:00.0 id 15AD:07B0", true);
	assert_event(BYTES(
			 "bind@/devices/pci0000:00/0000:00:02.0/0000:02:00.0\0"
			 "SUBSYSTEM=pci\0DRIVER=vmxnet3\0PCI_ID=15AD:07B0\0"
			 "PCI_SLOT_NAME=0000:02:00.0\0"),
	    "bind pci 0000:02:00.0 id 15AD:07B0 driver vmxnet3", true);
	/* Without a name of its own: the last part of the path. */
	assert_event(BYTES("add@/devices/vmbus_0/f8615163-0001\0"
			   "SUBSYSTEM=vmbus"),
	    "add vmbus f8615163-0001", true);
	assert_event(BYTES("remove@/devices/x/queues/rx-0\0SUBSYSTEM=queues\0"),
	    "remove queues rx-0", false);
}

static void
what_is_none_is_refused(void **state)
{
	struct uevent u;

	(void)state;
	assert_false(uevent_decode(BYTES("libudev\0\xfe\xed@/x\0"), &u));
	assert_false(uevent_decode(BYTES("add@/no/nul"), &u));
	assert_false(uevent_decode(BYTES("@/no/action\0"), &u));
	assert_false(uevent_decode("", 0, &u));
}

static void
any_length_is_borne(void **state)
{
	struct uevent u;
	char *long_one = malloc(8192);
	char text[64];
	size_t i;

	(void)state;
	memset(long_one, 'a', 8192);
	long_one[4000] = '@';
	long_one[6000] = '\0';
	memcpy(long_one + 6001, "SUBSYSTEM=", 10);
	assert_true(uevent_decode(long_one, 8192, &u));
	assert_int_equal(strlen(u.action), sizeof(u.action) - 1);
	assert_int_equal(strlen(u.name), sizeof(u.name) - 1);
	assert_int_equal(strlen(u.subsystem), sizeof(u.subsystem) - 1);
	uevent_format(&u, text, sizeof(text));
	assert_int_equal(strlen(text), sizeof(text) - 1);
	for (i = 0; i < 8192; i += 7)
		uevent_decode(long_one + i, 8192 - i, &u);
	free(long_one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vf_goes),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(any_length_is_borne),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
