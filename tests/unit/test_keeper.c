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

#define PATIENCE_MS 30000

struct bench {
	char folder[64], rules[96], dump[96];
	struct log log;
	struct keeper_config config;
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

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	snprintf(b->folder, sizeof(b->folder), "/tmp/test_keeper.XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->rules, sizeof(b->rules), "%s/conf", b->folder);
	snprintf(b->dump, sizeof(b->dump), "%s/dump", b->folder);
	put_file(b->rules, "notify 0 { action \"true\"; };\n");
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
	assert_int_equal(keeper_run(b->keeper, 7, "echo hi; exit 3", NULL), 0);
	assert_int_equal(keeper_count(b->keeper), 1);
	finish(b);
	assert_string_equal(strbuf_str(&b->said), "7:3:hi\n;");
}

static void
a_command_is_cancelled(void **state)
{
	struct bench *b = *state;

	begin(b);
	assert_int_equal(keeper_run(b->keeper, 1, "exec sleep 1000", NULL), 0);
	keeper_cancel(b->keeper, 1);
	finish(b);
	assert_string_equal(strbuf_str(&b->said), "1:143:;");
}

static void
output_is_cut_to_its_end(void **state)
{
	struct bench *b = *state;

	begin(b);
	assert_int_equal(keeper_run(b->keeper, 1,
			     "head -c 100000 /dev/zero | tr '\\0' x; echo end",
			     NULL),
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
	assert_int_equal(keeper_run(b->keeper, 1, "kill -9 $PPID", NULL), 0);
	finish(b);
	assert_string_equal(keeper_gone(b->keeper),
	    "it was killed by signal 9");
	assert_int_equal(keeper_run(b->keeper, 2, "true", NULL), ERR_STATE);
}

static void
too_long_a_command_is_refused(void **state)
{
	struct bench *b = *state;
	char *text = calloc(1, RUNNERWIRE_COMMAND_MAX + 2);

	memset(text, ':', RUNNERWIRE_COMMAND_MAX + 1);
	begin(b);
	assert_int_equal(keeper_run(b->keeper, 1, text, NULL), ERR_INPUT);
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
	struct pollfd fd = { .fd = b->actions, .events = 0 };
	int status;

	/* It closes its side, and ends. */
	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
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

	m.texts[0].data = "exec sleep 1000";
	m.texts[0].bytes = strlen(m.texts[0].data);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
