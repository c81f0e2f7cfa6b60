/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/scenario/scn_findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct scn_finding {
	enum diag_level level;
	unsigned line, col;
	size_t number; /* as found: keeps equal places in order */
	char *text;
};

void
scn_findings_emit(void *ctx, enum diag_level level, const char *file,
    unsigned line, unsigned col, const char *text)
{
	struct scn_findings *f = ctx;
	struct scn_finding *one = MEM_PUSH(f->list, f->n, f->cap);

	(void)file;
	one->level = level;
	one->line = line;
	one->col = col;
	one->number = f->n;
	one->text = mem_str(text);
}

static int
by_place(const void *va, const void *vb)
{
	const struct scn_finding *a = va, *b = vb;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	return a->number < b->number ? -1 : 1;
}

void
scn_findings_tell(struct scn_findings *f, const char *path, struct diag *d)
{
	size_t i;

	if (f->n > 0)
		qsort(f->list, f->n, sizeof(*f->list), by_place);
	for (i = 0; i < f->n; i++) {
		diag_report(d, f->list[i].level, path, f->list[i].line,
		    f->list[i].col, "%s", f->list[i].text);
		free(f->list[i].text);
	}
	if (f->n >= SCN_ERRORS_MAX)
		diag_report(d, DIAG_NOTE, path, 0, 0,
		    "too many errors; correct these first");
	free(f->list);
	memset(f, 0, sizeof(*f));
}
