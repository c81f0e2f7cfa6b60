/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/faithful.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/datadir.h"
#include "cmd/inputs.h"
#include "report/clean.h"
#include "sim/stage/reenact.h"

#define LIST  "DIFFERENCES.md"
#define WIDTH 116

/* Beside the recording, whose source may be FILE#NAME. */
static char *
list_beside(const char *source)
{
	const char *slash = strrchr(source, '/');
	struct strbuf path = { 0 };

	if (slash != NULL)
		strbuf_add(&path, source, (size_t)(slash - source) + 1);
	strbuf_adds(&path, LIST);
	if (access(strbuf_str(&path), R_OK) == 0)
		return strbuf_take(&path);
	strbuf_fini(&path);
	return NULL;
}

/* False after a message; no list at all is good. */
static bool
load_known(struct faithful *f, const struct recording *r)
{
	struct diag d = { .emit = input_print_finding };
	char *path = list_beside(r->source);
	struct strbuf text = { 0 };
	struct err e;

	if (path == NULL &&
	    (path = datadir_find("recordings", LIST, &e)) == NULL)
		return true;
	if (input_read(path, &text, &e) < 0)
		fprintf(stderr, "switchback replay: %s\n", e.text);
	else
		f->known = known_parse(path, strbuf_str(&text), text.bytes, &d);
	strbuf_fini(&text);
	free(path);
	return f->known != NULL;
}

struct scenario *
faithful_open(struct faithful *f, const struct recording *r, bool *bad)
{
	struct reenact again;

	*bad = false;
	if (!reenact_is_possible(r))
		return NULL;
	if (!load_known(f, r)) {
		*bad = true;
		return NULL;
	}
	reenact(r, &again);
	f->from_ns = again.from_ns;
	f->left_out = again.left_out;
	return again.scenario;
}

void
faithful_close(struct faithful *f)
{
	fidelity_free(f->fidelity);
	known_free(f->known);
	strbuf_fini(&f->left_out);
}

void
faithful_judge(struct faithful *f, const struct recording *r,
    const struct trace *t)
{
	f->fidelity = fidelity_compare(r, t, f->from_ns, f->known);
}

bool
faithful_is_good(const struct faithful *f)
{
	return f->fidelity == NULL || fidelity_unknown(f->fidelity) == 0;
}

void
faithful_write(const struct faithful *f, bool color, struct strbuf *out)
{
	char *text, *rest, *line;

	if (f->fidelity == NULL)
		return;
	strbuf_addc(out, '\n');
	fidelity_write(f->fidelity, color, out);
	if (f->left_out.bytes == 0)
		return;
	strbuf_adds(out, "\nleft out: no guest program or host action\n");
	text = rest = mem_str(strbuf_str(&f->left_out));
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0') {
			strbuf_adds(out, "  ");
			clean_cut(out, line, WIDTH);
			strbuf_addc(out, '\n');
		}
	free(text);
}
