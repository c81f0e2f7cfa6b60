/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "sim/scenario/scn_lex.h"
#include "sim/stage/draft_parts.h"

#define INFERRED_MAX 12 /* of such notes; the run has them all */

void
draft_remark(struct draft *d, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	size_t i;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	strbuf_adds(&d->head, "# ");
	for (i = 0; text[i] != '\0'; i++) /* of a log: no line may end here */
		strbuf_addc(&d->head,
		    text[i] >= ' ' && text[i] < 0x7f ? text[i] : '?');
	strbuf_addc(&d->head, '\n');
}

/* A title in a scenario is one line of readable text. */
static char *
readable(const char *s)
{
	struct strbuf out = { 0 };

	for (; *s != '\0'; s++)
		strbuf_addc(&out, *s >= ' ' && *s < 0x7f ? *s : '?');
	strbuf_addc(&out, '\0');
	return strbuf_take(&out);
}

static void
begin(struct draft *d, const struct trace *t, const char *title)
{
	struct strbuf origin = { 0 };
	size_t i, told = 0;
	char *text;

	d->simulated =
	    t->n_stimuli > 0 || strcmp(t->run.kind, "simulated") == 0;
	d->title = readable(title != NULL ? title : t->run.title);
	strbuf_addf(&origin, "%s %s",
	    strcmp(t->run.kind, "import") == 0 ? "imported" : t->run.kind,
	    t->run.title);
	if (t->run.note[0] != '\0')
		strbuf_addf(&origin, ": %s", t->run.note);
	d->origin = readable(strbuf_str(&origin));
	strbuf_fini(&origin);
	draft_remark(d, "Drafted from a stored run, to be edited.");
	for (i = 0; i < t->n_notes && told < INFERRED_MAX; i++)
		if (strcmp(t->notes[i].who, "import") == 0 &&
		    strncmp(t->notes[i].text, "inferred: ", 10) == 0) {
			text = readable(t->notes[i].text);
			draft_remark(d, "%s", text);
			free(text);
			told++;
		}
}

int
draft_make(const struct trace *t, const char *title, struct draft **out,
    struct err *e)
{
	struct draft *d = mem_zero(1, sizeof(*d));
	struct recording *r = recording_of_trace(t);
	int rc;

	begin(d, t, title);
	rc = draft_cast(d, t, r, e);
	if (rc == 0)
		rc = draft_steps(d, t, r, e);
	if (rc == 0) {
		draft_addresses(d, t);
		*out = d;
	} else {
		draft_free(d);
	}
	recording_free(r);
	return rc;
}

void
draft_free(struct draft *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->n_steps; i++) {
		free(d->steps[i].text);
		free(d->steps[i].mark);
	}
	for (i = 0; i < d->n_claims; i++) {
		free(d->claims[i].text);
		free(d->claims[i].mark);
		free(d->claims[i].fault);
		free(d->claims[i].lost);
	}
	free(d->steps);
	free(d->claims);
	free(d->nics);
	free(d->vfs);
	strbuf_fini(&d->head);
	strbuf_fini(&d->rc);
	free(d->title);
	free(d->origin);
	free(d->machine);
	free(d);
}

/* --- the text --- */

static void
quoted(struct strbuf *out, const char *word, const char *text)
{
	strbuf_addf(out, "%s ", word);
	scn_quote(out, text);
	strbuf_addc(out, '\n');
}

static void
write_machine(const struct draft *d, struct strbuf *out)
{
	char from[DUR_TEXT];
	size_t i;

	quoted(out, "scenario", d->title);
	quoted(out, "origin", d->origin);
	if (d->linux_guest)
		strbuf_adds(out, "system linux\n");
	strbuf_addf(out, "machine %s\n", d->machine);
	if (d->linux_guest)
		strbuf_adds(out,
		    "policies native because \"FreeBSD's scripts are not on "
		    "Linux\"\n");
	if (d->rc.bytes > 0)
		strbuf_addf(out, "rc.conf%s\n", strbuf_str(&d->rc));
	if (!d->linux_guest)
		strbuf_addf(out, "sysctl hw.hn.vf_transparent=%d\n",
		    d->transparent);
	strbuf_addc(out, '\n');
	for (i = 0; i < d->n_nics; i++)
		strbuf_addf(out, "nic %s mac %s\n", d->nics[i].name,
		    d->nics[i].mac);
	for (i = 0; i < d->n_vfs; i++)
		strbuf_addf(out, "vf %s of %s driver %s%s%s%s\n",
		    d->vfs[i].name, d->nics[d->vfs[i].nic].name,
		    d->vfs[i].driver, d->vfs[i].mac[0] != '\0' ? " mac " : "",
		    d->vfs[i].mac, d->vfs[i].present ? " present" : "");
	dur_format(d->probe_from_ns, from);
	for (i = 0; i < d->n_nics; i++) {
		strbuf_addf(out, "probe p%u %s rate 1000/s", (unsigned)i + 1,
		    d->linux_guest ? "udp both-ways" : "icmp");
		if (i > 0)
			strbuf_addf(out, " of %s", d->nics[i].name);
		strbuf_addf(out, " from %s\n", from);
	}
	strbuf_addc(out, '\n');
}

static void
write_steps(const struct draft *d, struct strbuf *out)
{
	const struct draft_step *s;
	char at[DUR_TEXT];
	size_t i;

	for (i = 0; i < d->n_steps; i++) {
		s = &d->steps[i];
		strbuf_addf(out, "at %s %s", dur_format(s->at_ns, at), s->text);
		if (s->mark != NULL && strcmp(s->text, "mark") == 0)
			strbuf_addf(out, " %s", s->mark);
		else if (s->mark != NULL)
			strbuf_addf(out, " mark %s", s->mark);
		strbuf_addc(out, '\n');
	}
	strbuf_addf(out, "at %s end\n\n", dur_format(d->end_ns, at));
}

static void
write_claims(const struct draft *d, struct strbuf *out)
{
	const struct draft_claim *c;
	char within[DUR_TEXT];
	size_t i;

	strbuf_adds(out,
	    "# Proposals: what the native policy met, with room. Edit them.\n");
	for (i = 0; i < d->n_claims; i++) {
		c = &d->claims[i];
		if (c->lost != NULL)
			strbuf_adds(out, "# not met: ");
		strbuf_addf(out, "expect %s", c->text);
		if (c->mark != NULL)
			strbuf_addf(out, " within %s of %s",
			    dur_format(c->within_ns, within), c->mark);
		if (c->lost != NULL) {
			strbuf_addf(out, " (%s)", c->lost);
		} else if (c->fault != NULL) {
			strbuf_adds(out, " known-fault stock: ");
			scn_quote(out, c->fault);
		}
		strbuf_addc(out, '\n');
	}
}

void
draft_text(const struct draft *d, bool bare, struct strbuf *out)
{
	strbuf_adds(out, strbuf_str(&d->head));
	write_machine(d, out);
	write_steps(d, out);
	if (!bare)
		write_claims(d, out);
}

int
draft_write(const struct draft *d, struct strbuf *out, struct err *e)
{
	struct strbuf said = { 0 }, text = { 0 };
	struct diag diag = { .emit = diag_emit_strbuf, .ctx = &said };
	char *canonical;
	int rc = 0;

	draft_text(d, false, &text);
	canonical =
	    scenario_format("draft", strbuf_str(&text), text.bytes, &diag);
	if (canonical == NULL)
		rc = err_set(e, ERR_STATE, "%s", strbuf_str(&said));
	else
		strbuf_adds(out, canonical);
	free(canonical);
	strbuf_fini(&said);
	strbuf_fini(&text);
	return rc;
}
