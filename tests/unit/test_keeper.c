/* SPDX-License-Identifier: BSD-2-Clause */
/* The keeper from both sides: as the engine uses it, and as one would that has
 * fallen into other hands. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/keeper.h"
#include "daemon/keeper_serve.h"
#include "rules/ruleset.h"
#include "world/world.h"

#define PATIENCE_MS 30000

/* Its first rule runs what the record says. */
#define RULES                                                                  \
	"notify 0 { match \"system\" \"T\"; action \"eval $cmd\"; };\n"        \
	"notify 0 { match \"system\" \"U\"; match \"subsystem\" \"em[0-9]\";"  \
	" action \"echo $subsystem at $timestamp\"; action \"true\"; };\n"     \
	"notify 0 { media-type \"802.11\"; action \"echo radio\"; };\n"

struct bench {
	char folder[64], rules[96], dump[96];
	struct log log;
	struct keeper_config config;
	struct ruleset *loaded;
	struct keeper *keeper;
	struct strbuf said; /* "ID:STATUS:OUTPUT;" */
	int actions, asks;  /* of a keeper that is spoken to in bytes */
	pid_t raw;
};

static void
drop_line(void *ctx, enum log_level level, const char *line)
{
	(void)ctx, (void)level, (void)line;
}

static void
put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
load(struct bench *b)
{
	const struct ruleset_options options = { .version = RULE_NEWEST };
	struct diag diag = { 0 };

	assert_int_equal(ruleset_load(b->rules, &options, &diag, &b->loaded,
			     NULL),
	    0);
	b->config.rules = b->loaded;
}

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	snprintf(b->folder, sizeof(b->folder), "/tmp/test_keeper.XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->rules, sizeof(b->rules), "%s/conf", b->folder);
	snprintf(b->dump, sizeof(b->dump), "%s/dump", b->folder);
	put_file(b->rules, RULES);
	load(b);
	b->log.write = drop_line;
	b->config.log = &b->log;
	b->config.rules_path = b->rules;
	b->config.dump_path = b->dump;
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;
	char command[128];

	keeper_end(b->keeper);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	snprintf(command, sizeof(command), "rm -rf %s", b->folder);
	assert_int_equal(system(command), 0);
	strbuf_fini(&b->said);
	ruleset_free(b->loaded);
	free(b);
	return 0;
}

static void
ended(void *ctx, const struct command_end *end)
{
	struct bench *b = ctx;

	strbuf_addf(&b->said, "%u:%d:", end->id, end->status);
	strbuf_add(&b->said, end->output, end->output_bytes);
	strbuf_addc(&b->said, ';');
}

static void
begin(struct bench *b)
{
	assert_int_equal(keeper_start(&b->config, &b->keeper, NULL), 0);
	keeper_on_end(b->keeper, ended, b);
}

/* A shell command that the first rule allows. */
static int
run(struct bench *b, uint32_t id, const char *shell)
{
	struct strbuf text = { 0 }, raw = { 0 };
	struct world_cause cause = { .timestamp = "1.5" };
	int rc;

	strbuf_addf(&text, "eval '%s'", shell);
	strbuf_addf(&raw, "!system=T cmd=\"%s\"", shell);
	cause.raw = strbuf_str(&raw);
	cause.bytes = raw.bytes;
	rc = keeper_run(b->keeper, id, strbuf_str(&text), &cause, NULL);
	strbuf_fini(&text);
	strbuf_fini(&raw);
	return rc;
}

static void
finish(struct bench *b)
{
	struct pollfd fd;

	while (keeper_count(b->keeper) > 0 && keeper_gone(b->keeper) == NULL) {
		fd = (struct pollfd){ .fd = keeper_fd(b->keeper),
			.events = POLLIN };
		assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
		keeper_readable(b->keeper);
	}
}

static void
commands_run_and_end(void **state)
{
	struct bench *b = *state;

	begin(b);
	assert_int_equal(run(b, 7, "echo hi; exit 3"), 0);
	assert_int_equal(keeper_count(b->keeper), 1);
	finish(b);
	assert_string_equal(strbuf_str(&b->said), "7:3:hi\n;");
}

static void
a_command_is_cancelled(void **state)
{
	struct bench *b = *state;

	begin(b);
	assert_int_equal(run(b, 1, "exec sleep 1000"), 0);
	keeper_cancel(b->keeper, 1);
	finish(b);
	assert_string_equal(strbuf_str(&b->said), "1:143:;");
}

static void
output_is_cut_to_its_end(void **state)
{
	struct bench *b = *state;

	begin(b);
	assert_int_equal(run(b, 1,
			     "head -c 100000 /dev/zero | tr \\\\0 x; echo end"),
	    0);
	finish(b);
	assert_int_equal(b->said.bytes, strlen("1:0:;") + RUNNER_OUTPUT);
	assert_non_null(strstr(strbuf_str(&b->said), "xend\n;"));
}

static void
a_dead_keeper_is_told(void **state)
{
	struct bench *b = *state;

	begin(b);
	assert_int_equal(run(b, 1, "kill -9 $PPID"), 0);
	finish(b);
	assert_string_equal(keeper_gone(b->keeper),
	    "it was killed by signal 9");
	assert_int_equal(run(b, 2, "true"), ERR_STATE);
}

static void
too_long_a_command_is_refused(void **state)
{
	struct bench *b = *state;
	const struct world_cause cause = { .raw = "", .timestamp = "" };
	char *text = calloc(1, RUNNERWIRE_COMMAND_MAX + 2);

	memset(text, ':', RUNNERWIRE_COMMAND_MAX + 1);
	begin(b);
	assert_int_equal(keeper_run(b->keeper, 1, text, &cause, NULL),
	    ERR_INPUT);
	assert_int_equal(keeper_count(b->keeper), 0);
	free(text);
}

static void
rules_are_read_as_they_are_now(void **state)
{
	struct bench *b = *state;
	struct rule_loader loader;
	struct strbuf text = { 0 };
	struct err err;

	begin(b);
	put_file(b->rules, "notify 1 { action \"new\"; };\n");
	assert_int_equal(keeper_rules(b->keeper, &loader, &err), 0);
	assert_int_equal(loader.fetch(loader.ctx, b->rules, &text, &err), 0);
	assert_string_equal(strbuf_str(&text),
	    "notify 1 { action \"new\"; };\n");
	assert_int_equal(loader.fetch(loader.ctx, "/etc/passwd", &text, &err),
	    ERR_NOTFOUND);
	unlink(b->rules);
	assert_int_equal(keeper_rules(b->keeper, &loader, &err), 0);
	assert_int_equal(loader.fetch(loader.ctx, b->rules, &text, &err),
	    ERR_NOTFOUND);
	strbuf_fini(&text);
}

static void
a_dump_is_there_when_it_is_whole(void **state)
{
	struct bench *b = *state;
	struct strbuf name = { 0 };
	struct err err;
	int fd;

	begin(b);
	assert_int_equal(keeper_dump(b->keeper, "../../x", &fd, &name, &err),
	    ERR_STATE);
	assert_int_equal(keeper_dump(b->keeper, "signal", &fd, &name, &err), 0);
	assert_string_equal(strbuf_str(&name), b->dump);
	assert_int_equal(write(fd, "dump", 4), 4);
	close(fd);
	assert_int_not_equal(access(b->dump, F_OK), 0);
	assert_int_equal(keeper_dump_end(b->keeper, true, &err), 0);
	assert_int_equal(access(b->dump, F_OK), 0);
	assert_int_equal(keeper_dump_end(b->keeper, true, &err), ERR_STATE);
	assert_int_equal(keeper_connect(b->keeper, &err), ERR_STATE);
	strbuf_fini(&name);
}

/* --- in other hands --- */

static void
begin_raw(struct bench *b)
{
	int actions[2], asks[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, actions), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, asks), 0);
	if ((b->raw = fork()) == 0) {
		close(actions[0]);
		close(asks[0]);
		keeper_serve(&b->config, actions[1], asks[1]);
		_exit(0);
	}
	close(actions[1]);
	close(asks[1]);
	b->actions = actions[0];
	b->asks = asks[0];
}

static void
is_left(struct bench *b)
{
	int status;

	/* It closes its side, and ends. */
	assert_int_equal(waitpid(b->raw, &status, 0), b->raw);
	assert_int_equal(status, 0);
	close(b->actions);
	close(b->asks);
}

static void
what_is_no_message_is_the_last(void **state)
{
	static const char *const bad[] = {
		"\xff\xff\xff\xff garbage", /* no frame */
		"\x01\0\0\0\x00",	    /* no kind */
		"\x01\0\0\0\x01",	    /* a start of nothing */
		"\x09\0\0\0\x07........",   /* asked on the wrong socket */
		"\x09\0\0\0\x05........",   /* from the wrong side */
		"\x0a\0\0\0\x02\1\0\0\0\0\0\0\0.", /* one byte too many */
	};
	static const size_t bytes[] = { 12, 5, 5, 13, 13, 14 };
	struct bench *b = *state;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		begin_raw(b);
		assert_int_equal(send(b->actions, bad[i], bytes[i], 0),
		    bytes[i]);
		is_left(b);
		begin_raw(b);
		assert_int_equal(send(b->asks, bad[i], bytes[i], 0), bytes[i]);
		is_left(b);
	}
}

static void
commands_are_counted(void **state)
{
	struct runnerwire m = { .kind = RUNNERWIRE_START };
	struct bench *b = *state;
	struct strbuf out = { 0 }, in = { 0 };
	struct wire frame;
	size_t used = 0;
	int64_t id;

	m.texts[0].data = "eval 'exec sleep 1000'";
	m.texts[0].bytes = strlen(m.texts[0].data);
	m.texts[1].data = "!system=T cmd=\"exec sleep 1000\"";
	m.texts[1].bytes = strlen(m.texts[1].data);
	for (id = 0; id <= KEEPER_COMMANDS; id++) {
		m.numbers[0] = id;
		runnerwire_put(&out, &m);
	}
	m.kind = RUNNERWIRE_CANCEL_ALL;
	runnerwire_put(&out, &m);
	begin_raw(b);
	assert_true(wire_send(b->actions, &out));
	assert_true(wire_receive(b->actions, &in, &used, &frame));
	assert_true(runnerwire_take(&frame, RUNNERWIRE_KEEPER, &m));
	assert_int_equal(m.kind, RUNNERWIRE_REFUSED);
	assert_int_equal(m.numbers[0], KEEPER_COMMANDS);
	for (id = 0; id < KEEPER_COMMANDS; id++) {
		assert_true(wire_receive(b->actions, &in, &used, &frame));
		assert_true(runnerwire_take(&frame, RUNNERWIRE_KEEPER, &m));
		assert_int_equal(m.kind, RUNNERWIRE_ENDED);
	}
	shutdown(b->actions, SHUT_RDWR);
	is_left(b);
	strbuf_fini(&out);
	strbuf_fini(&in);
}

/* What the engine wants to be run, for which record; what was written. */
struct wish {
	const char *command, *record, *stamp, *said;
	int media;
};

static void
check_wish(struct bench *b, const struct wish *w)
{
	const struct world_cause cause = { .raw = w->record,
		.bytes = strlen(w->record),
		.timestamp = w->stamp,
		.media = w->media };

	strbuf_reset(&b->said);
	assert_int_equal(keeper_run(b->keeper, 1, w->command, &cause, NULL), 0);
	finish(b);
	if (strcmp(strbuf_str(&b->said), w->said) != 0)
		print_error("%s for %s: %s\n", w->command, w->record,
		    strbuf_str(&b->said));
	assert_string_equal(strbuf_str(&b->said), w->said);
}

#define NO "1:126:no rule asks for it;"

static void
only_what_a_rule_asks_for_is_run(void **state)
{
	static const struct wish wishes[] = {
		{ "echo 'em0' at '7.25'", "!system=U subsystem=em0", "7.25",
		    "1:0:em0 at 7.25\n;", 0 },
		{ "true", "!system=U subsystem=em0", "7.25", "1:0:;", 0 },
		{ "echo radio", "!subsystem=wlan0", "", "1:0:radio\n;",
		    RULE_MEDIA_80211 },
		/* no action; another rule's; of no rule for this record */
		{ "id", "!system=U subsystem=em0", "7.25", NO, 0 },
		{ "eval 'id'", "!system=U subsystem=em0 cmd=id", "7.25", NO,
		    0 },
		{ "true", "!system=U subsystem=hn0", "7.25", NO, 0 },
		{ "true", "", "", NO, 0 },
		{ "", "", "", NO, 0 },
		/* other values, or more than that */
		{ "echo 'em1' at '7.25'", "!system=U subsystem=em0", "7.25", NO,
		    0 },
		{ "echo 'em0' at '7.25'; id", "!system=U subsystem=em0", "7.25",
		    NO, 0 },
		{ "echo em0 at 7.25", "!system=U subsystem=em0", "7.25", NO,
		    0 },
		/* what no clock says; no such medium */
		{ "echo 'em0' at '$(id)'", "!system=U subsystem=em0", "$(id)",
		    NO, 0 },
		{ "echo radio", "!subsystem=wlan0", "", NO, 77 },
		/* without native fail-over there is no such thing */
		{ "/usr/libexec/hyperv/hyperv_vfup.hn0", "!system=U", "", NO,
		    0 },
	};
	struct bench *b = *state;
	size_t i;

	begin(b);
	for (i = 0; i < sizeof(wishes) / sizeof(*wishes); i++)
		check_wish(b, &wishes[i]);
}

static void
an_administrators_script_is_one_word(void **state)
{
	static const struct wish wishes[] = {
		{ "/usr/libexec/hyperv/hyperv_vfup.hn0; id", "", "", NO, 0 },
		{ "/usr/libexec/hyperv/hyperv_vfup./../../../bin/id", "", "",
		    NO, 0 },
		{ "/usr/libexec/hyperv/hyperv_vfup.", "", "", NO, 0 },
		{ "/usr/libexec/hyperv/hyperv_vfup", "", "", NO, 0 },
	};
	const struct wish good = { "/usr/libexec/hyperv/hyperv_vfup.nonesuch0",
		"", "", "", 0 };
	const struct world_cause none = { .raw = NULL };
	struct bench *b = *state;
	size_t i;

	b->config.native = true;
	begin(b);
	for (i = 0; i < sizeof(wishes) / sizeof(*wishes); i++)
		check_wish(b, &wishes[i]);
	/* The shell finds none of that name, but it was asked to. */
	strbuf_reset(&b->said);
	assert_int_equal(keeper_run(b->keeper, 1, good.command, &none, NULL),
	    0);
	finish(b);
	assert_memory_equal(strbuf_str(&b->said), "1:127:", 6);
}

static void
rules_count_from_when_they_are_read_again(void **state)
{
	static const struct wish old = { "true", "!system=U subsystem=em0", "",
		"1:0:;", 0 };
	static const struct wish before = { "echo new", "!system=N", "", NO,
		0 };
	static const struct wish after = { "echo new", "!system=N", "",
		"1:0:new\n;", 0 };
	static const struct wish gone = { "true", "!system=U subsystem=em0", "",
		NO, 0 };
	struct rule_loader loader;
	struct bench *b = *state;
	int i;

	begin(b);
	put_file(b->rules,
	    "notify 0 { match \"system\" \"N\"; action \"echo new\"; };\n");
	check_wish(b, &before);
	assert_int_equal(keeper_rules(b->keeper, &loader, NULL), 0);
	check_wish(b, &after);
	/* What was fired by the old ones may have waited. */
	check_wish(b, &old);
	/* Rules that are refused change nothing. */
	put_file(b->rules, "notify 0 {");
	assert_int_equal(keeper_rules(b->keeper, &loader, NULL), 0);
	check_wish(b, &after);
	put_file(b->rules,
	    "notify 0 { match \"system\" \"N\"; action \"echo new\"; };\n");
	for (i = 0; i < KEEPER_SETS; i++)
		assert_int_equal(keeper_rules(b->keeper, &loader, NULL), 0);
	check_wish(b, &after);
	check_wish(b, &gone);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(commands_run_and_end, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(a_command_is_cancelled, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(output_is_cut_to_its_end,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_dead_keeper_is_told, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(too_long_a_command_is_refused,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(rules_are_read_as_they_are_now,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_dump_is_there_when_it_is_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_message_is_the_last,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(commands_are_counted, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    only_what_a_rule_asks_for_is_run, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_administrators_script_is_one_word, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    rules_count_from_when_they_are_read_again, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
