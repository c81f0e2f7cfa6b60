/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/smallworld.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"

const char smallworld_alphabet[] = "vf,network,media,restart";

static const struct world {
	const char *name, *machine, *vf, *driver;
	const char *address6; /* or NULL */
} worlds[] = {
	{ "mlx5", "azure-mlx5", "mce0", "mlx5", NULL },
	{ "vmx", "qemu-freebsd", "vmx0", "vmx", "2001:db8:2::15/64" },
};
#define WORLDS (sizeof(worlds) / sizeof(worlds[0]))

#define ADDRESS "10.0.2.15/24"
#define ROUTER	"10.0.2.2"

/* Times say nothing here. */
static const char setting[] =
    "scenario \"one pair\"\n"
    "machine %s\n"
    "rc.conf ifconfig_hn0=\"inet " ADDRESS "\" defaultrouter=\"" ROUTER
    "\"%s%s%s\n"
    "sysctl hw.hn.vf_transparent=0\n"
    "nic hn0 mac 00:0d:3a:aa:00:01\n"
    "vf %s of hn0 driver %s present\n"
    "fault may record lose \"!system\"\n"
    "fault may record double \"!system\"\n"
    "fault may record reorder \"!system\"\n"
    "fault may operation fails \" \" errno EBUSY\n"
    "fault may daemon killed before operation \" \" restart after 1s\n"
    "fault may daemon killed after operation \" \" restart after 1s\n";

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
	{ "vf", "vf eject %s", 0, AWAY, AWAY, LOST | WITHDRAWN, false },
	{ "vf", "vf attach %s", AWAY, 0, 0, AWAY, false },
	{ "rescind", "vf rescind %s", 0, AWAY, AWAY, LOST | WITHDRAWN, false },
	{ "link", "vf link %s down", 0, AWAY | LOST, LOST, 0, false },
	{ "link", "vf link %s up", LOST, 0, 0, LOST, false },
	{ "association", "host association hn0 withdrawn", 0,
	    AWAY | NIC | WITHDRAWN, WITHDRAWN, 0, false },
	{ "association", "host association hn0 granted", WITHDRAWN, NIC, 0,
	    WITHDRAWN, false },
	{ "network", "host network-change hn0", 0, NIC, 0, 0, false },
	{ "media", "host media hn0 disconnect", 0, NIC | UNPLUGGED, UNPLUGGED,
	    0, false },
	{ "media", "host media hn0 connect", UNPLUGGED, 0, 0, UNPLUGGED,
	    false },
	{ "nic", "nic detach hn0", 0, NIC, NIC, UNPLUGGED, true },
	{ "nic", "nic attach hn0", NIC, 0, 0, NIC, false },
	{ "restart", "daemon restart", 0, 0, 0, DEAD, false },
	{ "kill", "daemon kill", 0, DEAD, DEAD, 0, false },
	{ "kill", "daemon start", DEAD, 0, 0, DEAD, false },
};

static const char *const kinds[SMALLWORLD_KINDS] = { "vf", "rescind", "link",
	"association", "network", "media", "nic", "restart", "kill" };

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

static const struct world *
find_world(const char *name)
{
	size_t i;

	for (i = 0; i < WORLDS; i++)
		if (strcmp(worlds[i].name, name) == 0)
			return &worlds[i];
	return NULL;
}

const char *
smallworld_machine(const char *name)
{
	const struct world *world = find_world(name);

	return world == NULL ? NULL : world->machine;
}

/* A step with at most one name in it. */
static void
add_step(struct strbuf *text, const char *step, const char *vf)
{
	const char *at = strstr(step, "%s");

	strbuf_adds(text, "at 1s ");
	if (at == NULL)
		strbuf_adds(text, step);
	else
		strbuf_addf(text, "%.*s%s%s", (int)(at - step), step, vf,
		    at + 2);
	strbuf_addc(text, '\n');
}

static struct scenario *
scenario_of(const struct world *world)
{
	const char *six = world->address6;
	struct diag quiet = { 0 };
	struct strbuf text = { 0 };
	struct scenario *scn;
	size_t i;

	strbuf_addf(&text, setting, world->machine,
	    six != NULL ? " ifconfig_hn0_ipv6=\"inet6 " : "",
	    six != NULL ? six : "", six != NULL ? "\"" : "", world->vf,
	    world->driver);
	for (i = 0; i < SMALLWORLD_DEEDS; i++)
		add_step(&text, deeds[i].step, world->vf);
	strbuf_adds(&text, "at 1s end\n");
	scn = scenario_parse("one pair", strbuf_str(&text), text.bytes, &quiet);
	assert(scn != NULL && scn->n_steps >= SMALLWORLD_DEEDS);
	strbuf_fini(&text);
	return scn;
}

static void
want(struct course_pair *p, const char *address)
{
	if (address != NULL && ipaddr_parse(address, &p->addrs[p->n_addrs]))
		p->n_addrs++;
}

bool
smallworld_open(struct smallworld *w, const char *name, const char *words)
{
	const struct world *world = find_world(name);
	struct course *c = &w->course;
	struct course_pair *p = &c->pairs[0];

	memset(w, 0, sizeof(*w));
	if (world == NULL ||
	    !choose(w, words != NULL ? words : smallworld_alphabet))
		return false;
	c->scn = scenario_of(world);
	c->n_pairs = 1;
	snprintf(p->hn, sizeof(p->hn), "%s", c->scn->nics[0].name);
	snprintf(p->vf, sizeof(p->vf), "%s", c->scn->vfs[0].name);
	memcpy(p->mac, c->scn->nics[0].mac, sizeof(p->mac));
	want(p, ADDRESS);
	want(p, world->address6);
	ipaddr_parse(ROUTER, &p->router);
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
