/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/strbuf.h"

static void
collect(void *ctx, enum log_level level, const char *line)
{
	strbuf_addf(ctx, "%d %s|", (int)level, line);
}

static void
a_line_names_its_subsystem_and_what_is_bad(void **state)
{
	struct strbuf got = { 0 };
	struct log log = { LOG_LEVEL_DEBUG, collect, &got };

	(void)state;
	log_line(&log, LOG_LEVEL_ERROR, "rules", "%s:%d", "file", 3);
	log_line(&log, LOG_LEVEL_WARNING, "source", "lost");
	log_line(&log, LOG_LEVEL_INFO, "daemon", "ready");
	log_line(&log, LOG_LEVEL_DEBUG, "source", "%s", "");
	assert_string_equal(strbuf_str(&got),
	    "0 rules: error: file:3|1 source: warning: lost|2 daemon: "
	    "ready|3 source: |");
	strbuf_fini(&got);
}

static void
what_is_chattier_than_asked_for_is_dropped(void **state)
{
	struct strbuf got = { 0 };
	struct log log = { LOG_LEVEL_WARNING, collect, &got };

	(void)state;
	log_line(&log, LOG_LEVEL_DEBUG, "a", "x");
	log_line(&log, LOG_LEVEL_INFO, "a", "x");
	assert_string_equal(strbuf_str(&got), "");
	log_line(&log, LOG_LEVEL_WARNING, "a", "x");
	assert_string_equal(strbuf_str(&got), "1 a: warning: x|");
	strbuf_fini(&got);
}

static void
no_text_can_forge_a_line_or_talk_to_a_terminal(void **state)
{
	struct strbuf got = { 0 };
	struct log log = { LOG_LEVEL_INFO, collect, &got };

	(void)state;
	log_line(&log, LOG_LEVEL_INFO, "a", "%s",
	    "x\nrules: forged\r\x1b[2J\t~\x7f\xc3\xa4");
	assert_string_equal(strbuf_str(&got),
	    "2 a: x\\nrules: forged\\x0d\\x1b[2J ~\\x7f\\xc3\\xa4|");
	strbuf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_names_its_subsystem_and_what_is_bad),
		cmocka_unit_test(what_is_chattier_than_asked_for_is_dropped),
		cmocka_unit_test(
		    no_text_can_forge_a_line_or_talk_to_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
