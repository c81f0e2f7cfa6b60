/* SPDX-License-Identifier: BSD-2-Clause */
/* rc.conf as a shell prints it, in the quoting of FreeBSD's sh and of others,
 * and by a shell that is really run. */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "scarce.h"
#include "world/rcshell.h"

#define BEGIN "\n" RCSHELL_BEGIN "\n"
#define END   RCSHELL_END "\n"

static struct rcvars rc;
static struct err err;
static char folder[] = "/tmp/rcshell.XXXXXX";
static char subr[64], conf[64];

static int
setup(void **state)
{
	(void)state;
	memset(&rc, 0, sizeof(rc));
	memset(&err, 0, sizeof(err));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rcvars_fini(&rc);
	return 0;
}

static int
parse(const char *text)
{
	return rcshell_parse(text, strlen(text), &rc, &err);
}

static void
values_are_what_the_shell_had(void **state)
{
	(void)state;
	assert_int_equal(parse("setting up\nhostname=liar\n" BEGIN "HOME=/\n"
			       "_x=1\n"
			       "hostname=guest\n"
			       "ifconfig_hn0='inet 10.0.0.4/24'\n"
			       "a='it'\\''s'\n"
			       "b='it'\"'\"'s \"so\"'\n"
			       "c=\"\\\"\\$x\\`\\\\\\n\"\n"
			       "d=$'\\'a\\\\b\\tc\\033\\x41\\n'\n"
			       "e=''\n"
			       "f=\n"
			       "g='two\nlines\n" END "'\n"
			       "h=back\\ slash\n" END "junk"),
	    0);
	assert_string_equal(rcvars_get(&rc, "hostname"), "guest");
	assert_string_equal(rcvars_get(&rc, "ifconfig_hn0"),
	    "inet 10.0.0.4/24");
	assert_string_equal(rcvars_get(&rc, "a"), "it's");
	assert_string_equal(rcvars_get(&rc, "b"), "it's \"so\"");
	assert_string_equal(rcvars_get(&rc, "c"), "\"$x`\\\\n");
	assert_string_equal(rcvars_get(&rc, "d"), "'a\\b\tc\033A\n");
	assert_string_equal(rcvars_get(&rc, "e"), "");
	assert_string_equal(rcvars_get(&rc, "f"), "");
	assert_string_equal(rcvars_get(&rc, "g"), "two\nlines\n" END);
	assert_string_equal(rcvars_get(&rc, "h"), "back slash");
	/* Those of the shell itself are no configuration. */
	assert_null(rcvars_get(&rc, "HOME"));
	assert_null(rcvars_get(&rc, "_x"));
}

static void
refused(const char *text, const char *why)
{
	size_t n;

	rcvars_set(&rc, "hostname", "before", 1, 1);
	assert_int_equal(parse(text), ERR_INPUT);
	assert_non_null(strstr(err.text, why));
	assert_string_equal(rcvars_get(&rc, "hostname"), "before");
	/* Cut off anywhere, nothing bad happens, and nothing is taken. */
	for (n = 0; n < strlen(text); n++)
		assert_int_equal(rcshell_parse(text, n, &rc, &err), ERR_INPUT);
	assert_string_equal(rcvars_get(&rc, "hostname"), "before");
}

static void
what_is_not_whole_is_not_taken(void **state)
{
	(void)state;
	refused("", "did not come to its end");
	refused("hostname=a\n", "did not come to its end");
	refused(BEGIN "hostname=a\n", "ends too early");
	refused(BEGIN "hostname=a\n" RCSHELL_END, "not a variable");
	refused(BEGIN "hostname='a\n" END, "not closed");
	refused(BEGIN "hostname=\"a\n" END, "not closed");
	refused(BEGIN "hostname=$'a\\", "not closed");
	refused(BEGIN "hostname=$'a\\'\n" END, "not closed");
	refused(BEGIN "hostname=$'\\000'\n" END, "NUL");
	refused(BEGIN "hostname=a\nf () {\n}\n" END, "line 2");
	refused(BEGIN "1a=b\n" END, "not a variable");
	refused(BEGIN "=b\n" END, "not a variable");
}

/* --- with a shell --- */

#define LOOKS 50

/* At the clock. 0: no time goes by; else, after the first one, it is nearly
 * over, until the last one. */
static int looks;

static int64_t
now(void)
{
	if (looks > 1)
		looks--;
	return looks == 0 || looks == LOOKS - 1 ? 0
	    : looks > 1				? RCSHELL_WAIT - 1
						: RCSHELL_WAIT;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int
setup_files(void **state)
{
	char text[256];

	(void)state;
	/* For whoever we are, now and then. */
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
		return -1;
	snprintf(subr, sizeof(subr), "%s/rc.subr", folder);
	snprintf(conf, sizeof(conf), "%s/rc.conf", folder);
	snprintf(text, sizeof(text),
	    "echo loading\nload_rc_config() { . %s; echo \"$1\" >&2; }\n",
	    conf);
	write_file(subr, text);
	return 0;
}

static int
teardown_files(void **state)
{
	(void)state;
	unlink(subr);
	unlink(conf);
	return rmdir(folder);
}

static void
a_shell_reads_what_no_parser_would(void **state)
{
	(void)state;
	write_file(conf,
	    "hostname=`echo guest`\n"
	    "for i in 0 1; do\n"
	    "\teval \"ifconfig_hn$i='inet 10.0.$i.4/24 descr \\\"it'\\\\''s "
	    "\\$x\\\"'\"\n"
	    "done\n"
	    "echo 'ifconfig_hn9=printed'\n"
	    "empty=\n");
	assert_int_equal(rcshell_read(subr, now, &rc, &err), 0);
	assert_string_equal(rcvars_get(&rc, "hostname"), "guest");
	assert_string_equal(rcvars_get(&rc, "ifconfig_hn1"),
	    "inet 10.0.1.4/24 descr \"it's $x\"");
	assert_string_equal(rcvars_get(&rc, "empty"), "");
	assert_null(rcvars_get(&rc, "ifconfig_hn9"));
}

static void
a_mistake_in_the_file_keeps_what_was(void **state)
{
	(void)state;
	rcvars_set(&rc, "hostname", "before", 1, 1);
	write_file(conf, "hostname=\"guest\nifconfig_hn0=DHCP\n");
	assert_int_equal(rcshell_read(subr, now, &rc, &err), ERR_INPUT);
	assert_string_equal(rcvars_get(&rc, "hostname"), "before");
	write_file(conf, "hostname=guest\nexit 3\n");
	assert_int_equal(rcshell_read(subr, now, &rc, &err), ERR_INPUT);
	write_file(conf,
	    "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done");
	assert_int_equal(rcshell_read(subr, now, &rc, &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "prints more"));
	assert_int_equal(rcshell_read("/nowhere/rc.subr", now, &rc, &err),
	    ERR_NOTFOUND);
	assert_string_equal(rcvars_get(&rc, "hostname"), "before");
}

static void
a_shell_that_hangs_is_ended(void **state)
{
	(void)state;
	rcvars_set(&rc, "hostname", "before", 1, 1);
	write_file(conf, "hostname=guest\nexec sleep 1000\n");
	looks = LOOKS;
	assert_int_equal(rcshell_read(subr, now, &rc, &err), ERR_IO);
	looks = 0;
	assert_non_null(strstr(err.text, "longer than 5 s"));
	assert_string_equal(rcvars_get(&rc, "hostname"), "before");
}

static void
a_system_without_room_says_so(void **state)
{
	(void)state;
	write_file(conf, "hostname=guest\n");
	scarce_files();
	assert_int_equal(rcshell_read(subr, now, &rc, &err), ERR_IO);
	scarce_end();
	assert_non_null(strstr(err.text, "pipe"));
	if (scarce_processes())
		assert_int_equal(rcshell_read(subr, now, &rc, &err), ERR_IO);
	scarce_end();
	assert_int_equal(rcshell_read(subr, now, &rc, &err), 0);
	assert_string_equal(rcvars_get(&rc, "hostname"), "guest");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
		WITH(values_are_what_the_shell_had),
		WITH(what_is_not_whole_is_not_taken),
		WITH(a_shell_reads_what_no_parser_would),
		WITH(a_mistake_in_the_file_keeps_what_was),
		WITH(a_shell_that_hangs_is_ended),
		WITH(a_system_without_room_says_so),
	};

	return cmocka_run_group_tests(tests, setup_files, teardown_files);
}
