/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/packets.h"

#include <net/if.h>

#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "world/clock.h"
#include "world/linktype.h"

#define HOLD_MS	 20   /* the kernel may wait so long for a block to fill */
#define BUDGET	 2000 /* packets of an interface in one turn, at most */
#define RETRY_NS (200 * DUR_MS)

struct place {
	char *name, *filter; /* filter "": everything */
	pcap_t *pcap;	     /* NULL: not open */
	int fd, linktype;
	unsigned index; /* of the interface that was opened */
	bool nanoseconds;
	bool missed;			  /* that it is not there was said */
	bool foreign;			  /* it returned as another kind */
	uint64_t dropped, dropped_before; /* now; by handles closed before */
};

struct packets {
	struct packets_user user;
	uint32_t snap;
	struct place *places;
	size_t n_places, cap_places;
	int64_t tick_ns;
	int64_t wall_ns; /* wall clock at clock_monotonic() 0 */
	size_t reading;	 /* which place, in on_packet() */
};

struct packets *
packets_new(uint32_t snap_bytes)
{
	struct packets *p = mem_zero(1, sizeof(*p));

	p->snap = snap_bytes;
	return p;
}

void
packets_free(struct packets *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->n_places; i++) {
		if (p->places[i].pcap != NULL)
			pcap_close(p->places[i].pcap);
		free(p->places[i].name);
		free(p->places[i].filter);
	}
	free(p->places);
	free(p);
}

static void __attribute__((format(printf, 2, 3)))
note(struct packets *p, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->user.note(p->user.ctx, text);
}

/* --- adding --- */

static int
check_filter(const struct packets *p, const char *spec, const char *filter,
    struct err *err)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, (int)p->snap);
	struct bpf_program program;
	int rc = 0;

	if (dead == NULL)
		return err_set(err, ERR_UNSUPPORTED, "libpcap gives nothing");
	if (pcap_compile(dead, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		rc = err_set(err, ERR_INPUT,
		    "packets of %s: %s; see pcap-filter(7)", spec,
		    pcap_geterr(dead));
	else
		pcap_freecode(&program);
	pcap_close(dead);
	return rc;
}

int
packets_add(struct packets *p, const char *spec, struct err *err)
{
	const char *colon = strchr(spec, ':');
	size_t bytes = colon != NULL ? (size_t)(colon - spec) : strlen(spec), i;
	const char *filter = colon != NULL ? colon + 1 : "";
	struct place *place;
	int rc;

	if (bytes == 0 || bytes >= IF_NAMESIZE)
		return err_set(err, ERR_INPUT,
		    "packets of '%s': that names no interface: IF or IF:FILTER",
		    spec);
	for (i = 0; i < p->n_places; i++)
		if (strlen(p->places[i].name) == bytes &&
		    memcmp(p->places[i].name, spec, bytes) == 0)
			return err_set(err, ERR_INPUT,
			    "packets of %s: named twice; put 'or' between two "
			    "filters",
			    p->places[i].name);
	if ((rc = check_filter(p, spec, filter, err)) < 0)
		return rc;
	place = MEM_PUSH(p->places, p->n_places, p->cap_places);
	place->name = mem_strn(spec, bytes);
	place->filter = mem_str(filter);
	place->fd = place->linktype = -1;
	return 0;
}

size_t
packets_count(const struct packets *p)
{
	return p->n_places;
}

const char *
packets_name(const struct packets *p, size_t place)
{
	return p->places[place].name;
}

uint32_t
packets_snap(const struct packets *p)
{
	return p->snap;
}

int
packets_linktype(const struct packets *p, size_t place)
{
	return p->places[place].linktype;
}

/* --- opening --- */

static pcap_t *
make_handle(const struct packets *p, const struct place *place, char *why)
{
	pcap_t *pcap = pcap_create(place->name, why);

	if (pcap == NULL)
		return NULL;
	pcap_set_snaplen(pcap, (int)p->snap);
	pcap_set_promisc(pcap, 0);
	pcap_set_timeout(pcap, HOLD_MS);
	pcap_set_buffer_size(pcap, PACKETS_RING);
	/* Microseconds where there is nothing finer. */
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	return pcap;
}

static bool
set_filter(pcap_t *pcap, const char *filter)
{
	struct bpf_program program;
	bool set;

	if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return false;
	set = pcap_setfilter(pcap, &program) == 0;
	pcap_freecode(&program);
	return set;
}

static int
refuse(const struct place *place, pcap_t *pcap, int rc, struct err *err)
{
	const char *text = pcap_geterr(pcap);
	const char *status = pcap_statustostr(rc);

	if (rc == PCAP_ERROR_PERM_DENIED ||
	    rc == PCAP_ERROR_PROMISC_PERM_DENIED)
		return err_set(err, ERR_STATE,
		    "packets of %s: not permitted: run as root (Linux: with "
		    "CAP_NET_RAW; FreeBSD: with access to /dev/bpf): %s",
		    place->name, *text != '\0' ? text : status);
	if (rc == PCAP_ERROR_NO_SUCH_DEVICE || rc == PCAP_ERROR_IFACE_NOT_UP)
		return err_set(err, ERR_NOTFOUND, "packets of %s: %s",
		    place->name, status);
	return err_set(err, ERR_UNSUPPORTED, "packets of %s: %s", place->name,
	    rc == PCAP_ERROR && *text != '\0' ? text : status);
}

/* Puts an activated handle to work. */
static int
adopt(struct place *place, pcap_t *pcap, struct err *err)
{
	int linktype = linktype_of_dlt(pcap_datalink(pcap));
	char why[PCAP_ERRBUF_SIZE];

	if (place->linktype >= 0 && place->linktype != linktype) {
		place->foreign = true;
		return err_set(err, ERR_UNSUPPORTED,
		    "packets of %s: it returned as an interface of another "
		    "kind (linktype %d, was %d) and is left alone",
		    place->name, linktype, place->linktype);
	}
	if (!set_filter(pcap, place->filter))
		return err_set(err, ERR_UNSUPPORTED, "packets of %s: %s",
		    place->name, pcap_geterr(pcap));
	if (pcap_setnonblock(pcap, 1, why) < 0)
		return err_set(err, ERR_UNSUPPORTED, "packets of %s: %s",
		    place->name, why);
	place->pcap = pcap;
	place->fd = pcap_get_selectable_fd(pcap);
	place->linktype = linktype;
	place->nanoseconds =
	    pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
	place->index = if_nametoindex(place->name);
	return 0;
}

static int
open_place(struct packets *p, struct place *place, struct err *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = make_handle(p, place, why);
	int rc;

	if (pcap == NULL)
		return err_set(err, ERR_UNSUPPORTED, "packets of %s: %s",
		    place->name, why);
	rc = pcap_activate(pcap);
	rc = rc < 0 ? refuse(place, pcap, rc, err) : adopt(place, pcap, err);
	if (rc < 0)
		pcap_close(pcap);
	return rc;
}

static void
miss(struct packets *p, struct place *place, const char *text)
{
	if (!place->missed)
		note(p, "%s; they are taken from when it is there and up",
		    text);
	place->missed = true;
}

int
packets_start(struct packets *p, const struct packets_user *user,
    struct err *err)
{
	size_t i;
	int rc;

	p->user = *user;
	p->wall_ns = clock_wall_offset();
	p->tick_ns = clock_monotonic() + RETRY_NS;
	for (i = 0; i < p->n_places; i++) {
		rc = open_place(p, &p->places[i], err);
		if (rc == ERR_NOTFOUND)
			miss(p, &p->places[i], err->text);
		else if (rc < 0)
			return rc;
	}
	return 0;
}

/* --- reading --- */

static void
on_packet(u_char *arg, const struct pcap_pkthdr *h, const u_char *data)
{
	struct packets *p = (struct packets *)(void *)arg;
	const struct place *place = &p->places[p->reading];
	int64_t at_ns = (int64_t)h->ts.tv_sec * DUR_SEC +
	    (int64_t)h->ts.tv_usec * (place->nanoseconds ? 1 : DUR_US);

	p->user.packet(p->user.ctx, p->reading, at_ns - p->wall_ns, h->len,
	    data, h->caplen);
}

static void
count_dropped(struct packets *p, struct place *place)
{
	struct pcap_stat stat;
	uint64_t now;

	if (place->pcap == NULL || pcap_stats(place->pcap, &stat) < 0)
		return;
	now = place->dropped_before + stat.ps_drop;
	if (now > place->dropped)
		note(p, "packets of %s: the kernel dropped %" PRIu64,
		    place->name, now - place->dropped);
	if (now > place->dropped)
		place->dropped = now;
}

static void
close_place(struct packets *p, struct place *place)
{
	count_dropped(p, place);
	place->dropped_before = place->dropped;
	pcap_close(place->pcap);
	place->pcap = NULL;
	place->fd = -1;
	place->missed = true;
}

static void
read_place(struct packets *p, size_t i)
{
	struct place *place = &p->places[i];
	int n, budget = (int)(PACKETS_RING / p->snap);

	/* No more than a ring holds, or who keeps them has to keep too much. */
	p->reading = i;
	n = pcap_dispatch(place->pcap, budget < BUDGET ? budget : BUDGET,
	    on_packet, (u_char *)p);
	if (n >= 0)
		return;
	note(p, "packets of %s: %s; they are taken again when it is back",
	    place->name, pcap_geterr(place->pcap));
	close_place(p, place);
}

void
packets_fill(const struct packets *p, struct pollfd *fds)
{
	size_t i;

	for (i = 0; i < p->n_places; i++)
		fds[i] =
		    (struct pollfd){ .fd = p->places[i].fd, .events = POLLIN };
}

void
packets_polled(struct packets *p, const struct pollfd *fds)
{
	bool looked = false;
	size_t i;

	for (i = 0; i < p->n_places; i++) {
		if (fds[i].fd < 0 || fds[i].revents == 0 ||
		    p->places[i].pcap == NULL)
			continue;
		if (!looked)
			p->wall_ns = clock_wall_offset();
		looked = true;
		read_place(p, i);
	}
}

/* --- the rest --- */

int64_t
packets_deadline(const struct packets *p)
{
	return p->n_places > 0 ? p->tick_ns : INT64_MAX;
}

void
packets_hurry(struct packets *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n_places; i++)
		if (p->places[i].pcap == NULL &&
		    strcmp(p->places[i].name, name) == 0)
			p->tick_ns = 0;
}

/* Another interface has its name now, or none. A socket of Linux does not say
 * so when the interface was down before it went. */
static bool
is_gone(const struct place *place)
{
	return place->index != 0 && if_nametoindex(place->name) != place->index;
}

static void
try_place(struct packets *p, struct place *place)
{
	struct err err;
	int rc = open_place(p, place, &err);

	if (rc == 0) {
		note(p, "packets of %s: taken from here on", place->name);
		place->missed = false;
	} else if (rc == ERR_NOTFOUND) {
		miss(p, place, err.text);
	} else if (place->foreign || !place->missed) {
		note(p, "%s", err.text);
		place->missed = true;
	}
}

void
packets_tick(struct packets *p, int64_t now_ns)
{
	struct place *place;
	size_t i;

	if (now_ns < packets_deadline(p))
		return;
	p->tick_ns = now_ns + RETRY_NS;
	for (i = 0; i < p->n_places; i++) {
		place = &p->places[i];
		if (place->pcap != NULL && is_gone(place)) {
			read_place(p, i);
			if (place->pcap != NULL) {
				note(p,
				    "packets of %s: the interface has gone; "
				    "they are taken again when it is back",
				    place->name);
				close_place(p, place);
			}
		}
		if (place->pcap == NULL && !place->foreign)
			try_place(p, place);
		count_dropped(p, place);
	}
}

void
packets_drain(struct packets *p)
{
	int64_t until_ns = clock_monotonic() + 3 * HOLD_MS * DUR_MS, left_ns;
	struct pollfd *fds = mem_zero(p->n_places + 1, sizeof(*fds));
	size_t i;

	while (
	    p->n_places > 0 && (left_ns = until_ns - clock_monotonic()) > 0) {
		packets_fill(p, fds);
		if (poll(fds, (nfds_t)p->n_places,
			(int)(left_ns / DUR_MS) + 1) <= 0)
			break;
		packets_polled(p, fds);
	}
	for (i = 0; i < p->n_places; i++)
		count_dropped(p, &p->places[i]);
	free(fds);
}

uint64_t
packets_dropped(const struct packets *p)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < p->n_places; i++)
		sum += p->places[i].dropped;
	return sum;
}
