/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "mem_loader.h"

static void
the_first_rule_of_the_highest_priority_runs(void **state)
{
	static const char conf[] =
	    "notify 1 { match \"k\" \"v\"; action \"one\"; };\n"
	    "notify 5 { match \"k\" \"v\"; action \"five\"; };\n"
	    "notify 5 { match \"k\" \"v\"; action \"later\"; };\n"
	    "notify 4294967297 { action \"wraps to one\"; };\n";

	(void)state;
	assert_string_equal(mem_command(conf, "!k=v"), "five");
	assert_string_equal(mem_command(conf, "!k=w"), "wraps to one");
}

static void
a_rule_sees_records_of_its_own_kind(void **state)
{
	static const char conf[] = "attach 1 { action \"a $device-name\"; };\n"
				   "detach 1 { action \"d\"; };\n"
				   "nomatch 1 { action \"n\"; };\n"
				   "notify 1 { action \"!\"; };\n";

	(void)state;
	assert_string_equal(mem_command(conf, "+em0 at"), "a $'em0'");
	assert_string_equal(mem_command(conf, "-em0 at"), "d");
	assert_string_equal(mem_command(conf, "? at"), "n");
	assert_string_equal(mem_command(conf, "!"), "!");
	assert_string_equal(mem_command(conf, "%x"), "-");
	assert_string_equal(mem_command(conf, "+em0"), "-");
}

static void
an_unset_variable_is_empty(void **state)
{
	(void)state;
	assert_string_equal(mem_command("notify 1 { match \"k\" \".*\"; action "
					"\"x\"; };\n",
				"!a=1"),
	    "x");
	assert_string_equal(mem_command("notify 1 { match \"k\" \"!v\"; action "
					"\"x\"; };\n",
				"!a=1"),
	    "x");
	assert_string_equal(mem_command("notify 1 { match \"k\" \".+\"; action "
					"\"x\"; };\n",
				"!a=1"),
	    "-");
	assert_string_equal(mem_command("notify 1 { match \"k\" \"$none\"; "
					"action \"x\"; };\n",
				"!a=1"),
	    "x");
}

static void
a_bad_pattern_never_matches_and_inverted_always(void **state)
{
	(void)state;
	assert_string_equal(mem_command("notify 1 { match \"k\" \"(\"; action "
					"\"x\"; };\n",
				"!k=("),
	    "-");
	assert_string_equal(mem_command("notify 1 { match \"k\" \"!(\"; action "
					"\"x\"; };\n",
				"!k=("),
	    "x");
	/* Escapes that are a word in 12.1 and an error since. */
	assert_string_equal(mem_command("notify 1 { match \"k\" \"a\\`\"; "
					"action \"x\"; };\n",
				"!k=a`"),
	    "-");
	assert_string_equal(mem_command("notify 1 { match \"k\" \"a\\b\"; "
					"action \"x\"; };\n",
				"!k=ab"),
	    "-");
}

static void
a_word_is_compared_without_regard_to_case(void **state)
{
	static const char conf[] =
	    "notify 1 { match \"system\" \"DevFS\"; match \"a-b\" "
	    "\"0\\.1\\-X\"; action \"x\"; };\n";

	(void)state;
	assert_string_equal(mem_command(conf, "!system=dEVfs a-b=0.1-x"), "x");
	assert_string_equal(mem_command(conf, "!system=devfs a-b=0x1-x"), "-");
	/* These differ in the one bit that tells the cases of letters. */
	assert_string_equal(mem_command("notify 1 { match \"k\" \"a@\"; action "
					"\"x\"; };\n",
				"!k=a`"),
	    "-");
}

static void
set_variables_reach_patterns_only_when_set_before(void **state)
{
	static const char conf[] =
	    "options { set a \"x|y\"; };\n"
	    "notify 2 { match \"k\" \"($a)\"; action \"early $late\"; };\n"
	    "notify 1 { match \"k\" \"$late\"; action \"late\"; };\n"
	    "options { set late \"z\"; };\n";

	(void)state;
	assert_string_equal(mem_command(conf, "!k=y"), "early $'z'");
	assert_string_equal(mem_command(conf, "!k=z"), "-");
	assert_string_equal(mem_command(conf, "!j=1"), "late");
}

static void
a_key_of_the_record_hides_other_variables(void **state)
{
	static const char conf[] =
	    "options { set mode \"fast\"; };\n"
	    "notify 2 { match \"mode\" \"fast\"; action \"$vm_guest\"; };\n"
	    "notify 1 { action \"$mode\"; };\n";

	(void)state;
	assert_string_equal(mem_command(conf, "!a=1"), "$'hv'");
	assert_string_equal(mem_command(conf, "!mode=slow"), "$'slow'");
	assert_string_equal(mem_command(conf, "!vm_guest=evil"), "$'evil'");
}

static void
directories_come_after_the_main_file_in_the_order_they_are_named(void **state)
{
	static const struct mem_file files[] = {
		{ "devd.conf",
		    "options { directory \"z\"; directory \"none\"; directory "
		    "\"a\"; };\n"
		    "notify 1 { match \"k\" \"main\"; action \"main\"; };\n" },
		{ "a/1.conf", "notify 1 { action \"a1\"; };\n" },
		{ "z/2.conf",
		    "notify 1 { match \"k\" \"z\"; action \"z2\"; };\n" },
		{ "z/1.conf",
		    "notify 1 { match \"k\" \"z\"; action \"z1\"; };\n" },
		{ "z/1.conf.bak", "not read" },
		{ "z/conf", "not read" },
		{ NULL, NULL },
	};
	static const char *const order[2][4] = {
		{ "main", "z1", "z2", "a1" },
		{ "main", "z2", "z1", "a1" },
	};
	struct ruleset_options opt = { .version = RULE_NEWEST };
	struct strbuf found = { 0 };
	struct ruleset *rs;
	size_t i, reverse;

	(void)state;
	for (reverse = 0; reverse < 2; reverse++) {
		opt.reverse = reverse == 1;
		rs = mem_load(files, &opt, &found);
		assert_non_null(rs);
		assert_int_equal(ruleset_kind_count(rs, DEVLINE_NOTIFY), 4);
		for (i = 0; i < 4; i++)
			assert_string_equal(rule_action(ruleset_at(rs,
							    DEVLINE_NOTIFY, i),
						0),
			    order[reverse][i]);
		assert_string_equal(rule_file(
					ruleset_at(rs, DEVLINE_NOTIFY, 3)),
		    "a/1.conf");
		ruleset_free(rs);
	}
	strbuf_fini(&found);
}

static void
a_directory_that_includes_itself_is_refused(void **state)
{
	static const struct mem_file files[] = {
		{ "devd.conf", "options { directory \"d\"; };\n" },
		{ "d/a.conf", "options { directory \"d\"; };\n" },
		{ NULL, NULL },
	};
	struct ruleset_options opt = { .version = RULE_NEWEST };
	struct strbuf found = { 0 };

	(void)state;
	assert_null(mem_load(files, &opt, &found));
	assert_non_null(strstr(strbuf_str(&found), "include itself"));
	strbuf_fini(&found);
}

static void
all_errors_are_found_and_devd_blames_the_first(void **state)
{
	static const struct mem_file files[] = {
		{ "devd.conf",
		    "options { directory \"d\"; };\n"
		    "notify 1 {\n\tmatch \"a\";\n\taction 5;\n};\n"
		    "notify {\n};\nfoo\n" },
		{ "d/a.conf", "notify 1 { action \"x\" };\n" },
		{ NULL, NULL },
	};
	struct ruleset_options opt = { .version = RULE_NEWEST };
	struct strbuf found = { 0 };
	unsigned line = 0;

	(void)state;
	opt.devd_line = &line;
	assert_null(mem_load(files, &opt, &found));
	assert_int_equal(line, 3);
	assert_non_null(strstr(strbuf_str(&found), "devd.conf:3:11: error: "));
	assert_non_null(strstr(strbuf_str(&found), "devd.conf:4:9: error: "));
	assert_non_null(strstr(strbuf_str(&found), "devd.conf:6:8: error: "));
	assert_non_null(strstr(strbuf_str(&found), "devd.conf:8:1: error: "));
	assert_non_null(strstr(strbuf_str(&found), "d/a.conf:1:23: error: "));
	strbuf_fini(&found);
}

static enum rule_media
media(void *ctx, const char *ifname)
{
	(void)ctx;
	if (strcmp(ifname, "abcdefghijklmno") == 0)
		return RULE_MEDIA_ETHERNET;
	return strcmp(ifname, "wlan0") == 0 ? RULE_MEDIA_80211
					    : RULE_MEDIA_NONE;
}

static const char *
media_rule(const char *word, const char *record)
{
	char conf[100];
	struct mem_file files[] = { { "devd.conf", conf }, { NULL, NULL } };
	struct ruleset_options opt = { .version = RULE_NEWEST };
	struct rule_env env = { .media = media };
	struct strbuf found = { 0 };
	struct devline line = { 0 };
	const struct rule *rule;
	struct ruleset *rs;

	snprintf(conf, sizeof(conf),
	    "attach 1 { media-type \"%s\"; action \"x\"; };\n"
	    "notify 1 { media-type \"%s\"; action \"x\"; };\n",
	    word, word);
	rs = mem_load(files, &opt, &found);
	assert_non_null(rs);
	devline_parse(&line, record, strlen(record));
	rule = ruleset_match(rs, &line, &env);
	devline_fini(&line);
	ruleset_free(rs);
	strbuf_fini(&found);
	return rule == NULL ? "-" : "x";
}

static void
media_types_are_words_and_unknown_means_no_media(void **state)
{
	(void)state;
	assert_string_equal(media_rule("802.11", "+wlan0 at"), "x");
	assert_string_equal(media_rule("ATM", "+wlan0 at"), "-");
	assert_string_equal(media_rule("ethernet", "!subsystem=wlan0"), "-");
	assert_string_equal(media_rule("Ethernet", "+abcdefghijklmnopqrst at"),
	    "x");
	assert_string_equal(media_rule("ether.*", "+em0 at"), "x");
	assert_string_equal(media_rule("unknown", "+wlan0 at"), "-");
	assert_string_equal(media_rule("!802.11", "+em0 at"), "x");
}

static const char *const names[] = { "system", "subsystem", "type", "cdev", "x",
	"y", "g", "vm_guest" };
static const char *const words[] = { "a", "b", "A", "hv", "ab", "", "c" };
static const char *const patterns[] = { "a", "b", "AB", "hv", "!a", "!b", ".*",
	".+", "a|b", "[ab]", "(a|b)c?", "!(", "(", "$g", "$none", "a\\.", "a.*",
	"Ab*", "aB+", "h(v|x)", "a[^b]?" };

/* Some rules with few words and names, so that they overlap a lot. */
static void
write_rules(struct prng *p, struct strbuf *conf)
{
	static const char *const kinds[] = { "notify", "notify", "attach" };
	size_t i, k, rules = 1 + prng_below(p, 30), n;

	strbuf_reset(conf);
	if (prng_below(p, 2) == 0)
		strbuf_adds(conf, "options { set g \"a\"; };\n");
	for (i = 0; i < rules; i++) {
		strbuf_addf(conf, "%s %u {\n", kinds[prng_below(p, 3)],
		    (unsigned)prng_below(p, 3));
		n = prng_below(p, 5);
		for (k = 0; k < n; k++)
			strbuf_addf(conf, "\tmatch \"%s\" \"%s\";\n",
			    names[prng_below(p, 8)],
			    patterns[prng_below(p, 21)]);
		strbuf_addf(conf, "\taction \"%zu\";\n};\n", i);
	}
}

static void
write_record(struct prng *p, struct strbuf *record)
{
	size_t i, n = prng_below(p, 7);

	strbuf_reset(record);
	strbuf_adds(record, prng_below(p, 3) == 0 ? "+em0 at " : "!");
	for (i = 0; i < n; i++)
		strbuf_addf(record, "%s=%s ", names[prng_below(p, 8)],
		    words[prng_below(p, 7)]);
}

/* The rule as devd finds it: one after the other. */
static const struct rule *
search(const struct ruleset *rs, const struct devline *line,
    const struct rule_env *env)
{
	const struct rule *rule;
	struct rule_trial t;
	size_t i, k;

	for (i = 0; i < ruleset_kind_count(rs, line->kind); i++) {
		rule = ruleset_at(rs, line->kind, i);
		for (k = 0; k < rule_condition_count(rule); k++) {
			rule_try(rs, rule, k, line, env, &t);
			if (!t.held)
				break;
		}
		if (k == rule_condition_count(rule))
			return rule;
	}
	return NULL;
}

static void
the_index_finds_what_a_search_finds(void **state)
{
	struct ruleset_options opt = { .version = RULE_NEWEST };
	struct rule_env env = { .vm_guest = "hv" };
	struct strbuf conf = { 0 }, record = { 0 }, found = { 0 };
	struct mem_file files[] = { { "devd.conf", NULL }, { NULL, NULL } };
	struct devline line = { 0 };
	const struct rule *want, *got;
	struct ruleset *rs;
	struct prng p;
	int round, i, matched = 0;

	(void)state;
	prng_seed(&p, 20210801);
	for (round = 0; round < 400; round++) {
		write_rules(&p, &conf);
		files[0].text = strbuf_str(&conf);
		opt.version = round % 2 ? RULE_NEWEST : RULE_12_1;
		strbuf_reset(&found);
		rs = mem_load(files, &opt, &found);
		assert_non_null(rs);
		for (i = 0; i < 50; i++) {
			write_record(&p, &record);
			devline_parse(&line, strbuf_str(&record), record.bytes);
			want = search(rs, &line, &env);
			got = ruleset_match(rs, &line, &env);
			if (want != got)
				fail_msg("round %d: '%s' under\n%s", round,
				    strbuf_str(&record), strbuf_str(&conf));
			matched += got != NULL;
		}
		ruleset_free(rs);
	}
	assert_true(matched > 1000);
	devline_fini(&line);
	strbuf_fini(&conf);
	strbuf_fini(&record);
	strbuf_fini(&found);
}

static void
two_sets_at_once_do_not_know_each_other(void **state)
{
	static const struct mem_file a[] = {
		{ "devd.conf",
		    "options { set v \"1\"; };\n"
		    "notify 1 { match \"k\" "
		    "\"$v\"; action \"$v\"; };\n" },
		{ NULL, NULL }
	};
	static const struct mem_file b[] = { { "devd.conf",
						 "notify 1 { match \"v\" \"1\";"
						 " action \"x\"; };\n" },
		{ NULL, NULL } };
	struct ruleset_options opt = { .version = RULE_NEWEST };
	struct strbuf found = { 0 };
	struct rule_env env = { 0 };
	struct devline line = { 0 };
	struct ruleset *ra = mem_load(a, &opt, &found);
	struct ruleset *rb = mem_load(b, &opt, &found);

	(void)state;
	devline_parse(&line, "!k=1", 4);
	assert_non_null(ruleset_match(ra, &line, &env));
	assert_null(ruleset_match(rb, &line, &env));
	ruleset_free(ra);
	devline_parse(&line, "!v=1", 4);
	assert_non_null(ruleset_match(rb, &line, &env));
	ruleset_free(rb);
	devline_fini(&line);
	strbuf_fini(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_rule_of_the_highest_priority_runs),
		cmocka_unit_test(a_rule_sees_records_of_its_own_kind),
		cmocka_unit_test(an_unset_variable_is_empty),
		cmocka_unit_test(
		    a_bad_pattern_never_matches_and_inverted_always),
		cmocka_unit_test(a_word_is_compared_without_regard_to_case),
		cmocka_unit_test(
		    set_variables_reach_patterns_only_when_set_before),
		cmocka_unit_test(a_key_of_the_record_hides_other_variables),
		cmocka_unit_test(
		    directories_come_after_the_main_file_in_the_order_they_are_named),
		cmocka_unit_test(a_directory_that_includes_itself_is_refused),
		cmocka_unit_test(
		    all_errors_are_found_and_devd_blames_the_first),
		cmocka_unit_test(
		    media_types_are_words_and_unknown_means_no_media),
		cmocka_unit_test(the_index_finds_what_a_search_finds),
		cmocka_unit_test(two_sets_at_once_do_not_know_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
