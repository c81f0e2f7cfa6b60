/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foreign - logs that other programs wrote, brought into the rows of a trace:
 * what devd(8) says of itself with -d, the log of a Linux kernel, and a
 * recording of rtnetlink.
 *
 * The rows are those of db/trace.h. What a Linux kernel says becomes the
 * devctl records that FreeBSD would have written (FACTS.md G.2), so that the
 * same rules can be run on them:
 *
 *	a VF that registers, RTM_NEWLINK of a new one    IFNET ATTACH,
 *							 ETHERNET IFATTACH
 *	it unregisters, RTM_DELLINK			 IFNET DETACH
 *	its link, a carrier				 IFNET LINK_UP,
 *LINK_DOWN
 *	data path switched to, from VF			 HYPERV_NIC_VF VF_UP,
 *VF_DOWN
 *
 * Beside the records are states, in the words of trace_rows.h and "driver"
 * besides; routing hints; and notes: each line of the log that was understood
 * or could matter, as it was, by "kernel" or the program's name. What no line
 * says and only follows from one has a note by "import" that begins with
 * "inferred: ".
 *
 * An interface that is renamed has its last name from the beginning, so that
 * a VF's coming and going have one name.
 *
 * The clock: seconds since boot where the log has them; else 0 is the second
 * of the first line, which a note tells.
 *
 * Nothing is lost silently: struct foreign_tally counts every line once.
 * Mistakes are told with file:line:col.
 */
#ifndef DB_FOREIGN_H
#define DB_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "db/trace.h"

/* A longer line is passed over, with a warning. */
#define FOREIGN_LINE_MAX 16384

enum foreign_kind {
	FOREIGN_UNKNOWN,
	FOREIGN_RECORDS, /* no foreign one: db/recording.h */
	FOREIGN_DEVD,
	FOREIGN_KERNEL,
	FOREIGN_RTNETLINK,
};

struct foreign_tally {
	size_t lines;
	size_t understood; /* became records, states, commands */
	size_t kept;	   /* a note, and nothing else */
	size_t passed;	   /* of other programs, or devd's own bookkeeping */
	size_t damaged;	   /* too long, or with a NUL inside */
	size_t boots;	   /* a kernel that began again, behind the first */
	char host[64];	   /* whose log it is, as its lines say; "" */
};

/* "recording", "devd", "kernel", "rtnetlink"; and what a person says. */
const char *foreign_word(enum foreign_kind kind);
const char *foreign_title(enum foreign_kind kind);
/* FOREIGN_UNKNOWN when there is no such word. */
enum foreign_kind foreign_of_word(const char *word);

/* What the first lines look like. FOREIGN_UNKNOWN, with the reason and what
 * would be known in why, when they look like nothing or like several
 * (*several). */
enum foreign_kind foreign_detect(const char *text, size_t bytes, bool *several,
    struct strbuf *why);

/* Reads a log of a foreign kind. file is for messages and becomes the run's
 * source; the title is its name without folders and ending. NULL, with an
 * error in d, when no line of it is of this kind. The caller frees. */
struct trace *foreign_read(enum foreign_kind kind, const char *file,
    const char *text, size_t bytes, struct foreign_tally *tally,
    struct diag *d);

/* "52 lines understood, 66 kept as notes, ..." */
void foreign_tally_write(const struct foreign_tally *tally, struct strbuf *out);

#endif
