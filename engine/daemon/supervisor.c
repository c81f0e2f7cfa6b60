/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/supervisor.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "world/notify.h"

struct supervisor {
	struct notify *notify;
	struct strbuf text;
	int64_t half_ns; /* between two signs of life; 0: none is wanted */
	int64_t due_ns;
	bool detached, is_ready;
};

/* What is in the environment, and no longer; owned, NULL when it is not. */
static char *
take(const char *name)
{
	char *value = mem_str(getenv(name));

	unsetenv(name);
	return value;
}

/* Half of what the watchdog waits; 0 when it is not for us. */
static int64_t
half_of(const char *usec, const char *pid)
{
	int64_t n, us;

	if (pid != NULL &&
	    (!num_parse(pid, strlen(pid), 1, INT64_MAX, &n) ||
		n != (int64_t)getpid()))
		return 0;
	if (usec == NULL ||
	    !num_parse(usec, strlen(usec), 1, DUR_MAX / DUR_US, &us))
		return 0;
	return us * DUR_US / 2;
}

int
supervisor_open(struct supervisor **out, struct err *err)
{
	char *name = take("NOTIFY_SOCKET"), *usec = take("WATCHDOG_USEC");
	char *pid = take("WATCHDOG_PID");
	struct notify *notify = NULL;
	int rc = 0;

	*out = NULL;
	if (name != NULL)
		rc = notify_open(name, &notify, err);
	if (notify != NULL) {
		*out = mem_zero(1, sizeof(**out));
		(*out)->notify = notify;
		(*out)->half_ns = half_of(usec, pid);
	}
	free(name);
	free(usec);
	free(pid);
	return rc;
}

void
supervisor_close(struct supervisor *s)
{
	if (s == NULL)
		return;
	notify_close(s->notify);
	strbuf_fini(&s->text);
	free(s);
}

static void
add_status(struct supervisor *s, const char *status)
{
	strbuf_adds(&s->text, "STATUS=");
	for (; *status != '\0'; status++)
		strbuf_addc(&s->text,
		    *status >= ' ' && *status <= '~' ? *status : ' ');
}

static void
tell(struct supervisor *s)
{
	(void)notify_send(s->notify, strbuf_str(&s->text));
	strbuf_reset(&s->text);
}

void
supervisor_detached(struct supervisor *s)
{
	if (s != NULL)
		s->detached = true;
}

void
supervisor_hand_over(struct supervisor *s, int child)
{
	if (s == NULL)
		return;
	strbuf_addf(&s->text, "MAINPID=%d\nREADY=1\n", child);
	add_status(s, "ready");
	tell(s);
}

void
supervisor_ready(struct supervisor *s, const char *status)
{
	if (s == NULL)
		return;
	/* The one who was started says so, and only then we are heard. */
	if (s->detached && !s->is_ready) {
		s->is_ready = true;
		return;
	}
	s->is_ready = true;
	strbuf_adds(&s->text, "READY=1\n");
	add_status(s, status);
	tell(s);
}

void
supervisor_status(struct supervisor *s, const char *status)
{
	if (s == NULL)
		return;
	add_status(s, status);
	tell(s);
}

void
supervisor_reloading(struct supervisor *s, int64_t now_ns)
{
	if (s == NULL)
		return;
	strbuf_addf(&s->text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    now_ns / DUR_US);
	tell(s);
}

void
supervisor_stopping(struct supervisor *s, const char *status)
{
	if (s == NULL)
		return;
	strbuf_adds(&s->text, "STOPPING=1\n");
	add_status(s, status);
	tell(s);
}

int64_t
supervisor_deadline(const struct supervisor *s)
{
	return s == NULL || s->half_ns == 0 || !s->is_ready ? INT64_MAX
							    : s->due_ns;
}

void
supervisor_tick(struct supervisor *s, int64_t now_ns)
{
	bool is_first;

	if (s == NULL || s->half_ns == 0 || !s->is_ready || s->due_ns > now_ns)
		return;
	is_first = s->due_ns == 0;
	s->due_ns = now_ns + s->half_ns;
	/* It may not be known yet who we are. */
	if (s->detached && is_first)
		return;
	strbuf_adds(&s->text, "WATCHDOG=1");
	tell(s);
}
