/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback report - a stored run as a time line, or as a test result.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "cmd/cmds.h"
#include "cmd/outfile.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"
#include "report/compare.h"
#include "report/suite.h"
#include "report/timeline.h"

static const char usage[] =
    "usage: switchback report [OPTION...]\n"
    "\n"
    "Shows a stored run: its numbers and its time line.\n"
    "\n"
    "  --db FILE         the store ($SWITCHBACK_DB, else switchback.db)\n"
    "  --run ID|TITLE    which run (the newest)\n"
    "  --format F        text, tap, junit or json (text)\n"
    "  --from DUR        the time line of the text begins here, \"27.5s\",\n"
    "  --until DUR       and ends here\n"
    "  --all             every state change\n"
    "  -o FILE           write there\n"
    "\n"
    "Exit status: 0 shown, whatever its verdict; 2 bad input, 3 trouble.\n";

struct report {
	const char *db, *which, *out;
	enum suite_format format;
	struct timeline_options line;
	int64_t id; /* the run, once found */
};

/* False, always. */
static bool
wrong(const char *what, const char *value, const char *known)
{
	fprintf(stderr, "switchback report: %s: \"%s\" is not %s\n", what,
	    value, known);
	return false;
}

static bool
parse_format(const char *s, struct report *r)
{
	static const struct {
		const char *name;
		enum suite_format format;
	} formats[] = { { "text", SUITE_TEXT }, { "tap", SUITE_TAP },
		{ "junit", SUITE_JUNIT }, { "json", SUITE_JSON } };
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(s, formats[i].name) == 0) {
			r->format = formats[i].format;
			return true;
		}
	return false;
}

static bool
parse_duration(const char *what, int64_t *ns)
{
	return dur_parse(optarg, strlen(optarg), ns) ||
	    wrong(what, optarg, "a duration such as 12.5s");
}

/* One option; false after a message. */
static bool
take_option(struct report *r, int c)
{
	switch (c) {
	case 'd':
		r->db = optarg;
		return true;
	case 'r':
		r->which = optarg;
		return true;
	case 'F':
		return parse_format(optarg, r) ||
		    wrong("--format", optarg, "text, tap, junit or json");
	case 'f':
		return parse_duration("--from", &r->line.from_ns);
	case 'u':
		return parse_duration("--until", &r->line.until_ns);
	case 'a':
		r->line.all = true;
		return true;
	case 'o':
		r->out = optarg;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct report *r, int *status)
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
	int c;

	optind = 1;
	*status = CMD_INPUT;
	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(r, c))
			return false;
	}
	if (optind == argc)
		return true;
	fprintf(stderr,
	    "switchback report: what is '%s'? A run is named with --run\n",
	    argv[optind]);
	return false;
}

static bool
take_newest(void *ctx, const struct store_run *run)
{
	int64_t *id = ctx;

	*id = run->id;
	return true;
}

/* The run that is named, else the newest. */
static int
find_run(const struct report *r, struct store_reader *reader, int64_t *id,
    struct err *e)
{
	int rc;

	*id = 0;
	if (r->which != NULL)
		return store_read_find(reader, r->which, id, e);
	rc = store_read_runs(reader, take_newest, id, e);
	if (rc == 0 && *id == 0)
		return err_set(e, ERR_NOTFOUND, "%s: holds no run",
		    storeargs_db(r->db));
	return rc;
}

static int
read_run(struct report *r, struct trace **t)
{
	struct store_reader *reader = NULL;
	struct err e;
	int rc = store_read_open(storeargs_db(r->db), &reader, &e);

	if (rc == 0)
		rc = find_run(r, reader, &r->id, &e);
	if (rc == 0)
		rc = store_read_trace(reader, r->id, t, &e);
	store_read_close(reader);
	return rc == 0 ? CMD_PASS : storeargs_fail("report", &e);
}

static void
add_text(const struct report *r, const struct trace *t, bool color,
    struct strbuf *out)
{
	struct timeline_options line = r->line;

	strbuf_addf(out, "run %" PRId64 " of %s\n", r->id, storeargs_db(r->db));
	if (t->run.cut)
		strbuf_adds(out,
		    "not finished: it is being recorded, or was cut off; this "
		    "is all that was stored\n");
	compare_write(&t, 1, color, out);
	strbuf_addc(out, '\n');
	line.color = color;
	line.legend = true;
	timeline_write(t, &line, out);
}

static void
add_suite(const struct report *r, const struct trace *t, struct strbuf *out)
{
	struct suite_case one = {
		.name = t->run.title,
		.policy = t->run.policy,
		.seed = t->run.seed,
		.trace = t,
	};

	suite_write(r->format, &one, 1, false, false, out);
}

int
cmd_report(int argc, char **argv)
{
	struct report r = { .format = SUITE_TEXT };
	struct strbuf text = { 0 };
	const struct trace *shown;
	struct trace *t = NULL;
	int status;

	if (!parse_options(argc, argv, &r, &status))
		return status;
	status = read_run(&r, &t);
	shown = t;
	if (status == CMD_PASS) {
		if (r.format == SUITE_TEXT)
			add_text(&r, t, r.out == NULL && isatty(STDOUT_FILENO),
			    &text);
		else if (r.format == SUITE_JSON)
			compare_write_json(&shown, 1, &text);
		else
			add_suite(&r, t, &text);
		status = outfile_write("report", r.out, &text);
	}
	strbuf_fini(&text);
	trace_free(t);
	return status;
}
