/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/ifwatch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "world/iflook.h"
#include "world/routesock.h"

#define READS 64 /* in one turn */

struct ifwatch {
	struct ifwatch_user user;
	struct linktable table;
	struct routesock *socket; /* NULL: only looks */
	bool by_socket;		  /* nothing else may be opened */
	bool can_ask;		  /* the socket answers */
	enum ifevent_kind asked;  /* IFEVENT_OTHER: nothing */
	uint32_t sequence;	  /* of what is asked */
	bool broken;		  /* that answer is */
	bool again;		  /* look once more when it has come */
	bool lost;		  /* messages */
	uint8_t buf[ROUTESOCK_BYTES];
};

int
ifwatch_open(enum ifwatch_how how, const struct ifwatch_user *user,
    struct ifwatch **out, struct err *err)
{
	struct routesock *socket = NULL;
	struct ifwatch *w;
	int rc = 0;

	if (how != IFWATCH_LOOK)
		rc = routesock_open(&socket, err);
	if (rc < 0 && (how == IFWATCH_LISTEN || how == IFWATCH_SOCKET))
		return rc;
	w = mem_zero(1, sizeof(*w));
	w->user = *user;
	linktable_init(&w->table, &user->table);
	w->socket = socket;
	w->by_socket = how == IFWATCH_SOCKET;
	w->can_ask = socket != NULL;
	*out = w;
	return 0;
}

void
ifwatch_close(struct ifwatch *w)
{
	if (w == NULL)
		return;
	routesock_close(w->socket);
	linktable_fini(&w->table);
	free(w);
}

int
ifwatch_fd(const struct ifwatch *w)
{
	return w->socket != NULL ? routesock_fd(w->socket) : -1;
}

static void
note(struct ifwatch *w, const char *text)
{
	if (w->user.note != NULL)
		w->user.note(w->user.ctx, text);
}

static void
changed(struct ifwatch *w)
{
	if (w->user.changed != NULL)
		w->user.changed(w->user.ctx, &w->table);
}

/* --- looking --- */

static void
look_directly(struct ifwatch *w)
{
	struct err err;

	if (w->by_socket) {
		w->table.stale = true; /* with the next message, perhaps */
		return;
	}
	if (iflook(&w->table, &err) < 0)
		note(w, err.text);
	changed(w);
}

static void
ask(struct ifwatch *w, enum ifevent_kind what)
{
	struct err err;
	int rc;

	w->asked = IFEVENT_OTHER;
	w->broken = false;
	rc = routesock_ask(w->socket, what, ++w->sequence, &err);
	if (rc == 0) {
		w->asked = what;
		linktable_begin(&w->table, what);
		return;
	}
	w->can_ask = w->by_socket;
	if (rc != ERR_UNSUPPORTED)
		note(w, err.text);
	look_directly(w);
}

void
ifwatch_look(struct ifwatch *w)
{
	w->table.stale = false;
	w->lost = false;
	if (w->asked != IFEVENT_OTHER)
		w->again = true;
	else if (w->can_ask)
		ask(w, IFEVENT_LINK);
	else
		look_directly(w);
}

/* An answer has come to its end: on to the next question. One that is broken
 * takes nothing away, and has to be asked again; a later look does that. */
static void
answered(struct ifwatch *w)
{
	enum ifevent_kind what = w->asked;

	if (w->broken)
		w->table.stale = true;
	else
		linktable_end(&w->table, what);
	w->asked = IFEVENT_OTHER;
	if (what == IFEVENT_LINK)
		ask(w, IFEVENT_ADDR);
	else if (what == IFEVENT_ADDR)
		ask(w, IFEVENT_ROUTE);
	else if (w->again) {
		w->again = false;
		ask(w, IFEVENT_LINK);
	}
}

bool
ifwatch_is_looking(const struct ifwatch *w)
{
	return w->asked != IFEVENT_OTHER;
}

bool
ifwatch_wants_look(const struct ifwatch *w)
{
	return w->table.stale || w->lost;
}

bool
ifwatch_must_look(const struct ifwatch *w)
{
	return w->socket == NULL || !routesock_tells_all();
}

/* --- listening --- */

static void
take(struct ifwatch *w, struct ifevent *e)
{
	bool ours = w->asked != IFEVENT_OTHER && e->sequence == w->sequence;

	/* A message about what another program did has its sequence. */
	e->answer = e->answer && ours;
	if (ours && e->broken)
		w->broken = true;
	if (ours && e->kind == IFEVENT_ERROR && e->error != 0)
		w->broken = true;
	if (ours && e->kind == IFEVENT_END && e->error != 0)
		w->broken = true;
	if (e->kind == IFEVENT_END || e->kind == IFEVENT_ERROR) {
		if (ours)
			answered(w);
	} else {
		linktable_take(&w->table, e);
	}
	changed(w);
}

static void
lose(struct ifwatch *w)
{
	note(w,
	    "routing messages were lost: the kernel's buffer was full; "
	    "looking at everything again");
	/* Parts of an answer may be among them. */
	w->broken = w->asked != IFEVENT_OTHER;
	w->lost = true;
}

void
ifwatch_readable(struct ifwatch *w)
{
	struct ifevent e;
	struct err err;
	size_t at, step;
	ssize_t n;
	int i;

	for (i = 0; i < READS && w->socket != NULL; i++) {
		n = routesock_read(w->socket, w->buf, &err);
		if (n == ROUTESOCK_NOTHING)
			return;
		if (n == ROUTESOCK_LOST) {
			lose(w);
			continue;
		}
		if (n == ROUTESOCK_FAILED) {
			note(w, err.text);
			routesock_close(w->socket);
			w->socket = NULL;
			w->can_ask = false;
			w->asked = IFEVENT_OTHER;
			return;
		}
		for (at = 0; at < (size_t)n; at += step) {
			step = routesock_next(w->buf + at, (size_t)n - at, &e);
			if (step == 0)
				break;
			take(w, &e);
		}
	}
}
