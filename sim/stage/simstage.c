/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/simstage.h"

#include <sys/queue.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/version.h"
#include "sim/guest/guest.h"
#include "sim/guest/netif.h"
#include "sim/guest/shellguest.h"
#include "sim/judge/judge.h"
#include "sim/machine/cloned.h"
#include "sim/machine/hn.h"
#include "sim/machine/ifdriver.h"
#include "sim/machine/sysops.h"
#include "sim/packets/traffic.h"
#include "sim/stage/facts.h"
#include "sim/stage/hostacts.h"
#include "sim/stage/migration.h"
#include "sim/stage/places.h"
#include "sim/stage/simdaemon.h"
#include "sim/stage/simstage_parts.h"

#define MOST_AT_ONCE 1000000

struct user_command {
	SLIST_ENTRY(user_command) entry;
	struct simrun *g;
	int32_t row;
	const char *next; /* the line's next command, borrowed; or NULL */
};

const char *
policy_word(enum core_policy policy)
{
	return policy == CORE_STOCK ? "stock" : "native";
}

/* --- boot --- */

static void
devd_fire(void *ctx, struct vevent *e)
{
	struct simrun *g = ctx;

	(void)e;
	/* rc waits for netif, and so does a devd that it starts. */
	if (g->netif_ended)
		simdaemon_start(g->devd);
	else
		g->devd_waits = true;
}

/* rc starts devd when rc.d/netif has come to its end, which a client that it
 * waits for may put off. */
static void
netif_done(void *ctx)
{
	struct simrun *g = ctx;

	g->netif_ended = true;
	if (g->devd_waits)
		simdaemon_start(g->devd);
	if (g->daemon_waits)
		simdaemon_start(g->daemon);
}

static void
netif_fire(void *ctx, struct vevent *e)
{
	struct simrun *g = ctx;
	struct netif_plan plan = { 0 };

	(void)e;
	netif_plan_boot(g->m, &plan);
	if (g->m->os == SNAP_FREEBSD && ifnet_find(g->m, "lo0") == NULL)
		cloned_loopback(g->m);
	netif_run(g->m, &plan, netif_done, g);
}

static void
daemon_fire(void *ctx, struct vevent *e)
{
	struct simrun *g = ctx;

	(void)e;
	g->daemon_waits = !g->netif_ended && g->options.start_ns < 0;
	if (!g->daemon_waits)
		simdaemon_start(g->daemon);
}

static void
guest_event(struct simrun *g, struct vevent *e,
    void (*fire)(void *, struct vevent *), int64_t delay_ns)
{
	e->fire = fire;
	e->ctx = g;
	e->domain = VGUEST;
	vclock_after(&g->m->clock, e, delay_ns);
}

static void
thaw_fire(void *ctx, struct vevent *e)
{
	struct simrun *g = ctx;

	(void)e;
	if (vclock_is_frozen(&g->m->clock))
		return;
	trace_set_state(g->t, g->m->clock.now_ns, "vm", "frozen", "no");
	machine_changed(g->m, NULL);
}

static void
freeze(void *ctx, int64_t duration_ns)
{
	struct simrun *g = ctx;

	if (places_amid(g->m, NULL))
		machine_reach(g->m, "frozen-amid-operation");
	trace_set_state(g->t, g->m->clock.now_ns, "vm", "frozen", "yes");
	vclock_freeze(&g->m->clock, duration_ns);
	machine_changed(g->m, NULL);
	g->thaw.fire = thaw_fire;
	g->thaw.ctx = g;
	g->thaw.domain = VHOST;
	vclock_at(&g->m->clock, &g->thaw, g->m->clock.frozen_until_ns);
}

static void
boot_nics(struct simrun *g)
{
	const struct scenario *s = g->in->scenario;
	struct ifnet *hn;
	const char *text;
	size_t i;

	for (i = 0; i < s->n_nics; i++) {
		hn = hn_new(g->m, s->nics[i].name, s->nics[i].mac,
		    !s->nics[i].disconnected);
		if (s->nics[i].mtu > 0)
			hn->mtu = s->nics[i].mtu;
		ifnet_attach_record(hn);
		ifnet_ether_attached(hn);
		hn_host_media(hn, hn->hn.host_connected);
		text = profile_record(g->m->profile, "hn", 0);
		if (text != NULL)
			devctl_emit(g->m, "+%s %s", hn->name, text);
	}
}

static void
offer(struct simrun *g, const struct scn_vf *vf, const char *as)
{
	struct vf_arrival a;

	memset(&a, 0, sizeof(a));
	snprintf(a.name, sizeof(a.name), "%s", as != NULL ? as : vf->name);
	snprintf(a.driver, sizeof(a.driver), "%s", vf->driver);
	memcpy(a.mac, vf->mac, sizeof(a.mac));
	vf_offer(g->m, &a);
}

static bool
migrates(const struct scenario *s)
{
	size_t i;

	for (i = 0; i < s->n_steps; i++)
		if (s->steps[i].kind == SCN_VM_MIGRATE)
			return true;
	return false;
}

static void
boot(struct simrun *g)
{
	const struct scenario *s = g->in->scenario;
	struct machine *m = g->m;
	size_t i;

	for (i = 0; i < s->n_sysctls; i++)
		sysop_sysctl(m, s->sysctls[i].name, s->sysctls[i].value, NULL);
	trace_set_state(g->t, 0, "vm", "frozen", "no");
	if (migrates(s))
		g->migration = migration_new(m, freeze, g);
	boot_nics(g);
	for (i = 0; i < s->n_vfs && g->in->follow == NULL; i++)
		if (s->vfs[i].present && g->in->follow == NULL)
			offer(g, &s->vfs[i], NULL);
	guest_event(g, &g->boot_netif, netif_fire,
	    machine_delay(m, "boot.netif"));
	if (g->devd != NULL)
		guest_event(g, &g->boot_devd, devd_fire,
		    machine_delay(m, "boot.daemon"));
	guest_event(g, &g->boot_daemon, daemon_fire,
	    g->options.start_ns >= 0 ? g->options.start_ns
				     : machine_delay(m, "boot.daemon"));
}

/* --- stimuli --- */

/* The VF now called name may have been attached under another one. */
static const char *
current_name(struct simrun *g, const struct scn_step *at)
{
	const struct scenario *s = g->in->scenario;
	const char *name = at->name;
	const struct scn_step *p;

	for (p = s->steps; p < at; p++)
		if (p->kind == SCN_VF_ATTACH && strcmp(p->name, at->name) == 0)
			name = p->as != NULL ? p->as : p->name;
	return name;
}

/* Of what it printed the trace keeps the first line of a complaint. */
static void user_command(struct simrun *g, const char *text);

static void
user_command_done(void *ctx, const struct guest_end *end)
{
	struct user_command *u = ctx;
	const char *told = strbuf_str(end->errors);
	struct strbuf outcome = { 0 };

	strbuf_addf(&outcome, "exit %d", end->status);
	if (end->status != 0 && *told != '\0')
		strbuf_addf(&outcome, ": %.*s", (int)strcspn(told, "\n"), told);
	trace_end_command(u->g->t, u->row, u->g->m->clock.now_ns,
	    strbuf_str(&outcome));
	strbuf_fini(&outcome);
	if (u->next != NULL)
		user_command(u->g, u->next);
}

static void
user_command(struct simrun *g, const char *text)
{
	size_t argc, bytes = strcspn(text, "\n");
	char **argv, *command = mem_strn(text, bytes);
	struct strbuf line = { 0 };
	struct user_command *u;

	if (guest_split(command, &argc, &argv)) {
		u = mem_zero(1, sizeof(*u));
		u->g = g;
		u->next = text[bytes] == '\0' ? NULL : text + bytes + 1;
		SLIST_INSERT_HEAD(&g->commands, u, entry);
		strbuf_addf(&line, "user: %s", command);
		u->row = trace_begin_command(g->t, g->m->clock.now_ns,
		    strbuf_str(&line), TRACE_NONE);
		guest_exec(g->m, argc, argv, user_command_done, u);
		guest_words_free(argc, argv);
		strbuf_fini(&line);
	}
	free(command);
}

static void
user_shell(struct simrun *g, const char *text)
{
	struct shellguest_command c = { .text = text, .record = TRACE_NONE };
	struct strbuf line = { 0 };

	strbuf_addf(&line, "user: %s", text);
	c.shown = strbuf_str(&line);
	shellguest_run(g->shell, &c);
	strbuf_fini(&line);
}

static void
forget_commands(struct simrun *g)
{
	struct user_command *u;

	while ((u = SLIST_FIRST(&g->commands)) != NULL) {
		SLIST_REMOVE_HEAD(&g->commands, entry);
		free(u);
	}
}

static const struct scn_vf *
find_vf(const struct scenario *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_vfs; i++)
		if (strcmp(s->vfs[i].name, name) == 0)
			return &s->vfs[i];
	return NULL;
}

/* What reaches the guest from outside waits while it is frozen. */
struct delivery {
	struct simrun *g;
	const struct scn_step *step;
};

static void
edit_rc(struct simrun *g, const struct scn_step *p)
{
	size_t i;

	for (i = 0; i < p->n_pairs; i++)
		rcvars_set(&g->rc, p->pairs[i].name, p->pairs[i].value,
		    p->pairs[i].line, p->pairs[i].col);
}

/* What befalls the engine, and what it reads. */
static void
deliver_daemon(struct simrun *g, const struct scn_step *p)
{
	switch (p->kind) {
	case SCN_DAEMON_KILL:
		simdaemon_kill(g->daemon);
		break;
	case SCN_DAEMON_RESTART:
		simdaemon_kill(g->daemon);
		simdaemon_start(g->daemon);
		break;
	case SCN_DAEMON_START:
		simdaemon_start(g->daemon);
		break;
	case SCN_DAEMON_RELOAD:
		simdaemon_reload(g->daemon);
		break;
	case SCN_DEVD_CLOSE:
		simdaemon_close_socket(g->daemon);
		break;
	case SCN_NETLINK_OVERFLOW:
		simdaemon_netlink_overflow(g->daemon,
		    g->in->scenario->system == SCN_LINUX);
		break;
	case SCN_RC_CONF:
		edit_rc(g, p);
		simdaemon_rc_edited(g->daemon);
		if (g->devd != NULL)
			simdaemon_rc_edited(g->devd);
		if (g->shell != NULL)
			shellguest_edit_rc(g->shell, p);
		break;
	case SCN_CUSTOM:
		simdaemon_set_custom(g->daemon, &p->custom);
		if (g->devd != NULL)
			simdaemon_set_custom(g->devd, &p->custom);
		break;
	default:
		break;
	}
}

static void
plant_records(struct machine *m, const struct scn_step *p)
{
	unsigned i;

	for (i = 0; i < p->times; i++) {
		devctl_inject(m, p->text, strlen(p->text));
		m->trace->records[m->trace->n_records - 1].planted = true;
	}
}

static int64_t
deliver_step(struct machine *m, struct ktask *k)
{
	const struct delivery *d = k->owned;
	const struct scn_step *p = d->step;
	struct ifnet *ifp;
	int32_t row;

	switch (p->kind) {
	case SCN_VF_ATTACH:
		offer(d->g, find_vf(d->g->in->scenario, p->name), p->as);
		break;
	case SCN_VF_EJECT:
		vf_eject(m, current_name(d->g, p));
		break;
	case SCN_VF_RESCIND:
		vf_rescind(m, current_name(d->g, p));
		break;
	case SCN_VF_LINK:
		vf_set_carrier(m, current_name(d->g, p), p->up);
		break;
	case SCN_HOST_NETCHANGE:
		if ((ifp = hn_find(m, p->name)) != NULL)
			hn_host_network_change(ifp);
		break;
	case SCN_HOST_MEDIA:
		if ((ifp = hn_find(m, p->name)) != NULL)
			hn_host_media(ifp, p->up);
		break;
	case SCN_USER:
		user_command(d->g, p->text);
		break;
	case SCN_USER_SH:
		user_shell(d->g, p->text);
		break;
	case SCN_RECORD:
		plant_records(m, p);
		break;
	case SCN_RECORDS_READ:
		while (devctl_pop(m, &row))
			;
		break;
	case SCN_DAEMON_RESTART:
	case SCN_DAEMON_KILL:
	case SCN_DAEMON_START:
	case SCN_DAEMON_RELOAD:
	case SCN_DEVD_CLOSE:
	case SCN_NETLINK_OVERFLOW:
	case SCN_RC_CONF:
	case SCN_CUSTOM:
		deliver_daemon(d->g, p);
		break;
	case SCN_NIC_DETACH:
	case SCN_NIC_ATTACH:
	case SCN_HOST_ASSOC:
	case SCN_DHCP_ANSWERS:
	case SCN_DHCP_SILENT:
	case SCN_DHCP_NAKS:
	case SCN_DHCP_OFFERS:
	case SCN_ROUTER:
		hostacts_do(m, d->g->in->scenario, p);
		break;
	case SCN_VM_FREEZE:
	case SCN_VM_MIGRATE:
	case SCN_MARK:
	case SCN_END:
		break;
	}
	return KTASK_DONE;
}

/* --- the run --- */

static void
write_setup(void *ctx, const char *name, const char *body, size_t bytes)
{
	trace_add_setup(ctx, name, body, bytes);
}

static void
write_decision(void *ctx, int64_t at_ns, bool in, const char *kind,
    const char *body, size_t bytes)
{
	trace_add_decision(ctx, at_ns, in, kind, body, bytes);
}

static void
start_scribe(struct simrun *g)
{
	const struct scribe_sink sink = { .setup = write_setup,
		.row = write_decision,
		.ctx = g->t };

	if (g->in->decisions)
		g->scribe = scribe_new(&sink);
}

static void
start_daemon(struct simrun *g)
{
	struct core_config config = {
		.rules = g->in->rules,
		.rc = &g->rc,
		.vm_guest = "hv",
		.policy = g->in->policy,
		/* The guest's shell knows devd's, the host's may not. */
		.quoting = g->in->scenario->shell_actions ? RULE_QUOTE_SAFE
							  : RULE_QUOTE_DEVD,
		.deadline_ns = g->options.deadline_ns,
		.resync_ns = g->options.resync_ns,
		.serial = g->options.serial,
		.keep_rx_all = g->options.keep_rx_all,
	};

	struct simdaemon_setup setup = { .m = g->m,
		.config = &config,
		.scenario = g->in->scenario,
		.policy = policy_word(g->in->policy) };
	size_t i;

	start_scribe(g);
	setup.scribe = g->scribe;
	g->daemon = simdaemon_new(&setup);
	for (i = 0; i < g->in->scenario->n_customs; i++)
		simdaemon_set_custom(g->daemon, &g->in->scenario->customs[i]);
	if (!g->options.devd_active || g->in->policy == CORE_STOCK)
		return;
	config.policy = CORE_STOCK;
	setup.beside = true;
	g->devd = simdaemon_new(&setup);
	simdaemon_serve(g->devd, g->daemon);
}

/* A probe's addresses are those that rc.conf gives, or what the machine then
 * has. */
static void
describe_nic(const struct simrun *g, const char *name, struct traffic_nic *nic)
{
	struct diag quiet = { 0 };
	struct rc_net net;
	size_t i, k;

	nic->hn = ifnet_find(g->m, name);
	rcvars_net(&g->rc, name, &quiet, &net);
	for (i = net.n_addrs; i > 0; i--) {
		k = net.addrs[i - 1].family == 6;
		nic->guest[k] = net.addrs[i - 1];
	}
	if (ipaddr_in_net(&net.gateway, &nic->guest[0]))
		nic->peer[0] = net.gateway;
}

static void
start_traffic(struct simrun *g)
{
	const struct scenario *s = g->in->scenario;
	struct traffic_nic *nics = mem_zero(s->n_nics + 1, sizeof(*nics));
	struct traffic_setup setup = {
		.m = g->m,
		.s = s,
		.nics = nics,
		.n_nics = s->n_nics > 0 ? s->n_nics : 1,
		.end_ns = s->end_ns,
		.frames = g->in->frames,
		.capture = g->in->capture,
	};
	size_t i;

	for (i = 0; i < s->n_nics; i++)
		describe_nic(g, s->nics[i].name, &nics[i]);
	if ((s->n_nics > 0 || s->n_probes > 0) && g->in->follow == NULL)
		g->traffic = traffic_new(&setup);
	free(nics);
}

static const struct stage_ops *ops_of(const struct simstage *s);

static void
describe_run(struct simrun *g)
{
	struct trace_run *r = &g->t->run;
	const struct scenario *s = g->in->scenario;

	free(r->title);
	free(r->kind);
	free(r->policy);
	free(r->machine);
	free(r->source);
	free(r->version);
	r->title = mem_str(s->title);
	r->kind = mem_str(s->recording != NULL && g->in->follow == NULL
		? "replay-closed"
		: ops_of(g->in)->kind);
	r->policy = mem_str(policy_word(g->in->policy));
	r->machine = mem_str(s->machine);
	r->source = mem_str(s->path);
	r->version = mem_str(version_text);
	r->seed = g->in->seed;
	r->start_ns = 0;
	r->end_ns = s->end_ns;
}

/* Everything at one instant is seen as one: the trace and the packets look
 * after each event, and of equal times the last look counts. */
void
simstage_look(struct simrun *g)
{
	if (g->traffic != NULL)
		traffic_look(g->traffic);
	machine_settle(g->m);
}

static void
stimulus(void *ctx, const struct scn_step *step)
{
	struct simrun *g = ctx;
	struct delivery d = { g, step };
	struct ktask *k;

	if (step->kind == SCN_VM_FREEZE) {
		freeze(g, step->duration_ns);
	} else if (step->kind == SCN_VM_MIGRATE) {
		migration_begin(g->migration, step->duration_ns);
	} else {
		/* What the host says waits for the guest, in the order it was
		 * said. */
		k = ktask_start(g->m, deliver_step, 0);
		k->owned = mem_copy(&d, sizeof(d));
	}
	simstage_look(g);
}

/* So much at one moment is a loop that has no end, and a kernel which is in one
 * is as lost as one that has panicked. */
static void
look_at_the_clock(struct simrun *g)
{
	if (g->m->clock.now_ns != g->seen_ns) {
		g->seen_ns = g->m->clock.now_ns;
		g->at_once = 0;
	} else if (++g->at_once == MOST_AT_ONCE) {
		machine_panic(g->m, "time stands still");
	}
}

static bool
happen(void *ctx, int64_t at_ns)
{
	struct simrun *g = ctx;

	if (vclock_step(&g->m->clock, at_ns - 1)) {
		look_at_the_clock(g);
		simstage_look(g);
		return true;
	}
	vclock_stand(&g->m->clock, at_ns);
	return false;
}

static void
set_up(void *ctx, struct trace *t)
{
	struct simrun *g = ctx;
	const struct scenario *s = g->in->scenario;
	struct diag quiet = { 0 };

	g->t = t;
	simoptions_read(s, &g->options, &quiet);
	simoptions_rcvars(s, &g->rc, &quiet);
	profile_seed(g->in->profile, g->in->seed);
	g->m = machine_new(g->in->profile, t);
	g->m->rc = &g->rc;
	g->m->os = s->system == SCN_LINUX ? SNAP_LINUX : SNAP_FREEBSD;
	if (profile_flag(g->m->profile, "netvsc.transparent"))
		g->m->transparent = true;
	/* Its boot says nothing either: that would be in the recording. */
	g->m->following = g->in->follow != NULL;
	if (g->shell != NULL)
		shellguest_join(g->shell, g->m);
	describe_run(g);
	start_daemon(g);
	boot(g);
	start_traffic(g);
	if (g->in->follow != NULL && s->n_nics > 0)
		g->facts = facts_follow(g->m, g->in->follow,
		    ifnet_find(g->m, s->nics[0].name));
	simstage_look(g);
}

/* Each interface that ever was has its file, even an empty one. */
static void
show_interfaces(const struct simrun *g)
{
	const struct trace_state *row;
	size_t i;

	capture_place(g->in->capture, CAPTURE_PEER);
	capture_place(g->in->capture, CAPTURE_GUEST);
	for (i = 0; i < g->t->n_states; i++) {
		row = &g->t->states[i];
		if (strcmp(row->field, "exists") == 0 &&
		    strcmp(row->value, "yes") == 0)
			capture_interface(g->in->capture, row->object);
	}
}

static void
finish(void *ctx)
{
	struct simrun *g = ctx;

	simstage_look(g);
	if (g->traffic != NULL)
		traffic_report(g->traffic);
	if (g->in->capture != NULL)
		show_interfaces(g);
}

/* Without packets no probe exists. */
static bool
probe(void *ctx, const char *name, int64_t from_ns, int64_t until_ns,
    struct judge_probe *out)
{
	struct simrun *g = ctx;

	return g->traffic != NULL &&
	    traffic_judge(g->traffic, name, from_ns, until_ns, out);
}

static void
take_trouble(struct simrun *g, const struct err *err)
{
	g->troubled = true;
	if (g->in->trouble != NULL)
		*g->in->trouble = *err;
}

static void
tear_down(void *ctx)
{
	struct simrun *g = ctx;

	traffic_free(g->traffic);
	migration_free(g->migration);
	facts_free(g->facts);
	simdaemon_free(g->daemon);
	simdaemon_free(g->devd);
	scribe_free(g->scribe);
	if (g->shell != NULL && shellguest_trouble(g->shell) != NULL)
		take_trouble(g, shellguest_trouble(g->shell));
	shellguest_close(g->shell);
	machine_free(g->m);
	forget_commands(g);
	rcvars_fini(&g->rc);
}

/* A recording tells all: what a scenario would do beside it has no place. */
static void
no_stimulus(void *ctx, const struct scn_step *step)
{
	(void)ctx;
	(void)step;
}

static const struct stage_ops machine_stage = {
	.kind = "simulated",
	.set_up = set_up,
	.happen = happen,
	.stimulus = stimulus,
	.finish = finish,
	.probe = probe,
	.tear_down = tear_down,
};

static const struct stage_ops recorded_stage = {
	.kind = "replay-open",
	.set_up = set_up,
	.happen = happen,
	.stimulus = no_stimulus,
	.finish = finish,
	.probe = probe,
	.tear_down = tear_down,
};

static const struct stage_ops *
ops_of(const struct simstage *s)
{
	return s->follow != NULL ? &recorded_stage : &machine_stage;
}

/* --- one thing at a time --- */

struct simwalk *
simwalk_open(const struct simstage *s, struct trace *t)
{
	struct simwalk *w = mem_zero(1, sizeof(*w));
	struct err err;

	w->g.in = s;
	if (s->follow == NULL && shellguest_is_wanted(s->scenario) &&
	    shellguest_open(s->scenario, s->guard_ns, &w->g.shell, &err) < 0) {
		take_trouble(&w->g, &err);
		free(w);
		return NULL;
	}
	w->stage.ops = ops_of(s);
	w->stage.ctx = &w->g;
	w->walk.stage = &w->stage;
	w->walk.s = s->scenario;
	w->walk.policy = policy_word(s->policy);
	w->walk.t = t;
	stage_begin(&w->walk);
	return w;
}

enum stage_progress
simwalk_advance(struct simwalk *w)
{
	return stage_advance(&w->walk, &w->good);
}

bool
simwalk_close(struct simwalk *w)
{
	bool good;

	stage_close(&w->walk);
	good = w->good && !w->g.troubled;
	free(w);
	return good;
}

struct machine *
simwalk_machine(const struct simwalk *w)
{
	return w->g.m;
}

bool
simwalk_probe(struct simwalk *w, const char *name, int64_t from_ns,
    int64_t until_ns, struct judge_probe *out)
{
	return probe(&w->g, name, from_ns, until_ns, out);
}

int64_t
simwalk_now(const struct simwalk *w)
{
	return w->g.m->clock.now_ns;
}

int64_t
simwalk_next(const struct simwalk *w)
{
	const struct scenario *s = w->walk.s;
	int64_t step_ns = w->walk.next < s->n_steps
	    ? s->steps[w->walk.next].at_ns
	    : s->end_ns;
	int64_t at_ns;

	return vclock_next(&w->g.m->clock, &at_ns) && at_ns < step_ns ? at_ns
								      : step_ns;
}

static void
tell_engine(const struct simdaemon *d, const char *who, struct strbuf *out)
{
	if (d == NULL)
		return;
	strbuf_addf(out, "%s\n", who);
	simdaemon_describe(d, out);
}

static void
tell_queue(const struct machine *m, struct strbuf *out)
{
	const struct queued_record *q;
	const struct trace_record *r;

	strbuf_addf(out, "devctl: %zu of at most %zu records wait\n",
	    m->devctl_queued, m->devctl_limit);
	STAILQ_FOREACH (q, &m->devctl, entry) {
		r = &m->trace->records[q->row];
		strbuf_addf(out, "  %.*s\n", (int)r->raw_bytes, r->raw);
	}
}

void
simwalk_describe(const struct simwalk *w, struct strbuf *out)
{
	const struct machine *m = w->g.m;
	const struct scenario *s = w->walk.s;
	struct strbuf step = { 0 };
	const struct scn_step *p;
	char at[DUR_TEXT];
	int64_t next_ns;

	if (vclock_next(&m->clock, &next_ns))
		strbuf_addf(out,
		    "next event at %s; %zu armed in the guest, "
		    "%zu at the host%s\n",
		    dur_stamp(next_ns, at), m->clock.queue[VGUEST].count,
		    m->clock.queue[VHOST].count,
		    vclock_is_frozen(&m->clock) ? "; the guest is frozen" : "");
	else
		strbuf_adds(out, "no event is armed\n");
	if (w->walk.next < s->n_steps) {
		p = &s->steps[w->walk.next];
		scn_step_text(p, &step);
		if (step.bytes == 0 && p->mark != NULL)
			strbuf_addf(&step, "mark %s", p->mark);
		strbuf_addf(out, "next step at %s: %s\n",
		    dur_stamp(p->at_ns, at), strbuf_str(&step));
		strbuf_fini(&step);
	}
	tell_engine(w->g.daemon, "engine", out);
	tell_engine(w->g.devd, "devd beside it", out);
	tell_queue(m, out);
}

bool
simstage_run(const struct simstage *s, struct trace *t)
{
	struct simwalk *w = simwalk_open(s, t);

	if (w == NULL)
		return false;
	while (simwalk_advance(w) != STAGE_END)
		;
	return simwalk_close(w);
}
