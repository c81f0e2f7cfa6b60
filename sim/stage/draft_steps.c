/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/stage/draft_parts.h"
#include "sim/stage/stimuli.h"

#define BOOTING	  (60 * DUR_SEC) /* what comes within is part of a boot */
#define TAIL	  (30 * DUR_SEC)
#define STEPS_MAX 8000				   /* of 10000 lines */
#define LONGEST	  (INT64_C(360) * 86400 * DUR_SEC) /* a scenario ends then */

static const char *
own_name(const struct draft *d, const char *seen)
{
	size_t i;

	for (i = 0; i < d->n_nics; i++)
		if (strcmp(d->nics[i].seen, seen) == 0)
			return d->nics[i].name;
	for (i = 0; i < d->n_vfs; i++)
		if (strcmp(d->vfs[i].seen, seen) == 0)
			return d->vfs[i].name;
	return NULL;
}

static void
add_step(struct draft *d, int64_t at_ns, const char *text, const char *mark)
{
	struct draft_step *s = MEM_PUSH(d->steps, d->n_steps, d->cap_steps);

	s->at_ns = at_ns;
	s->text = mem_str(text);
	s->mark = mem_str(mark);
}

/* --- of a simulated run --- */

static bool
names_vf(const char *text, const char *verb, const char *name)
{
	size_t n = strlen(verb), m = strlen(name);

	return strncmp(text, verb, n) == 0 && strncmp(text + n, name, m) == 0 &&
	    (text[n + m] == '\0' || text[n + m] == ' ');
}

/* There from boot: the first that happens to it is not that it comes. */
static bool
is_at_boot(const struct trace *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n_stimuli; i++)
		if (names_vf(t->stimuli[i].text, "vf attach ", name))
			return false;
		else if (names_vf(t->stimuli[i].text, "vf eject ", name) ||
		    names_vf(t->stimuli[i].text, "vf rescind ", name) ||
		    names_vf(t->stimuli[i].text, "vf link ", name))
			return true;
	return true;
}

/* "vf attach eth1 as eth2": eth2 is no VF of its own. */
static void
drop_other_names(struct draft *d, const struct trace *t)
{
	char tail[SCN_NAME_MAX + 8];
	size_t i, j, n;
	bool other;

	for (i = 0; i < d->n_vfs;) {
		snprintf(tail, sizeof(tail), " as %s", d->vfs[i].name);
		n = strlen(tail);
		other = false;
		for (j = 0; j < t->n_stimuli; j++) {
			size_t m = strlen(t->stimuli[j].text);

			other = other ||
			    (m > n &&
				strcmp(t->stimuli[j].text + m - n, tail) == 0);
		}
		if (!other) {
			i++;
			continue;
		}
		memmove(&d->vfs[i], &d->vfs[i + 1],
		    (d->n_vfs - i - 1) * sizeof(d->vfs[0]));
		d->n_vfs--;
	}
}

/* VFs that something happens to and that no hn took for its own: their MAC
 * is another one. */
static void
add_other_vfs(struct draft *d, const struct trace *t)
{
	static const char *const verbs[] = { "vf attach ", "vf eject ",
		"vf rescind ", "vf link " };
	char name[SCN_NAME_MAX];
	const char *text;
	size_t i, k, n;

	for (i = 0; i < t->n_stimuli; i++)
		for (k = 0; k < sizeof(verbs) / sizeof(verbs[0]); k++) {
			text = t->stimuli[i].text;
			n = strlen(verbs[k]);
			if (strncmp(text, verbs[k], n) != 0)
				continue;
			snprintf(name, sizeof(name), "%.*s",
			    (int)strcspn(text + n, " "), text + n);
			draft_add_vf(d, t, name);
		}
}

/* The next newline in a quoted string, as it is written there. */
static const char *
line_end(const char *s)
{
	for (; *s != '\0'; s++)
		if (s[0] == '\\' && s[1] == 'n')
			return s;
		else if (s[0] == '\\' && s[1] != '\0')
			s++;
	return NULL;
}

/* What was typed in one line is several commands; a reader of the queue is no
 * stimulus that a scenario has. */
static void
take_stimulus(struct draft *d, const struct trace_stimulus *s)
{
	static const char user[] = "user \"";
	const char *from = s->text + sizeof(user) - 1, *end;
	struct strbuf text = { 0 };

	if (strcmp(s->text, "records read") == 0)
		return;
	if (strncmp(s->text, user, sizeof(user) - 1) != 0) {
		add_step(d, s->at_ns, s->text, NULL);
		return;
	}
	while ((end = line_end(from)) != NULL) {
		strbuf_reset(&text);
		strbuf_addf(&text, "user \"%.*s\"", (int)(end - from), from);
		add_step(d, s->at_ns, strbuf_str(&text), NULL);
		from = end + 2;
	}
	strbuf_reset(&text);
	strbuf_addf(&text, "user \"%s", from);
	add_step(d, s->at_ns, strbuf_str(&text), NULL);
	strbuf_fini(&text);
}

/* A mark belongs to the last stimulus of its moment. */
static void
add_marks(struct draft *d, const struct trace *t)
{
	struct draft_step *s;
	size_t i, j, n = d->n_steps;

	for (i = 0; i < t->n_marks; i++) {
		for (j = n; j-- > 0;) {
			s = &d->steps[j];
			if (s->at_ns == t->marks[i].at_ns && s->mark == NULL)
				break;
		}
		if (j < n)
			d->steps[j].mark = mem_str(t->marks[i].name);
		else
			add_step(d, t->marks[i].at_ns, "mark",
			    t->marks[i].name);
	}
}

static int
simulated_steps(struct draft *d, const struct trace *t, struct err *e)
{
	size_t i;

	drop_other_names(d, t);
	add_other_vfs(d, t);
	for (i = 0; i < d->n_vfs; i++)
		d->vfs[i].present = is_at_boot(t, d->vfs[i].seen);
	for (i = 0; i < t->n_stimuli; i++)
		take_stimulus(d, &t->stimuli[i]);
	add_marks(d, t);
	d->end_ns = t->run.end_ns;
	if (d->n_steps > STEPS_MAX)
		return err_set(e, ERR_INPUT,
		    "%zu things happen in the run: more than %d are no "
		    "scenario to read",
		    d->n_steps, STEPS_MAX);
	return 0;
}

/* --- of records --- */

static void
add_parts(const struct draft *d, const struct trace *t, struct scenario *s)
{
	struct scn_nic *nic;
	struct scn_vf *vf;
	size_t i;

	for (i = 0; i < d->n_nics; i++) {
		nic = MEM_PUSH(s->nics, s->n_nics, s->cap_nics);
		memcpy(nic->name, d->nics[i].seen, sizeof(nic->name));
		mac_parse(d->nics[i].mac, nic->mac);
	}
	for (i = 0; i < d->n_vfs; i++) {
		vf = MEM_PUSH(s->vfs, s->n_vfs, s->cap_vfs);
		memcpy(vf->name, d->vfs[i].seen, sizeof(vf->name));
		memcpy(vf->of, d->nics[d->vfs[i].nic].seen, sizeof(vf->of));
		vf->driver = mem_str(d->vfs[i].driver);
	}
	(void)t;
}

/* What stimuli_add() found, with the VFs that it found besides. */
static void
take_vfs(struct draft *d, const struct scenario *s)
{
	struct draft_vf *vf;
	size_t i, j;

	for (i = 0; i < s->n_vfs; i++) {
		for (j = 0; j < d->n_vfs; j++)
			if (strcmp(d->vfs[j].seen, s->vfs[i].name) == 0)
				break;
		if (j < d->n_vfs)
			continue;
		vf = MEM_PUSH(d->vfs, d->n_vfs, d->cap_vfs);
		memcpy(vf->seen, s->vfs[i].name, sizeof(vf->seen));
		draft_keep_name(d, vf->name, vf->seen, "vf", d->n_vfs - 1);
		snprintf(vf->driver, sizeof(vf->driver), "%.15s",
		    s->vfs[i].driver);
		vf->present = s->vfs[i].present;
	}
}

static bool
attaches(const struct scn_step *p, const char *name)
{
	return p->kind == SCN_VF_ATTACH && strcmp(p->name, name) == 0;
}

/* The index of the first step of this VF, or n_steps. */
static size_t
first_of(const struct scenario *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_steps; i++)
		if (s->steps[i].name != NULL &&
		    strcmp(s->steps[i].name, name) == 0)
			break;
	return i;
}

/* Which VFs are there at boot, and how many of the first steps are part of it:
 * a log that begins with a boot, and goes on behind it. */
static size_t
cut_boot(struct draft *d, const struct trace *t, const struct scenario *s)
{
	bool boots = t->run.start_ns < 5 * DUR_SEC;
	size_t i, k, first, cut = 0;

	while (cut < s->n_steps && boots && s->steps[cut].at_ns < BOOTING &&
	    s->steps[cut].kind == SCN_VF_ATTACH)
		cut++;
	if (cut == s->n_steps)
		cut = 0; /* a bring-up, and nothing else */
	for (i = 0; i < d->n_vfs; i++) {
		first = first_of(s, d->vfs[i].seen);
		if (first == s->n_steps)
			continue;
		if (!attaches(&s->steps[first], d->vfs[i].seen))
			d->vfs[i].present = true;
		for (k = 0; k < cut; k++)
			if (attaches(&s->steps[k], d->vfs[i].seen))
				d->vfs[i].present = true;
	}
	return cut;
}

/* "back.2" is the first of its kind when the boot's own is cut off. */
static void
number_mark(const struct scenario *s, size_t cut, size_t i, char *mark,
    size_t size)
{
	const char *dot = strrchr(s->steps[i].mark, '.');
	size_t word = (size_t)(dot + 1 - s->steps[i].mark), k;
	unsigned number = 0;

	for (k = cut; k <= i; k++)
		if (strncmp(s->steps[k].mark, s->steps[i].mark, word) == 0)
			number++;
	snprintf(mark, size, "%.*s%u", (int)word, s->steps[i].mark, number);
}

static void
take_steps(struct draft *d, struct scenario *s, size_t cut)
{
	int64_t shift = s->steps[cut].at_ns - DRAFT_FIRST;
	struct strbuf text = { 0 };
	char stamp[DUR_TEXT], mark[40];
	struct scn_step *p;
	char *name;
	size_t i;

	for (i = cut; i < s->n_steps && d->n_steps < STEPS_MAX; i++) {
		p = &s->steps[i];
		if (p->at_ns - shift > LONGEST)
			break;
		name = mem_str(own_name(d, p->name));
		free(p->name);
		p->name = name;
		strbuf_reset(&text);
		scn_step_text(p, &text);
		number_mark(s, cut, i, mark, sizeof(mark));
		add_step(d, p->at_ns - shift, strbuf_str(&text), mark);
	}
	if (i < s->n_steps)
		draft_remark(d, "only the first %zu of %zu stimuli are here",
		    d->n_steps, s->n_steps - cut);
	strbuf_fini(&text);
	d->end_ns = d->steps[d->n_steps - 1].at_ns + TAIL;
	draft_remark(d, "30s here is %s in the log",
	    dur_stamp(s->steps[cut].at_ns, stamp));
}

/* A synthetic NIC that goes and comes with its driver. */
static void
add_nic_steps(const struct draft *d, const struct trace *t, struct scenario *s)
{
	const struct trace_state *row;
	bool known[64] = { false };
	unsigned gone = 0, back = 0;
	struct scn_step *p;
	char mark[32];
	size_t i, k;

	for (i = 0; i < t->n_states; i++) {
		row = &t->states[i];
		if (strcmp(row->field, "exists") != 0)
			continue;
		for (k = 0; k < d->n_nics && k < 64; k++)
			if (strcmp(d->nics[k].seen, row->object) == 0)
				break;
		if (k == d->n_nics || k == 64)
			continue;
		if (!known[k]) {
			known[k] = true;
			continue;
		}
		p = MEM_PUSH(s->steps, s->n_steps, s->cap_steps);
		p->at_ns = row->at_ns;
		p->kind = strcmp(row->value, "no") == 0 ? SCN_NIC_DETACH
							: SCN_NIC_ATTACH;
		p->name = mem_str(row->object);
		p->times = 1;
		if (p->kind == SCN_NIC_DETACH)
			snprintf(mark, sizeof(mark), "out.%u", ++gone);
		else
			snprintf(mark, sizeof(mark), "in.%u", ++back);
		p->mark = mem_str(mark);
	}
}

/* What happens to somebody who has no part. */
static void
drop_strangers(const struct draft *d, struct scenario *s)
{
	size_t i, kept = 0;

	for (i = 0; i < s->n_steps; i++)
		if (own_name(d, s->steps[i].name) != NULL)
			s->steps[kept++] = s->steps[i];
		else
			scn_step_fini(&s->steps[i]);
	s->n_steps = kept;
}

static int
found_steps(struct draft *d, const struct trace *t, const struct recording *r,
    struct err *e)
{
	struct scenario *s = stimuli_scenario(r);
	struct err why = { 0 };
	size_t cut;

	add_parts(d, t, s);
	stimuli_add(s, r, &why);
	add_nic_steps(d, t, s);
	scenario_sort_steps(s);
	take_vfs(d, s);
	drop_strangers(d, s);
	if (s->n_steps == 0 && d->n_vfs > 0 &&
	    (recording_boot_end(r) > 0 || t->run.start_ns < 5 * DUR_SEC)) {
		draft_remark(d, "a bring-up: %s is there from boot",
		    d->vfs[0].name);
		d->vfs[0].present = true;
		d->end_ns = DRAFT_FIRST + TAIL;
	} else if (s->n_steps == 0) {
		scenario_free(s);
		return err_set(e, ERR_INPUT, "%s: %s", t->run.title,
		    why.text[0] != '\0' ? why.text : "nothing happens in it");
	} else {
		cut = cut_boot(d, t, s);
		take_steps(d, s, cut);
	}
	scenario_free(s);
	return 0;
}

/* --- both --- */

static void
name_moments(struct draft *d)
{
	char mark[32];
	unsigned n = 0;
	size_t i;

	for (i = 0; i < d->n_steps; i++) {
		if (d->steps[i].mark != NULL)
			continue;
		snprintf(mark, sizeof(mark), "step.%u", ++n);
		if (strncmp(d->steps[i].text, "vf ", 3) == 0 ||
		    strncmp(d->steps[i].text, "host ", 5) == 0)
			d->steps[i].mark = mem_str(mark);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct draft_step *x = a, *y = b;

	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

int
draft_steps(struct draft *d, const struct trace *t, const struct recording *r,
    struct err *e)
{
	int rc =
	    d->simulated ? simulated_steps(d, t, e) : found_steps(d, t, r, e);

	if (rc < 0)
		return rc;
	name_moments(d);
	/* Marks without a stimulus came last; equal times do not matter. */
	if (d->simulated && d->n_steps > 0)
		qsort(d->steps, d->n_steps, sizeof(d->steps[0]), by_time);
	/* Of a bring-up all of it is looked at. */
	d->probe_from_ns =
	    d->n_steps > 0 ? d->steps[0].at_ns - 10 * DUR_SEC : 0;
	if (d->probe_from_ns < 2 * DUR_SEC)
		d->probe_from_ns = 2 * DUR_SEC;
	return 0;
}
