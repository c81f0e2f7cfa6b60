/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/course_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/version.h"
#include "sim/scenario/scn_lex.h"

/* --- the machine --- */

static void
add_pairs(const struct scn_pair *list, size_t n, const char *word,
    const char *sign, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		strbuf_addf(out, "%s %s%s%s\n", word, list[i].name, sign,
		    list[i].value);
}

static void
add_rc(const struct scenario *s, struct strbuf *out)
{
	size_t i;

	strbuf_adds(out, "rc.conf");
	for (i = 0; i < s->n_rc; i++) {
		strbuf_addf(out, " %s=", s->rc[i].name);
		scn_quote(out, s->rc[i].value);
	}
	strbuf_addc(out, '\n');
}

static void
add_probe(const struct scn_probe *p, struct strbuf *out)
{
	char from[DUR_TEXT];

	strbuf_addf(out, "probe %s %s rate %lld/s", p->name,
	    p->v6 ? "icmp6" : "icmp", (long long)(DUR_SEC / p->period_ns));
	if (p->of[0] != '\0')
		strbuf_addf(out, " of %s", p->of);
	strbuf_addf(out, " from %s\n", dur_format(p->from_ns, from));
}

static void
add_things(const struct scenario *s, const struct violation *v,
    struct strbuf *out)
{
	char mac[MAC_TEXT];
	size_t i, bytes;

	for (i = 0; i < s->n_nics; i++)
		strbuf_addf(out, "nic %s mac %s\n", s->nics[i].name,
		    mac_format(s->nics[i].mac, mac));
	for (i = 0; i < s->n_vfs; i++)
		strbuf_addf(out, "vf %s of %s driver %s%s\n", s->vfs[i].name,
		    s->vfs[i].of, s->vfs[i].driver,
		    s->vfs[i].present ? " present" : "");
	for (i = 0; i < s->n_probes; i++) {
		bytes = strlen(s->probes[i].name);
		if (v == NULL ||
		    (strncmp(v->expect, s->probes[i].name, bytes) == 0 &&
			v->expect[bytes] == ' '))
			add_probe(&s->probes[i], out);
	}
}

static void
add_machine(const struct scenario *s, const struct course *h,
    const struct violation *v, struct strbuf *out)
{
	size_t skip;

	if (h->on_linux)
		strbuf_adds(out, "system linux\n");
	if (h->machine != 0)
		strbuf_addf(out, "machine %s\n", s->machine);
	if (s->only_policy != NULL)
		strbuf_addf(out, "policies %s because \"%s\"\n", s->only_policy,
		    s->only_because);
	if (s->seed != 1)
		strbuf_addf(out, "seed %llu\n", (unsigned long long)s->seed);
	add_rc(s, out);
	/* The first is what the machine has by itself. */
	skip = h->transparent || h->on_linux ? 0 : 1;
	if (s->n_sysctls > skip)
		add_pairs(s->sysctls + skip, s->n_sysctls - skip, "sysctl", "=",
		    out);
	add_pairs(s->options, s->n_options, "daemon", "=", out);
	add_pairs(s->flags, s->n_flags, "flag", " = ", out);
	add_pairs(s->limits, s->n_limits, "limit", " = ", out);
	add_things(s, v, out);
}

/* --- what happens --- */

static void
add_faults(const struct scenario *s, struct strbuf *out)
{
	const struct scn_injection *in;
	char text[DUR_TEXT];
	size_t i;

	for (i = 0; i < s->n_injections; i++) {
		in = &s->injections[i];
		strbuf_addf(out, "fault may %s", in->words);
		if (in->nth > 1)
			strbuf_addf(out, " nth %u", in->nth);
		if (in->times > 1)
			strbuf_addf(out, " times %u", in->times);
		if (in->what >= SCN_DAEMON_KILLED_BEFORE)
			strbuf_addf(out, " restart after %s",
			    dur_format(in->by_ns, text));
		strbuf_addf(out, " until %s\n", dur_format(in->until_ns, text));
	}
}

/* Steps, and the marks that the expectation needs, in the order of time. */
struct line {
	int64_t at_ns;
	const struct scn_step *step; /* NULL: a mark */
	const char *mark;
};

static void
add_time(int64_t at_ns, int64_t before_ns, struct strbuf *out)
{
	char text[DUR_TEXT];

	if (before_ns < 0)
		strbuf_addf(out, "at %s ", dur_format(at_ns, text));
	else
		strbuf_addf(out, "at +%s ",
		    dur_format(at_ns - before_ns, text));
}

static void
add_line(const struct line *l, int64_t *before_ns, struct strbuf *out)
{
	add_time(l->at_ns, *before_ns, out);
	*before_ns = l->at_ns;
	if (l->step != NULL)
		scn_step_text(l->step, out);
	else
		strbuf_addf(out, "mark %s", l->mark);
	strbuf_addc(out, '\n');
}

static bool
needs_mark(const struct violation *v, const char *mark)
{
	return v != NULL && strstr(v->expect, mark) != NULL;
}

static void
add_steps(const struct course *h, const struct violation *v, struct strbuf *out)
{
	const struct line marks[] = {
		{ v != NULL ? v->came_ns : 0, NULL, MARK_CAME },
		{ v != NULL ? v->early_ns : 0, NULL, MARK_EARLY },
	};
	const struct scenario *s = h->scn;
	int64_t before_ns = -1;
	struct line l;
	size_t i, k = 0;

	for (i = 0; i < s->n_steps; i++) {
		l = (struct line){ s->steps[i].at_ns, &s->steps[i], NULL };
		for (; k < 2 && marks[k].at_ns <= l.at_ns; k++)
			if (marks[k].at_ns > 0)
				add_line(&marks[k], &before_ns, out);
		if (s->steps[i].kind != SCN_MARK) {
			add_line(&l, &before_ns, out);
		} else if (needs_mark(v, s->steps[i].mark)) {
			l.step = NULL;
			l.mark = s->steps[i].mark;
			add_line(&l, &before_ns, out);
		}
	}
	for (; k < 2; k++)
		if (marks[k].at_ns > 0)
			add_line(&marks[k], &before_ns, out);
	add_time(s->end_ns, before_ns, out);
	strbuf_adds(out, "end\n");
}

void
course_text(const struct course *h, const struct violation *v,
    enum core_policy policy, const char *command, struct strbuf *out)
{
	const struct scenario *s = h->scn;
	struct strbuf text = { 0 };
	struct diag quiet = { 0 };
	char *formatted;

	if (v != NULL)
		strbuf_addf(&text,
		    "# Found: %s\n# by: %s\n# of: switchback %s\n", v->what,
		    command, version_text);
	strbuf_addf(&text, "scenario \"%s\"\n",
	    v != NULL ? invariant_sentence(v->broken) : s->title);
	add_machine(s, h, v, &text);
	add_faults(s, &text);
	add_steps(h, v, &text);
	if (v != NULL)
		strbuf_addf(&text, "expect %s under %s\n", v->expect,
		    policy_word(policy));
	formatted =
	    scenario_format("history", strbuf_str(&text), text.bytes, &quiet);
	assert(formatted != NULL && "a history is a good scenario");
	strbuf_adds(out, formatted);
	free(formatted);
	strbuf_fini(&text);
}

size_t
course_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0';
	     text += strcspn(text, "\n"), text += *text != '\0')
		if (*text != '#' && *text != '\n')
			n++;
	return n;
}
