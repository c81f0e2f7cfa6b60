/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/smallworld.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "failover/rc_net.h"

const char smallworld_machine[] = "azure-mlx5";

/* Times say nothing here. */
static const char text[] =
    "scenario \"one pair\"\n"
    "machine azure-mlx5\n"
    "rc.conf ifconfig_hn0=\"inet 10.0.2.15/24\" defaultrouter=\"10.0.2.2\"\n"
    "sysctl hw.hn.vf_transparent=0\n"
    "nic hn0 mac 00:0d:3a:aa:00:01\n"
    "vf mce0 of hn0 driver mlx5 present\n"
    "fault may record lose \"!system\"\n"
    "fault may record double \"!system\"\n"
    "fault may record reorder \"!system\"\n"
    "fault may operation fails \" \" errno EBUSY\n"
    "fault may daemon killed before operation \" \" restart after 1s\n"
    "fault may daemon killed after operation \" \" restart after 1s\n"
    "at 1s vf eject mce0\n"
    "at 1s vf attach mce0\n"
    "at 1s host network-change hn0\n"
    "at 1s vf eject mce0\n"
    "at 1s daemon restart\n"
    "at 1s vf attach mce0\n"
    "at 1s end\n";

static const struct ipaddr address = { .family = 4,
	.prefix = 24,
	.bytes = { 10, 0, 2, 15 } };
static const struct ipaddr router = { .family = 4,
	.prefix = 32,
	.bytes = { 10, 0, 2, 2 } };

void
smallworld_open(struct smallworld *w)
{
	struct diag quiet = { 0 };
	struct course *c = &w->course;
	struct course_pair *p = &c->pairs[0];

	memset(w, 0, sizeof(*w));
	c->scn = scenario_parse("one pair", text, sizeof(text) - 1, &quiet);
	assert(c->scn != NULL && c->scn->n_steps >= SMALLWORLD_EVENTS);
	c->n_pairs = 1;
	snprintf(p->hn, sizeof(p->hn), "%s", c->scn->nics[0].name);
	snprintf(p->vf, sizeof(p->vf), "%s", c->scn->vfs[0].name);
	memcpy(p->mac, c->scn->nics[0].mac, sizeof(p->mac));
	p->addrs[p->n_addrs++] = address;
	p->router = router;
	c->vf_delay_ns = INT64_C(2) * 1000000000;
	c->quiet_ns = c->calm_ns = INT64_MAX;
}

void
smallworld_fini(struct smallworld *w)
{
	scenario_free(w->course.scn);
	w->course.scn = NULL;
}
