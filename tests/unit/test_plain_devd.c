/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rule engine against a second reading of the rules (plain_devd.h): both
 * are held against the recorded cases, and against each other on rules and
 * records drawn at random, the same ones each time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/prng.h"
#include "base/strbuf.h"
#include "case_pack.h"
#include "mem_loader.h"
#include "plain_devd.h"

#define LOTS 4000

/* --- the recorded cases --- */

static const char *
media_told(void *ctx, const char *ifname)
{
	static char word[32];
	const struct strbuf *told = ctx;
	const char *line;
	char name[32];

	for (line = told == NULL ? NULL : strbuf_str(told); line != NULL;
	     line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1)
		if (sscanf(line, "%31s %31s", name, word) == 2 &&
		    strcmp(name, ifname) == 0)
			return word;
	return NULL;
}

/* The answer's lines as in the file: numbered, and escaped. */
static void
number(const char *answer, size_t bytes, unsigned n, struct strbuf *out)
{
	const char *end = answer + bytes, *s;

	for (s = answer; s < end; s++) {
		if (s == answer || (s[-1] == '\n' && (*s == '>' || *s == '-')))
			strbuf_addf(out, "%u\t", n);
		if (*s == '\\')
			strbuf_adds(out, "\\\\");
		else if (*s == '\t')
			strbuf_adds(out, "\\t");
		else if (*s == '\n' && s + 1 < end && s[1] != '>')
			strbuf_adds(out, "\\n");
		else if (*s != '\n' && (*s < ' ' || *s > '~'))
			strbuf_addf(out, "\\x%02x", (unsigned char)*s);
		else
			strbuf_addc(out, *s);
	}
}

static struct plain_devd *
load_case(const struct pack_case *c)
{
	struct plain_file *files = mem_zero(c->n_files, sizeof(*files));
	struct plain_devd *p;
	size_t i, k;

	for (i = k = 0; i < c->n_files; i++)
		if (strcmp(c->files[i].path, "devd.conf") == 0)
			k = i;
	for (i = 0; i < c->n_files; i++) {
		files[i].path = c->files[i == 0 ? k : i == k ? 0 : i].path;
		files[i].text = strbuf_str(&c->files[i == 0   ? k
						     : i == k ? 0
							      : i]
						.text);
		files[i].bytes = c->files[i == 0   ? k
					  : i == k ? 0
						   : i]
				     .text.bytes;
	}
	p = plain_devd_new(files, c->n_files);
	free(files);
	return p;
}

static bool
answers_right(const struct pack_case *c, const struct strbuf *want)
{
	const struct strbuf *media = pack_case_file(c, "media");
	struct strbuf record = { 0 }, answer = { 0 }, all = { 0 };
	struct plain_devd *p = load_case(c);
	size_t at = 0;
	unsigned n = 0;
	bool ok;
	union {
		const struct strbuf *in;
		void *out;
	} ctx = { .in = media };

	if (p == NULL)
		return false;
	while (pack_case_event(pack_case_file(c, "events"), &at, &record)) {
		strbuf_reset(&answer);
		plain_devd_answer(p, strbuf_str(&record), record.bytes,
		    "@TIMESTAMP@", media_told, ctx.out, &answer);
		number(strbuf_str(&answer), answer.bytes, ++n, &all);
	}
	ok = strcmp(strbuf_str(&all), strbuf_str(want)) == 0;
	if (!ok)
		print_message("%s: wanted\n%sgot\n%s", c->name,
		    strbuf_str(want), strbuf_str(&all));
	plain_devd_free(p);
	strbuf_fini(&record);
	strbuf_fini(&answer);
	strbuf_fini(&all);
	return ok;
}

/* Not those in which regcomp(3) is not FreeBSD's, those with links, nor the one
 * in which a folder has the name of a file. */
static bool
is_for_both(const struct pack_case *c)
{
	const char *meta = strbuf_str(pack_case_file(c, "meta"));

	return !c->linked && strstr(meta, "glibc-regex:") == NULL &&
	    strstr(meta, "\nub:") == NULL &&
	    strcmp(c->name, "513-dir-subdir-named-conf") != 0;
}

static void
second_reading_answers_as_devd_does(void **state)
{
	struct case_list cases = { 0 };
	const struct strbuf *want;
	unsigned right = 0, wrong = 0, other = 0, refused = 0;
	size_t i;

	(void)state;
	assert_true(case_list_read(&cases, "fixtures/conformance"));
	for (i = 0; i < cases.n; i++) {
		want = pack_case_file(&cases.list[i], "expected");
		if (!is_for_both(&cases.list[i]))
			other++;
		else if (want == NULL && load_case(&cases.list[i]) == NULL)
			refused++;
		else if (want != NULL && answers_right(&cases.list[i], want))
			right++;
		else {
			print_message("%s\n", cases.list[i].name);
			wrong++;
		}
	}
	print_message("%u right, %u refused as they must be, %u wrong, "
		      "%u left out\n",
	    right, refused, wrong, other);
	assert_int_equal(wrong, 0);
	assert_true(right > 300 && refused > 40);
	case_list_fini(&cases);
}

/* --- at random --- */

struct lot { /* one set of rules as text, and what they are made with */
	struct prng r;
	struct strbuf text[4]; /* of the files */
	unsigned rules;
};
static const char *const paths[4] = { "devd.conf", "d1/b.conf", "d1/a.conf",
	"d2/.conf" };

static const char *const names[] = { "system", "subsystem", "type", "k", "kk",
	"k-x", "_x", "device-name", "class", "subdevice", "bus", "vendor",
	"cdev", "*", "_", "vm_guest", "never-set" };
static const char *const values[] = { "IFNET", "ifnet", "ETHERNET",
	"HYPERV_NIC_VF", "hn0", "hn1", "hn10", "mce0", "LINK_UP", "LINK_DOWN",
	"a", "b", "ab", "aab", "foo", "bar", "foobar", "a.b", "0x15b3",
	"fo\xe4" };
static const char *const odd_values[] = { "\"a b\"", "\"it's\"", "\"x\\\\y\"",
	"\"a\\\"b\"", "a\"b", "\\\"", "\"\"", "", "\"never closed", "a;id",
	"\"$k\"" };
static const char *const broken[] = { "(a", "[a", "[z-a]", "a{2,1}", "!(a" };

#define DRAW(l, array)                                                         \
	(array)[prng_below(&(l)->r, sizeof(array) / sizeof((array)[0]))]

static bool
chance(struct lot *l, unsigned percent)
{
	return prng_below(&l->r, 100) < percent;
}

/* Only what FreeBSD's and other regcomp(3)s take alike. */
static void
draw_regex(struct lot *l, unsigned depth, struct strbuf *out)
{
	static const char *const atoms[] = { "a", "b", "f", "o", "r", "h", "n",
		"0", "1", "_", ".", "[ab]", "[^a]", "[[:digit:]]", "\\.", "L",
		"[a-h]" };
	static const char *const times[] = { "*", "+", "?", "{1,2}", "{2}",
		"{0,1}" };
	uint64_t branches = 1 + prng_below(&l->r, 6) / 5;
	uint64_t pieces;

	while (branches-- > 0) {
		for (pieces = 1 + prng_below(&l->r, 4); pieces > 0; pieces--) {
			if (depth > 0 && chance(l, 20)) {
				strbuf_addc(out, '(');
				draw_regex(l, depth - 1, out);
				strbuf_addc(out, ')');
			} else if (chance(l, 30)) {
				strbuf_adds(out, ".*");
				continue;
			} else {
				strbuf_adds(out, DRAW(l, atoms));
			}
			if (chance(l, 30))
				strbuf_adds(out, DRAW(l, times));
		}
		if (branches > 0)
			strbuf_addc(out, '|');
	}
}

static void
draw_pattern(struct lot *l, struct strbuf *out)
{
	static const char *const with_dollar[] = { "$v1", "$v-2", "hn$v3", "$k",
		"foo$", "(a$|b)", "a\\$b", "$v1.*", "$$", "!$v1", "$v-2|$v1" };

	if (chance(l, 20))
		strbuf_addc(out, '!');
	if (chance(l, 45))
		strbuf_adds(out, DRAW(l, values));
	else if (chance(l, 20))
		strbuf_addf(out, "%s|%s", DRAW(l, values), DRAW(l, values));
	else if (chance(l, 15))
		strbuf_adds(out, DRAW(l, with_dollar));
	else if (chance(l, 5))
		strbuf_adds(out, DRAW(l, broken));
	else
		draw_regex(l, 2, out);
}

/* Between two words: what does not count. */
static void
draw_gap(struct lot *l, struct strbuf *out)
{
	static const char *const gaps[] = { "\n", "\t", "  ", " # } text\n",
		" // \"text\n", " /* ; \n } */ ", " , ", "=", "\n\n" };

	strbuf_adds(out, chance(l, 85) ? " " : DRAW(l, gaps));
}

static void
draw_string(struct lot *l, const char *text, struct strbuf *out)
{
	size_t at = chance(l, 5) ? prng_below(&l->r, strlen(text) + 1) : 9999;
	size_t i;

	strbuf_addc(out, '"');
	for (i = 0; text[i] != '\0'; i++)
		strbuf_addf(out, "%s%c", i == at ? "\\\n\t " : "", text[i]);
	strbuf_addc(out, '"');
	draw_gap(l, out);
}

static void
draw_action(struct lot *l, struct strbuf *out)
{
	static const char *const words[] = { "show", "$k", "$kk", "$subsystem",
		"$device-name", "$*", "$_", "'$k'", "$(date $k)", "$$", "$1",
		"$timestamp", "$never-set", "\\$k", "$k-x", "$kx", "${k}",
		"$bus", "$v1", "$v-2$k", "$(a $(b) $k", "x$type;", "$vm_guest",
		"$" };
	struct strbuf text = { 0 };
	uint64_t n = prng_below(&l->r, 5);

	strbuf_addf(&text, "r%u", l->rules);
	while (n-- > 0)
		strbuf_addf(&text, " %s", DRAW(l, words));
	strbuf_adds(out, "action ");
	draw_string(l, strbuf_str(&text), out);
	strbuf_fini(&text);
}

static void
draw_guard(struct lot *l, struct strbuf *out)
{
	static const char *const short_for[] = { "device-name", "class",
		"subdevice" };
	static const char *const media[] = { "ethernet", "802.11", "atm",
		"Tokenring", "ETHERNET" };
	struct strbuf text = { 0 };

	if (chance(l, 8)) {
		strbuf_adds(out, "media-type ");
		draw_string(l, DRAW(l, media), out);
		return;
	}
	if (chance(l, 20))
		strbuf_addf(out, "%s ", DRAW(l, short_for));
	else
		strbuf_addf(out, "match \"%s\" ", DRAW(l, names));
	draw_pattern(l, &text);
	draw_string(l, strbuf_str(&text), out);
	strbuf_fini(&text);
}

static void
draw_rule(struct lot *l, struct strbuf *out)
{
	static const char *const kinds[] = { "notify", "notify", "notify",
		"attach", "detach", "nomatch" };
	static const char *const priorities[] = { "0", "1", "1", "10", "010",
		"-5", "2147483648", "4294967296", "99999999999999999999" };
	uint64_t guards = prng_below(&l->r, 4);
	uint64_t actions = 1 + prng_below(&l->r, 8) / 7;
	bool first = chance(l, 10);

	if (chance(l, 6))
		actions = 0;
	strbuf_addf(out, "%s %s", DRAW(l, kinds), DRAW(l, priorities));
	draw_gap(l, out);
	strbuf_adds(out, "{\n");
	if (guards + actions > 0)
		l->rules++;
	while (guards + actions > 0) {
		if (actions > 0 && (first || guards == 0)) {
			draw_action(l, out);
			actions--;
		} else {
			draw_guard(l, out);
			guards--;
		}
		first = false;
		strbuf_adds(out, ";\n");
	}
	strbuf_adds(out, "}");
	draw_gap(l, out);
	strbuf_adds(out, ";\n");
}

static void
draw_options(struct lot *l, struct strbuf *out)
{
	static const char *const sets[] = { "v1", "v-2", "v3", "k" };
	struct strbuf text = { 0 };
	uint64_t n = 1 + prng_below(&l->r, 2);

	strbuf_adds(out, "options {\n");
	while (n-- > 0) {
		strbuf_reset(&text);
		draw_pattern(l, &text);
		strbuf_addf(out, "set %s ", DRAW(l, sets));
		draw_string(l, strbuf_str(&text), out);
		strbuf_adds(out, ";\n");
	}
	strbuf_adds(out, "};\n");
	strbuf_fini(&text);
}

static void
draw_rules(struct lot *l)
{
	size_t i;
	uint64_t n;

	l->rules = 0;
	for (i = 0; i < 4; i++)
		strbuf_reset(&l->text[i]);
	if (chance(l, 50))
		strbuf_adds(&l->text[0],
		    "options { directory \"d1\"; directory \"d2\"; };\n");
	for (i = 0; i < 4; i++)
		for (n = prng_below(&l->r, i == 0 ? 12 : 4); n > 0; n--)
			if (chance(l, 12))
				draw_options(l, &l->text[i]);
			else
				draw_rule(l, &l->text[i]);
}

static void
draw_pairs(struct lot *l, struct strbuf *out)
{
	static const char *const blanks[] = { " ", " ", " ", " ", "  ", "\t" };
	uint64_t n = prng_below(&l->r, 5);

	while (n-- > 0)
		strbuf_addf(out, "%s=%s%s", DRAW(l, names),
		    chance(l, 80) ? DRAW(l, values) : DRAW(l, odd_values),
		    DRAW(l, blanks));
}

static void
draw_record(struct lot *l, struct strbuf *out)
{
	static const char *const types[] = { "LINK_UP", "LINK_DOWN", "ATTACH",
		"VF_UP" };
	static const char junk[] = "=\" \\!x+\x01-\n$'";
	uint64_t kind = prng_below(&l->r, 10);

	strbuf_reset(out);
	if (kind < 7) {
		if (chance(l, 70))
			strbuf_addf(out, "!system=%s subsystem=%s type=%s ",
			    DRAW(l, values), DRAW(l, values), DRAW(l, types));
		else
			strbuf_addc(out, '!');
		draw_pairs(l, out);
	} else {
		strbuf_addf(out, "%c%s at ", "+-?"[kind - 7],
		    kind == 9 ? "" : DRAW(l, values));
		draw_pairs(l, out);
		strbuf_addf(out, "on %s", DRAW(l, values));
	}
	while (chance(l, 15) && out->bytes > 1)
		out->data[prng_below(&l->r, out->bytes)] =
		    junk[prng_below(&l->r, sizeof(junk) - 1)];
}

static const char *
media_word(void *ctx, const char *ifname)
{
	(void)ctx;
	return strncmp(ifname, "hn", 2) == 0 ? "ethernet"
	    : strncmp(ifname, "mce", 3) == 0 ? "802.11"
					     : NULL;
}

static enum rule_media
media_number(void *ctx, const char *ifname)
{
	const char *word = media_word(ctx, ifname);

	return word == NULL  ? RULE_MEDIA_NONE
	    : word[0] == '8' ? RULE_MEDIA_80211
			     : RULE_MEDIA_ETHERNET;
}

static int
engine_answer(const struct ruleset *rs, const struct strbuf *record,
    struct strbuf *out)
{
	static const struct rule_env env = { "hv", "1.000002", media_number,
		NULL };
	struct devline line = { 0 };
	const struct rule *rule;
	size_t i;

	devline_parse(&line, strbuf_str(record), record->bytes);
	rule = ruleset_match(rs, &line, &env);
	for (i = 0; rule != NULL && i < rule_action_count(rule); i++) {
		strbuf_addc(out, '>');
		rule_expand(rs, rule, i, &line, &env, RULE_QUOTE_DEVD, out);
		strbuf_addc(out, '\n');
	}
	if (rule == NULL || rule_action_count(rule) == 0)
		strbuf_adds(out, "-\n");
	devline_fini(&line);
	return rule == NULL ? -1 : (int)rule_number(rule);
}

struct tally {
	unsigned long pairs, records, matched, seed;
};

static void
try_record(const struct lot *l, const struct plain_devd *plain,
    const struct ruleset *rs, const struct strbuf *record, struct tally *t)
{
	struct strbuf theirs = { 0 }, ours = { 0 };
	int want = plain_devd_answer(plain, strbuf_str(record), record->bytes,
	    "1.000002", media_word, NULL, &theirs);
	int got = engine_answer(rs, record, &ours);
	size_t i;

	t->records++;
	t->pairs += l->rules;
	t->matched += want >= 0;
	if (want != got ||
	    strcmp(strbuf_str(&theirs), strbuf_str(&ours)) != 0) {
		for (i = 0; i < 4; i++)
			print_message("--- %s\n%s\n", paths[i],
			    strbuf_str(&l->text[i]));
		print_message("--- lot %lu, record \"%s\"\nread plainly: rule "
			      "%d\n%sthe engine: rule %d\n%s",
		    t->seed, strbuf_str(record), want, strbuf_str(&theirs), got,
		    strbuf_str(&ours));
		fail();
	}
	strbuf_fini(&theirs);
	strbuf_fini(&ours);
}

static void
try_lot(struct lot *l, struct tally *t)
{
	struct mem_file files[5] = { { NULL, NULL } };
	struct plain_file plain_files[4];
	struct ruleset_options opt = { .version = RULE_NEWEST };
	struct strbuf found = { 0 }, record = { 0 };
	struct plain_devd *plain;
	struct ruleset *rs;
	unsigned n;

	draw_rules(l);
	for (n = 0; n < 4; n++) {
		files[n].path = paths[n];
		files[n].text = strbuf_str(&l->text[n]);
		plain_files[n].path = paths[n];
		plain_files[n].text = files[n].text;
		plain_files[n].bytes = l->text[n].bytes;
	}
	plain = plain_devd_new(plain_files, 4);
	rs = mem_load(files, &opt, &found);
	if (plain == NULL || rs == NULL) {
		print_message("lot %lu is refused:\n%s\n%s", t->seed,
		    files[0].text, strbuf_str(&found));
		fail();
	}
	for (n = 0; n < 50; n++) {
		draw_record(l, &record);
		try_record(l, plain, rs, &record, t);
	}
	plain_devd_free(plain);
	ruleset_free(rs);
	strbuf_fini(&found);
	strbuf_fini(&record);
}

static void
engine_answers_as_the_second_reading_does(void **state)
{
	struct tally t = { 0 };
	struct lot l = { 0 };
	size_t i;

	(void)state;
	for (t.seed = 0; t.seed < LOTS; t.seed++) {
		prng_seed(&l.r, t.seed);
		try_lot(&l, &t);
	}
	print_message("%lu records under %d sets of rules, %lu pairs of a rule "
		      "and a record, %lu matched\n",
	    t.records, LOTS, t.pairs, t.matched);
	assert_true(t.pairs > 200000);
	assert_in_range(t.matched * 100 / t.records, 20, 80);
	for (i = 0; i < 4; i++)
		strbuf_fini(&l.text[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(second_reading_answers_as_devd_does),
		cmocka_unit_test(engine_answers_as_the_second_reading_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
