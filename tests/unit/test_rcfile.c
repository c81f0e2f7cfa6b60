/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of rc.conf as variables, and what of it is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "failover/rcfile.h"

static struct rcvars rc;
static struct strbuf told;

static int
setup(void **state)
{
	(void)state;
	memset(&rc, 0, sizeof(rc));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rcvars_fini(&rc);
	strbuf_fini(&told);
	return 0;
}

/* What was complained of; "" when all was understood. */
static const char *
parse_bytes(const char *text, size_t bytes)
{
	struct diag d = { .emit = diag_emit_strbuf, .ctx = &told };
	bool good;

	strbuf_reset(&told);
	good = rcfile_parse(&rc, RC_CONF, "rc.conf", text, bytes, &d);
	assert_int_equal(good, d.errors == 0);
	return strbuf_str(&told);
}

static const char *
parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void
assignments_are_read_as_the_shell_reads_them(void **state)
{
	static const char text[] =
	    "# the uplink\n"
	    "hostname=guest\n"
	    "\tifconfig_hn0=\"inet 10.0.0.4/24\"; a='b # c' b=\\\"x\\ y\n"
	    "\n"
	    "empty= quoted=\"\"\n"
	    "mixed=a'b c'\"d\\\"e\"f#g # a comment\n"
	    "gateway_enable=YES;\n"
	    "kept=\"a\\b\"";

	(void)state;
	assert_string_equal(parse(text), "");
	assert_string_equal(rcvars_get(&rc, "hostname"), "guest");
	assert_string_equal(rcvars_get(&rc, "ifconfig_hn0"),
	    "inet 10.0.0.4/24");
	assert_string_equal(rcvars_get(&rc, "a"), "b # c");
	assert_string_equal(rcvars_get(&rc, "b"), "\"x y");
	assert_string_equal(rcvars_get(&rc, "empty"), "");
	assert_string_equal(rcvars_get(&rc, "quoted"), "");
	assert_string_equal(rcvars_get(&rc, "mixed"), "ab cd\"ef#g");
	assert_string_equal(rcvars_get(&rc, "gateway_enable"), "YES");
	assert_string_equal(rcvars_get(&rc, "kept"), "a\\b");
}

static void
lines_are_joined_and_strings_run_over_them(void **state)
{
	(void)state;
	assert_string_equal(parse("a=\"x \\\ny\"\nb='p\nq'\nc=r\\\ns \\\n d=t\n"
				  "e=u\n"),
	    "");
	assert_string_equal(rcvars_get(&rc, "a"), "x y");
	assert_string_equal(rcvars_get(&rc, "b"), "p\nq");
	assert_string_equal(rcvars_get(&rc, "c"), "rs");
	assert_string_equal(rcvars_get(&rc, "d"), "t");
	/* Lines are counted through all of that. */
	assert_int_equal(rcvars_find(&rc, "e")->line, 8);
}

static void
earlier_variables_are_expanded(void **state)
{
	(void)state;
	rcvars_set_in(&rc, RC_DEFAULTS, NULL, "base", "10.0.0", 1, 1);
	assert_string_equal(parse("if=hn0\nip=\"inet ${base}.4/24\" "
				  "all=$if.$base'.$if'\nif=\"$if $if\"\n"),
	    "");
	assert_string_equal(rcvars_get(&rc, "ip"), "inet 10.0.0.4/24");
	assert_string_equal(rcvars_get(&rc, "all"), "hn0.10.0.0.$if");
	assert_string_equal(rcvars_get(&rc, "if"), "hn0 hn0");
}

static void
a_variable_knows_its_place_and_file(void **state)
{
	struct diag quiet = { 0 };
	const struct rcvar *v;

	(void)state;
	assert_string_equal(parse("a=1\n  b=2 c=3\n"), "");
	v = rcvars_find(&rc, "c");
	assert_int_equal(v->line, 2);
	assert_int_equal(v->col, 7);
	assert_int_equal(v->file, RC_CONF);
	assert_string_equal(v->path, "rc.conf");
	assert_true(rcfile_parse(&rc, RC_CONF_LOCAL, "rc.conf.local", "a=9", 3,
	    &quiet));
	assert_string_equal(rcvars_get(&rc, "a"), "9");
	assert_string_equal(rcvars_get_in(&rc, RC_CONF, "a"), "1");
}

static void
what_only_a_shell_can_know_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text, *place, *says;
	} rows[] = {
		{ "a=1\n. /etc/more.conf\n", "rc.conf:2:1:", "assignments" },
		{ "if [ -f x ]; then\n", "rc.conf:1:1:", "assignments" },
		{ "a=1 reboot\n", "rc.conf:1:5:", "assignments" },
		{ "export a=1\n", "rc.conf:1:1:", "assignments" },
		{ "a = 1\n", "rc.conf:1:1:", "assignments" },
		{ "a=$(hostname)\n", "rc.conf:1:3:", "expansions" },
		{ "a=\"x `hostname`\"\n", "rc.conf:1:6:", "commands" },
		{ "a=`hostname`\n", "rc.conf:1:3:", "assignments" },
		{ "b=1\na=${b:-2}\n", "rc.conf:2:3:", "expansions" },
		{ "a=$((1+1))\n", "rc.conf:1:3:", "expansions" },
		{ "a=$1\n", "rc.conf:1:3:", "expansions" },
		{ "a=x$unknown\n", "rc.conf:1:4:", "unknown is not set" },
		{ "a=1\nb=\"open\nc=3\n", "rc.conf:2:3:", "not closed" },
		{ "a='open", "rc.conf:1:3:", "not closed" },
		{ "a=1 && b=2\n", "rc.conf:1:5:", "assignments" },
		{ "a=b|c\n", "rc.conf:1:4:", "assignments" },
		{ "a=~/x\n", "rc.conf:1:3:", "folder" },
		{ "1a=2\n", "rc.conf:1:1:", "assignments" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = parse(rows[i].text);

		if (strncmp(got, rows[i].place, strlen(rows[i].place)) != 0 ||
		    strstr(got, rows[i].says) == NULL)
			fail_msg("%s gives %s", rows[i].text, got);
	}
}

static void
the_lines_behind_a_mistake_are_still_read(void **state)
{
	const char *got = parse("a=1\nset -x; b=2\nc=3\nd=`x`\ne=5\n");

	(void)state;
	assert_non_null(strstr(got, "rc.conf:2:1:"));
	assert_non_null(strstr(got, "rc.conf:4:3:"));
	assert_string_equal(rcvars_get(&rc, "a"), "1");
	assert_null(rcvars_get(&rc, "b"));
	assert_string_equal(rcvars_get(&rc, "c"), "3");
	assert_null(rcvars_get(&rc, "d"));
	assert_string_equal(rcvars_get(&rc, "e"), "5");
}

static void
sizes_and_nul_bytes_are_bounded(void **state)
{
	struct strbuf big = { 0 };
	char *many = mem_zero(1, RCFILE_MAX + 1);
	int i;

	(void)state;
	assert_non_null(strstr(parse_bytes("a=x\0y\n", 6), "rc.conf:1:4:"));
	assert_non_null(strstr(parse_bytes("a='x\0y'\n", 8), "NUL"));
	assert_non_null(strstr(parse_bytes(many, RCFILE_MAX + 1), "larger"));
	/* Doubling does not get out of hand. */
	strbuf_adds(&big, "a=xxxxxxxxxxxxxxxx\n");
	for (i = 0; i < 40; i++)
		strbuf_adds(&big, "a=$a$a\n");
	assert_non_null(strstr(parse(strbuf_str(&big)), "too long"));
	strbuf_fini(&big);
	free(many);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(assignments_are_read_as_the_shell_reads_them),
		T(lines_are_joined_and_strings_run_over_them),
		T(earlier_variables_are_expanded),
		T(a_variable_knows_its_place_and_file),
		T(what_only_a_shell_can_know_is_refused_with_its_place),
		T(the_lines_behind_a_mistake_are_still_read),
		T(sizes_and_nul_bytes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
