/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/packetlog.h"

#include <inttypes.h>

#include "base/dur.h"

void
packetlog_put(struct strbuf *text, const struct packetlog_entry *p)
{
	strbuf_addf(text, "%s%" PRIu64 ",%" PRId64 ",%" PRId64 ",%d",
	    text->bytes > 0 ? " " : "", p->sequence, p->at_ns, p->sent_ns,
	    p->error);
}

/* A number of text[*at..end), and what stands behind it, or the end. */
static bool
take_number(const char *text, size_t end, size_t *at, char behind, int64_t max,
    int64_t *out)
{
	size_t from = *at;

	while (*at < end && text[*at] != ',')
		(*at)++;
	if (!num_parse(text + from, *at - from, 0, max, out))
		return false;
	if (behind == '\0')
		return *at == end;
	return *at < end && text[(*at)++] == behind;
}

int
packetlog_take(const char *text, size_t bytes, size_t *at,
    struct packetlog_entry *p, struct err *err)
{
	int64_t sequence, error;
	size_t end, from;

	while (*at < bytes && text[*at] == ' ')
		(*at)++;
	if (*at >= bytes)
		return 0;
	from = end = *at;
	while (end < bytes && text[end] != ' ')
		end++;
	if (!take_number(text, end, at, ',', INT64_MAX, &sequence) ||
	    !take_number(text, end, at, ',', DUR_MAX, &p->at_ns) ||
	    !take_number(text, end, at, ',', DUR_MAX, &p->sent_ns) ||
	    !take_number(text, end, at, '\0', INT16_MAX, &error))
		return err_set(err, ERR_INPUT,
		    "byte %zu: SEQUENCE,AT,SENT,ERROR belongs here", from + 1);
	p->sequence = (uint64_t)sequence;
	p->error = (int)error;
	return 1;
}
