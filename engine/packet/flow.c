/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/flow.h"

#include <inttypes.h>

#include "packet/frame.h"

static void
add_end(const struct ipaddr *a, bool ports, uint16_t port, struct strbuf *out)
{
	char text[IPADDR_TEXT];

	strbuf_addf(out, a->family == 6 && ports ? "[%s]" : "%s",
	    ipaddr_format(a, false, text));
	if (ports)
		strbuf_addf(out, ":%u", port);
}

void
flow_name(const struct flow *f, struct strbuf *out)
{
	switch (f->proto) {
	case FRAME_PROTO_TCP:
		strbuf_adds(out, "tcp ");
		break;
	case FRAME_PROTO_UDP:
		strbuf_adds(out, "udp ");
		break;
	case FRAME_PROTO_ICMP:
	case FRAME_PROTO_ICMP6:
		strbuf_adds(out, "icmp ");
		break;
	default:
		strbuf_addf(out, "proto-%u ", f->proto);
	}
	add_end(&f->src, f->ports, f->src_port, out);
	strbuf_adds(out, " > ");
	add_end(&f->dst, f->ports, f->dst_port, out);
	if (f->kind == NUMBERING_PROBE)
		strbuf_addf(out, " probe %" PRIu32, f->stream);
	else if (f->kind == NUMBERING_ECHO)
		strbuf_addf(out, " id %" PRIu32, f->stream);
	if (f->role == NUMBERING_REQUEST)
		strbuf_adds(out, " request");
	else if (f->role == NUMBERING_REPLY)
		strbuf_adds(out, " reply");
	if (f->moves > 0)
		strbuf_addf(out, " (%u other address%s later)", f->moves,
		    f->moves > 1 ? "es" : "");
	if (f->generation > 0)
		strbuf_addf(out, " (begun anew, %u)", f->generation);
}

bool
flow_is_numbered(const struct flow *f, unsigned side)
{
	const struct flow_side *s = &f->side[side];

	if (f->kind != NUMBERING_IPID)
		return f->kind != NUMBERING_NONE;
	/* Nine of ten must be the last one's next; the first has none. */
	return !s->uncounted && s->all != NULL && s->all->arrivals > 8 &&
	    s->counted_up * 10 >= (s->all->arrivals - 1) * 9;
}
