/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/strbuf.h"
#include "scn_text.h"

static const char whole[] =
    "scenario \"w\"\norigin \"o\"\nmachine m\nseed 3\nreplay f\n"
    "rules a b\nrc.conf a=\"x  y\" b=2\nsysctl x.y=1\ndaemon z=1\n"
    "delay d = normal 1ms 2ms\nparam P = 5s\nparam Q = \"hn0 #\"\n"
    "nic hn0 mac 00:0d:3a:f5:76:bd mtu 1500\nvf mce0 of hn0 present\n"
    "probe p4 udp rate 10/s from $P\n"
    "at $P vf eject mce0 mark gone\nat gone+1.5s vf attach mce0 as mce1\n"
    "repeat 3 every 10s {\nat +0s host media hn0 disconnect mark m\n"
    "at m+1s host media hn0 connect\n}\n"
    "at +1s user \"echo \\\"$Q\\\" \\\\ \\$ \\x07\"\nat +5s end\n"
    "expect lagg0 active mce1 within $P of gone\n"
    "expect lagg0 ports \"hn0  mce1\" known-fault stock: \"a # b\"\n"
    "expect p4 lost <= 10 gap 1ms..2ms between gone and m.1\n"
    "system linux\npolicies native because \"x  y\"\nflag f = yes\n"
    "limit l = 5\nrc.conf.local a=1\nrc.conf.d/netif a=2\n"
    "rc.conf-file \"r f\"\ncustom hn0 exits 3\n"
    "probe q icmp6 of hn0 rate 10/s\n"
    "fault may record delay \"a  b\" by 2s nth 3 from gone until m.2\n"
    "at gone+2s rc.conf a=\"x  y\" b=2\nat gone+2s custom hn0 hangs\n"
    "expect alarm \"a  b\" between gone and m.1\n"
    "expect count note \"x\" 1..2\nsometimes N2 under stock\n"
    "expect order record \"a\" then note \"b\" under native\n";

static char *
format(const char *text)
{
	struct strbuf findings = { 0 };
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &findings };
	char *out = scenario_format("t.scn", text, strlen(text), &d);

	if (out == NULL)
		print_error("%s%s", strbuf_str(&findings), text);
	assert_non_null(out);
	strbuf_fini(&findings);
	return out;
}

static char *
dump_of(const char *text)
{
	struct scenario *s = scn_text_parse_all(text);
	char *dump = scn_text_dump(s);

	scenario_free(s);
	return dump;
}

/* The same words with other blanks, breaks, comments and empty lines. */
static char *
crumple(const char *text, struct prng *r)
{
	static const char *const gaps[] = { " ", "\t", "   ", " \\\n",
		"\\\n\t \\\n " };
	static const char *const ends[] = { "\n", "\r\n", "  \n", " # x  \n",
		"#\n", "\n\n\n", "\n \n# y\n", "\n\t# z \\\n" };
	bool quoted = false;
	struct strbuf out = { 0 };

	for (; *text != '\0'; text++) {
		if (*text == '"' && text[-1] != '\\')
			quoted = !quoted;
		if (*text == ' ' && !quoted)
			strbuf_adds(&out, gaps[prng_below(r, 5)]);
		else if (*text == '\n')
			strbuf_adds(&out, ends[prng_below(r, 8)]);
		else
			strbuf_addc(&out, *text);
	}
	return strbuf_take(&out);
}

static void
formatting_changes_no_meaning_and_is_done_once(void **state)
{
	char *want = dump_of(whole), *crooked, *once, *twice, *dump;
	struct prng r;
	int i;

	(void)state;
	prng_seed(&r, 7);
	for (i = 0; i < 500; i++) {
		crooked = crumple(whole, &r);
		once = format(crooked);
		twice = format(once);
		assert_string_equal(once, twice);
		dump = dump_of(once);
		assert_string_equal(dump, want);
		free(dump);
		free(twice);
		free(once);
		free(crooked);
	}
	free(want);
}

static void
comments_are_kept_word_by_word(void **state)
{
	char *out = format("\n\n#one\n\n\n#  two  \nscenario \"t\"#three\n"
			   "repeat 1 every 1s { #four\n\n#five\n\n"
			   "at +0s mark m #six\n}\n\n\n#seven");

	(void)state;
	assert_string_equal(out,
	    "#one\n\n#  two\nscenario \"t\"  #three\n"
	    "repeat 1 every 1s {  #four\n\t#five\n\n"
	    "\tat +0s mark m  #six\n}\n\n#seven\n");
	free(out);
}

static void
only_neighbouring_times_are_aligned(void **state)
{
	char *out = format("scenario \"t\"\nat 1s mark a\nat a+10s mark b\n"
			   "\nat 5s mark c\n# between\nat b+1.5s mark d\n"
			   "seed 1\nat 9s mark e\n"
			   "at 00000000000000000000000010s mark f\n");

	(void)state;
	assert_string_equal(out,
	    "scenario \"t\"\nat 1s    mark a\nat a+10s mark b\n"
	    "\nat 5s mark c\n# between\nat b+1.5s mark d\n"
	    "seed     1\nat 9s mark e\n"
	    "at 00000000000000000000000010s mark f\n");
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    formatting_changes_no_meaning_and_is_done_once),
		cmocka_unit_test(comments_are_kept_word_by_word),
		cmocka_unit_test(only_neighbouring_times_are_aligned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
