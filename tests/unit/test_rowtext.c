/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of a row: any bytes there and back, and what is refused where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ipaddr.h"
#include "base/prng.h"
#include "base/rowtext.h"

static const char *const colours[] = { "red", "green", "blue", NULL };

struct thing {
	bool flag;
	int number;
	uint32_t count;
	int64_t wide;
	uint64_t whole;
	char name[8];
	uint8_t mac[6];
	struct ipaddr addr;
	int colour;
};

/* clang-format off */
#define OF struct thing
static const struct rowfield fields[] = {
	ROWFIELD(OF, "flag", ROW_BOOL, flag),
	ROWFIELD(OF, "number", ROW_INT, number),
	ROWFIELD(OF, "count", ROW_UINT, count),
	ROWFIELD(OF, "wide", ROW_I64, wide),
	ROWFIELD(OF, "whole", ROW_U64, whole),
	ROWFIELD(OF, "name", ROW_STR, name),
	ROWFIELD(OF, "mac", ROW_BYTES, mac),
	ROWFIELD(OF, "addr", ROW_ADDR, addr),
	ROWFIELD_ENUM(OF, "colour", colour, colours),
};
#undef OF
/* clang-format on */
#define FIELDS (sizeof(fields) / sizeof(*fields))

static void
any_bytes_come_back(void **state)
{
	struct strbuf out = { 0 };
	char bytes[300];
	struct prng p;
	struct rowtext r;
	struct err e;
	size_t n, i;
	int round;

	(void)state;
	prng_seed(&p, 7);
	for (round = 0; round < 2000; round++) {
		n = (size_t)prng_below(&p, sizeof(bytes));
		for (i = 0; i < n; i++)
			bytes[i] = (char)prng_below(&p, 256);
		strbuf_reset(&out);
		rowtext_put(&out, "a", bytes, n);
		rowtext_put_flag(&out, "b");
		for (i = 0; i < out.bytes; i++)
			assert_in_range(out.data[i], 0x20, 0x7e);
		rowtext_open(&r, strbuf_str(&out), out.bytes);
		assert_int_equal(rowtext_next(&r, &e), ROWTEXT_WORD);
		assert_string_equal(r.key, "a");
		assert_int_equal(r.value.bytes, n);
		if (n > 0)
			assert_memory_equal(r.value.data, bytes, n);
		assert_int_equal(rowtext_next(&r, &e), ROWTEXT_WORD);
		assert_string_equal(r.key, "b");
		assert_false(r.has_value);
		assert_int_equal(rowtext_next(&r, &e), ROWTEXT_END);
		rowtext_close(&r);
	}
	strbuf_fini(&out);
}

static void
fill(struct thing *t, struct prng *p)
{
	size_t i;

	memset(t, 0, sizeof(*t));
	t->flag = prng_below(p, 2) == 1;
	t->number = (int)(uint32_t)prng_next(p);
	t->count = (uint32_t)prng_next(p);
	t->wide = (int64_t)(prng_next(p) >> 1) * (t->flag ? -1 : 1);
	t->whole = prng_next(p);
	for (i = 0; i < prng_below(p, sizeof(t->name)); i++)
		t->name[i] = (char)(1 + prng_below(p, 255));
	for (i = 0; i < sizeof(t->mac); i++)
		t->mac[i] = (uint8_t)prng_next(p);
	t->addr.family = prng_below(p, 2) == 0 ? 4 : 6;
	t->addr.prefix = (uint8_t)prng_below(p, t->addr.family == 4 ? 33 : 129);
	for (i = 0; i < (t->addr.family == 4 ? 4 : 16); i++)
		t->addr.bytes[i] = (uint8_t)prng_next(p);
	t->colour = (int)prng_below(p, 3);
}

static void
a_struct_comes_back(void **state)
{
	struct strbuf out = { 0 };
	struct thing t, back;
	struct rowtext r;
	struct prng p;
	struct err e;
	int round;

	(void)state;
	prng_seed(&p, 1);
	for (round = 0; round < 2000; round++) {
		fill(&t, &p);
		memset(&back, 0, sizeof(back));
		strbuf_reset(&out);
		rowtext_put_fields(&out, fields, FIELDS, &t);
		rowtext_open(&r, strbuf_str(&out), out.bytes);
		assert_int_equal(rowtext_take_row(&r, fields, FIELDS, &back,
				     &e),
		    ROWTEXT_END);
		rowtext_close(&r);
		assert_memory_equal(&t, &back, sizeof(t));
	}
	memset(&t, 0, sizeof(t));
	strbuf_reset(&out);
	rowtext_put_fields(&out, fields, FIELDS, &t);
	assert_int_equal(out.bytes, 0);
	strbuf_fini(&out);
}

static const struct wrong {
	const char *text, *told;
} wrong[] = {
	{ "number=1\ncolor=red",
	    "row 2, byte 1: color: there is no such word "
	    "here; did you mean colour" },
	{ "colour=gren",
	    "row 1, byte 1: colour: there is no gren; did you "
	    "mean green" },
	{ "flag  number=x",
	    "row 1, byte 7: number: a number from -2147483648 "
	    "to 2147483647 belongs here" },
	{ "number=2147483648", "belongs here" },
	{ "count=-1", "a number from 0 to 4294967295" },
	{ "whole=18446744073709551616", "a number belongs here" },
	{ "whole=", "nothing stands behind its =" },
	{ "flag=1", "flag: takes no value" },
	{ "number", "number: needs a value" },
	{ "name=12345678", "at most 7 bytes and no NUL" },
	{ "name=\"a\\x00b\"", "no NUL" },
	{ "name=\"abc", "its quote is not closed" },
	{ "name=\"a\\q\"", "a backslash stands before" },
	{ "name=\"a\\x0\"", "a backslash stands before" },
	{ "name=\"a\\xAB\"", "a backslash stands before" },
	{ "name=\"a\"b", "no blank stands behind it" },
	{ "name=a\"b", "no blank stands behind it" },
	{ "mac=1:2", "a MAC belongs here" },
	{ "addr=10.0.0.300/8", "an address belongs here" },
	{ "=5", "a word of letters" },
	{ "\x80", "a word of letters" },
	{ "flag\tnumber=1", "a word ends in a blank" },
	{ "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd", "no word so long" },
};

static void
what_is_wrong_is_told_where(void **state)
{
	struct thing t = { 0 };
	struct rowtext r;
	struct err e;
	size_t i;
	int rc;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		rowtext_open(&r, wrong[i].text, strlen(wrong[i].text));
		while ((rc = rowtext_take_row(&r, fields, FIELDS, &t, &e)) ==
		    ROWTEXT_NEWLINE)
			;
		rowtext_close(&r);
		if (rc != ERR_INPUT || strstr(e.text, wrong[i].told) == NULL)
			fail_msg("%s: %d %s", wrong[i].text, rc,
			    rc < 0 ? e.text : "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_bytes_come_back),
		cmocka_unit_test(a_struct_comes_back),
		cmocka_unit_test(what_is_wrong_is_told_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
