/* SPDX-License-Identifier: BSD-2-Clause */
#include "scn_text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"

struct scenario *
scn_text_parse_all(const char *text)
{
	struct strbuf findings = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &findings };
	struct scenario *s = scenario_parse("t.scn", text, strlen(text), &d);

	if (s == NULL)
		print_error("%s", strbuf_str(&findings));
	assert_non_null(s);
	assert_int_equal(findings.bytes, 0);
	strbuf_fini(&findings);
	return s;
}

struct scenario *
scn_text_parse(const char *lines)
{
	struct strbuf text = { 0 };
	struct scenario *s;

	strbuf_adds(&text,
	    "scenario \"t\"\n"
	    "nic hn0 mac 00:0d:3a:f5:76:bd\n"
	    "vf mce0 of hn0\n"
	    "probe p4 udp rate 1000/s\n");
	strbuf_adds(&text, lines);
	s = scn_text_parse_all(text.data);
	strbuf_fini(&text);
	return s;
}

char *
scn_text_findings(const char *text, size_t bytes)
{
	struct strbuf findings = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &findings };
	struct scenario *s = scenario_parse("t.scn", text, bytes, &d);

	assert_true((s == NULL) == (d.errors > 0));
	scenario_free(s);
	return strbuf_take(&findings);
}

static const char *
text_of(const char *s)
{
	return s == NULL ? "-" : s;
}

static void
dump_pairs(struct strbuf *out, const char *what, const struct scn_pair *pairs,
    size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		strbuf_addf(out, "%s %d %s %s=[%s]\n", what,
		    (int)pairs[i].source, text_of(pairs[i].file), pairs[i].name,
		    pairs[i].value);
}

static void
dump_mac(struct strbuf *out, const uint8_t mac[6])
{
	int i;

	for (i = 0; i < 6; i++)
		strbuf_addf(out, "%02x", mac[i]);
}

static void
dump_objects(struct strbuf *out, const struct scenario *s)
{
	const struct scn_probe *p;
	size_t i;

	for (i = 0; i < s->n_nics; i++) {
		strbuf_addf(out, "nic %s mtu %u off %d ", s->nics[i].name,
		    s->nics[i].mtu, s->nics[i].disconnected);
		dump_mac(out, s->nics[i].mac);
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < s->n_vfs; i++) {
		strbuf_addf(out, "vf %s of %s driver %s present %d ",
		    s->vfs[i].name, s->vfs[i].of, s->vfs[i].driver,
		    s->vfs[i].present);
		dump_mac(out, s->vfs[i].mac);
		strbuf_addc(out, '\n');
	}
	for (i = 0; i < s->n_probes; i++) {
		p = &s->probes[i];
		strbuf_addf(out,
		    "probe %s %d v6 %d of %s way %d period %" PRId64
		    " to %u.%u.%u.%u from %" PRId64 " until %" PRId64 "\n",
		    p->name, (int)p->proto, p->v6, p->of, (int)p->way,
		    p->period_ns, p->to[0], p->to[1], p->to[2], p->to[3],
		    p->from_ns, p->until_ns);
	}
}

static void
dump_custom(struct strbuf *out, const struct scn_custom *c)
{
	strbuf_addf(out, "custom %s %d exits %d takes %" PRId64 "\n", c->nic,
	    (int)c->script, c->status, c->takes_ns);
}

static void
dump_faults(struct strbuf *out, const struct scenario *s)
{
	const struct scn_injection *f;
	size_t i;

	for (i = 0; i < s->n_injections; i++) {
		f = &s->injections[i];
		strbuf_addf(out,
		    "fault %d [%s] [%s] may %d nth %u times %u by %" PRId64
		    " number %d from %" PRId64 " until %" PRId64 "\n",
		    (int)f->what, f->words, f->text, f->may, f->nth, f->times,
		    f->by_ns, f->number, f->from_ns, f->until_ns);
	}
}

static void
dump_steps(struct strbuf *out, const struct scenario *s)
{
	const struct scn_step *st;
	size_t i;

	for (i = 0; i < s->n_steps; i++) {
		st = &s->steps[i];
		strbuf_addf(out,
		    "at %" PRId64 " kind %d name %s as %s up %d dur %" PRId64
		    " times %u mark %s text ",
		    st->at_ns, (int)st->kind, text_of(st->name),
		    text_of(st->as), st->up, st->duration_ns, st->times,
		    text_of(st->mark));
		strbuf_adds(out, text_of(st->text));
		strbuf_addc(out, '\n');
		dump_pairs(out, "  edit", st->pairs, st->n_pairs);
		if (st->kind == SCN_CUSTOM)
			dump_custom(out, &st->custom);
	}
}

static void
dump_expect(struct strbuf *out, const struct scn_expect *e)
{
	size_t i;

	strbuf_addf(out,
	    "expect %d [%s] %s %s [%s] not %d has %d only %d "
	    "differs %d place %s\n",
	    (int)e->kind, e->text, text_of(e->object), text_of(e->field),
	    text_of(e->value), e->negate, e->contains, e->only, e->differs,
	    text_of(e->place));
	strbuf_addf(out,
	    "  when %d limit %" PRId64
	    " mark %s from %s until %s probe %s cmp %d count %" PRId64
	    " most %" PRId64 " under %s on %d\n",
	    (int)e->when, e->limit_ns, text_of(e->mark), text_of(e->from),
	    text_of(e->until), text_of(e->probe), (int)e->cmp, e->count,
	    e->most, text_of(e->under), (int)e->on);
	for (i = 0; i < e->n_bounds; i++)
		strbuf_addf(out, "  bound %d %d %" PRId64 "\n",
		    (int)e->bounds[i].metric, (int)e->bounds[i].cmp,
		    e->bounds[i].value);
	for (i = 0; i < e->n_items; i++)
		strbuf_addf(out, "  item %d [%s]\n", (int)e->items[i].row,
		    e->items[i].text);
	for (i = 0; i < e->n_faults; i++)
		strbuf_addf(out, "  fault %s [%s]\n", e->faults[i].policy,
		    e->faults[i].reason);
}

char *
scn_text_dump(const struct scenario *s)
{
	struct strbuf out = { 0 };
	size_t i;

	strbuf_addf(&out,
	    "[%s] [%s] %s %d %s seed %" PRIu64 " end %" PRId64
	    " only %s [%s] requires %d %d\n",
	    s->title, s->origin, s->machine, (int)s->system,
	    text_of(s->recording), s->seed, s->end_ns, text_of(s->only_policy),
	    text_of(s->only_because), (int)s->requires, s->enlightenments);
	for (i = 0; i < s->n_rules; i++)
		strbuf_addf(&out, "rules %s\n", s->rules[i].name);
	for (i = 0; i < s->n_rc_files; i++)
		strbuf_addf(&out, "rc file %s\n", s->rc_files[i].name);
	dump_pairs(&out, "rc", s->rc, s->n_rc);
	dump_pairs(&out, "sysctl", s->sysctls, s->n_sysctls);
	dump_pairs(&out, "daemon", s->options, s->n_options);
	dump_pairs(&out, "delay", s->delays, s->n_delays);
	dump_pairs(&out, "flag", s->flags, s->n_flags);
	dump_pairs(&out, "limit", s->limits, s->n_limits);
	for (i = 0; i < s->n_customs; i++)
		dump_custom(&out, &s->customs[i]);
	dump_objects(&out, s);
	dump_steps(&out, s);
	dump_faults(&out, s);
	for (i = 0; i < s->n_expects; i++)
		dump_expect(&out, &s->expects[i]);
	return strbuf_take(&out);
}
