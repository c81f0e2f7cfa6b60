/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sandbox with an answerer that knows nothing: every call prints its own
 * words and succeeds. Where the system has no sandboxes, each test is skipped.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "world/sandbox.h"

#define SECOND INT64_C(1000000000)

struct rig {
	struct sandbox *s;
	struct strbuf calls;   /* "ifconfig lagg0 create\n"... */
	uint32_t sleepers[16]; /* not answered yet */
	size_t n_sleepers;
	char *output;
	int status; /* -1: has not ended */
};

static int
set_up(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct err err;

	r->status = -1;
	if (sandbox_open(5 * SECOND, &r->s, &err) < 0) {
		print_message("no sandbox here: %s\n", err.text);
		if (err.code != ERR_UNSUPPORTED)
			return -1;
	}
	*state = r;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *r = *state;

	sandbox_close(r->s);
	strbuf_fini(&r->calls);
	free(r->output);
	free(r);
	return 0;
}

static void
answer(struct rig *r, const struct sandbox_event *e)
{
	struct strbuf words = { 0 };
	size_t i;

	for (i = 0; i < e->argc; i++)
		strbuf_addf(&words, "%s%s", i > 0 ? " " : "", e->argv[i]);
	strbuf_addc(&words, '\n');
	strbuf_add(&r->calls, words.data, words.bytes);
	if (strcmp(e->argv[0], "sleep") == 0)
		r->sleepers[r->n_sleepers++] = e->id;
	else if (strcmp(e->argv[0], "kill") == 0 ||
	    strcmp(e->argv[0], "date") == 0 ||
	    strcmp(e->argv[0], "daemon") == 0)
		sandbox_go(r->s, e->id, 1700000000 * SECOND);
	else
		sandbox_answer(r->s, e->id, 0, words.data, words.bytes, "", 0);
	strbuf_fini(&words);
}

/* Answers until nothing but sleeps is left. */
static int
let_run(struct rig *r, struct err *err)
{
	struct sandbox_event e;
	bool any;
	int rc;

	do {
		any = false;
		if ((rc = sandbox_settle(r->s, err)) < 0)
			return rc;
		while (sandbox_next(r->s, &e)) {
			if (e.kind == SANDBOX_CALL) {
				any = true;
				answer(r, &e);
				continue;
			}
			r->status = e.status;
			free(r->output);
			r->output = strdup(e.output);
		}
	} while (any);
	return 0;
}

static void
run(struct rig *r, const char *text)
{
	struct err err;

	if (r->s == NULL)
		skip();
	assert_int_equal(sandbox_run(r->s, 1, text, &err), 0);
	if (let_run(r, &err) < 0)
		fail_msg("%s", err.text);
}

static void
put(struct rig *r, const char *path, const char *text)
{
	struct err err;

	if (r->s == NULL)
		skip();
	if (sandbox_put(r->s, path, 0755, text, strlen(text), &err) < 0)
		fail_msg("%s", err.text);
}

static void
a_call_comes_out_and_its_answer_goes_back(void **state)
{
	struct rig *r = *state;

	run(r, "x=$(/sbin/ifconfig hn0 | sed s/hn/HN/); echo \"<$x>\"; exit 3");
	assert_string_equal(strbuf_str(&r->calls), "ifconfig hn0\n");
	assert_string_equal(r->output, "<ifconfig HN0>\n");
	assert_int_equal(r->status, 3);
}

static void
a_script_keeps_its_name_and_arguments(void **state)
{
	struct rig *r = *state;

	put(r, "/usr/libexec/hyperv/hyperv_vfup.hn0",
	    "#!/bin/sh\necho \"$0|$#|$1|${0##*.}\"\nsysctl -n \"$2\"\n");
	run(r, "/usr/libexec/hyperv/hyperv_vfup.hn0 one 'two words'");
	assert_string_equal(r->output,
	    "/usr/libexec/hyperv/hyperv_vfup.hn0|2|one|hn0\n"
	    "sysctl -n two words\n");
}

static void
kill_is_not_the_shells_own(void **state)
{
	struct rig *r = *state;

	run(r, "kill -TERM 100004; command kill -0 $$ && echo alive");
	assert_string_equal(strbuf_str(&r->calls), "kill -TERM 100004\n");
	assert_non_null(strstr(r->output, "alive"));
}

static void
a_killed_sleeper_ends_at_once(void **state)
{
	struct rig *r = *state;

	run(r, "sleep 100 & p=$!; kill $p; wait $p 2>&-; echo $?");
	assert_int_equal(r->status, 0);
	assert_non_null(strstr(r->output, "143\n"));
}

static void
calls_at_one_time_come_in_the_order_of_the_script(void **state)
{
	struct rig *r = *state;
	const char *want = "sleep 5\nsleep 4\nsleep 3\nsleep 2\nsleep 1\n";

	run(r, "for i in 5 4 3 2 1; do sleep $i & done; wait");
	assert_string_equal(strbuf_str(&r->calls), want);
	assert_int_equal(r->status, -1);
	while (r->n_sleepers > 0)
		sandbox_answer(r->s, r->sleepers[--r->n_sleepers], 0, "", 0, "",
		    0);
	assert_int_equal(let_run(r, NULL), 0);
	assert_int_equal(r->status, 0);
}

static void
a_daemon_outlives_its_command_and_its_groups_signal(void **state)
{
	struct rig *r = *state;
	struct err err;

	run(r, "daemon -f sh -c 'sleep 9; logger late'; echo gone");
	assert_int_equal(r->status, 0);
	assert_string_equal(r->output, "gone\n");
	assert_int_equal(sandbox_signal(r->s, 1, SIGKILL, &err), 0);
	assert_int_equal(sandbox_settle(r->s, &err), 0);
	assert_int_equal(r->n_sleepers, 1);
	sandbox_answer(r->s, r->sleepers[0], 0, "", 0, "", 0);
	assert_int_equal(let_run(r, &err), 0);
	assert_non_null(strstr(strbuf_str(&r->calls), "logger late"));
}

static void
a_signal_reaches_all_of_a_command(void **state)
{
	struct rig *r = *state;
	struct err err;

	run(r, "(sleep 50; logger no) & sleep 60; logger no");
	assert_int_equal(r->status, -1);
	assert_int_equal(sandbox_signal(r->s, 1, SIGKILL, &err), 0);
	assert_int_equal(let_run(r, &err), 0);
	assert_int_equal(r->status, 128 + SIGKILL);
	assert_null(strstr(strbuf_str(&r->calls), "logger"));
}

static void
a_busy_loop_never_rests(void **state)
{
	struct rig *r = *state;
	struct sandbox *s;
	struct err err;

	if (r->s == NULL)
		skip();
	assert_int_equal(sandbox_open(SECOND / 2, &s, &err), 0);
	assert_int_equal(sandbox_run(s, 1, "while :; do :; done", &err), 0);
	assert_int_equal(sandbox_settle(s, &err), ERR_STATE);
	assert_non_null(strstr(err.text, "still at work: sh"));
	sandbox_close(s);
}

static void
who_waits_for_the_hosts_clock_is_at_work(void **state)
{
	struct rig *r = *state;

	/* Were it taken for one that waits for ever, the command would not
	 * have ended here. */
	run(r, "bash -c 'read -t 0.3 x <>/tmp/none'; echo over");
	assert_int_equal(r->status, 0);
}

static void
files_come_and_go_at_the_owners_word(void **state)
{
	struct rig *r = *state;
	struct err err;

	put(r, "/var/run/dhclient/dhclient.hn0.pid", "100001\n");
	put(r, "/var/run/dhclient/dhclient.hn1.pid", "100002\n");
	assert_int_equal(sandbox_remove(r->s,
			     "/var/run/dhclient/dhclient.hn1.pid", &err),
	    0);
	assert_int_equal(sandbox_remove(r->s, "/no/such/file", &err), 0);
	run(r, "cat /var/run/dhclient/*.pid; ls /var/run/dhclient");
	assert_string_equal(r->output, "100001\ndhclient.hn0.pid\n");
}

static void
a_file_may_cover_a_program_of_the_host(void **state)
{
	struct rig *r = *state;

	put(r, "/usr/bin/sort", "#!/bin/sh\necho mine\n");
	run(r, "sort; /bin/sort; echo b a | tr ' ' '\\n' | uniq | wc -l");
	assert_string_equal(r->output, "mine\nmine\n2\n");
}

static void
there_is_no_network_and_no_privilege(void **state)
{
	struct rig *r = *state;

	run(r,
	    "grep -c : /proc/net/dev; grep -E 'CapEff|NoNewPrivs' "
	    "/proc/self/status; "
	    "mount -t tmpfs x /tmp 2>/dev/null && echo mounted; "
	    "echo x 2>/dev/null >/proc/sys/kernel/hostname && echo wrote; "
	    "touch /usr/include/x 2>/dev/null && echo wrote; id -u");
	assert_string_equal(r->output,
	    "1\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n0\n");
}

int
main(int argc, char **argv)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_call_comes_out_and_its_answer_goes_back),
		TEST(a_script_keeps_its_name_and_arguments),
		TEST(kill_is_not_the_shells_own),
		TEST(a_killed_sleeper_ends_at_once),
		TEST(calls_at_one_time_come_in_the_order_of_the_script),
		TEST(a_daemon_outlives_its_command_and_its_groups_signal),
		TEST(a_signal_reaches_all_of_a_command),
		TEST(a_busy_loop_never_rests),
		TEST(who_waits_for_the_hosts_clock_is_at_work),
		TEST(files_come_and_go_at_the_owners_word),
		TEST(a_file_may_cover_a_program_of_the_host),
		TEST(there_is_no_network_and_no_privilege),
	};

	if (sandbox_is_part(argv[0]))
		return sandbox_part(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
