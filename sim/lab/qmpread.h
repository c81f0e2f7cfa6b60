/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * qmpread - what QEMU says on its control socket, from bytes: one JSON object
 * a line (QEMU Machine Protocol, docs/interop/qmp-spec). Pure: no descriptor,
 * no clock. Bytes may come in pieces of any size, and be anything.
 */
#ifndef SIM_LAB_QMPREAD_H
#define SIM_LAB_QMPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

struct json_t; /* <jansson.h> */

#define QMPREAD_LINE (1024 * 1024) /* a line that is longer is refused */

enum qmp_kind {
	QMP_GREETING, /* the first one */
	QMP_EVENT,
	QMP_RETURN, /* a command has been done */
	QMP_ERROR,  /* a command has been refused */
};

struct qmp_message {
	enum qmp_kind kind;
	uint64_t id;	  /* QMP_RETURN, QMP_ERROR: the command's; 0: none */
	const char *name; /* QMP_EVENT: its name; QMP_ERROR: its class */
	const char *text; /* QMP_ERROR: for a person; QMP_GREETING: "7.2.22" */
	int64_t wall_ns;  /* QMP_EVENT: QEMU's stamp, since 1970; 0: none */
	/* QMP_EVENT: what came with it; QMP_RETURN: the answer. Or NULL. */
	struct json_t *data;

	struct json_t *root; /* private: holds all of the above */
	char version[32];
};

struct qmpread { /* zeroed to begin with; all private */
	struct strbuf text;
	size_t at;     /* where the next line begins */
	size_t looked; /* to where there is no newline */
	unsigned long line;
	bool failed;
};

void qmpread_fini(struct qmpread *r);

void qmpread_add(struct qmpread *r, const void *bytes, size_t n);

/* 1 and a message, which qmp_message_fini() frees; 0: not yet a whole one;
 * ERR_INPUT, "line N: what": then, and from then on. Blank lines are nothing.
 */
int qmpread_next(struct qmpread *r, struct qmp_message *m, struct err *err);
void qmp_message_fini(struct qmp_message *m);

/* A whole number of what a message has; 0 when it is none. Not
 * json_integer_value(): where a message has a number above INT64_MAX, which
 * QEMU's unsigned ones may be, all its numbers are reals. */
int64_t qmpread_number(const struct json_t *value);

#endif
