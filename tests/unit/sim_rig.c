/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/dur.h"
#include "base/strbuf.h"
#include "sim/guest/guest.h"
#include "sim/machine/hn.h"
#include "sim/machine/lagg.h"

static const char bench[] =
    "machine \"bench\"\n"
    "delay kernel.link_task = 10us\n"
    "delay kernel.devctl = 50us\n"
    "delay kernel.route = 50us\n"
    "delay kernel.departure = 20us\n"
    "delay kernel.syscall = 100us\n"
    "delay hn.filter = 1ms\n"
    "delay hn.rss = 2ms\n"
    "delay hn.switch_window = 0s\n"
    "delay hn.vf_up_record = 200us\n"
    "delay hn.vf_down = 10us\n"
    "delay hn.link_query = 3ms\n"
    "delay hn.netchange = 5s\n"
    "delay hn.rx_settle = 200ms\n"
    "delay hn.xt_wait = 2s\n"
    "delay host.datapath = 500us\n"
    "delay host.offer = 10ms\n"
    "delay host.rescind = 30ms\n"
    "delay vf.probe = 20ms\n"
    "delay vf.ether = 1ms\n"
    "delay vf.attached = 1ms\n"
    "delay vf.bus = 1ms\n"
    "delay vf.open = 5ms\n"
    "delay vf.link = 40ms\n"
    "delay vf.stop = 7ms\n"
    "delay vf.grace = 1s\n"
    "delay vf.close = 6ms\n"
    "delay vf.detached = 1ms\n"
    "delay vf.bus_gone = 1ms\n"
    "delay lagg.create = 30ms\n"
    "delay lagg.port = 4ms\n"
    "delay lagg.destroy = 1ms\n"
    "delay inet.address = 300us\n"
    "delay inet.route = 100us\n"
    "delay clone.create = 100us\n"
    "delay clone.destroy = 1ms\n"
    "delay hn.mtu = 300ms\n"
    "delay hn.retry = 1s\n"
    "delay vf.surprise = 1500ms\n"
    "delay vf.settle = 400ms\n"
    "delay dhcp.server = 2ms\n"
    "delay dhcp.lease = 24h\n"
    "delay dhclient.link_step = 1s\n"
    "delay dhclient.preinit = 50ms\n"
    "delay dhclient.select = 1500ms\n"
    "delay dhclient.script = 30ms\n"
    "delay dhclient.route = 90ms\n"
    "delay dhclient.wake = 20ms\n"
    "delay dhclient.timeout = 60s\n"
    "delay dhclient.retry = 300s\n"
    "delay dhclient.reboot = 10s\n"
    "delay dhclient.initial = 3s\n"
    "delay dhclient.cutoff = 15s\n"
    "delay dhclient.quiet = 10s\n"
    "delay inet6.dad = 1s\n"
    "delay inet6.router = 10ms\n"
    "delay inet6.advertise = 200s\n"
    "delay program.default = 0s\n"
    "delay program.ifconfig = 100us\n"
    "delay command.default = 10ms\n"
    "delay boot.netif = 1s\n"
    "delay boot.daemon = 3s\n"
    "delay daemon.start = 5ms\n"
    "delay daemon.reconnect = 100ms\n"
    "delay wire.latency = 70us\n"
    "delay vm.precopy = 300ms\n"
    "delay vm.downtime = 50ms\n"
    "flag vf.linkstate = yes\n"
    "flag vf.link_follows_open = yes\n"
    "flag vf.detach_link_down = yes\n"
    "flag quiet.link_follows_open = no\n"
    "flag gentle.detach_link_down = no\n"
    "flag late.link_later = yes\n"
    "flag negotiator.link_later = yes\n"
    "flag negotiator.negotiates = yes\n"
    "flag asked.link_polled = yes\n"
    "flag early.link_unopened = yes\n"
    "flag drops.host_drops_tx = yes\n"
    "records hn = \"at  classid=x on vmbus0\"\n"
    "records vf = \"%i_core at slot=2 on pci%u\" \"pci%u at   on pcib%u\"\n";

struct profile *
rig_profile(const char *more)
{
	struct strbuf text = { 0 }, told = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	struct profile *p;

	strbuf_adds(&text, bench);
	strbuf_adds(&text, more == NULL ? "" : more);
	p = profile_parse("bench", strbuf_str(&text), text.bytes, &d);
	if (p == NULL)
		fail_msg("%s", strbuf_str(&told));
	profile_seed(p, 1);
	strbuf_fini(&text);
	strbuf_fini(&told);
	return p;
}

void
rig_init(struct rig *r, const char *more)
{
	r->profile = rig_profile(more);
	r->trace = trace_new();
	r->m = machine_new(r->profile, r->trace);
}

void
rig_fini(struct rig *r)
{
	machine_free(r->m);
	trace_free(r->trace);
	profile_free(r->profile);
}

static void
bench_mac(uint8_t mac[6], uint8_t last_byte)
{
	static const uint8_t first[5] = { 0x52, 0x54, 0x00, 0xaa, 0x00 };

	memcpy(mac, first, sizeof(first));
	mac[5] = last_byte;
}

struct ifnet *
rig_hn(struct rig *r, const char *name, uint8_t last_byte)
{
	struct ifnet *hn;
	uint8_t mac[6];

	bench_mac(mac, last_byte);
	hn = hn_new(r->m, name, mac, true);
	hn_host_media(hn, true);
	rig_run(r, 10 * DUR_MS);
	return hn;
}

struct ifnet *
rig_vf(struct rig *r, const char *name, uint8_t last_byte)
{
	struct ifnet *vf;
	uint8_t mac[6];

	bench_mac(mac, last_byte);
	vf = ifnet_new(r->m, KIND_VF, name, mac);
	strcpy(vf->vf.driver, "vf");
	strcpy(vf->vf.device, name);
	vf->vf.carrier = true;
	ifnet_set_caps(vf, CAP_LINKSTATE, CAP_LINKSTATE);
	hn_vf_arrived(vf);
	machine_settle(r->m);
	return vf;
}

void
rig_run(struct rig *r, int64_t ns)
{
	int64_t until = r->m->clock.now_ns + ns;

	while (vclock_step(&r->m->clock, until))
		machine_settle(r->m);
}

static void
note_end(void *ctx, const struct guest_end *end)
{
	if (end->status != 0 && end->error == 0)
		fail_msg("%s", strbuf_str(end->errors));
	*(int *)ctx = end->error;
}

void
rig_begin(struct rig *r, const char *command, int *result)
{
	size_t argc;
	char **argv;

	*result = -1;
	assert_true(guest_split(command, &argc, &argv));
	guest_exec(r->m, argc, argv, note_end, result);
	guest_words_free(argc, argv);
}

int
rig_do(struct rig *r, const char *command)
{
	int result, tries = 0;

	rig_begin(r, command, &result);
	while (result == -1) {
		assert_true(tries++ < 100000);
		rig_run(r, 10 * DUR_US);
	}
	return result;
}

size_t
rig_count(const struct rig *r, size_t skip, const char *text)
{
	size_t i, n = 0;

	for (i = skip; i < r->trace->n_records; i++)
		n += strstr(r->trace->records[i].raw, text) != NULL;
	return n;
}

int
rig_row(const struct rig *r, size_t skip, const char *text)
{
	size_t i;

	for (i = skip; i < r->trace->n_records; i++)
		if (strstr(r->trace->records[i].raw, text) != NULL)
			return (int)i;
	return -1;
}

const char *
rig_active(struct rig *r, const char *lagg)
{
	struct ifnet *active = lagg_active(ifnet_find(r->m, lagg));

	return active == NULL ? "none" : active->name;
}

const char *
rig_route(const struct route *r)
{
	static char text[IPADDR_TEXT + IFNAME_MAX + 8];
	char gw[IPADDR_TEXT];

	if (r == NULL)
		return "none";
	snprintf(text, sizeof(text), "%s via %s",
	    ipaddr_format(&r->gateway, false, gw), r->ifp->name);
	return text;
}
