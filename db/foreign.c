/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/foreign.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "db/container.h"
#include "db/foreign_parts.h"

#define WARNINGS_MAX 10
#define LOOK_LINES   2000 /* so many lines tell what a log is */

static const struct {
	const char *word, *title;
} kinds[] = {
	[FOREIGN_UNKNOWN] = { "unknown", "unknown" },
	[FOREIGN_RECORDS] = { "recording", "text recording" },
	[FOREIGN_DEVD] = { "devd", "devd debug log" },
	[FOREIGN_KERNEL] = { "kernel", "Linux kernel log" },
	[FOREIGN_RTNETLINK] = { "rtnetlink", "rtnetlink recording" },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *
foreign_word(enum foreign_kind kind)
{
	return kinds[kind].word;
}

const char *
foreign_title(enum foreign_kind kind)
{
	return kinds[kind].title;
}

enum foreign_kind
foreign_of_word(const char *word)
{
	size_t i;

	for (i = 1; i < KINDS; i++)
		if (strcmp(kinds[i].word, word) == 0)
			return (enum foreign_kind)i;
	return FOREIGN_UNKNOWN;
}

/* --- lines --- */

void
foreign_rewind(struct foreign_log *l, const char *text, size_t bytes)
{
	l->at = text;
	l->end = text + bytes;
	l->line = 0;
	memset(l->tally, 0, sizeof(*l->tally));
}

void
foreign_warn(struct foreign_log *l, unsigned col, const char *text)
{
	if (l->warnings++ < WARNINGS_MAX)
		diag_report(l->d, DIAG_WARNING, l->file, l->line, col, "%s",
		    text);
	else if (l->warnings == WARNINGS_MAX + 1)
		diag_report(l->d, DIAG_NOTE, l->file, l->line, 0,
		    "more like this are not told");
}

bool
foreign_next(struct foreign_log *l)
{
	const char *s, *nl, *nul;
	size_t n;

	while (l->at < l->end) {
		s = l->at;
		nl = memchr(s, '\n', (size_t)(l->end - s));
		n = (size_t)((nl == NULL ? l->end : nl) - s);
		l->at = nl == NULL ? l->end : nl + 1;
		l->line++;
		l->tally->lines++;
		nul = memchr(s, '\0', n);
		if (nul == NULL && n <= FOREIGN_LINE_MAX) {
			if (n > 0 && s[n - 1] == '\r')
				n--;
			strbuf_reset(&l->text);
			strbuf_add(&l->text, s, n);
			return true;
		}
		l->tally->damaged++;
		foreign_warn(l, nul == NULL ? 0 : (unsigned)(nul - s) + 1,
		    nul == NULL ? "longer than 16384 bytes: passed over"
				: "a NUL byte: the line is damaged, and "
				  "passed over");
	}
	return false;
}

/* --- rows --- */

int32_t
foreign_record(struct trace *t, int64_t at_ns, const char *raw, size_t bytes)
{
	int32_t row = trace_add_record(t, at_ns, raw, bytes);

	t->records[row].fate = TRACE_RECORD_NOBODY;
	return row;
}

void
foreign_notify(struct trace *t, int64_t at_ns, const char *system,
    const char *name, const char *type)
{
	char raw[128];
	int n = snprintf(raw, sizeof(raw), "!system=%s subsystem=%s type=%s",
	    system, name, type);

	foreign_record(t, at_ns, raw, (size_t)n);
}

void
foreign_arrives(struct trace *t, int64_t at_ns, const char *name)
{
	char text[FOREIGN_NAME + 32];

	snprintf(text, sizeof(text), "ANNOUNCE %s arrival", name);
	trace_set_state(t, at_ns, name, "exists", "yes");
	/* What it had when it went is no more. */
	if (trace_get_state(t, name, "link") != NULL)
		trace_set_state(t, at_ns, name, "link", "unknown");
	if (trace_get_state(t, name, "up") != NULL)
		trace_set_state(t, at_ns, name, "up", "no");
	foreign_notify(t, at_ns, "IFNET", name, "ATTACH");
	foreign_notify(t, at_ns, "ETHERNET", name, "IFATTACH");
	trace_add_hint(t, at_ns, text);
}

void
foreign_leaves(struct trace *t, int64_t at_ns, const char *name)
{
	char text[FOREIGN_NAME + 32];

	snprintf(text, sizeof(text), "ANNOUNCE %s departure", name);
	foreign_notify(t, at_ns, "IFNET", name, "DETACH");
	trace_add_hint(t, at_ns, text);
	trace_set_state(t, at_ns, name, "exists", "no");
}

bool
foreign_is(const struct trace *t, const char *name, const char *field,
    const char *value)
{
	const char *now = trace_get_state(t, name, field);

	return now != NULL && strcmp(now, value) == 0;
}

void
foreign_link(struct trace *t, int64_t at_ns, const char *name, bool up)
{
	if (foreign_is(t, name, "link", up ? "up" : "down"))
		return;
	trace_set_state(t, at_ns, name, "link", up ? "up" : "down");
	foreign_notify(t, at_ns, "IFNET", name, up ? "LINK_UP" : "LINK_DOWN");
}

void
foreign_say(struct trace *t, int64_t at_ns, bool inferred, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n =
	    snprintf(text, sizeof(text), "%s", inferred ? "inferred: " : "");

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap);
	va_end(ap);
	trace_add_note(t, at_ns, "import", text);
}

void
foreign_list(struct trace *t, int64_t at_ns, const char *object,
    const char *field, const char *word, bool in)
{
	const char *now = trace_get_state(t, object, field);
	char *copy = mem_str(now == NULL ? "" : now), *rest = copy, *part;
	struct strbuf list = { 0 };

	while ((part = strsep(&rest, " ")) != NULL)
		if (part[0] != '\0' && strcmp(part, word) != 0)
			strbuf_addf(&list, "%s%s", list.bytes > 0 ? " " : "",
			    part);
	if (in)
		strbuf_addf(&list, "%s%s", list.bytes > 0 ? " " : "", word);
	/* A word that was there keeps its place. */
	if (!in || now == NULL || strlen(now) != list.bytes)
		trace_set_state(t, at_ns, object, field, strbuf_str(&list));
	strbuf_fini(&list);
	free(copy);
}

bool
foreign_is_name(const char *s, size_t bytes)
{
	size_t i;

	if (bytes == 0 || bytes >= FOREIGN_NAME ||
	    !isalpha((unsigned char)s[0]))
		return false;
	for (i = 0; i < bytes; i++)
		if (!isalnum((unsigned char)s[i]) &&
		    strchr("_.-@", s[i]) == NULL)
			return false;
	return true;
}

/* --- what it is --- */

static bool
is_record_line(const char *s)
{
	size_t n = strspn(s, "0123456789.");

	return n > 0 && s[n] == ' ' && s[n + 1] != '\0' &&
	    (strchr("!+-?", s[n + 1]) != NULL ||
		strncmp(s + n + 1, "n=", 2) == 0);
}

static void
known_kinds(struct strbuf *why)
{
	strbuf_adds(why,
	    "known are text recordings (\"SECONDS.NANOS RECORD\"), logs of "
	    "devd -d, Linux kernel logs (dmesg, journalctl, syslog) and "
	    "rtnetlink recordings (\"HOST GUEST RTM_NEWLINK idx=...\"); "
	    "--format says which one it is");
}

enum foreign_kind
foreign_detect(const char *text, size_t bytes, bool *several,
    struct strbuf *why)
{
	static bool (*const is[KINDS])(const char *) = {
		[FOREIGN_RECORDS] = is_record_line,
		[FOREIGN_DEVD] = devddebug_is_line,
		[FOREIGN_KERNEL] = kernlog_is_line,
		[FOREIGN_RTNETLINK] = rtnllog_is_line,
	};
	struct foreign_tally tally;
	struct diag quiet = { 0 };
	struct foreign_log l = { .d = &quiet, .tally = &tally, .file = "" };
	size_t votes[KINDS] = { 0 }, i, best = 0, second = 0;

	*several = false;
	if (bytes >= sizeof(CONTAINER_MAGIC) - 1 &&
	    memcmp(text, CONTAINER_MAGIC, sizeof(CONTAINER_MAGIC) - 1) == 0)
		return FOREIGN_RECORDS;
	foreign_rewind(&l, text, bytes);
	while (l.line < LOOK_LINES && foreign_next(&l))
		for (i = 1; i < KINDS; i++)
			votes[i] += is[i](strbuf_str(&l.text)) ? 1 : 0;
	strbuf_fini(&l.text);
	for (i = 1; i < KINDS; i++)
		if (votes[i] > votes[best])
			best = i;
	for (i = 1; i < KINDS; i++)
		if (i != best && votes[i] > votes[second])
			second = i;
	if (best == 0) {
		strbuf_adds(why, "what kind of log is this? ");
		known_kinds(why);
	} else if (votes[second] * 4 > votes[best]) {
		strbuf_addf(why,
		    "%zu lines look like a %s and %zu like a %s: say --format "
		    "%s or %s, or split the file",
		    votes[best], kinds[best].title, votes[second],
		    kinds[second].title, kinds[best].word, kinds[second].word);
		*several = true;
		best = FOREIGN_UNKNOWN;
	}
	return (enum foreign_kind)best;
}

/* --- the whole log --- */

/* "b" of "a/b.dmesg". */
static char *
plain_name(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash == NULL ? file : slash + 1;
	const char *dot = strrchr(name, '.');

	if (dot == NULL || dot == name)
		return mem_str(name);
	return mem_strn(name, (size_t)(dot - name));
}

static void
set(char **field, char *value)
{
	free(*field);
	*field = value;
}

static void
span(struct trace *t)
{
	size_t i;

	if (t->n_notes > 0) {
		t->run.start_ns = t->notes[0].at_ns;
		t->run.end_ns = t->notes[t->n_notes - 1].at_ns;
	}
	for (i = 0; i < t->n_records; i++) {
		if ((i == 0 && t->n_notes == 0) ||
		    t->records[i].emit_ns < t->run.start_ns)
			t->run.start_ns = t->records[i].emit_ns;
		if (t->records[i].emit_ns > t->run.end_ns)
			t->run.end_ns = t->records[i].emit_ns;
	}
}

void
foreign_tally_write(const struct foreign_tally *tally, struct strbuf *out)
{
	strbuf_addf(out, "%zu of %zu lines understood", tally->understood,
	    tally->lines);
	if (tally->kept > 0)
		strbuf_addf(out, ", %zu kept as notes", tally->kept);
	if (tally->passed > 0)
		strbuf_addf(out, ", %zu passed over", tally->passed);
	if (tally->damaged > 0)
		strbuf_addf(out, ", %zu damaged", tally->damaged);
}

struct trace *
foreign_read(enum foreign_kind kind, const char *file, const char *text,
    size_t bytes, struct foreign_tally *tally, struct diag *d)
{
	static bool (*const readers[KINDS])(struct foreign_log *) = {
		[FOREIGN_DEVD] = devddebug_read,
		[FOREIGN_KERNEL] = kernlog_read,
		[FOREIGN_RTNETLINK] = rtnllog_read,
	};
	struct foreign_log l = { .t = trace_new(),
		.file = file,
		.d = d,
		.tally = tally };
	struct strbuf note = { 0 };
	bool found;

	foreign_rewind(&l, text, bytes);
	found = readers[kind](&l);
	strbuf_fini(&l.text);
	if (!found) {
		diag_report(d, DIAG_ERROR, file, 1, 1,
		    "no line of it is one of a %s", kinds[kind].title);
		trace_free(l.t);
		return NULL;
	}
	if (l.t->n_records == 0)
		diag_report(d, DIAG_WARNING, file, 0, 0,
		    "no line of it tells of a VF or a link: there is nothing "
		    "to replay");
	strbuf_addf(&note, "%s: ", kinds[kind].title);
	foreign_tally_write(tally, &note);
	set(&l.t->run.title, plain_name(file));
	set(&l.t->run.kind, mem_str("import"));
	set(&l.t->run.source, mem_str(file));
	set(&l.t->run.version, mem_str(SWITCHBACK_VERSION));
	set(&l.t->run.note, strbuf_take(&note));
	span(l.t);
	return l.t;
}
