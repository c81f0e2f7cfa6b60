/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens: the words behind the time of an `at`, read and written. */
#include <string.h>

#include "base/dur.h"
#include "base/ipaddr.h"
#include "base/mem.h"
#include "sim/scenario/scn_cursor.h"

#define TIMES_MAX 100000 /* of one record */

static bool
need_declared(struct scn_parser *p, enum scn_use_kind kind, const char *what,
    struct scn_step *step)
{
	const struct scn_token *t = NULL;

	if (!scn_need_ifname(p, what, &t))
		return false;
	scn_use(p, kind, t);
	step->name = mem_str(t->text);
	return true;
}

static bool
read_vf(struct scn_parser *p, struct scn_step *step)
{
	const struct scn_token *t = NULL;

	if (!need_declared(p, SCN_USE_VF, "the vf's name", step))
		return false;
	if (step->kind == SCN_VF_LINK)
		return scn_need_either(p, "up", "down", &step->up);
	if (step->kind == SCN_VF_ATTACH && scn_accept(p, "as")) {
		if (!scn_need_ifname(p, "the new interface name", &t))
			return false;
		step->as = mem_str(t->text);
	}
	return true;
}

static bool
read_host(struct scn_parser *p, struct scn_step *step)
{
	if (!need_declared(p, SCN_USE_NIC, "the nic's name", step))
		return false;
	if (step->kind == SCN_HOST_MEDIA)
		return scn_need_either(p, "connect", "disconnect", &step->up);
	if (step->kind == SCN_HOST_ASSOC)
		return scn_need_either(p, "granted", "withdrawn", &step->up);
	return true;
}

static bool
read_offer(struct scn_parser *p, struct scn_step *step)
{
	const struct scn_token *t = scn_need(p, "the address offered");
	struct ipaddr a;

	if (t == NULL)
		return false;
	if (t->kind != SCN_TOKEN_WORD || !ipaddr_parse(t->text, &a) ||
	    a.family != 4 || strchr(t->text, '/') == NULL)
		return scn_error(p, t,
		    "`%.64s` is not an IPv4 address with its prefix length; "
		    "write A.B.C.D/N",
		    t->text);
	step->text = mem_str(t->text);
	return true;
}

static bool
read_router(struct scn_parser *p, struct scn_step *step)
{
	return scn_need_either(p, "advertises", "silent", &step->up);
}

static bool
read_custom(struct scn_parser *p, struct scn_step *step)
{
	step->custom.line = step->line;
	step->custom.col = step->col;
	return scn_read_script(p, &step->custom);
}

static bool
read_freeze(struct scn_parser *p, struct scn_step *step)
{
	return scn_need_dur(p, "the time frozen", &step->duration_ns);
}

static bool
read_migration(struct scn_parser *p, struct scn_step *step)
{
	const struct scn_token *t;

	if (!scn_accept(p, "cancel"))
		return true;
	if (!scn_need_word(p, "after", "`cancel`"))
		return false;
	t = scn_peek(p);
	if (!scn_need_dur(p, "the time until it is cancelled",
		&step->duration_ns))
		return false;
	return step->duration_ns > 0 ||
	    scn_error(p, t, "nothing has begun then; give a longer time");
}

static bool
read_nothing(struct scn_parser *p, struct scn_step *step)
{
	(void)p;
	(void)step;
	return true;
}

static bool
read_user(struct scn_parser *p, struct scn_step *step)
{
	if (scn_accept(p, "sh"))
		step->kind = SCN_USER_SH;
	return scn_need_string(p, "the command line", &step->text);
}

static bool
read_record(struct scn_parser *p, struct scn_step *step)
{
	int64_t times;

	if (!scn_need_string(p, "the record", &step->text))
		return false;
	if (!scn_accept(p, "times"))
		return true;
	if (!scn_need_num(p, "the number of times", 1, TIMES_MAX, &times))
		return false;
	step->times = (unsigned)times;
	return true;
}

static const struct {
	const char *first, *second; /* second may be NULL */
	enum scn_stimulus kind;
	bool (*read)(struct scn_parser *p, struct scn_step *step);
} stimuli[] = {
	{ "vf", "attach", SCN_VF_ATTACH, read_vf },
	{ "vf", "eject", SCN_VF_EJECT, read_vf },
	{ "vf", "rescind", SCN_VF_RESCIND, read_vf },
	{ "vf", "link", SCN_VF_LINK, read_vf },
	{ "host", "network-change", SCN_HOST_NETCHANGE, read_host },
	{ "host", "media", SCN_HOST_MEDIA, read_host },
	{ "host", "association", SCN_HOST_ASSOC, read_host },
	{ "nic", "detach", SCN_NIC_DETACH, read_host },
	{ "nic", "attach", SCN_NIC_ATTACH, read_host },
	{ "vm", "freeze", SCN_VM_FREEZE, read_freeze },
	{ "vm", "migrate", SCN_VM_MIGRATE, read_migration },
	{ "daemon", "kill", SCN_DAEMON_KILL, read_nothing },
	{ "daemon", "start", SCN_DAEMON_START, read_nothing },
	{ "daemon", "restart", SCN_DAEMON_RESTART, read_nothing },
	{ "daemon", "reload", SCN_DAEMON_RELOAD, read_nothing },
	{ "devd-socket", "close", SCN_DEVD_CLOSE, read_nothing },
	{ "netlink", "overflow", SCN_NETLINK_OVERFLOW, read_nothing },
	{ "dhcp", "answers", SCN_DHCP_ANSWERS, read_nothing },
	{ "dhcp", "silent", SCN_DHCP_SILENT, read_nothing },
	{ "dhcp", "naks", SCN_DHCP_NAKS, read_nothing },
	{ "dhcp", "offers", SCN_DHCP_OFFERS, read_offer },
	{ "router", NULL, SCN_ROUTER, read_router },
	{ "rc.conf", NULL, SCN_RC_CONF, scn_read_rc_pairs },
	{ "custom", NULL, SCN_CUSTOM, read_custom },
	{ "user", NULL, SCN_USER, read_user },
	{ "record", NULL, SCN_RECORD, read_record },
	{ "mark", NULL, SCN_MARK, read_nothing },
	{ "end", NULL, SCN_END, read_nothing },
};
#define N_STIMULI (sizeof(stimuli) / sizeof(stimuli[0]))

bool
scn_read_stimulus(struct scn_parser *p, struct scn_step *step)
{
	const char *known[N_STIMULI];
	const struct scn_token *t = scn_need(p, "what happens"), *second;
	size_t i, n = 0;

	if (t == NULL)
		return false;
	for (i = 0; i < N_STIMULI; i++)
		if (n == 0 || strcmp(known[n - 1], stimuli[i].first) != 0)
			known[n++] = stimuli[i].first;
	for (i = 0; i < N_STIMULI; i++)
		if (strcmp(stimuli[i].first, t->text) == 0)
			break;
	if (i == N_STIMULI || t->kind != SCN_TOKEN_WORD)
		return scn_unknown(p, t, "stimulus", known, n);
	if (stimuli[i].kind == SCN_MARK)
		p->at--; /* the mark itself is read where all marks are */
	if (stimuli[i].second != NULL) {
		if ((second = scn_need(p, "what happens to it")) == NULL)
			return false;
		for (n = 0;
		     i < N_STIMULI && strcmp(stimuli[i].first, t->text) == 0;
		     i++) {
			known[n++] = stimuli[i].second;
			if (strcmp(stimuli[i].second, second->text) == 0)
				break;
		}
		if (i == N_STIMULI || strcmp(stimuli[i].first, t->text) != 0)
			return scn_unknown(p, second, "stimulus", known, n);
	}
	step->kind = stimuli[i].kind;
	return stimuli[i].read(p, step);
}
