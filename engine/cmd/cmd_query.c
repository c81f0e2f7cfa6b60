/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback query - asks a store in SQL.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"

static const char usage[] =
    "usage: switchback query [--db FILE] [--header] [--json] SQL\n"
    "\n"
    "Prints the rows that one SELECT gives, columns with a tab between them;\n"
    "tabs, newlines and backslashes within are \\t, \\n and \\\\, other "
    "control\n"
    "bytes \\xHH. The store is only read.\n"
    "\n"
    "  --db FILE   the store ($SWITCHBACK_DB, else switchback.db)\n"
    "  --header    names of the columns first\n"
    "  --json      one JSON object for each row\n"
    "\n"
    "Made for asking: failovers, outages, verdicts, timeline, rule_counts.\n"
    "Example: switchback query \"SELECT at, what, text FROM timeline\"\n";

struct query {
	const char *db;
	bool header, json;
};

static void
print_bytes(const char *s, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '\t')
			fputs("\\t", stdout);
		else if (c == '\n')
			fputs("\\n", stdout);
		else if (c == '\\')
			fputs("\\\\", stdout);
		else if (c < ' ' || c == 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

static void
print_value(const struct store_value *v)
{
	switch (v->type) {
	case STORE_NULL:
		break;
	case STORE_INTEGER:
		printf("%" PRId64, v->integer);
		break;
	case STORE_REAL:
		printf("%.15g", v->real);
		break;
	case STORE_TEXT:
	case STORE_BLOB:
		print_bytes(v->data, v->bytes);
		break;
	}
}

static json_t *
json_value(const struct store_value *v)
{
	json_t *real;

	switch (v->type) {
	case STORE_NULL:
		break;
	case STORE_INTEGER:
		return json_integer(v->integer);
	case STORE_REAL:
		/* JSON has no infinity. */
		real = json_real(v->real);
		return real != NULL ? real : json_null();
	case STORE_TEXT:
	case STORE_BLOB:
		return storeargs_json(v->data, v->bytes);
	}
	return json_null();
}

static void
print_object(int count, const char *const *names,
    const struct store_value *values)
{
	json_t *o = json_object();
	int i;

	for (i = 0; i < count; i++)
		json_object_set_new(o, names[i], json_value(&values[i]));
	storeargs_print(o);
}

static bool
print_row(void *ctx, int count, const char *const *names,
    const struct store_value *values)
{
	const struct query *q = ctx;
	int i;

	if (values == NULL && !q->header)
		return true;
	if (q->json && values != NULL) {
		print_object(count, names, values);
	} else if (!q->json) {
		for (i = 0; i < count; i++) {
			if (i > 0)
				putchar('\t');
			if (values == NULL)
				fputs(names[i], stdout);
			else
				print_value(&values[i]);
		}
		putchar('\n');
	}
	return !ferror(stdout);
}

static int
ask(struct query *q, const char *sql)
{
	struct store_reader *r = NULL;
	struct err e;
	int rc;

	rc = store_read_open(storeargs_db(q->db), &r, &e);
	if (rc == 0)
		rc = store_read_query(r, sql, print_row, q, &e);
	store_read_close(r);
	return rc == 0 ? CMD_PASS : storeargs_fail("query", &e);
}

int
cmd_query(int argc, char **argv)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "header", no_argument, NULL, 'H' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct query q = { 0 };
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "Hh", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			q.db = optarg;
			break;
		case 'H':
			q.header = true;
			break;
		case 'j':
			q.json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return CMD_PASS;
		default:
			fputs(usage, stderr);
			return CMD_INPUT;
		}
	}
	if (argc - optind != 1) {
		fputs(usage, stderr);
		return CMD_INPUT;
	}
	return ask(&q, argv[optind]);
}
