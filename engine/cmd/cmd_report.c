/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback report - stored runs for people (time line, HTML), as test
 * results, or for a trace viewer.
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
#include "report/html.h"
#include "report/perfetto.h"
#include "report/suite.h"
#include "report/timeline.h"

static const char usage[] =
    "usage: switchback report [OPTION...]\n"
    "\n"
    "Shows a stored run, or several side by side: numbers and time line.\n"
    "\n"
    "  --db FILE         the store ($SWITCHBACK_DB, else switchback.db)\n"
    "  --run ID|TITLE    which run (the newest); again for others beside it,\n"
    "                    at most 4 in all\n"
    "  --format F        text, html, markdown, tap, junit, json or perfetto\n"
    "                    (as -o says: .html, .md, .tap, .xml, .json, "
    ".pftrace;\n"
    "                    else text)\n"
    "  --from DUR        the time line of the text begins here, \"27.5s\",\n"
    "  --until DUR       and ends here\n"
    "  --all             every state change\n"
    "  -o FILE           write there\n"
    "\n"
    "Exit status: 0 shown, whatever its verdict; 2 bad input, 3 trouble.\n";

#define RUNS_MAX 4
_Static_assert(RUNS_MAX <= HTML_RUNS_MAX, "all can be drawn");

enum form {
	FORM_UNSET,
	FORM_TEXT,
	FORM_HTML,
	FORM_MARKDOWN,
	FORM_TAP,
	FORM_JUNIT,
	FORM_JSON,
	FORM_PERFETTO
};

static const struct {
	const char *name, *ending;
	enum form form;
} forms[] = {
	{ "text", ".txt", FORM_TEXT },
	{ "html", ".html", FORM_HTML },
	{ "html", ".htm", FORM_HTML },
	{ "markdown", ".md", FORM_MARKDOWN },
	{ "tap", ".tap", FORM_TAP },
	{ "junit", ".xml", FORM_JUNIT },
	{ "json", ".json", FORM_JSON },
	{ "perfetto", ".pftrace", FORM_PERFETTO },
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

struct report {
	const char *db, *out;
	const char *which[RUNS_MAX];
	size_t n_which;
	enum form form;
	struct timeline_options line;

	int64_t ids[RUNS_MAX]; /* the runs, once found */
	struct trace *traces[RUNS_MAX];
	size_t n;
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
	size_t i;

	for (i = 0; i < FORMS; i++)
		if (strcmp(s, forms[i].name) == 0) {
			r->form = forms[i].form;
			return true;
		}
	return false;
}

/* What the file's name asks for, unless --format does. */
static enum form
form_of_name(const char *path)
{
	size_t i, bytes = path == NULL ? 0 : strlen(path), end;

	for (i = 0; i < FORMS; i++) {
		end = strlen(forms[i].ending);
		if (bytes > end &&
		    strcmp(path + bytes - end, forms[i].ending) == 0)
			return forms[i].form;
	}
	return FORM_TEXT;
}

static bool
add_run(struct report *r, const char *name)
{
	if (r->n_which == RUNS_MAX) {
		fprintf(stderr,
		    "switchback report: --run: at most %d runs fit side by "
		    "side\n",
		    RUNS_MAX);
		return false;
	}
	r->which[r->n_which++] = name;
	return true;
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
		return add_run(r, optarg);
	case 'F':
		return parse_format(optarg, r) ||
		    wrong("--format", optarg,
			"text, html, markdown, tap, junit, json or "
			"perfetto");
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

/* The run that is named, else (NULL) the newest. */
static int
find_run(const struct report *r, struct store_reader *reader, const char *which,
    int64_t *id, struct err *e)
{
	int rc;

	*id = 0;
	if (which != NULL)
		return store_read_find(reader, which, id, e);
	rc = store_read_runs(reader, take_newest, id, e);
	if (rc == 0 && *id == 0)
		return err_set(e, ERR_NOTFOUND, "%s: holds no run",
		    storeargs_db(r->db));
	return rc;
}

static int
read_runs(struct report *r)
{
	struct store_reader *reader = NULL;
	struct err e;
	int rc = store_read_open(storeargs_db(r->db), &reader, &e);

	if (r->n_which == 0)
		r->n_which = 1; /* the newest: which[0] is NULL */
	while (rc == 0 && r->n < r->n_which) {
		rc = find_run(r, reader, r->which[r->n], &r->ids[r->n], &e);
		if (rc == 0)
			rc = store_read_trace(reader, r->ids[r->n],
			    &r->traces[r->n], &e);
		r->n += rc == 0;
	}
	store_read_close(reader);
	return rc == 0 ? CMD_PASS : storeargs_fail("report", &e);
}

static void
add_text(const struct report *r, const struct trace *const *traces, bool color,
    struct strbuf *out)
{
	struct timeline_options line = r->line;
	size_t i;

	for (i = 0; i < r->n; i++) {
		strbuf_addf(out, "run %" PRId64 " of %s\n", r->ids[i],
		    storeargs_db(r->db));
		if (traces[i]->run.cut)
			strbuf_adds(out,
			    "not finished: it is being recorded, or was cut "
			    "off; this is all that was stored\n");
	}
	compare_write(traces, r->n, color, out);
	line.color = color;
	for (i = 0; i < r->n; i++) {
		strbuf_addc(out, '\n');
		if (r->n > 1)
			strbuf_addf(out, "== time line of run %" PRId64 "\n\n",
			    r->ids[i]);
		line.legend = i == 0;
		timeline_write(traces[i], &line, out);
	}
}

static void
add_suite(const struct report *r, enum suite_format format, struct strbuf *out)
{
	struct suite_case cases[RUNS_MAX] = { 0 };
	size_t i;

	for (i = 0; i < r->n; i++) {
		cases[i].name = r->traces[i]->run.title;
		cases[i].policy = r->traces[i]->run.policy;
		cases[i].seed = r->traces[i]->run.seed;
		cases[i].trace = r->traces[i];
	}
	suite_write(format, cases, r->n, false, false, out);
}

static void
add_report(const struct report *r, struct strbuf *out)
{
	const struct trace *traces[RUNS_MAX];
	size_t i;

	for (i = 0; i < r->n; i++)
		traces[i] = r->traces[i];
	switch (r->form) {
	case FORM_UNSET:
	case FORM_TEXT:
		add_text(r, traces, r->out == NULL && isatty(STDOUT_FILENO),
		    out);
		break;
	case FORM_HTML:
		html_write(traces, r->n, out);
		break;
	case FORM_MARKDOWN:
		add_suite(r, SUITE_MARKDOWN, out);
		break;
	case FORM_TAP:
		add_suite(r, SUITE_TAP, out);
		break;
	case FORM_JUNIT:
		add_suite(r, SUITE_JUNIT, out);
		break;
	case FORM_JSON:
		compare_write_json(traces, r->n, out);
		break;
	case FORM_PERFETTO:
		perfetto_write(traces, r->n, out);
		break;
	}
}

int
cmd_report(int argc, char **argv)
{
	struct report r = { 0 };
	struct strbuf text = { 0 };
	int status;
	size_t i;

	if (!parse_options(argc, argv, &r, &status))
		return status;
	if (r.form == FORM_UNSET)
		r.form = form_of_name(r.out);
	if (r.form == FORM_PERFETTO && r.out == NULL && isatty(STDOUT_FILENO)) {
		fputs("switchback report: --format perfetto: its bytes are not "
		      "for a terminal: name a file with -o\n",
		    stderr);
		return CMD_INPUT;
	}
	status = read_runs(&r);
	if (status == CMD_PASS) {
		add_report(&r, &text);
		status = outfile_write("report", r.out, &text);
	}
	strbuf_fini(&text);
	for (i = 0; i < r.n; i++)
		trace_free(r.traces[i]);
	return status;
}
