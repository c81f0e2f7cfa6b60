/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a log of each foreign kind. Every line is counted once; the
 * rows make a recording that can be written and read again; what is learned
 * is gone from the anonymised run; a draft of it is a scenario, and canonical.
 */
#include "fuzz.h"

#include <string.h>

#include "base/mem.h"
#include "db/anonymise.h"
#include "db/foreign.h"
#include "db/recording.h"
#include "sim/scenario/scenario.h"
#include "sim/stage/draft.h"

static void
count_lines(const struct foreign_tally *n, const char *text, size_t bytes)
{
	size_t i, lines = 0;

	for (i = 0; i < bytes; i++)
		lines += text[i] == '\n' ? 1 : 0;
	lines += bytes > 0 && text[bytes - 1] != '\n' ? 1 : 0;
	FUZZ_HOLDS(n->lines == lines);
	FUZZ_HOLDS(
	    n->understood + n->kept + n->passed + n->damaged == n->lines);
}

static void
write_and_read(const struct trace *t)
{
	struct recording *r = recording_of_trace(t), *back;
	struct strbuf text = { 0 };
	struct diag d = { 0 };

	FUZZ_HOLDS(r->n_records == t->n_records);
	recording_format(r, &text);
	back = recording_new("back", "back");
	FUZZ_HOLDS(recording_parse(back, "back", 1, strbuf_str(&text),
	    text.bytes, &d));
	FUZZ_HOLDS(back->n_records == r->n_records);
	recording_free(back);
	recording_free(r);
	strbuf_fini(&text);
}

static void
hide(struct trace *t)
{
	struct anonymiser *a = anonymiser_new(NULL);
	struct err e;

	anonymise_learn_trace(a, t);
	if (anonymiser_settle(a, &e) == 0)
		anonymise_map_trace(a, t, "fuzz");
	anonymiser_free(a);
}

static void
draft(const struct trace *t)
{
	struct strbuf text = { 0 };
	struct draft *d = NULL;
	struct diag quiet = { 0 };
	struct err e;
	char *again;

	if (draft_make(t, NULL, &d, &e) < 0)
		return;
	if (draft_write(d, &text, &e) != 0) {
		fputs(e.text, stderr);
		FUZZ_HOLDS(false);
	}
	again = scenario_format("x", strbuf_str(&text), text.bytes, &quiet);
	FUZZ_HOLDS(again != NULL && strcmp(again, strbuf_str(&text)) == 0);
	free(again);
	strbuf_fini(&text);
	draft_free(d);
}

/* A whole import, a draft and its format are slow. */
unsigned
fuzz_mutations(void)
{
	return 2000;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const enum foreign_kind kinds[] = { FOREIGN_DEVD, FOREIGN_KERNEL,
		FOREIGN_RTNETLINK };
	const char *text = (const char *)data;
	struct foreign_tally tally;
	struct strbuf why = { 0 };
	struct diag d = { 0 };
	struct trace *t;
	bool several;
	size_t i;

	foreign_detect(text, bytes, &several, &why);
	strbuf_fini(&why);
	for (i = 0; i < 3; i++) {
		t = foreign_read(kinds[i], "fuzz", text, bytes, &tally, &d);
		if (t == NULL)
			continue;
		count_lines(&tally, text, bytes);
		write_and_read(t);
		draft(t);
		hide(t);
		draft(t);
		trace_free(t);
	}
	return 0;
}
