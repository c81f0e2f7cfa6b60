/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devddebug - what devd(8) writes with -d: each record that it processes, the
 * wall clock when it did, what its rules executed.
 *
 *	Processing event '!system=IFNET subsystem=lagg0 type=ATTACH'
 *	Pushing table
 *	setting timestamp=1795427634.472555
 *	Executing '/etc/pccard_ether $'lagg0' start'
 *	sh: /etc/pccard_ether: not found
 *	Popping table
 *
 * A record may go over several lines. A record without a time has that of the
 * one before it. What is executed becomes a command and a firing; what stands
 * behind it and is no word of devd's is the command's output, a note.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "db/foreign_parts.h"
#include "event/devline.h"

static const char event[] = "Processing event '";
static const char stamp[] = "setting timestamp=";
static const char run[] = "Executing '";

struct devdlog {
	struct foreign_log *l;
	int64_t zero_ns, now_ns;
	bool has_zero, undated;
	struct strbuf raw; /* of the record that is being read */
	bool open;	   /* its closing quote is not there yet */
	bool pending;	   /* it waits for its time */
	int32_t record;
	int32_t command; /* whose output may follow, or TRACE_NONE */
};

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* devd's own words that carry nothing for us. */
static bool
is_bookkeeping(const char *s)
{
	static const char *const words[] = { "Parsing ", "setting ",
		"Pushing table", "Popping table", "Testing ", "Processing ",
		"Calling ", "bad regex", "Added ", "Removed " };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (begins(s, words[i]))
			return true;
	return strstr(s, " has media type 0x") != NULL;
}

bool
devddebug_is_line(const char *s)
{
	return begins(s, event) || begins(s, stamp) || begins(s, run) ||
	    begins(s, "Pushing table") || begins(s, "Popping table") ||
	    (begins(s, "Testing ") && strstr(s, "invert=") != NULL);
}

static void
add_pending(struct devdlog *p)
{
	size_t n = p->raw.bytes;

	if (!p->pending)
		return;
	p->pending = false;
	if (n > DEVLINE_MAX) {
		foreign_warn(p->l, 1,
		    "the record above is longer than 8191 bytes: cut, as devd "
		    "does");
		n = DEVLINE_MAX;
	}
	p->record = foreign_record(p->l->t, p->now_ns, strbuf_str(&p->raw), n);
}

/* The text between the quotes; the last one ends it. */
static void
take_event(struct devdlog *p, const char *s)
{
	size_t n = strlen(s);

	if (p->open)
		strbuf_addc(&p->raw, '\n');
	p->open = n == 0 || s[n - 1] != '\'';
	strbuf_add(&p->raw, s, p->open ? n : n - 1);
	p->pending = !p->open;
}

static void
take_time(struct devdlog *p, const char *s)
{
	int64_t whole, part, at;
	const char *dot = strchr(s, '.');
	size_t digits = dot == NULL ? 0 : strlen(dot + 1);

	if (digits == 0 || digits > 9 ||
	    !num_parse(s, (size_t)(dot - s), 0, DUR_MAX / DUR_SEC - 1,
		&whole) ||
	    !num_parse(dot + 1, digits, 0, DUR_SEC, &part)) {
		foreign_warn(p->l, sizeof(stamp),
		    "expected SECONDS.MICROSECONDS: the record has the time of "
		    "the one before");
		return;
	}
	for (; digits < 9; digits++)
		part *= 10;
	if (!p->has_zero) {
		p->has_zero = true;
		p->zero_ns = whole * DUR_SEC;
		foreign_say(p->l->t, 0, false,
		    "the clock's 0 is %lld seconds after 1970 began",
		    (long long)whole);
	}
	at = whole * DUR_SEC + part - p->zero_ns;
	if (at < p->now_ns) {
		foreign_warn(p->l, sizeof(stamp),
		    "the time is before the one above: the wall clock was set "
		    "back; the order of the lines is kept");
		at = p->now_ns;
	}
	p->now_ns = at;
}

static void
take_command(struct devdlog *p, const char *s)
{
	size_t n = strlen(s);
	char *text = mem_strn(s, n > 0 && s[n - 1] == '\'' ? n - 1 : n);

	add_pending(p);
	trace_add_firing(p->l->t, p->now_ns, p->record, "devd", 0, text,
	    "command");
	p->command = trace_begin_command(p->l->t, p->now_ns, text, p->record);
	trace_end_command(p->l->t, p->command, p->now_ns, "not told");
	free(text);
}

static void
take_line(struct devdlog *p, const char *s)
{
	struct foreign_tally *tally = p->l->tally;

	if (p->open && begins(s, "Pushing table")) {
		foreign_warn(p->l, 0,
		    "the record above has no end: kept as far as it goes");
		p->open = false;
		p->pending = true;
	}
	if (p->open || begins(s, event)) {
		if (!p->open) {
			add_pending(p);
			strbuf_reset(&p->raw);
			p->command = TRACE_NONE;
			p->record = TRACE_NONE;
		}
		take_event(p, p->open ? s : s + sizeof(event) - 1);
		tally->understood++;
	} else if (begins(s, stamp)) {
		take_time(p, s + sizeof(stamp) - 1);
		add_pending(p);
		tally->understood++;
	} else if (begins(s, run)) {
		take_command(p, s + sizeof(run) - 1);
		tally->understood++;
	} else if (is_bookkeeping(s) || s[0] == '\0') {
		tally->passed++;
	} else {
		tally->kept++;
		trace_add_note(p->l->t, p->now_ns,
		    p->command == TRACE_NONE ? "devd" : "command", s);
	}
}

bool
devddebug_read(struct foreign_log *l)
{
	struct devdlog p = { .l = l,
		.record = TRACE_NONE,
		.command = TRACE_NONE };

	while (foreign_next(l))
		take_line(&p, strbuf_str(&l->text));
	if (p.open) {
		foreign_warn(l, 0,
		    "the last record has no end: the log was cut; kept as far "
		    "as it goes");
		p.pending = true;
	}
	add_pending(&p);
	strbuf_fini(&p.raw);
	return l->t->n_records > 0;
}
