/* SPDX-License-Identifier: BSD-2-Clause */
/* sim/lab/qemuargs.h: the command line, word by word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "sim/lab/qemuargs.h"

static struct qemu_config
config(void)
{
	return (struct qemu_config){ .agent_fd = -1, .incoming_fd = -1 };
}

/* Words with blanks between, from the one that begins with from on. */
static void
check(const struct qemu_config *c, const char *from, const char *line)
{
	struct strbuf all = { 0 };
	struct qemuargs a;
	const char *at;
	size_t i;

	qemuargs_make(&a, c, 9);
	for (i = 0; a.argv[i] != NULL; i++)
		strbuf_addf(&all, "%s%s", i > 0 ? " " : "", a.argv[i]);
	assert_int_equal(a.n, i + 1);
	at = strstr(strbuf_str(&all), from);
	assert_non_null(at);
	assert_string_equal(at, line);
	strbuf_fini(&all);
	qemuargs_fini(&a);
}

static void
the_least_machine(void **state)
{
	struct qemu_config c = config();

	(void)state;
	check(&c, "qemu",
	    "qemu-system-x86_64 -nodefaults -no-user-config -display none "
	    "-no-reboot -machine "
	    "q35,accel=tcg,smm=off,sata=off,usb=off,vmport=off,hpet=off "
	    "-m 160 -device pvpanic -chardev socket,id=qmp,fd=9 "
	    "-mon chardev=qmp,mode=control -chardev null,id=console "
	    "-serial chardev:console");
}

static void
a_kernel_or_a_disk(void **state)
{
	struct qemu_config c = config();

	(void)state;
	c.binary = "/a,b/qemu";
	c.kernel = "k,1";
	c.initrd = "i,1";
	c.append = "console=ttyS0,9600 quiet";
	c.console = "c,1";
	c.paused = true;
	c.ram_mb = 80;
	c.accel = "kvm";
	c.cpu = "host,hv-time";
	check(&c, "/a",
	    "/a,b/qemu -nodefaults -no-user-config -display none -no-reboot "
	    "-S -machine "
	    "q35,accel=kvm,smm=off,sata=off,usb=off,vmport=off,hpet=off "
	    "-cpu host,hv-time -m 80 -device pvpanic -kernel k,1 -initrd i,1 "
	    "-append console=ttyS0,9600 quiet "
	    "-chardev socket,id=qmp,fd=9 -mon chardev=qmp,mode=control "
	    /* A comma in a list of options is double. */
	    "-chardev file,id=console,append=on,path=c,,1 "
	    "-serial chardev:console");
	c.kernel = NULL;
	c.image = "d,1";
	c.console = NULL;
	check(&c, "-drive",
	    "-drive if=virtio,snapshot=on,file=d,,1 "
	    "-chardev socket,id=qmp,fd=9 -mon chardev=qmp,mode=control "
	    "-chardev null,id=console -serial chardev:console");
}

static void
nics_the_channel_and_a_migration(void **state)
{
	struct qemu_config c = config();
	static const int fds[] = { 9, 20, 21, 10, 11, 12, 13, 14 };
	struct qemuargs a;
	size_t i;

	(void)state;
	c.agent_fd = 20;
	c.incoming_fd = 21;
	c.n_nics = 3;
	c.nics[0] = (struct qemu_nic){ { 0x52, 0x54, 0, 9, 0, 0xa }, 10, 11,
		true, false };
	c.nics[1] = (struct qemu_nic){ { 0x52, 0x54, 0, 9, 0, 0xb }, 12, 13,
		false, true };
	c.nics[2] = (struct qemu_nic){ { 0x52, 0x54, 0, 9, 0, 0xc }, 14, -1,
		true, false };
	check(&c, "-device virtio-serial",
	    "-device virtio-serial-pci,max_ports=2 "
	    "-chardev socket,id=agent,fd=20 "
	    "-device virtserialport,id=channel,chardev=agent,name=switchback "
	    "-incoming fd:21 "
	    "-device pcie-root-port,id=hn0-slot,chassis=1 "
	    "-netdev stream,id=hn0-net,addr.type=fd,addr.str=10 "
	    "-device virtio-net-pci,id=hn0,netdev=hn0-net,bus=hn0-slot,"
	    "mac=52:54:00:09:00:0a,romfile= "
	    "-device pcie-root-port,id=vf0-slot,chassis=2 "
	    "-netdev stream,id=vf0-net,addr.type=fd,addr.str=11 "
	    "-device {\"driver\":\"vmxnet3\",\"id\":\"vf0\","
	    "\"netdev\":\"vf0-net\",\"bus\":\"vf0-slot\","
	    "\"mac\":\"52:54:00:09:00:0a\",\"romfile\":\"\"} "
	    "-device pcie-root-port,id=hn1-slot,chassis=3 "
	    "-netdev stream,id=hn1-net,addr.type=fd,addr.str=12 "
	    "-device virtio-net-pci,id=hn1,netdev=hn1-net,bus=hn1-slot,"
	    "mac=52:54:00:09:00:0b,romfile=,failover=on "
	    "-device pcie-root-port,id=vf1-slot,chassis=4 "
	    "-netdev stream,id=vf1-net,addr.type=fd,addr.str=13 "
	    "-device pcie-root-port,id=hn2-slot,chassis=5 "
	    "-netdev stream,id=hn2-net,addr.type=fd,addr.str=14 "
	    "-device virtio-net-pci,id=hn2,netdev=hn2-net,bus=hn2-slot,"
	    "mac=52:54:00:09:00:0c,romfile=");
	qemuargs_make(&a, &c, 9);
	assert_int_equal(a.n_fds, 8);
	for (i = 0; i < a.n_fds; i++)
		assert_int_equal(a.fds[i], fds[i]);
	qemuargs_fini(&a);
}

static void
a_vf_of_a_failover_pair_names_its_partner(void **state)
{
	struct qemu_nic nic = { { 0x52, 0x54, 0, 9, 0, 0xb }, 12, 13, false,
		true };
	json_t *vf = qemuargs_vf(&nic, 1);
	char *text = json_dumps(vf, JSON_COMPACT);

	(void)state;
	assert_string_equal(text,
	    "{\"driver\":\"vmxnet3\",\"id\":\"vf1\",\"netdev\":\"vf1-net\","
	    "\"bus\":\"vf1-slot\",\"mac\":\"52:54:00:09:00:0b\","
	    "\"romfile\":\"\",\"failover_pair_id\":\"hn1\"}");
	free(text);
	json_decref(vf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_machine),
		cmocka_unit_test(a_kernel_or_a_disk),
		cmocka_unit_test(nics_the_channel_and_a_migration),
		cmocka_unit_test(a_vf_of_a_failover_pair_names_its_partner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
