/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recording - devctl records with the time each was read at, as text.
 *
 *	12.000000345 !system=IFNET subsystem=mce0 type=LINK_UP
 *
 * A line is seconds with up to nine decimals, one blank, the record, and the
 * record's own newline. What else a file may hold:
 *
 *   - lines that are empty or begin with '#', and "connected PATH", which a
 *     devd client writes first: no records, kept as they are;
 *   - "12.5 n=BYTES [TEXT]": what one read(2) of a devd client gave, maybe
 *     several records. In TEXT "\n" is a newline, "\0" a NUL and "\x5c" a
 *     backslash, BYTES counts what they stand for. This is also how a record
 *     is written that cannot stand in a line as it is: with a newline or NUL
 *     inside, without its final newline, empty, or beginning with "n=". So a
 *     record never goes over several lines.
 *
 * Mistakes are reported with file:line:col and refuse the file: a line
 * without a time or without a record, a NUL, a record of more than
 * DEVLINE_MAX bytes, a last line that was cut within its time. Only warnings
 * are: a time before the one above it (the order of the lines is kept; a
 * replay feeds such a record at once), a last record without its newline
 * (kept so), and a carriage return at the end.
 *
 * What is parsed and formatted again is byte-equal, always: a line that is
 * not in the form which recording_format() would give it is kept verbatim.
 *
 * A recording lies in a file of its own or is a section of a container
 * (db/container.h). What was done meanwhile, and what else was seen, may lie
 * beside it: NAME.txt and others next to NAME.log (db/witness.h).
 */
#ifndef DB_RECORDING_H
#define DB_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "db/trace.h"
#include "db/witness.h"

struct recording_record {
	int64_t at_ns;
	char *raw; /* NUL-terminated beyond its end; without the final LF */
	size_t raw_bytes;
	bool no_newline; /* the record lacked its final LF */
	unsigned line;	 /* in the file; 0 when it came from a store */
};

/* Bytes that stand before record number `before`, in place of the text of
 * the `covers` records from there on. */
struct recording_verbatim {
	size_t before;
	size_t covers;
	char *text;
	size_t bytes;
};

struct recording {
	char *name;   /* "b_unplug_1": the file or section without ".log" */
	char *source; /* as given to recording_load() */
	struct recording_record *records;
	size_t n_records, cap_records;
	struct recording_verbatim *verbatims; /* by place */
	size_t n_verbatims, cap_verbatims;
	struct witness *beside; /* NULL: nothing but records was there */
};

struct recording *recording_new(const char *name, const char *source);
void recording_free(struct recording *r); /* NULL is fine */

void recording_add(struct recording *r, int64_t at_ns, const void *raw,
    size_t bytes, bool no_newline);
void recording_keep(struct recording *r, size_t before, size_t covers,
    const void *text, size_t bytes);

/* Appends what text[0..bytes) holds. file and first_line are for messages.
 * Reports all mistakes; false when there was an error among them. */
bool recording_parse(struct recording *r, const char *file, unsigned first_line,
    const char *text, size_t bytes, struct diag *d);

void recording_format(const struct recording *r, struct strbuf *out);

/* spec is
 *	FILE			a text recording, or a container with one .log
 *	FILE#NAME		the section NAME or NAME.log of a container
 *	FILE#NAME+NAME+...	several sections as one recording; they must
 *				follow each other on one clock
 * Findings go to d, which may be NULL; e always gets the first error. */
int recording_read(const char *spec, struct diag *d, struct recording **out,
    struct err *e);
int recording_load(const char *spec, struct recording **out, struct err *e);

/* A recording may begin with the queue of a boot: the records of the whole bus,
 * up to the last one that is of no network interface, or of the loopback. Gives
 * the number of these, 0 when it does not begin so. */
size_t recording_boot_end(const struct recording *r);

/* A run of kind "import": title, source, start and end are set, the records
 * have TRACE_RECORD_NOBODY. What lies beside it is not in it
 * (db/witness_rows.h). The caller frees. */
struct trace *recording_trace(const struct recording *r);

/* The other way: the records of a run which somebody read, at the time they
 * were read, and the imported ones. Verbatim lines are not part of a trace. */
struct recording *recording_of_trace(const struct trace *t);

#endif
