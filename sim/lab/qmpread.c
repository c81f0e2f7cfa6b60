/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/qmpread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define SECOND	   INT64_C(1000000000)
#define SECOND_MAX (INT64_MAX / SECOND - 1)
#define REAL_MAX   9e18 /* fits into int64_t */

void
qmpread_fini(struct qmpread *r)
{
	strbuf_fini(&r->text);
}

void
qmpread_add(struct qmpread *r, const void *bytes, size_t n)
{
	if (r->failed)
		return;
	/* What has been taken goes first, so that it does not pile up. */
	if (r->at > 0) {
		memmove(r->text.data, r->text.data + r->at,
		    r->text.bytes - r->at);
		r->text.bytes -= r->at;
		r->looked -= r->at;
		r->at = 0;
	}
	strbuf_add(&r->text, bytes, n);
}

/* The next line that is not blank, without what ends it; false: not yet. */
static bool
next_line(struct qmpread *r, const char **line, size_t *bytes)
{
	const char *text = strbuf_str(&r->text), *end;
	size_t from;

	for (;;) {
		end = memchr(text + r->looked, '\n', r->text.bytes - r->looked);
		if (end == NULL) {
			r->looked = r->text.bytes;
			return false;
		}
		from = r->at;
		r->at = r->looked = (size_t)(end - text) + 1;
		r->line++;
		while (end > text + from && (end[-1] == '\r' || end[-1] == ' '))
			end--;
		*line = text + from;
		*bytes = (size_t)(end - text) - from;
		if (*bytes > 0)
			return true;
	}
}

/* --- what a message says --- */

int64_t
qmpread_number(const struct json_t *value)
{
	double real = json_number_value(value);

	if (json_is_integer(value))
		return json_integer_value(value);
	return real > -REAL_MAX && real < REAL_MAX ? (int64_t)real : 0;
}

static json_t *
load(const char *line, size_t bytes, int *wrong_at)
{
	json_error_t why;
	json_t *root = json_loadb(line, bytes, 0, &why);

	if (root == NULL)
		root = json_loadb(line, bytes, JSON_DECODE_INT_AS_REAL, &why);
	*wrong_at = why.position;
	return root;
}

static bool
take_greeting(const json_t *greeting, struct qmp_message *m)
{
	const json_t *version = json_object_get(greeting, "version");
	const json_t *qemu = json_object_get(version, "qemu");

	if (!json_is_object(qemu))
		return false;
	m->kind = QMP_GREETING;
	snprintf(m->version, sizeof(m->version), "%d.%d.%d",
	    (int)qmpread_number(json_object_get(qemu, "major")),
	    (int)qmpread_number(json_object_get(qemu, "minor")),
	    (int)qmpread_number(json_object_get(qemu, "micro")));
	m->text = m->version;
	return true;
}

/* {"seconds": S, "microseconds": U}; -1 each if the host has no clock. */
static int64_t
stamp(const json_t *at)
{
	int64_t s = qmpread_number(json_object_get(at, "seconds"));
	int64_t us = qmpread_number(json_object_get(at, "microseconds"));

	if (s < 0 || s > SECOND_MAX || us < 0 || us >= SECOND / 1000)
		return 0;
	return s * SECOND + us * 1000;
}

static bool
take_error(const json_t *error, struct qmp_message *m)
{
	m->kind = QMP_ERROR;
	m->name = json_string_value(json_object_get(error, "class"));
	m->text = json_string_value(json_object_get(error, "desc"));
	return m->name != NULL && m->text != NULL;
}

/* The number that we have given it; others are refused, none is 0. */
static bool
take_id(const json_t *id, struct qmp_message *m)
{
	if (id == NULL)
		return true;
	m->id = (uint64_t)qmpread_number(id);
	return qmpread_number(id) > 0;
}

static bool
take(struct qmp_message *m)
{
	json_t *value;

	if ((value = json_object_get(m->root, "QMP")) != NULL)
		return take_greeting(value, m);
	if ((value = json_object_get(m->root, "event")) != NULL) {
		m->kind = QMP_EVENT;
		m->name = json_string_value(value);
		m->wall_ns = stamp(json_object_get(m->root, "timestamp"));
		m->data = json_object_get(m->root, "data");
		return m->name != NULL;
	}
	if (!take_id(json_object_get(m->root, "id"), m))
		return false;
	if ((value = json_object_get(m->root, "error")) != NULL)
		return take_error(value, m);
	m->kind = QMP_RETURN;
	m->data = json_object_get(m->root, "return");
	return m->data != NULL;
}

int
qmpread_next(struct qmpread *r, struct qmp_message *m, struct err *err)
{
	const char *line;
	size_t bytes;
	int wrong_at;

	memset(m, 0, sizeof(*m));
	if (r->failed)
		return err_set(err, ERR_INPUT, "line %lu: not read any further",
		    r->line);
	if (!next_line(r, &line, &bytes)) {
		if (r->text.bytes - r->at <= QMPREAD_LINE)
			return 0;
		r->failed = true;
		return err_set(err, ERR_INPUT, "line %lu: longer than %d bytes",
		    r->line + 1, QMPREAD_LINE);
	}
	r->failed = true;
	if (bytes > QMPREAD_LINE)
		return err_set(err, ERR_INPUT, "line %lu: longer than %d bytes",
		    r->line, QMPREAD_LINE);
	if ((m->root = load(line, bytes, &wrong_at)) == NULL)
		return err_set(err, ERR_INPUT,
		    "line %lu: no JSON, wrong at byte %d", r->line, wrong_at);
	if (!take(m)) {
		qmp_message_fini(m);
		return err_set(err, ERR_INPUT,
		    "line %lu: neither a greeting, "
		    "an event, an answer nor an error",
		    r->line);
	}
	r->failed = false;
	return 1;
}

void
qmp_message_fini(struct qmp_message *m)
{
	json_decref(m->root);
	memset(m, 0, sizeof(*m));
}
