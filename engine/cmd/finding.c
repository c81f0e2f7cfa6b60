/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/finding.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cmd/repeat.h"
#include "cmd/textrun.h"
#include "sim/search/course_text.h"
#include "world/clock.h"

static char *
repeat_command(const struct explorer *x, uint64_t seed, enum invariant broken,
    const char *program)
{
	struct strbuf sb = { 0 };

	repeat_word(&sb, program);
	strbuf_addf(&sb, " shrink --policy %s", policy_word(x->policy));
	if (x->stimuli > 0)
		strbuf_addf(&sb, " --stimuli %u", x->stimuli);
	strbuf_addf(&sb, " --seed %" PRIu64 " %s", seed,
	    invariant_name(broken));
	return strbuf_take(&sb);
}

static const struct violation *
find(const struct trial_result *r, enum invariant broken)
{
	size_t i;

	for (i = 0; i < r->n_found; i++)
		if (r->found[i].broken == broken)
			return &r->found[i];
	return NULL;
}

/* The history of the choices as text. */
static void
write_text(const struct trial *t, struct choices *c, const struct violation *v,
    const char *command, struct strbuf *out)
{
	uint32_t *list = mem_copy(c->made, c->n_made * sizeof(*list));
	size_t n = c->n_made;
	struct course h;

	choices_follow(c, list, n);
	course_make(&h, c, t->policy, t->stimuli);
	course_text(&h, v, t->policy, command, out);
	course_fini(&h);
	free(list);
}

static const struct profile *
profile_of(void *ctx, const char *machine)
{
	const struct trial *t = ctx;
	size_t i;

	for (i = 0; i < COURSE_MACHINES; i++)
		if (strcmp(course_machines[i], machine) == 0)
			return t->profiles[i];
	return NULL;
}

static bool
text_fails(struct trial *t, const char *path, const struct strbuf *text,
    struct trace **run)
{
	const struct textrun r = { t->rules, t->policy, profile_of, t };
	size_t i;

	*run = textrun(&r, path, strbuf_str(text), text->bytes);
	for (i = 0; *run != NULL && i < (*run)->n_checks; i++)
		if ((*run)->checks[i].verdict == TRACE_FAIL)
			return true;
	return false;
}

struct patience {
	int64_t until_ns;
};

static bool
is_late(void *ctx)
{
	const struct patience *p = ctx;

	return clock_monotonic() >= p->until_ns;
}

bool
finding_make(const struct explorer *x, uint64_t seed, enum invariant broken,
    const char *program, const char *path, int64_t most_ns, struct finding *f)
{
	int64_t began_ns = clock_monotonic();
	struct patience patience = { began_ns + most_ns };
	struct shrink s = { .broken = broken,
		.most_tries = SHRINK_TRIES,
		.enough = most_ns > 0 ? is_late : NULL,
		.ctx = &patience };
	struct strbuf before = { 0 };
	struct choices c = { 0 };
	struct trial_result r;
	struct trial t;
	bool good;

	memset(f, 0, sizeof(*f));
	if (!explorer_hand(x, &t))
		return false;
	f->seed = seed;
	f->broken = broken;
	f->repeat = repeat_command(x, seed, broken, program);
	s.trial = &t;
	choices_draw(&c, seed);
	trial_run(&t, &c, NULL, &r);
	good = find(&r, broken) != NULL;
	if (good) {
		write_text(&t, &c, find(&r, broken), f->repeat, &before);
		f->lines_before = course_lines(strbuf_str(&before));
		shrink_run(&s, &c, &r);
		write_text(&t, &c, find(&r, broken), f->repeat, &f->text);
		f->lines = course_lines(strbuf_str(&f->text));
		f->fails = text_fails(&t, path, &f->text, &f->run);
	}
	f->tries = s.tries;
	f->took_ns = clock_monotonic() - began_ns;
	strbuf_fini(&before);
	choices_fini(&c);
	explorer_hand_fini(&t);
	return good;
}

void
finding_fini(struct finding *f)
{
	free(f->repeat);
	trace_free(f->run);
	strbuf_fini(&f->text);
}
