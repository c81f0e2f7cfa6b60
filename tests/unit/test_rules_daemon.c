/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's loop in a child process, with us as devd's socket. */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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

#include "base/dur.h"
#include "daemon/keeper.h"
#include "daemon/rules_daemon.h"
#include "world/clock.h"

#define PATIENCE_MS 30000

/* One folder with the socket, the rules, and what the commands leave: each
 * writes a line into the FIFO. */
struct bench {
	char folder[40];
	char socket[64], conf[64], fifo[64];
	int listener, client, results;
	pid_t pid;
};

static void
drop_line(void *ctx, enum log_level level, const char *line)
{
	(void)ctx, (void)level, (void)line;
}

static void
on_ready(void *ctx)
{
	(void)ctx;
}

static int
run_child(const struct bench *b)
{
	struct log log = { .write = drop_line, .most = LOG_LEVEL_DEBUG };
	struct daemon_config config = { .rules_path = b->conf,
		.log = &log,
		.deadline_ns = PATIENCE_MS * DUR_MS,
		.ready = on_ready };
	struct ruleset_options options = { .version = RULE_NEWEST };
	struct diag diag = { 0 };
	struct devctl_source *source;
	struct ruleset *rules;
	struct keeper_config kc = { .log = &log,
		.rules_path = b->conf,
		.source_path = b->socket };
	int rc;

	if (ruleset_load(b->conf, &options, &diag, &rules, NULL) < 0 ||
	    source_open(b->socket, &source, NULL) < 0)
		return 2;
	kc.rules = rules;
	if (keeper_start(&kc, &config.keeper, NULL) < 0)
		return 2;
	rc = daemon_run(&config, rules, source, NULL);
	keeper_end(config.keeper);
	return rc < 0 ? 3 : 0;
}

static void
serve(struct bench *b)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", b->socket);
	unlink(b->socket);
	b->listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(bind(b->listener, (struct sockaddr *)&name,
			     sizeof(name)),
	    0);
	assert_int_equal(listen(b->listener, 1), 0);
}

static void
take_client(struct bench *b)
{
	struct pollfd fd = { .fd = b->listener, .events = POLLIN };

	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	b->client = accept(b->listener, NULL, NULL);
	assert_true(b->client >= 0);
}

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	FILE *f;

	snprintf(b->folder, sizeof(b->folder), "/tmp/test_rules_daemon.XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->socket, sizeof(b->socket), "%s/socket", b->folder);
	snprintf(b->conf, sizeof(b->conf), "%s/conf", b->folder);
	snprintf(b->fifo, sizeof(b->fifo), "%s/fifo", b->folder);
	assert_int_equal(mkfifo(b->fifo, 0600), 0);
	b->results = open(b->fifo, O_RDWR);
	f = fopen(b->conf, "w");
	fprintf(f,
	    "notify 0 { match \"type\" \"SAY\"; "
	    "action \"printf '%%s' $text >%s\"; };\n",
	    b->fifo);
	fclose(f);
	serve(b);
	if ((b->pid = fork()) == 0)
		_exit(run_child(b));
	take_client(b);
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;
	int status = -1;

	kill(b->pid, SIGTERM);
	assert_int_equal(waitpid(b->pid, &status, 0), b->pid);
	close(b->client);
	close(b->listener);
	close(b->results);
	unlink(b->socket);
	unlink(b->conf);
	unlink(b->fifo);
	assert_int_equal(rmdir(b->folder), 0);
	free(b);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	return 0;
}

static void
tell(const struct bench *b, const char *record)
{
	assert_int_equal(send(b->client, record, strlen(record), MSG_EOR),
	    (ssize_t)strlen(record));
}

static void
assert_said(const struct bench *b, const char *want)
{
	struct pollfd fd = { .fd = b->results, .events = POLLIN };
	size_t used = 0;
	char got[256];
	ssize_t n;

	while (used < strlen(want)) {
		assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
		n = read(b->results, got + used, sizeof(got) - 1 - used);
		assert_true(n > 0);
		used += (size_t)n;
	}
	got[used] = '\0';
	assert_string_equal(got, want);
}

static void
a_value_is_one_word_whatever_is_in_it(void **state)
{
	struct bench *b = *state;
	static const char *const values[] = {
		"plain",
		"x'; touch pwned; '",
		"$(touch pwned)`touch pwned`$HOME",
		"a\n!type=SAY text=b\ntouch pwned",
		"-n ; | & > pwned < * ? [a] ~ # ! \\n \xff\x01",
	};
	char record[256];
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		snprintf(record, sizeof(record),
		    "!system=T type=SAY text=\"%s\"\n", values[i]);
		tell(b, record);
		assert_said(b, values[i]);
	}
	/* rmdir() in tear_down() would find what a value has made there; the
	 * commands run in the root folder. */
	assert_int_equal(access("/pwned", F_OK), -1);
}

static void
a_source_that_went_away_is_found_again(void **state)
{
	struct bench *b = *state;

	tell(b, "!type=SAY text=one\n");
	assert_said(b, "one");
	close(b->client);
	take_client(b);
	tell(b, "!type=SAY text=two\n");
	assert_said(b, "two");
}

static void
a_storm_loses_nothing(void **state)
{
	struct bench *b = *state;
	int i;

	for (i = 0; i < 5000; i++)
		tell(b, "!system=DEVFS subsystem=CDEV type=CREATE cdev=x\n");
	tell(b, "!type=SAY text=end\n");
	assert_said(b, "end");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_value_is_one_word_whatever_is_in_it),
		TEST(a_source_that_went_away_is_found_again),
		TEST(a_storm_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
