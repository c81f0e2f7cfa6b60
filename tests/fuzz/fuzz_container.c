/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file that holds many, or claims to: it is refused with its line, or its
 * sections lie one behind the other in it, each found by its name alone; and
 * each is a text recording or is refused as one.
 */
#include "fuzz.h"
#include "inputfile.h"

#include <string.h>
#include <unistd.h>

#include "db/container.h"
#include "db/recording.h"

#define PIPE_BYTES 65536 /* that a pipe takes at once on Linux */

static void
read_section(const struct container_section *s)
{
	struct recording *r = recording_new(s->name, "fuzz");
	struct diag d = { 0 };

	if (recording_parse(r, "fuzz", s->line, s->data, s->bytes, &d))
		FUZZ_HOLDS(d.errors == 0);
	recording_free(r);
}

static void
check(const struct container *c)
{
	const struct container_section *s, *found;
	const char *at = c->text;
	unsigned line = 0;
	struct err e;
	size_t i;

	for (i = 0; i < c->n_sections; i++) {
		s = &c->sections[i];
		FUZZ_HOLDS(s->data >= at && s->line > line);
		FUZZ_HOLDS(s->data + s->bytes <= c->text + c->bytes);
		FUZZ_HOLDS(s->name[0] != '\0' || !c->packed);
		at = s->data + s->bytes;
		line = s->line;
		FUZZ_HOLDS(container_find(c, s->name, "", &found, &e) == 0);
		FUZZ_HOLDS(found == s);
		read_section(s);
	}
	FUZZ_HOLDS(container_find(c, "no such#", "", &found, &e) < 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct container *c = NULL;
	struct err e = { .text = "" };

	inputfile_stdin(data, bytes < PIPE_BYTES ? bytes : PIPE_BYTES);
	if (container_read("-", &c, &e) < 0)
		FUZZ_HOLDS(
		    e.code == ERR_INPUT && strncmp(e.text, "-:", 2) == 0);
	else
		check(c);
	container_free(c);
	return 0;
}
