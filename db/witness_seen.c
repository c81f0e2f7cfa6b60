/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/ipaddr.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "db/witness_lines.h"

#define INDEX_MAX 64
#define NAME_ROOM 32

/* route(4), net/if.h */
enum { FLAG_UP = 0x1, ROUTE_HOST = 0x4 };

/* --- routing messages ------------------------------------------------------
 *
 * A message of an interface that is leaving gives its index alone: who had it
 * before says the name, or else who has it later.
 */

struct names {
	char of[INDEX_MAX][NAME_ROOM];
};

static void
learn(struct names *n, const char *line)
{
	char name[NAME_ROOM];
	uint64_t index;

	if (witness_number(line, "index", &index) && index < INDEX_MAX &&
	    witness_value(line, "name", name, sizeof(name)) &&
	    strcmp(name, "<gone>") != 0)
		memcpy(n->of[index], name, sizeof(name));
}

static bool
find_name(const struct names *n, const struct witness_lines *later,
    const char *line, char name[NAME_ROOM])
{
	struct witness_lines l = *later;
	struct names future = { 0 };
	uint64_t index;
	char *next;

	if (witness_value(line, "name", name, NAME_ROOM) &&
	    strcmp(name, "<gone>") != 0)
		return true;
	if (!witness_number(line, "index", &index) || index >= INDEX_MAX)
		return false;
	while (n->of[index][0] == '\0' && future.of[index][0] == '\0' &&
	    (next = witness_next(&l)) != NULL) {
		learn(&future, next);
		free(next);
	}
	memcpy(name, n->of[index][0] != '\0' ? n->of[index] : future.of[index],
	    NAME_ROOM);
	return name[0] != '\0';
}

/* An address of the message without its scope; false for none, and for a
 * link-local one. */
static bool
read_address(const char *line, const char *key, char out[IPADDR_TEXT])
{
	if (!witness_value(line, key, out, IPADDR_TEXT))
		return false;
	out[strcspn(out, "%")] = '\0';
	return strncmp(out, "fe80:", 5) != 0 && strncmp(out, "ff", 2) != 0;
}

/* False when the message is one of those that are left out. */
static bool
route_text(const char *line, const char *word, const char *name,
    struct strbuf *out)
{
	char dst[IPADDR_TEXT], mask[IPADDR_TEXT], flags[64] = "";
	uint64_t failed = 0;
	int bits;

	witness_value(line, "flags", flags, sizeof(flags));
	witness_number(line, "errno", &failed);
	if (failed != 0 || (strtoul(flags, NULL, 16) & ROUTE_HOST) != 0 ||
	    !read_address(line, "dst", dst) ||
	    !witness_value(line, "mask", mask, sizeof(mask)) ||
	    strchr(dst, '.') == NULL || (bits = ipaddr_mask_bits(mask)) < 0)
		return false;
	if (bits == 0)
		strbuf_addf(out, "%s default %s", word, name);
	else
		strbuf_addf(out, "%s %s/%d %s", word, dst, bits, name);
	return true;
}

static bool
interface_text(const char *line, const char *name, struct strbuf *out)
{
	static const char *const links[] = { "link-unknown", "link-down",
		"link-up" };
	char flags[64], link[24];
	unsigned state;

	if (!witness_value(line, "flags", flags, sizeof(flags)) ||
	    !witness_value(line, "link_state", link, sizeof(link)))
		return false;
	state = (unsigned)(link[0] - '0');
	if (state > 2)
		return false;
	strbuf_addf(out, "IFINFO %s %s %s", name,
	    (strtoul(flags, NULL, 16) & FLAG_UP) != 0 ? "up" : "down",
	    links[state]);
	return true;
}

static bool
message_text(const char *line, const char *name, struct strbuf *out)
{
	char what[24], addr[IPADDR_TEXT];

	if (strncmp(line, "RTM_IFINFO ", 11) == 0)
		return interface_text(line, name, out);
	if (strncmp(line, "RTM_IFANNOUNCE ", 15) == 0) {
		if (!witness_value(line, "what", what, sizeof(what)))
			return false;
		strbuf_addf(out, "ANNOUNCE %s %s", name,
		    what[0] == '0' ? "arrival" : "departure");
		return true;
	}
	if (strncmp(line, "RTM_NEWADDR ", 12) == 0 ||
	    strncmp(line, "RTM_DELADDR ", 12) == 0) {
		if (!read_address(line, "ifa", addr))
			return false;
		strbuf_addf(out, "%.7s %s %s", line + 4, name, addr);
		return true;
	}
	if (strncmp(line, "RTM_ADD ", 8) == 0)
		return route_text(line, "ADD", name, out);
	if (strncmp(line, "RTM_DELETE ", 11) == 0)
		return route_text(line, "DELETE", name, out);
	return false;
}

void
witness_take_routes(struct witness *w, struct witness_lines *l)
{
	struct names *names = mem_zero(1, sizeof(*names));
	struct strbuf text = { 0 };
	char name[NAME_ROOM];
	const char *rest;
	int64_t at_ns;
	char *line;

	w->has_routes = true;
	for (; (line = witness_next(l)) != NULL; free(line)) {
		if (!witness_stamp(line, &at_ns, &rest) ||
		    strncmp(rest, "RTM_MISS", 8) == 0 ||
		    strstr(rest, "MADDR ") != NULL)
			continue;
		learn(names, rest);
		strbuf_reset(&text);
		if (find_name(names, l, rest, name) &&
		    message_text(rest, name, &text))
			witness_see(&w->routes, at_ns, strbuf_str(&text));
	}
	strbuf_fini(&text);
	free(names);
}

/* --- the probe --- */

static void
take_hole(struct witness *w, const char *line)
{
	struct witness_hole h = { 0 };
	struct witness_flow *f;

	if (w->n_flows == 0 || !witness_number(line, "lost", &h.lost) ||
	    !witness_number(line, "senderr", &h.refused) ||
	    !witness_time(line, "from", DUR_SEC, &h.from_ns) ||
	    !witness_time(line, "to", DUR_SEC, &h.to_ns) ||
	    !witness_time(line, "gap_ms", DUR_MS, &h.gap_ns))
		return;
	/* One that has no end in the recording is told with no gap. */
	if (h.gap_ns < h.to_ns - h.from_ns)
		h.gap_ns = h.to_ns - h.from_ns;
	*MEM_PUSH(w->holes, w->n_holes, w->cap_holes) = h;
	f = &w->flows[w->n_flows - 1];
	f->n_holes++;
	if (h.gap_ns > f->gap_ns)
		f->gap_ns = h.gap_ns;
}

/* "# hprobe 10.0.2.2 1000/s start 6.674717" */
static void
take_flow_head(struct witness *w, const char *line)
{
	const char *rate = strstr(line, "/s start "), *digits = rate;
	struct witness_flow *f;
	int64_t start_ns;
	long per_second;

	if (rate == NULL || witness_seconds(rate + 9, &start_ns) == NULL)
		return;
	while (digits > line && isdigit((unsigned char)digits[-1]))
		digits--;
	per_second = strtol(digits, NULL, 10);
	if (per_second <= 0 || per_second > 1000000)
		return;
	f = MEM_PUSH(w->flows, w->n_flows, w->cap_flows);
	f->period_ns = DUR_SEC / per_second;
	f->start_ns = start_ns;
	f->first_hole = w->n_holes;
}

/* More packets than a hundred years have room for were not sent. */
static void
take_summary(struct witness *w, const char *line)
{
	struct witness_flow *f = &w->flows[w->n_flows - 1];

	if (!witness_number(line, "sent", &f->sent) ||
	    f->sent > (uint64_t)(DUR_MAX / f->period_ns))
		f->sent = 0;
	witness_number(line, "lost", &f->lost);
	witness_number(line, "senderr", &f->refused);
	witness_time(line, "gap_ms", DUR_MS, &f->gap_ns);
	witness_time(line, "sender_stall_ms", DUR_MS, &f->stall_ns);
	f->end_ns = f->start_ns + (int64_t)f->sent * f->period_ns;
}

/* A line a packet: holes and sums are made here. */
struct packets {
	int64_t answered_ns; /* -1: none yet */
	bool hole;
};

static void
take_packet(struct witness *w, struct packets *p, int64_t at_ns,
    const char *rest)
{
	struct witness_flow *f;
	struct witness_hole *h;
	bool lost = strstr(rest, " LOST") != NULL;
	bool refused = strstr(rest, " SENDERR") != NULL;

	if (w->n_flows == 0 || p->answered_ns == INT64_MIN) {
		f = MEM_PUSH(w->flows, w->n_flows, w->cap_flows);
		f->start_ns = at_ns;
		f->period_ns = DUR_SEC / 10; /* all of this form were so */
		f->first_hole = w->n_holes;
		p->answered_ns = at_ns;
	}
	f = &w->flows[w->n_flows - 1];
	f->end_ns = at_ns + f->period_ns;
	f->sent++;
	f->lost += lost;
	f->refused += refused;
	if (!lost && !refused) {
		if (p->hole) {
			h = &w->holes[w->n_holes - 1];
			h->gap_ns = at_ns - p->answered_ns;
			if (h->gap_ns > f->gap_ns)
				f->gap_ns = h->gap_ns;
		}
		p->answered_ns = at_ns;
		p->hole = false;
		return;
	}
	if (!p->hole) {
		h = MEM_PUSH(w->holes, w->n_holes, w->cap_holes);
		h->from_ns = at_ns;
		f->n_holes++;
		p->hole = true;
	}
	h = &w->holes[w->n_holes - 1];
	h->to_ns = at_ns;
	h->gap_ns = at_ns + f->period_ns - p->answered_ns;
	h->lost += lost;
	h->refused += refused;
	if (h->gap_ns > f->gap_ns)
		f->gap_ns = h->gap_ns;
}

void
witness_take_flow(struct witness *w, struct witness_lines *l)
{
	struct packets p = { .answered_ns = INT64_MIN };
	const char *rest;
	int64_t at_ns;
	char *line;

	for (; (line = witness_next(l)) != NULL; free(line)) {
		if (strncmp(line, "# hprobe ", 9) == 0)
			take_flow_head(w, line);
		else if (strncmp(line, "SUMMARY ", 8) == 0 && w->n_flows > 0)
			take_summary(w, line);
		else if (strncmp(line, "HOLE ", 5) == 0)
			take_hole(w, line);
		else if (witness_stamp(line, &at_ns, &rest) &&
		    strncmp(rest, "seq=", 4) == 0)
			take_packet(w, &p, at_ns, rest);
	}
}
