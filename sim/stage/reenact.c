/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/reenact.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "event/devline.h"
#include "failover/snapshot.h"
#include "sim/guest/guest.h"
#include "sim/stage/reenact_parts.h"

#define TAIL	   (INT64_C(3) * DUR_SEC)
#define PROGRAM	   (40 * DUR_MS) /* a remark tells the end of a command */
#define ROUNDS_MAX 1000
#define BACK2BACK  (6 * DUR_MS)	   /* host actions one after the other */
#define PREPARE_HN (1500 * DUR_MS) /* behind rc.d/netif */
#define PREPARE	   (600 * DUR_MS)  /* behind the NICs' arrival */
#define PAUSE_MAX  (700 * DUR_MS)
/* Of such pauses: a server answers within some seconds. */
#define LEASE_PAUSES 6
#define BEFORE	     (300 * DUR_MS) /* the daemon starts, the queue is empty */

struct play {
	const struct recording *r;
	const struct witness *w;
	struct reenact *out;
	struct scenario *s;
	struct cast cast;
	struct strbuf line; /* commands of the line that is taken */
	int64_t now_ns;	    /* of the deed that is being taken */
	char **prepare;	    /* commands before the recording begins */
	size_t n_prepare, cap_prepare;
	bool devd_typed;
};

bool
reenact_is_possible(const struct recording *r)
{
	return r->beside != NULL && r->beside->n_deeds > 0;
}

static bool
is_about(const struct play *p, const char *text)
{
	return strstr(p->w->about, text) != NULL;
}

static struct scn_step *
add_step(struct play *p, int64_t at_ns, enum scn_stimulus kind,
    const char *name)
{
	struct scenario *s = p->s;
	struct scn_step *step = MEM_PUSH(s->steps, s->n_steps, s->cap_steps);

	step->at_ns = at_ns;
	step->kind = kind;
	step->name = mem_str(name);
	step->times = 1;
	return step;
}

static void
leave_out(struct play *p, const char *what, const char *why)
{
	char stamp[DUR_TEXT];

	strbuf_addf(&p->out->left_out, "%s %s: %.*s\n",
	    dur_stamp(p->now_ns, stamp), what, (int)strcspn(why, ";"), why);
}

/* --- what was typed --- */

/* Whether a guest program takes the command. */
static bool
is_known(const char *command, struct err *e)
{
	size_t argc;
	char **argv;
	bool good;

	if (!guest_split(command, &argc, &argv)) {
		err_set(e, ERR_INPUT, "needs a shell");
		return false;
	}
	good = guest_check(argc, argv, e) == 0;
	guest_words_free(argc, argv);
	return good;
}

/* The stand-in's own knobs are delays of the machine, to which the guest's
 * stalls come; what is left of the command line is the guest's. */
static const struct knob {
	const char *name, *delay;
	int least, mostly, most; /* ms beside the knob's own */
} knobs[] = {
	/* d*_sw20: 21..33 probes, median 22 */
	{ "hw.hnsim.switch_ms=", "hn.switch_window", 1, 2, 13 },
	/* bvn_unplug_ld50, ld500: 54..56, 505..509 probes */
	{ "hw.hnsim.linkdelay_ms=", "hn.link_query", 4, 6, 9 },
};
#define KNOBS (sizeof(knobs) / sizeof(knobs[0]))

static void
turn_knob(struct play *p, const struct knob *k, int ms)
{
	char value[64];

	if (ms <= 0)
		return; /* as it is in the profile */
	snprintf(value, sizeof(value), "%dms..%dms..%dms", ms + k->least,
	    ms + k->mostly, ms + k->most);
	scn_pair_add(&p->s->delays, &p->s->n_delays, &p->s->cap_delays,
	    k->delay, value);
}

static char *
without_knobs(struct play *p, const char *command)
{
	char *copy = mem_str(command), *rest = copy, *word;
	struct strbuf out = { 0 };
	size_t i, n = 0;

	while ((word = strsep(&rest, " ,\n")) != NULL) {
		for (i = 0; i < KNOBS; i++) {
			n = strlen(knobs[i].name);
			if (strncmp(word, knobs[i].name, n) == 0)
				break;
		}
		if (i < KNOBS)
			turn_knob(p, &knobs[i], atoi(word + n));
		else
			strbuf_addf(&out, "%s%s", out.bytes > 0 ? " " : "",
			    word);
	}
	free(copy);
	return strbuf_take(&out);
}

/* The queue of a boot, in which the NICs that were up tell of their link last.
 */
static size_t
boot_queue(const struct play *p)
{
	size_t i, n = recording_boot_end(p->r);
	struct devline line = { 0 };
	const struct actor *a;
	bool more = n > 0;

	for (i = n; more && i < p->r->n_records; i++) {
		devline_parse(&line, p->r->records[i].raw,
		    p->r->records[i].raw_bytes);
		a = cast_find(&p->cast, devline_subsystem(&line));
		more = a != NULL && a->up && cast_is_present(a) &&
		    strcmp(devline_type(&line), "LINK_UP") == 0;
		n += more ? 1 : 0;
	}
	devline_fini(&line);
	return n;
}

/* What was queued when devd came is the whole bus, in whose order the NICs
 * have their places: a fact of the recording, which the machine's own boot
 * gives way to. */
static void
feed_boot(struct play *p)
{
	size_t i, n = p->devd_typed ? 0 : boot_queue(p);
	struct scn_step *step;

	if (n == 0)
		return;
	/* a, h: 88, 260 and 950 ms to its first record */
	scn_pair_add(&p->s->delays, &p->s->n_delays, &p->s->cap_delays,
	    "daemon.start", "60ms..250ms..950ms");
	add_step(p, p->now_ns, SCN_RECORDS_READ, NULL);
	for (i = 0; i < n; i++) {
		step = add_step(p, p->now_ns, SCN_RECORD, NULL);
		step->text =
		    mem_strn(p->r->records[i].raw, p->r->records[i].raw_bytes);
	}
}

/* The shell's own: "i=0". */
static bool
is_assignment(const char *command)
{
	size_t n = strcspn(command, "= ");

	return n > 0 && command[n] == '=';
}

static void
take_command(void *ctx, const char *typed)
{
	struct play *p = ctx;
	char *command = strncmp(typed, "sysctl ", 7) == 0
	    ? without_knobs(p, typed)
	    : mem_str(typed);
	struct err e = { 0 };

	if (strcmp(command, "devd") == 0) {
		feed_boot(p);
		p->devd_typed = true;
		add_step(p, p->now_ns, SCN_DAEMON_START, NULL);
	} else if (strncmp(command, "devctl_rec", 10) == 0) {
		add_step(p, p->now_ns, SCN_RECORDS_READ, NULL);
	} else if (strcmp(command, "sysctl") == 0) {
		; /* nothing is left of it */
	} else if (is_known(command, &e)) {
		strbuf_addf(&p->line, "%s%s", p->line.bytes > 0 ? "\n" : "",
		    command);
	} else if (!is_assignment(command)) {
		leave_out(p, command, e.text);
	}
	free(command);
}

/* --- what the host did --- */

/* "vf0" is the VF of the recording, "syn0" the other NIC. */
static const char *
named(const struct play *p, const char *id)
{
	return strncmp(id, "syn", 3) == 0 ? p->cast.other : p->cast.vf;
}

static void
take_link(struct play *p, const char *rest)
{
	const char *name = named(p, rest);
	const struct actor *a = cast_find(&p->cast, name);
	const char *state = strchr(rest, ' ');
	bool up = state != NULL && strncmp(state, " on", 3) == 0;

	add_step(p, p->now_ns,
	    a != NULL && a->kind == ACTOR_HN ? SCN_HOST_MEDIA : SCN_VF_LINK,
	    name)
	    ->up = up;
}

static void
take_action(struct play *p, const char *text)
{
	if (strncmp(text, "device_del ", 11) == 0)
		add_step(p, p->now_ns + REENACT_ATTENTION, SCN_VF_EJECT,
		    p->cast.vf);
	else if (strncmp(text, "device_add ", 11) == 0)
		add_step(p, p->now_ns, SCN_VF_ATTACH, p->cast.vf);
	else if (strncmp(text, "set_link ", 9) == 0)
		take_link(p, text + 9);
	else
		leave_out(p, text, "the machine's host has no such action");
}

/* "set_link vf0 off; on": the second is short for one of the same link. */
static void
take_actions(struct play *p, const char *text)
{
	char *copy = mem_str(text), *rest = copy, *part, *first = NULL;
	struct strbuf link = { 0 };

	while ((part = strsep(&rest, ";")) != NULL) {
		part += strspn(part, " ");
		if (first != NULL && strncmp(first, "set_link ", 9) == 0 &&
		    (strcmp(part, "on") == 0 || strcmp(part, "off") == 0)) {
			strbuf_reset(&link);
			strbuf_addf(&link, "%.*s %s",
			    (int)strcspn(first + 9, " "), first + 9, part);
			take_link(p, strbuf_str(&link));
		} else {
			first = part;
			take_action(p, part);
		}
		p->now_ns += BACK2BACK;
	}
	strbuf_fini(&link);
	free(copy);
}

static void
take_host(struct play *p, const char *text)
{
	char *body, *end;
	long i, times = strtol(text, &end, 10);

	if (strncmp(end, "x (", 3) != 0) {
		take_action(p, text);
		return;
	}
	/* "10x (A; B) back to back" */
	body = mem_strn(end + 3, strcspn(end + 3, ")"));
	for (i = 0; i < times && i < ROUNDS_MAX; i++)
		take_actions(p, body);
	free(body);
}

/* The commands of one line run one after the other. */
static void
take_line(struct play *p, const char *line)
{
	shell_each(line, take_command, p);
	if (p->line.bytes > 0)
		add_step(p, p->now_ns, SCN_USER, NULL)->text =
		    strbuf_take(&p->line);
}

static void
take_deeds(struct play *p)
{
	size_t i;

	for (i = 0; i < p->w->n_deeds; i++) {
		p->now_ns = p->w->deeds[i].at_ns;
		if (p->w->deeds[i].ended)
			p->now_ns -= PROGRAM;
		if (p->w->deeds[i].kind == WITNESS_HOST)
			take_host(p, p->w->deeds[i].text);
		else
			take_line(p, p->w->deeds[i].text);
	}
}

/* --- how it stood at the beginning --- */

static void __attribute__((format(printf, 2, 3)))
prepare(struct play *p, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*MEM_PUSH(p->prepare, p->n_prepare, p->cap_prepare) = mem_str(text);
}

/* The aggregate's ports when the recording begins: those of the first look,
 * with what was typed before it undone, newest first. */
struct ports {
	char names[SNAP_PORTS][SCN_NAME_MAX];
	size_t n;
	char master[SCN_NAME_MAX];
};

static void
set_port(struct ports *ports, const char *name, bool in)
{
	size_t i;

	for (i = 0; i < ports->n && strcmp(ports->names[i], name) != 0; i++)
		;
	if (in && i == ports->n && i < SNAP_PORTS)
		snprintf(ports->names[ports->n++], SCN_NAME_MAX, "%s", name);
	else if (!in && i < ports->n)
		memcpy(ports->names[i], ports->names[--ports->n], SCN_NAME_MAX);
}

static void
undo_command(void *ctx, const char *command)
{
	struct ports *ports = ctx;
	char *copy = mem_str(command), *rest = copy, *word, *last = NULL;
	bool ours;

	ours = strncmp(command, "ifconfig ", 9) == 0;
	while (ours && (word = strsep(&rest, " ")) != NULL) {
		if (last != NULL && strcmp(last, "laggport") == 0)
			set_port(ports, word, false);
		else if (last != NULL && strcmp(last, "-laggport") == 0)
			set_port(ports, word, true);
		last = word;
	}
	free(copy);
}

/* Without a look: as the stock scripts leave it. */
static void
usual_ports(const struct play *p, struct ports *ports)
{
	const struct actor *vf = cast_find(&p->cast, p->cast.vf);

	if (!p->cast.has_hn)
		return;
	set_port(ports, p->cast.other, true);
	memcpy(ports->master, p->cast.other, sizeof(ports->master));
	if (vf != NULL && cast_is_present(vf))
		set_port(ports, vf->name, true);
}

static void
first_ports(const struct play *p, struct ports *ports)
{
	const struct witness_sight *look;
	char *copy, *rest, *word;
	bool master;
	size_t i;

	memset(ports, 0, sizeof(*ports));
	if (p->w->aggregate.count == 0) {
		usual_ports(p, ports);
		return;
	}
	look = &p->w->aggregate.list[0];
	copy = rest = mem_str(look->text);
	while ((word = strsep(&rest, ",")) != NULL) {
		master = strstr(word, " MASTER") != NULL;
		word += strspn(word, " ");
		word[strcspn(word, " ")] = '\0';
		if (cast_find(&p->cast, word) == NULL)
			continue; /* "none", "no ports" */
		set_port(ports, word, true);
		if (master)
			snprintf(ports->master, SCN_NAME_MAX, "%s", word);
	}
	free(copy);
	for (i = p->w->n_deeds; i-- > 0;)
		if (p->w->deeds[i].kind == WITNESS_COMMAND &&
		    p->w->deeds[i].at_ns < look->at_ns)
			shell_each(p->w->deeds[i].text, undo_command, ports);
}

/* The master is the first that joins. */
static void
join_ports(struct play *p, const char *lagg, const struct ports *ports,
    bool master)
{
	size_t i;

	for (i = 0; i < ports->n; i++)
		if ((strcmp(ports->names[i], ports->master) == 0) == master)
			prepare(p, "ifconfig %s laggport %s", lagg,
			    ports->names[i]);
}

/* The address that the probes come from, unless an output shows another. */
static const char *
address_of(const struct play *p)
{
	return p->cast.has_hn || p->w->n_flows > 0 ? "10.0.2.15/24" : NULL;
}

/* A process of the guest, as ps(1) showed it: "559 dhclient: hn0 (dhclient)".
 * -1 when it is in no list. */
static long
pid_of(const struct play *p, const char *command)
{
	const char *at, *begin;
	size_t i;

	for (i = 0; i < p->w->n_deeds; i++) {
		if (strncmp(p->w->deeds[i].text, "ps ", 3) != 0)
			continue;
		at = strstr(p->w->deeds[i].output, command);
		for (begin = at; begin != NULL &&
		     begin > p->w->deeds[i].output && begin[-1] != '\n';
		     begin--)
			;
		return at == NULL ? -1 : strtol(begin, NULL, 10);
	}
	return -1;
}

/* Whether a DHCP client was there before the recorder was started. */
static bool
has_client(const struct play *p, const char *ifname)
{
	char text[SCN_NAME_MAX + 16];
	long client, recorder = pid_of(p, "devdlog");

	snprintf(text, sizeof(text), "dhclient: %s ", ifname);
	client = pid_of(p, text);
	return client > 0 && client < recorder;
}

static void
prepare_client(struct play *p, const char *ifname)
{
	int i;

	prepare(p, "dhclient %s", ifname);
	for (i = 0; i < LEASE_PAUSES; i++)
		prepare(p, "%s", "");
}

static void
prepare_address(struct play *p, const char *lagg)
{
	const char *address = address_of(p);

	if (has_client(p, lagg)) {
		prepare(p, "ifconfig %s up", lagg);
		prepare_client(p, lagg);
	} else if (address != NULL) {
		prepare(p, "ifconfig %s inet %s up", lagg, address);
	} else {
		prepare(p, "ifconfig %s up", lagg);
	}
}

/* hn's own client outlives the making of the aggregate when that follows soon
 * (FREEBSD-HN.md h.2); without a VF it has an address again (h.4). */
static void
prepare_lagg(struct play *p, const char *lagg)
{
	const struct actor *vf = cast_find(&p->cast, p->cast.vf);
	bool client = p->cast.has_hn && has_client(p, p->cast.other);
	bool with_vf = vf != NULL && cast_is_present(vf);
	struct ports ports;

	first_ports(p, &ports);
	if (client && with_vf)
		prepare_client(p, p->cast.other);
	prepare(p, "ifconfig %s create", lagg);
	prepare(p, "ifconfig %s laggproto failover", lagg);
	join_ports(p, lagg, &ports, true);
	join_ports(p, lagg, &ports, false);
	if (p->cast.has_hn)
		prepare(p, "ifconfig %s inet 10.0.2.15 -alias", p->cast.other);
	prepare_address(p, lagg);
	if (client && !with_vf)
		prepare_client(p, p->cast.other);
}

static void
prepare_all(struct play *p)
{
	const struct actor *a;
	size_t i, lagg = SIZE_MAX;

	for (i = 0; i < p->cast.n; i++) {
		a = &p->cast.list[i];
		if (!cast_is_present(a))
			continue;
		if (a->kind == ACTOR_LAGG)
			lagg = i;
		else if (a->kind == ACTOR_NIC && a->up && !p->cast.has_hn)
			prepare(p, "ifconfig %s up", a->name);
	}
	if (lagg != SIZE_MAX)
		prepare_lagg(p, p->cast.list[lagg].name);
	/* A VF joins before it is up: nothing is lost on the way. */
	for (i = 0; i < p->cast.n; i++) {
		a = &p->cast.list[i];
		if (cast_is_present(a) && a->kind == ACTOR_NIC && a->up &&
		    p->cast.has_hn)
			prepare(p, "ifconfig %s up", a->name);
	}
}

static void
spread_preparation(struct play *p, bool daemon)
{
	int64_t from = p->cast.has_hn ? PREPARE_HN : PREPARE;
	int64_t room = p->out->from_ns - 2 * BEFORE - from, pause;
	struct scn_step *step;
	size_t i;

	pause = p->n_prepare > 0 ? room / (int64_t)p->n_prepare : 0;
	if (pause > PAUSE_MAX)
		pause = PAUSE_MAX;
	if (pause < 0)
		pause = 0;
	for (i = 0; i < p->n_prepare; i++) {
		if (p->prepare[i][0] == '\0') {
			free(p->prepare[i]);
			continue;
		}
		step = add_step(p, from + (int64_t)i * pause, SCN_USER, NULL);
		step->text = p->prepare[i];
	}
	if (recording_boot_end(p->r) == 0) {
		add_step(p, p->out->from_ns - BEFORE, SCN_RECORDS_READ, NULL);
		if (daemon)
			add_step(p, p->out->from_ns - BEFORE + DUR_MS,
			    SCN_DAEMON_START, NULL);
	}
	free(p->prepare);
}

/* --- the machine --- */

static void
add_nic(struct play *p, const struct actor *a)
{
	struct scn_nic *nic =
	    MEM_PUSH(p->s->nics, p->s->n_nics, p->s->cap_nics);

	snprintf(nic->name, sizeof(nic->name), "%s", a->name);
	memcpy(nic->mac, a->mac, sizeof(nic->mac));
}

static void
add_vf(struct play *p, const struct actor *a)
{
	struct scn_vf *vf = MEM_PUSH(p->s->vfs, p->s->n_vfs, p->s->cap_vfs);

	snprintf(vf->name, sizeof(vf->name), "%s", a->name);
	memcpy(vf->mac, a->mac, sizeof(vf->mac));
	if (p->s->n_nics > 0)
		memcpy(vf->of, p->s->nics[0].name, sizeof(vf->of));
	vf->driver = mem_str(cast_driver(a->name));
	vf->present = cast_is_present(a);
}

static void
add_rc(struct play *p, const char *name, const char *value)
{
	scn_pair_add(&p->s->rc, &p->s->n_rc, &p->s->cap_rc, name, value);
}

/* The lines NAME="VALUE" of an rc.conf that somebody showed. */
static void
take_rc_text(struct play *p, const char *text)
{
	char *copy = mem_str(text), *rest = copy, *line, *value;
	size_t n;

	while ((line = strsep(&rest, "\n")) != NULL) {
		value = strchr(line, '=');
		if (value == NULL || line[0] == '#')
			continue;
		*value++ = '\0';
		n = strlen(value);
		if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
			value[n - 1] = '\0';
			value++;
		}
		add_rc(p, line, value);
	}
	free(copy);
}

/* "ifconfig -a" of before: the hn's IPv6 addresses but for link-local ones. */
static void
take_rc_state(struct play *p)
{
	char *copy = mem_str(p->w->state), *rest = copy, *line;
	char name[64], value[96];
	bool in_hn = false;
	unsigned bits;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] != '\t')
			in_hn = strncmp(line, p->cast.other,
				    strlen(p->cast.other)) == 0;
		if (in_hn && strchr(line, '%') == NULL &&
		    sscanf(line, "\tinet6 %60s prefixlen %u", name, &bits) ==
			2) {
			snprintf(value, sizeof(value), "inet6 %s prefixlen %u",
			    name, bits);
			snprintf(name, sizeof(name), "ifconfig_%s_ipv6",
			    p->cast.other);
			add_rc(p, name, value);
		}
	}
	free(copy);
}

/* The variants of the recordings with DHCP are told by their names
 * (fixtures/recordings/README.md). */
static void
configure_dhcp(struct play *p, const char *name)
{
	static const struct {
		const char *word, *delay;
		bool sync;
	} variants[] = {
		{ "_dhcp_delay_", "8", false },
		{ "_dhcp_d15_", "15", false },
		{ "_dhcp_sync_", "8", true },
	};
	size_t i;

	for (i = 0; i < 3 && strstr(p->r->name, variants[i].word) == NULL; i++)
		;
	add_rc(p, name, i < 3 && variants[i].sync ? "SYNCDHCP" : "DHCP");
	if (i < 3)
		add_rc(p, "hyperv_vf_delay", variants[i].delay);
}

/* As somebody showed rc.conf, or the static one of the recordings. */
static void
configure(struct play *p)
{
	char name[SCN_NAME_MAX + 16];
	size_t i;

	for (i = 0; i < p->w->n_deeds; i++)
		if (strcmp(p->w->deeds[i].text, "cat /etc/rc.conf") == 0) {
			take_rc_text(p, p->w->deeds[i].output);
			return;
		}
	if (!p->cast.has_hn)
		return;
	snprintf(name, sizeof(name), "ifconfig_%s", p->cast.other);
	if (is_about(p, "DHCP")) {
		configure_dhcp(p, name);
		return;
	}
	add_rc(p, name, "inet 10.0.2.15/24");
	add_rc(p, "defaultrouter", "10.0.2.2");
	take_rc_state(p);
}

static void
add_probes(struct play *p)
{
	static const uint8_t router[4] = { 10, 0, 2, 2 };
	struct scn_probe *probe;
	struct strbuf name = { 0 };
	size_t i;

	for (i = 0; i < p->w->n_flows; i++) {
		probe =
		    MEM_PUSH(p->s->probes, p->s->n_probes, p->s->cap_probes);
		strbuf_reset(&name);
		strbuf_adds(&name, "ping");
		if (i > 0)
			strbuf_addf(&name, "%zu", i + 1);
		probe->name = mem_str(strbuf_str(&name));
		probe->way = SCN_ECHO;
		probe->period_ns = p->w->flows[i].period_ns;
		probe->from_ns = p->w->flows[i].start_ns;
		probe->until_ns = p->w->flows[i].end_ns;
		if (!p->cast.has_hn) /* else the pair's peer */
			memcpy(probe->to, router, sizeof(router));
	}
	strbuf_fini(&name);
}

static void
add_machine(struct play *p)
{
	size_t i;

	for (i = 0; i < p->cast.n; i++)
		if (p->cast.list[i].kind == ACTOR_HN)
			add_nic(p, &p->cast.list[i]);
	for (i = 0; i < p->cast.n; i++)
		if (p->cast.list[i].kind == ACTOR_NIC)
			add_vf(p, &p->cast.list[i]);
	if (p->s->n_nics > 0)
		scn_pair_add(&p->s->sysctls, &p->s->n_sysctls,
		    &p->s->cap_sysctls, "hw.hn.vf_transparent", "0");
	configure(p);
	add_probes(p);
}

/* --- all of it --- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
beginning(const struct play *p)
{
	int64_t from = p->w->deeds[0].at_ns;
	size_t i;

	if (p->r->n_records > 0 && recording_boot_end(p->r) == 0)
		from = earlier(from, p->r->records[0].at_ns);
	if (p->w->aggregate.count > 0)
		from = earlier(from, p->w->aggregate.list[0].at_ns);
	for (i = 0; i < p->w->n_flows; i++)
		from = earlier(from, p->w->flows[i].start_ns);
	return from;
}

static int64_t
ending(const struct play *p)
{
	int64_t end = p->w->deeds[p->w->n_deeds - 1].at_ns;
	size_t i;

	if (p->r->n_records > 0 &&
	    p->r->records[p->r->n_records - 1].at_ns > end)
		end = p->r->records[p->r->n_records - 1].at_ns;
	for (i = 0; i < p->w->n_flows; i++)
		if (p->w->flows[i].end_ns > end)
			end = p->w->flows[i].end_ns;
	return end + TAIL;
}

void
reenact(const struct recording *r, struct reenact *out)
{
	struct play p = { .r = r, .w = r->beside, .out = out };
	char never[DUR_TEXT];
	bool daemon;

	memset(out, 0, sizeof(*out));
	p.s = out->scenario = mem_zero(1, sizeof(*p.s));
	p.s->path = mem_str(r->source);
	p.s->title = mem_str(r->name);
	p.s->origin = mem_str("");
	p.s->machine = mem_str("qemu-freebsd");
	p.s->recording = mem_str(r->source);
	p.s->seed = 1;
	cast_read(&p.cast, r);
	out->from_ns = beginning(&p);
	p.s->end_ns = ending(&p);
	add_machine(&p);
	take_deeds(&p);
	/* Knobs that were turned before the recording, told in its head. */
	free(without_knobs(&p, p.w->about));
	daemon = !p.devd_typed && !is_about(&p, "no devd") &&
	    !is_about(&p, "devd stopped") &&
	    (is_about(&p, "stock") || is_about(&p, "devd"));
	prepare_all(&p);
	spread_preparation(&p, daemon && p.cast.has_hn);
	/* No daemon but the one that a step starts. */
	scn_pair_add(&p.s->options, &p.s->n_options, &p.s->cap_options, "start",
	    dur_format(p.s->end_ns + TAIL, never));
	scenario_sort_steps(p.s);
	cast_fini(&p.cast);
}
