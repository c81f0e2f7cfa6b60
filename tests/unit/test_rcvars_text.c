/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables of rc.conf as text: names, values, places, all files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/prng.h"
#include "failover/rcvars_text.h"

static void
fill(struct rcvars *rc, struct prng *p)
{
	char name[20], value[60], path[30];
	size_t n = (size_t)prng_below(p, 30), i, k, bytes;

	rc->file =
	    prng_below(p, 3) == 0 ? NULL : mem_str("/etc/\"rc\" \n.conf");
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "v%u", (unsigned)prng_below(p, 9));
		bytes = (size_t)prng_below(p, sizeof(value));
		for (k = 0; k < bytes; k++)
			value[k] = (char)(1 + prng_below(p, 255));
		value[bytes] = '\0';
		snprintf(path, sizeof(path), "/etc/%u",
		    (unsigned)prng_below(p, 5));
		rcvars_set_in(rc, (enum rc_file)prng_below(p, RC_FILES),
		    prng_below(p, 2) == 0 ? NULL : path, name, value,
		    (unsigned)prng_below(p, UINT32_MAX),
		    (unsigned)prng_below(p, 100));
	}
}

static void
assert_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a != NULL)
		assert_string_equal(a, b);
}

static void
variables_come_back(void **state)
{
	struct rcvars rc, back;
	struct strbuf text = { 0 };
	struct prng p;
	struct err e;
	size_t i;
	int round;

	(void)state;
	prng_seed(&p, 11);
	for (round = 0; round < 500; round++) {
		memset(&rc, 0, sizeof(rc));
		memset(&back, 0, sizeof(back));
		fill(&rc, &p);
		strbuf_reset(&text);
		rcvars_write(&rc, &text);
		if (rcvars_read(&back, strbuf_str(&text), text.bytes, &e) < 0)
			fail_msg("%s: %s", e.text, strbuf_str(&text));
		assert_text(rc.file, back.file);
		assert_int_equal(rc.n_vars, back.n_vars);
		for (i = 0; i < rc.n_vars; i++) {
			assert_text(rc.vars[i].name, back.vars[i].name);
			assert_text(rc.vars[i].value, back.vars[i].value);
			assert_text(rc.vars[i].path, back.vars[i].path);
			assert_int_equal(rc.vars[i].file, back.vars[i].file);
			assert_int_equal(rc.vars[i].line, back.vars[i].line);
			assert_int_equal(rc.vars[i].col, back.vars[i].col);
		}
		rcvars_fini(&rc);
		rcvars_fini(&back);
	}
	strbuf_fini(&text);
}

static void
what_is_wrong_is_told(void **state)
{
	static const struct {
		const char *text, *told;
	} wrong[] = {
		{ "in=rc.conf", "the first row has file alone" },
		{ "\nin=rc.conf name=a", "has not all of in, name and value" },
		{ "\nname=a value=b", "has not all of in, name and value" },
		{ "\n", "has not all of in, name and value" },
		{ "\nin=rc.local name=a value=b", "there is no rc.local" },
		{ "\nin=rc.conf name=a value=b row=1", "a variable has in" },
		{ "file=\"a\\x00\"", "a text without NUL" },
		{ "\nin=rc.conf name=a value=b line=x", "a number from 0" },
	};
	struct rcvars rc;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		memset(&rc, 0, sizeof(rc));
		if (rcvars_read(&rc, wrong[i].text, strlen(wrong[i].text),
			&e) != ERR_INPUT ||
		    strstr(e.text, wrong[i].told) == NULL)
			fail_msg("%s: %s", wrong[i].text, e.text);
		rcvars_fini(&rc);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_come_back),
		cmocka_unit_test(what_is_wrong_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
