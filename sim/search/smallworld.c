/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/smallworld.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "failover/rc_net.h"

const char smallworld_machine[] = "azure-mlx5";
const char smallworld_alphabet[] = "vf,network,media,restart";

/* Times say nothing here; the steps are the deeds, in their order. */
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
    "at 1s vf rescind mce0\n"
    "at 1s vf link mce0 down\n"
    "at 1s vf link mce0 up\n"
    "at 1s host association hn0 withdrawn\n"
    "at 1s host association hn0 granted\n"
    "at 1s host network-change hn0\n"
    "at 1s host media hn0 disconnect\n"
    "at 1s host media hn0 connect\n"
    "at 1s nic detach hn0\n"
    "at 1s nic attach hn0\n"
    "at 1s daemon restart\n"
    "at 1s daemon kill\n"
    "at 1s daemon start\n"
    "at 1s end\n";

#define AWAY	  SMALLWORLD_VF_AWAY
#define LOST	  SMALLWORLD_LINK_LOST
#define WITHDRAWN SMALLWORLD_WITHDRAWN
#define UNPLUGGED SMALLWORLD_UNPLUGGED
#define NIC	  SMALLWORLD_NIC_AWAY
#define DEAD	  SMALLWORLD_DEAD

/* What an attach brings is a VF with its link and its association, and a NIC
 * with its medium (course_acts.c, hn_setup.c). A host says nothing of a VF that
 * it has not given, and nothing to a NIC that is not there. A NIC that is taken
 * before it has come is not in the machine's model. */
static const struct smallworld_deed deeds[SMALLWORLD_DEEDS] = {
	{ "vf", 0, AWAY, AWAY, LOST | WITHDRAWN, false },
	{ "vf", AWAY, 0, 0, AWAY, false },
	{ "rescind", 0, AWAY, AWAY, LOST | WITHDRAWN, false },
	{ "link", 0, AWAY | LOST, LOST, 0, false },
	{ "link", LOST, 0, 0, LOST, false },
	{ "association", 0, AWAY | NIC | WITHDRAWN, WITHDRAWN, 0, false },
	{ "association", WITHDRAWN, NIC, 0, WITHDRAWN, false },
	{ "network", 0, NIC, 0, 0, false },
	{ "media", 0, NIC | UNPLUGGED, UNPLUGGED, 0, false },
	{ "media", UNPLUGGED, 0, 0, UNPLUGGED, false },
	{ "nic", 0, NIC, NIC, UNPLUGGED, true },
	{ "nic", NIC, 0, 0, NIC, false },
	{ "restart", 0, 0, 0, DEAD, false },
	{ "kill", 0, DEAD, DEAD, 0, false },
	{ "kill", DEAD, 0, 0, DEAD, false },
};

static const char *const kinds[SMALLWORLD_KINDS] = { "vf", "rescind", "link",
	"association", "network", "media", "nic", "restart", "kill" };

static const struct ipaddr address = { .family = 4,
	.prefix = 24,
	.bytes = { 10, 0, 2, 15 } };
static const struct ipaddr router = { .family = 4,
	.prefix = 32,
	.bytes = { 10, 0, 2, 2 } };

const char *
smallworld_kind(size_t i)
{
	return kinds[i];
}

const struct smallworld_deed *
smallworld_deed(size_t i)
{
	return &deeds[i];
}

const struct scn_step *
smallworld_step(const struct smallworld *w, size_t i)
{
	return &w->course.scn->steps[i];
}

static bool
choose_kind(struct smallworld *w, const char *word, size_t bytes)
{
	bool known = false;
	size_t i;

	for (i = 0; i < SMALLWORLD_DEEDS; i++)
		if (strlen(deeds[i].kind) == bytes &&
		    memcmp(deeds[i].kind, word, bytes) == 0) {
			w->chosen |= UINT32_C(1) << i;
			known = true;
		}
	return known;
}

static bool
choose(struct smallworld *w, const char *words)
{
	size_t bytes;

	for (;;) {
		bytes = strcspn(words, ",");
		if (!choose_kind(w, words, bytes))
			return false;
		words += bytes;
		if (*words == '\0')
			return true;
		words++;
	}
}

bool
smallworld_open(struct smallworld *w, const char *words)
{
	struct diag quiet = { 0 };
	struct course *c = &w->course;
	struct course_pair *p = &c->pairs[0];

	memset(w, 0, sizeof(*w));
	if (!choose(w, words != NULL ? words : smallworld_alphabet))
		return false;
	c->scn = scenario_parse("one pair", text, sizeof(text) - 1, &quiet);
	assert(c->scn != NULL && c->scn->n_steps >= SMALLWORLD_DEEDS);
	c->n_pairs = 1;
	snprintf(p->hn, sizeof(p->hn), "%s", c->scn->nics[0].name);
	snprintf(p->vf, sizeof(p->vf), "%s", c->scn->vfs[0].name);
	memcpy(p->mac, c->scn->nics[0].mac, sizeof(p->mac));
	p->addrs[p->n_addrs++] = address;
	p->router = router;
	c->vf_delay_ns = INT64_C(2) * 1000000000;
	c->quiet_ns = c->calm_ns = INT64_MAX;
	return true;
}

void
smallworld_fini(struct smallworld *w)
{
	scenario_free(w->course.scn);
	w->course.scn = NULL;
}

bool
smallworld_allows(const struct smallworld *w, size_t i, uint32_t stands)
{
	const struct smallworld_deed *d = &deeds[i];

	return (w->chosen & UINT32_C(1) << i) != 0 &&
	    (stands & d->needs) == d->needs && (stands & d->excludes) == 0;
}

size_t
smallworld_mends(uint32_t stands)
{
	size_t i;

	for (i = 0; i < SMALLWORLD_DEEDS; i++)
		if ((stands & deeds[i].needs & SMALLWORLD_BROKEN) != 0 &&
		    (stands & deeds[i].needs) == deeds[i].needs &&
		    (stands & deeds[i].excludes) == 0)
			return i;
	return SMALLWORLD_DEEDS;
}
