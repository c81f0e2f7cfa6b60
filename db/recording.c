/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/recording.h"

#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "event/devline.h"

struct recording *
recording_new(const char *name, const char *source)
{
	struct recording *r = mem_zero(1, sizeof(*r));

	r->name = mem_str(name);
	r->source = mem_str(source);
	return r;
}

void
recording_free(struct recording *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n_records; i++)
		free(r->records[i].raw);
	for (i = 0; i < r->n_verbatims; i++)
		free(r->verbatims[i].text);
	free(r->records);
	free(r->verbatims);
	witness_free(r->beside);
	free(r->name);
	free(r->source);
	free(r);
}

void
recording_add(struct recording *r, int64_t at_ns, const void *raw, size_t bytes,
    bool no_newline)
{
	struct recording_record *rec =
	    MEM_PUSH(r->records, r->n_records, r->cap_records);

	rec->at_ns = at_ns;
	rec->raw = mem_strn(raw, bytes);
	rec->raw_bytes = bytes;
	rec->no_newline = no_newline;
}

void
recording_keep(struct recording *r, size_t before, size_t covers,
    const void *text, size_t bytes)
{
	struct recording_verbatim *v =
	    MEM_PUSH(r->verbatims, r->n_verbatims, r->cap_verbatims);

	v->before = before;
	v->covers = covers;
	v->text = mem_strn(text, bytes);
	v->bytes = bytes;
}

/* Whether the record can stand in a line as it is. */
static bool
is_plain(const struct recording_record *r)
{
	return r->raw_bytes > 0 && !r->no_newline &&
	    strncmp(r->raw, "n=", 2) != 0 &&
	    memchr(r->raw, '\n', r->raw_bytes) == NULL &&
	    memchr(r->raw, '\0', r->raw_bytes) == NULL;
}

/* A newline within the record is \x0a, because \n ends a record. */
static void
format_dumped(const struct recording_record *r, struct strbuf *out)
{
	size_t i;

	strbuf_addf(out, "n=%zu [", r->raw_bytes + (r->no_newline ? 0 : 1));
	for (i = 0; i < r->raw_bytes; i++) {
		char c = r->raw[i];
		char next = r->raw[i + 1]; /* there is a NUL at the end */

		if (c == '\n' || c == '\0' ||
		    (c == '\\' && (next == 'n' || next == 'x')))
			strbuf_addf(out, "\\x%02x", (unsigned)c);
		else
			strbuf_addc(out, c);
	}
	strbuf_adds(out, r->no_newline ? "]" : "\\n]");
}

static void
format_record(const struct recording_record *r, struct strbuf *out)
{
	char stamp[DUR_TEXT];

	strbuf_adds(out, dur_stamp(r->at_ns, stamp));
	strbuf_addc(out, ' ');
	if (is_plain(r))
		strbuf_add(out, r->raw, r->raw_bytes);
	else
		format_dumped(r, out);
	strbuf_addc(out, '\n');
}

void
recording_format(const struct recording *r, struct strbuf *out)
{
	size_t i = 0, v = 0;

	for (;;) {
		while (v < r->n_verbatims && r->verbatims[v].before == i) {
			strbuf_add(out, r->verbatims[v].text,
			    r->verbatims[v].bytes);
			i += r->verbatims[v++].covers;
		}
		if (i >= r->n_records)
			break;
		format_record(&r->records[i++], out);
	}
}

static bool
is_of_interface(const struct devline *line)
{
	const char *system = devline_system(line);

	return line->kind == DEVLINE_ATTACH || line->kind == DEVLINE_DETACH ||
	    strcmp(system, "HYPERV_NIC_VF") == 0 ||
	    strcmp(system, "ETHERNET") == 0 || strcmp(system, "IFNET") == 0;
}

size_t
recording_boot_end(const struct recording *r)
{
	struct devline line = { 0 };
	size_t i, end = 0;

	if (r->n_records == 0 || r->records[0].raw[0] != '+')
		return 0;
	for (i = 0; i < r->n_records; i++) {
		devline_parse(&line, r->records[i].raw,
		    r->records[i].raw_bytes);
		if (!is_of_interface(&line) ||
		    strcmp(devline_subsystem(&line), "lo0") == 0)
			end = i + 1;
	}
	devline_fini(&line);
	return end;
}

struct trace *
recording_trace(const struct recording *r)
{
	struct trace *t = trace_new();
	size_t i;

	free(t->run.title);
	free(t->run.kind);
	free(t->run.source);
	free(t->run.version);
	t->run.title = mem_str(r->name);
	t->run.kind = mem_str("import");
	t->run.source = mem_str(r->source);
	t->run.version = mem_str(SWITCHBACK_VERSION);
	for (i = 0; i < r->n_records; i++) {
		const struct recording_record *rec = &r->records[i];
		int32_t row =
		    trace_add_record(t, rec->at_ns, rec->raw, rec->raw_bytes);

		t->records[row].fate = TRACE_RECORD_NOBODY;
		t->records[row].no_newline = rec->no_newline;
		if (i == 0 || rec->at_ns < t->run.start_ns)
			t->run.start_ns = rec->at_ns;
		if (rec->at_ns > t->run.end_ns)
			t->run.end_ns = rec->at_ns;
	}
	return t;
}

struct recording *
recording_of_trace(const struct trace *t)
{
	struct recording *r = recording_new(t->run.title, t->run.source);
	size_t i;

	for (i = 0; i < t->n_records; i++) {
		const struct trace_record *rec = &t->records[i];

		if (rec->fate == TRACE_RECORD_READ)
			recording_add(r, rec->read_ns, rec->raw, rec->raw_bytes,
			    rec->no_newline);
		else if (rec->fate == TRACE_RECORD_NOBODY)
			recording_add(r, rec->emit_ns, rec->raw, rec->raw_bytes,
			    rec->no_newline);
	}
	return r;
}
