/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/qemuargs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"

#define MAC_TEXT 18

static void
add(struct qemuargs *a, const char *word)
{
	*MEM_PUSH(a->argv, a->n, a->cap) = mem_str(word);
}

static void add_option(struct qemuargs *a, const char *option, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

static void
add_option(struct qemuargs *a, const char *option, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	add(a, option);
	add(a, text);
}

/* A file name within a list of options: a comma ends it unless it is double. */
static void
add_file(struct qemuargs *a, const char *option, const char *before,
    const char *path)
{
	struct strbuf text = { 0 };

	strbuf_adds(&text, before);
	for (; *path != '\0'; path++) {
		if (*path == ',')
			strbuf_addc(&text, ',');
		strbuf_addc(&text, *path);
	}
	add(a, option);
	add(a, strbuf_str(&text));
	strbuf_fini(&text);
}

static void
inherit(struct qemuargs *a, int fd)
{
	a->fds[a->n_fds++] = fd;
}

static void
mac_text(const uint8_t mac[6], char text[MAC_TEXT])
{
	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
	    mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void
add_machine(struct qemuargs *a, const struct qemu_config *c)
{
	add(a, c->binary != NULL ? c->binary : "qemu-system-x86_64");
	add(a, "-nodefaults");
	add(a, "-no-user-config");
	add_option(a, "-display", "none");
	add(a, "-no-reboot");
	if (c->paused)
		add(a, "-S");
	/* What no guest of ours uses only makes it start later. */
	add_option(a, "-machine",
	    "q35,accel=%s,smm=off,sata=off,usb=off,vmport=off,hpet=off",
	    c->accel != NULL ? c->accel : "tcg");
	if (c->cpu != NULL && c->cpu[0] != '\0')
		add_option(a, "-cpu", "%s", c->cpu);
	add_option(a, "-m", "%u", c->ram_mb > 0 ? c->ram_mb : QEMU_RAM_MB);
	/* A guest that has the driver says through it that it has panicked. */
	add_option(a, "-device", "pvpanic");
}

static void
add_system(struct qemuargs *a, const struct qemu_config *c)
{
	if (c->image != NULL)
		add_file(a, "-drive", "if=virtio,snapshot=on,file=", c->image);
	if (c->kernel == NULL)
		return;
	add(a, "-kernel");
	add(a, c->kernel);
	if (c->initrd != NULL) {
		add(a, "-initrd");
		add(a, c->initrd);
	}
	if (c->append != NULL) {
		add(a, "-append");
		add(a, c->append);
	}
}

static void
add_ports(struct qemuargs *a, const struct qemu_config *c, int qmp_fd)
{
	add_option(a, "-chardev", "socket,id=qmp,fd=%d", qmp_fd);
	add_option(a, "-mon", "chardev=qmp,mode=control");
	inherit(a, qmp_fd);
	if (c->console != NULL)
		add_file(a, "-chardev",
		    "file,id=console,append=on,path=", c->console);
	else
		add_option(a, "-chardev", "null,id=console");
	add_option(a, "-serial", "chardev:console");
	if (c->agent_fd >= 0) {
		add_option(a, "-device", "virtio-serial-pci,max_ports=2");
		add_option(a, "-chardev", "socket,id=agent,fd=%d", c->agent_fd);
		add_option(a, "-device",
		    "virtserialport,id=channel,chardev=agent,name=switchback");
		inherit(a, c->agent_fd);
	}
	if (c->incoming_fd >= 0) {
		add_option(a, "-incoming", "fd:%d", c->incoming_fd);
		inherit(a, c->incoming_fd);
	}
}

static void
add_side(struct qemuargs *a, const char *side, size_t number, int fd)
{
	int chassis = (int)number * 2 + (side[0] == 'v') + 1;

	add_option(a, "-device", "pcie-root-port,id=%s%zu-slot,chassis=%d",
	    side, number, chassis);
	add_option(a, "-netdev", "stream,id=%s%zu-net,addr.type=fd,addr.str=%d",
	    side, number, fd);
	inherit(a, fd);
}

json_t *
qemuargs_vf(const struct qemu_nic *nic, size_t number)
{
	json_t *vf = json_object();
	char mac[MAC_TEXT];

	mac_text(nic->mac, mac);
	json_object_set_new(vf, "driver", json_string("vmxnet3"));
	json_object_set_new(vf, "id", json_sprintf("vf%d", (int)number));
	json_object_set_new(vf, "netdev",
	    json_sprintf("vf%d-net", (int)number));
	json_object_set_new(vf, "bus", json_sprintf("vf%d-slot", (int)number));
	json_object_set_new(vf, "mac", json_string(mac));
	json_object_set_new(vf, "romfile", json_string(""));
	if (nic->failover)
		json_object_set_new(vf, "failover_pair_id",
		    json_sprintf("hn%d", (int)number));
	return vf;
}

static void
add_nic(struct qemuargs *a, const struct qemu_nic *nic, size_t number)
{
	char mac[MAC_TEXT], *text;
	json_t *vf;

	mac_text(nic->mac, mac);
	add_side(a, "hn", number, nic->hn_fd);
	add_option(a, "-device",
	    "virtio-net-pci,id=hn%zu,netdev=hn%zu-net,bus=hn%zu-slot,mac=%s,"
	    "romfile=%s",
	    number, number, number, mac, nic->failover ? ",failover=on" : "");
	if (nic->vf_fd < 0)
		return;
	add_side(a, "vf", number, nic->vf_fd);
	if (!nic->vf_present)
		return;
	vf = qemuargs_vf(nic, number);
	text = json_dumps(vf, JSON_COMPACT);
	add(a, "-device");
	add(a, text);
	free(text);
	json_decref(vf);
}

void
qemuargs_make(struct qemuargs *a, const struct qemu_config *c, int qmp_fd)
{
	size_t i;

	memset(a, 0, sizeof(*a));
	add_machine(a, c);
	add_system(a, c);
	add_ports(a, c, qmp_fd);
	for (i = 0; i < c->n_nics; i++)
		add_nic(a, &c->nics[i], i);
	*MEM_PUSH(a->argv, a->n, a->cap) = NULL;
}

void
qemuargs_fini(struct qemuargs *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		free(a->argv[i]);
	free(a->argv);
	memset(a, 0, sizeof(*a));
}
