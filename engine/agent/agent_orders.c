/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/agent_parts.h"

#include <signal.h>
#include <string.h>
#include <sys/utsname.h>

#include "agent/filecopy.h"
#include "agent/netsetup.h"
#include "base/mem.h"
#include "world/clock.h"

/* --- commands --- */

static void
start_command(struct agent *a, uint32_t id, const char *text, int64_t limit_ns)
{
	struct agent_wait *w;
	struct err err;

	if (runner_start(a->runner, id, text, &err) < 0) {
		agent_answer(a, id, &err);
		return;
	}
	w = MEM_PUSH(a->waits, a->n_waits, a->cap_waits);
	w->id = id;
	w->limit_ns = clock_monotonic() +
	    (limit_ns > 0 && limit_ns < INT64_MAX / 2 ? limit_ns
						      : LABWIRE_LIMIT);
}

void
agent_ended(void *ctx, const struct command_end *end)
{
	struct labwire m = { .kind = LABWIRE_ANSWER, .status = end->status };
	struct agent *a = ctx;
	size_t i;

	for (i = 0; i < a->n_waits && a->waits[i].id != end->id; i++)
		;
	if (i < a->n_waits) {
		if (a->waits[i].too_late)
			memcpy(m.error, "it took longer than its limit",
			    sizeof("it took longer than its limit"));
		a->waits[i] = a->waits[--a->n_waits];
	}
	strbuf_add(&m.text, end->output, end->output_bytes);
	agent_tell(a, &m, end->id);
	labwire_fini(&m);
}

int64_t
agent_limit(const struct agent *a)
{
	int64_t first_ns = INT64_MAX;
	size_t i;

	for (i = 0; i < a->n_waits; i++)
		if (!a->waits[i].too_late && a->waits[i].limit_ns < first_ns)
			first_ns = a->waits[i].limit_ns;
	return first_ns;
}

void
agent_check_limits(struct agent *a, int64_t now_ns)
{
	struct agent_wait *w;
	size_t i;

	for (i = 0; i < a->n_waits; i++) {
		w = &a->waits[i];
		if (w->too_late || w->limit_ns > now_ns)
			continue;
		w->too_late = true;
		runner_cancel(a->runner, w->id, now_ns);
	}
}

static void
setup(struct agent *a, const struct labwire *m)
{
	struct strbuf text = { 0 };
	struct utsname un;
	struct err err;
	bool linux_has_ip = uname(&un) == 0 && strcmp(un.sysname, "Linux") == 0;

	if (netsetup_text(linux_has_ip ? NETSETUP_IP : NETSETUP_IFCONFIG, m,
		&text, &err) < 0)
		agent_answer(a, m->id, &err);
	else
		start_command(a, m->id, strbuf_str(&text), 0);
	strbuf_fini(&text);
}

/* --- the daemon --- */

static int
start_daemon(struct agent *a, const struct labwire *m, struct err *err)
{
	struct strbuf command = { 0 };
	int rc;

	strbuf_addf(&command, "exec %s %s", a->config->daemon,
	    strbuf_str(&m->text));
	rc = daemonrun_start(a->daemon, strbuf_str(&command), err);
	strbuf_fini(&command);
	return rc;
}

/* --- what is asked for --- */

struct answering {
	struct agent *a;
	uint32_t re;
};

static void
tell_part(void *ctx, struct labwire *m)
{
	const struct answering *to = ctx;

	agent_tell(to->a, m, to->re);
}

static void
get_file(struct agent *a, const struct labwire *m)
{
	struct labwire answer = { .kind = LABWIRE_ANSWER };
	struct answering to = { a, m->id };
	struct err err;

	answer.offset = filecopy_get(m->path, tell_part, &to, &err);
	if (answer.offset < 0)
		agent_answer(a, m->id, &err);
	else
		agent_tell(a, &answer, m->id);
}

static void
give_packets(struct agent *a, const struct labwire *m)
{
	struct answering to = { a, m->id };

	probes_report(a->probes, tell_part, &to);
	agent_answer(a, m->id, NULL);
}

/* Orders that are done, or refused, when this returns. */
static int
do_now(struct agent *a, const struct labwire *m, struct err *err)
{
	switch (m->kind) {
	case LABWIRE_DAEMON_START:
		return start_daemon(a, m, err);
	case LABWIRE_DAEMON_KILL:
		return daemonrun_signal(a->daemon,
		    m->signal == LABWIRE_KILL ? SIGKILL : SIGTERM, err);
	case LABWIRE_DAEMON_RELOAD:
		return daemonrun_signal(a->daemon, SIGHUP, err);
	case LABWIRE_PROBE:
		return probes_add(a->probes, m, clock_monotonic(), err);
	case LABWIRE_PUT:
		return filecopy_put(m->path, m->offset, strbuf_str(&m->text),
		    m->text.bytes, err);
	case LABWIRE_END:
		a->ending = true;
		return 0;
	default: /* LABWIRE_CLOCK: the answer has the time */
		return 0;
	}
}

void
agent_order(struct agent *a, const struct labwire *m)
{
	struct err err;
	int rc;

	switch (m->kind) {
	case LABWIRE_SETUP:
		setup(a, m);
		break;
	case LABWIRE_RUN:
		start_command(a, m->id, strbuf_str(&m->text), m->limit_ns);
		break;
	case LABWIRE_GET:
		get_file(a, m);
		break;
	case LABWIRE_PROBES:
		give_packets(a, m);
		break;
	default:
		rc = do_now(a, m, &err);
		agent_answer(a, m->id, rc < 0 ? &err : NULL);
		break;
	}
}
