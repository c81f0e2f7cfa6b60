/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback report - a stored run as a time line, or as a test result.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"
#include "report/compare.h"
#include "report/suite.h"
#include "report/timeline.h"

static const char usage[] =
    "usage: switchback report [options]\n"
    "\n"
    "Shows a stored run: its numbers and its time line.\n"
    "\n"
    "  --db FILE         the store ($SWITCHBACK_DB, else switchback.db)\n"
    "  --run ID|TITLE    which run (the newest)\n"
    "  --format F        text, tap, junit or json (text)\n"
    "  --from DUR        the time line begins here\n"
    "  --until DUR       and ends here\n"
    "  --all             every state change\n"
    "  -o FILE           write there\n";

struct report {
	const char *db, *which, *out;
	bool text;
	enum suite_format format;
	struct timeline_options line;
};

static int
wrong(const char *what, const char *value, const char *known)
{
	fprintf(stderr, "switchback report: %s: \"%s\" is not %s\n", what,
	    value, known);
	return CMD_INPUT + 1;
}

static bool
parse_format(const char *s, struct report *r)
{
	static const struct {
		const char *name;
		enum suite_format format;
	} formats[] = { { "tap", SUITE_TAP }, { "junit", SUITE_JUNIT },
		{ "json", SUITE_JSON } };
	size_t i;

	r->text = strcmp(s, "text") == 0;
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(s, formats[i].name) == 0) {
			r->format = formats[i].format;
			return true;
		}
	return r->text;
}

/* 0 to go on, else the exit status + 1. */
static int
parse_options(int argc, char **argv, struct report *r)
{
	static const struct option longs[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "run", required_argument, NULL, 'r' },
		{ "format", required_argument, NULL, 'F' },
		{ "from", required_argument, NULL, 'f' },
		{ "until", required_argument, NULL, 'u' },
		{ "all", no_argument, NULL, 'a' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const char duration[] = "a duration such as 12.5s";
	int c;

	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		switch (c) {
		case 'd':
			r->db = optarg;
			break;
		case 'r':
			r->which = optarg;
			break;
		case 'F':
			if (!parse_format(optarg, r))
				return wrong("--format", optarg,
				    "text, tap, junit or json");
			break;
		case 'f':
			if (!dur_parse(optarg, strlen(optarg),
				&r->line.from_ns))
				return wrong("--from", optarg, duration);
			break;
		case 'u':
			if (!dur_parse(optarg, strlen(optarg),
				&r->line.until_ns))
				return wrong("--until", optarg, duration);
			break;
		case 'a':
			r->line.all = true;
			break;
		case 'o':
			r->out = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return CMD_PASS + 1;
		default:
			fputs(usage, stderr);
			return CMD_INPUT + 1;
		}
	}
	if (optind == argc)
		return 0;
	fputs(usage, stderr);
	return CMD_INPUT + 1;
}

static int
read_run(const struct report *r, struct trace **t)
{
	struct store_reader *reader = NULL;
	struct err e;
	int64_t id;
	int rc = store_read_open(storeargs_db(r->db), &reader, &e);

	if (rc == 0)
		rc = store_read_find(reader, r->which, &id, &e);
	if (rc == 0)
		rc = store_read_trace(reader, id, t, &e);
	store_read_close(reader);
	return rc == 0 ? CMD_PASS : storeargs_fail("report", &e);
}

static void
write_text(const struct report *r, const struct trace *t, bool color,
    struct strbuf *out)
{
	struct timeline_options line = r->line;
	struct suite_case one = {
		.name = t->run.title,
		.policy = t->run.policy,
		.seed = t->run.seed,
		.trace = t,
	};

	if (!r->text) {
		suite_write(r->format, &one, 1, false, false, out);
		return;
	}
	line.color = color;
	compare_write(&t, 1, color, out);
	strbuf_addc(out, '\n');
	timeline_write(t, &line, out);
}

static int
write_out(const char *path, const struct strbuf *text)
{
	FILE *f = path == NULL ? stdout : fopen(path, "wb");
	bool good = f != NULL &&
	    fwrite(strbuf_str(text), 1, text->bytes, f) == text->bytes;

	if (f != NULL && f != stdout && fclose(f) != 0)
		good = false;
	if (good)
		return CMD_PASS;
	fprintf(stderr, "switchback report: %s: %s\n",
	    path == NULL ? "stdout" : path, strerror(errno));
	return CMD_TROUBLE;
}

int
cmd_report(int argc, char **argv)
{
	struct report r = { .text = true };
	struct strbuf text = { 0 };
	struct trace *t = NULL;
	int status = parse_options(argc, argv, &r);

	if (status != 0)
		return status - 1;
	status = read_run(&r, &t);
	if (status == CMD_PASS) {
		write_text(&r, t, r.out == NULL && isatty(STDOUT_FILENO),
		    &text);
		status = write_out(r.out, &text);
	}
	strbuf_fini(&text);
	trace_free(t);
	return status;
}
