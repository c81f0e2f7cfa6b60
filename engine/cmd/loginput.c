/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/loginput.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/storeargs.h"
#include "db/container.h"
#include "db/witness_rows.h"

static void
add_recording(struct loginputs *out, struct recording *r)
{
	struct loginput *in = MEM_PUSH(out->list, out->n, out->cap);

	in->kind = FOREIGN_RECORDS;
	in->recording = r;
	in->trace = recording_trace(r);
	if (r->beside != NULL)
		witness_add_rows(r->beside, in->trace);
}

static int
read_one(const char *spec, struct loginputs *out)
{
	struct diag d = { .emit = input_print_finding };
	struct recording *r = NULL;
	struct err e;

	if (recording_read(spec, &d, &r, &e) < 0)
		return d.errors > 0 ? CMD_INPUT : storeargs_fail("import", &e);
	add_recording(out, r);
	return CMD_PASS;
}

static bool
ends_in_log(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".log") == 0;
}

/* A container that was named alone stands for all of its recordings. */
static int
read_container(const struct container *c, const char *spec,
    struct loginputs *out)
{
	struct strbuf one = { 0 };
	size_t i, found = 0;
	int status = CMD_PASS, rc;

	for (i = 0; i < c->n_sections; i++) {
		if (!ends_in_log(c->sections[i].name))
			continue;
		strbuf_reset(&one);
		strbuf_addf(&one, "%s#%s", spec, c->sections[i].name);
		if ((rc = read_one(one.data, out)) != CMD_PASS)
			status = rc;
		found++;
	}
	strbuf_fini(&one);
	if (found > 0)
		return status;
	fprintf(stderr, "switchback import: %s: has no recording in it\n",
	    spec);
	return CMD_INPUT;
}

static int
read_foreign(const struct container *c, enum foreign_kind kind,
    struct loginputs *out)
{
	struct diag d = { .emit = input_print_finding };
	struct loginput in = { .kind = kind };

	in.trace =
	    foreign_read(kind, c->path, c->text, c->bytes, &in.tally, &d);
	if (in.trace == NULL)
		return CMD_INPUT;
	*MEM_PUSH(out->list, out->n, out->cap) = in;
	return CMD_PASS;
}

/* Standard input cannot be read again. */
static int
read_piped(const struct container *c, struct loginputs *out)
{
	struct diag d = { .emit = input_print_finding };
	struct recording *r = recording_new(c->path, c->path);

	if (!recording_parse(r, c->path, 1, c->text, c->bytes, &d)) {
		recording_free(r);
		return CMD_INPUT;
	}
	add_recording(out, r);
	return CMD_PASS;
}

static int
read_file(const struct container *c, const char *spec, enum foreign_kind format,
    struct loginputs *out)
{
	enum foreign_kind kind = format;
	struct strbuf why = { 0 };
	bool several = false;
	int status;

	if (kind == FOREIGN_UNKNOWN)
		kind = foreign_detect(c->text, c->bytes, &several, &why);
	/* The habit for text recordings: their own mistakes say more. */
	if (kind == FOREIGN_UNKNOWN &&
	    (c->bytes == 0 || (ends_in_log(spec) && !several)))
		kind = FOREIGN_RECORDS;
	if (kind == FOREIGN_UNKNOWN) {
		fprintf(stderr, "switchback import: %s: %s\n", c->path,
		    strbuf_str(&why));
		status = CMD_INPUT;
	} else if (kind != FOREIGN_RECORDS) {
		status = read_foreign(c, kind, out);
	} else if (strcmp(spec, "-") == 0) {
		status = read_piped(c, out);
	} else {
		status = read_one(spec, out);
	}
	strbuf_fini(&why);
	return status;
}

int
loginput_read(const char *spec, enum foreign_kind format, struct loginputs *out)
{
	struct container *c = NULL;
	struct err e;
	int status;

	if (container_read(spec, &c, &e) < 0) {
		/* FILE#NAME, or nothing that is there */
		status = read_one(spec, out);
	} else if (c->packed && strcmp(spec, "-") != 0) {
		status = read_container(c, spec, out);
	} else {
		status = read_file(c, spec, format, out);
	}
	container_free(c);
	return status;
}

void
loginputs_fini(struct loginputs *in)
{
	size_t i;

	for (i = 0; i < in->n; i++) {
		recording_free(in->list[i].recording);
		trace_free(in->list[i].trace);
	}
	free(in->list);
	memset(in, 0, sizeof(*in));
}
