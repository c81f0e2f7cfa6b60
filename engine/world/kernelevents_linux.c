/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/kernelevents.h"

#include <sys/epoll.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "world/devrecords.h"
#include "world/ifwatch.h"
#include "world/linkrecords.h"
#include "world/ueventsock.h"

#define READS 256 /* in one turn */

struct kernelevents {
	int fd;
	struct ifwatch *watch;
	struct ueventsock *uevents;
	struct linkrecords links;
	struct devrecords devices;
	char *queue[KERNELEVENTS_QUEUE]; /* a ring; each owned */
	size_t first, count;
	bool hint, dropped, noted;
	char note[160];
};

/* --- records and hints --- */

static void
add_record(void *ctx, const char *text)
{
	struct kernelevents *k = ctx;

	if (k->count == KERNELEVENTS_QUEUE) {
		free(k->queue[k->first]);
		k->first = (k->first + 1) % KERNELEVENTS_QUEUE;
		k->count--;
		k->hint = k->dropped = true;
	}
	k->queue[(k->first + k->count++) % KERNELEVENTS_QUEUE] = mem_str(text);
}

static void
hinted(void *ctx, const char *text)
{
	struct kernelevents *k = ctx;

	(void)text;
	k->hint = true;
}

static void
noted(void *ctx, const char *text)
{
	struct kernelevents *k = ctx;
	size_t bytes = strlen(text);

	if (bytes >= sizeof(k->note))
		bytes = sizeof(k->note) - 1;
	memcpy(k->note, text, bytes);
	k->note[bytes] = '\0';
	k->noted = k->hint = true;
}

/* Called at every message. Before the first look is whole nothing is news. */
static void
changed(void *ctx, struct linktable *t)
{
	struct kernelevents *k = ctx;

	if (!k->links.primed &&
	    (k->watch == NULL || ifwatch_is_looking(k->watch)))
		return;
	linkrecords_update(&k->links, t, add_record, k);
}

bool
kernelevents_take_hint(struct kernelevents *k)
{
	bool hint = k->hint;

	k->hint = false;
	return hint;
}

const char *
kernelevents_note(struct kernelevents *k)
{
	static const char dropped[] = "more records than are kept: the oldest "
				      "were dropped";

	if (k->dropped) {
		k->dropped = false;
		return dropped;
	}
	if (!k->noted)
		return NULL;
	k->noted = false;
	return k->note;
}

size_t
kernelevents_next(struct kernelevents *k, char *out, size_t size)
{
	size_t bytes;
	char *text;

	if (k->count == 0)
		return 0;
	text = k->queue[k->first];
	k->first = (k->first + 1) % KERNELEVENTS_QUEUE;
	k->count--;
	bytes = strlen(text);
	if (bytes >= size)
		bytes = size - 1;
	memcpy(out, text, bytes);
	out[bytes] = '\0';
	free(text);
	return bytes;
}

bool
kernelevents_has_more(const struct kernelevents *k)
{
	return k->count > 0;
}

static void
read_uevents(struct kernelevents *k)
{
	enum ueventsock_got got;
	char text[DEVRECORDS_TEXT];
	struct uevent e;
	bool lost;
	int i;

	for (i = 0; i < READS; i++) {
		got = ueventsock_next(k->uevents, &e);
		if (got == UEVENTSOCK_NOTHING)
			return;
		if (got == UEVENTSOCK_LOST)
			noted(k,
			    "device events were lost: the kernel's buffer "
			    "was full");
		if (got != UEVENTSOCK_EVENT)
			continue;
		if (devrecords_take(&k->devices, &e, text, &lost))
			add_record(k, text);
		k->hint = k->hint || lost;
	}
}

/* --- the rest --- */

static int
watch_fd(struct kernelevents *k, int fd, struct err *err)
{
	struct epoll_event event = { .events = EPOLLIN };

	if (epoll_ctl(k->fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return err_sys(err, errno, "epoll");
	return 0;
}

/* Until everything is known once. The kernel answers whenever it is read;
 * should it not, the look ends in the loop of the daemon. */
static void
prime(struct kernelevents *k)
{
	int i;

	ifwatch_look(k->watch);
	for (i = 0; i < READS && ifwatch_is_looking(k->watch); i++)
		ifwatch_readable(k->watch);
	k->hint = false;
}

int
kernelevents_open(struct kernelevents **out, struct err *err)
{
	struct kernelevents *k = mem_zero(1, sizeof(*k));
	const struct ifwatch_user user = {
		.table = { .hint = hinted, .ctx = k },
		.changed = changed,
		.note = noted,
		.ctx = k,
	};
	int rc;

	*out = NULL;
	k->fd = -1;
	rc = ifwatch_open(IFWATCH_SOCKET, &user, &k->watch, err);
	if (rc == 0 && (k->fd = epoll_create1(EPOLL_CLOEXEC)) < 0)
		rc = err_sys(err, errno, "epoll");
	/* Before the look, so that what comes during it is read after it. */
	if (rc == 0)
		rc = ueventsock_open(&k->uevents, err);
	if (rc == 0)
		rc = watch_fd(k, ueventsock_fd(k->uevents), err);
	if (rc == 0)
		rc = watch_fd(k, ifwatch_fd(k->watch), err);
	if (rc < 0) {
		kernelevents_close(k);
		return rc;
	}
	prime(k);
	*out = k;
	return 0;
}

void
kernelevents_close(struct kernelevents *k)
{
	char text[DEVRECORDS_TEXT];

	if (k == NULL)
		return;
	while (kernelevents_next(k, text, sizeof(text)) > 0)
		;
	ifwatch_close(k->watch);
	linkrecords_fini(&k->links);
	devrecords_fini(&k->devices);
	ueventsock_close(k->uevents);
	if (k->fd >= 0)
		close(k->fd);
	free(k);
}

int
kernelevents_fd(const struct kernelevents *k)
{
	return k->fd;
}

/* Devices' messages first: an interface's come during its driver's. What the
 * table wants to be asked again is asked; the controller looks by itself. */
void
kernelevents_readable(struct kernelevents *k)
{
	read_uevents(k);
	ifwatch_readable(k->watch);
	if (ifwatch_wants_look(k->watch) && !ifwatch_is_looking(k->watch))
		ifwatch_look(k->watch);
}
