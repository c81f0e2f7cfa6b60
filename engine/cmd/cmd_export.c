/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback export - writes the records of a stored run as text, or a
 * scenario drafted from it.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmds.h"
#include "cmd/exportpcap.h"
#include "cmd/inputs.h"
#include "cmd/storeargs.h"
#include "db/anonymise.h"
#include "db/store_read.h"
#include "sim/stage/draft.h"

static const char usage[] =
    "usage: switchback export [OPTION...] [--run ID|TITLE] [-o OUT | --pcap "
    "DIR]\n"
    "\n"
    "Writes the records which a run's engine read, or which were imported, as\n"
    "lines \"SECONDS.NANOS RECORD\". What was imported comes out byte by "
    "byte.\n"
    "\n"
    "  --scenario       a scenario instead, drafted from the run: what the\n"
    "                   outside world did, and expectations that it meets\n"
    "  --title TEXT     of the scenario, instead of the run's\n"
    "  --anonymise[=SEED]\n"
    "                   addresses, GUIDs, names of hosts and users become\n"
    "                   others, the same for the same\n"
    "  --db FILE        the store ($SWITCHBACK_DB, else switchback.db)\n"
    "  --run ID|TITLE   needed when there is more than one run; of a title,\n"
    "                   the newest\n"
    "  -o OUT           a file instead of standard output\n"
    "  --pcap DIR       instead, its packets as DIR/INTERFACE.pcap\n";

#define HIDDEN "anonymised" /* in place of a title */

struct job {
	const char *db, *run, *out, *pcap, *title;
	bool scenario, anonymise;
	const char *seed; /* of it; NULL: the usual one */
};

static int
hide_recording(const struct job *job, struct recording *r, struct err *e)
{
	struct anonymiser *a = anonymiser_new(job->seed);
	int rc;

	anonymise_learn_recording(a, r);
	if ((rc = anonymiser_settle(a, e)) == 0)
		anonymise_map_recording(a, r, HIDDEN);
	anonymiser_free(a);
	return rc;
}

static int
hide_trace(const struct job *job, struct trace *t, struct err *e)
{
	struct anonymiser *a = anonymiser_new(job->seed);
	int rc;

	anonymise_learn_trace(a, t);
	if ((rc = anonymiser_settle(a, e)) == 0)
		anonymise_map_trace(a, t, HIDDEN);
	anonymiser_free(a);
	return rc;
}

static int
read_text(const struct job *job, struct strbuf *text, struct err *e)
{
	struct store_reader *r = NULL;
	struct recording *rec = NULL;
	int64_t id = 0;
	int rc;

	rc = store_read_open(storeargs_db(job->db), &r, e);
	if (rc == 0)
		rc = store_read_find(r, job->run, &id, e);
	if (rc == 0)
		rc = store_read_recording(r, id, &rec, e);
	if (rc == 0 && job->anonymise)
		rc = hide_recording(job, rec, e);
	if (rc == 0)
		recording_format(rec, text);
	recording_free(rec);
	store_read_close(r);
	return rc;
}

static int
read_trace(const struct job *job, struct trace **t, struct err *e)
{
	struct store_reader *r = NULL;
	int64_t id = 0;
	int rc;

	rc = store_read_open(storeargs_db(job->db), &r, e);
	if (rc == 0)
		rc = store_read_find(r, job->run, &id, e);
	if (rc == 0)
		rc = store_read_trace(r, id, t, e);
	store_read_close(r);
	return rc;
}

/* Gives the exit status. */
static int
draft_text(const struct job *job, struct strbuf *text)
{
	struct draft_stage stage = { .profile = input_profile };
	struct ruleset *rules = input_rules(NULL);
	struct draft *d = NULL;
	struct trace *t = NULL;
	struct err e;
	int rc;

	if (rules == NULL)
		return CMD_INPUT;
	stage.rules = rules;
	rc = read_trace(job, &t, &e);
	if (rc == 0 && job->anonymise)
		rc = hide_trace(job, t, &e);
	if (rc == 0)
		rc = draft_make(t, job->title, &d, &e);
	if (rc == 0)
		rc = draft_propose(d, &stage, &e);
	if (rc == 0)
		rc = draft_write(d, text, &e);
	draft_free(d);
	trace_free(t);
	ruleset_free(rules);
	return rc == 0 ? CMD_PASS : storeargs_fail("export", &e);
}

static int
write_text(const char *path, const struct strbuf *text)
{
	FILE *f = path == NULL ? stdout : fopen(path, "wb");
	bool written;

	if (f == NULL) {
		fprintf(stderr, "switchback export: %s: %s\n", path,
		    strerror(errno));
		return CMD_INPUT;
	}
	written = text->bytes == 0 ||
	    fwrite(text->data, 1, text->bytes, f) == text->bytes;
	if (path == NULL)
		return CMD_PASS; /* main looks at stdout */
	if (fclose(f) == 0 && written)
		return CMD_PASS;
	fprintf(stderr, "switchback export: %s: %s\n", path, strerror(errno));
	return CMD_TROUBLE;
}

/* Whether the options go together; false after a message. Packets have
 * addresses, of which nothing here knows. */
static bool
agree(const struct job *job)
{
	const char *with = job->out != NULL ? "-o"
	    : job->scenario		    ? "--scenario"
	    : job->anonymise		    ? "--anonymise"
					    : NULL;

	if (job->pcap != NULL && with != NULL) {
		fprintf(stderr,
		    "switchback export: %s and --pcap exclude each other\n",
		    with);
		return false;
	}
	if (job->title == NULL || job->scenario)
		return true;
	fputs("switchback export: --title is for --scenario\n", stderr);
	return false;
}

/* False to stop with *status. */
static bool
parse_options(struct job *job, int argc, char **argv, int *status)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "run", required_argument, NULL, 'r' },
		{ "output", required_argument, NULL, 'o' },
		{ "pcap", required_argument, NULL, 'p' },
		{ "scenario", no_argument, NULL, 's' },
		{ "anonymise", optional_argument, NULL, 'a' },
		{ "title", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	optind = 1;
	*status = CMD_INPUT;
	while ((opt = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			job->db = optarg;
			break;
		case 'r':
			job->run = optarg;
			break;
		case 'o':
			job->out = optarg;
			break;
		case 'p':
			job->pcap = optarg;
			break;
		case 'a':
			job->anonymise = true;
			job->seed = optarg;
			break;
		case 's':
			job->scenario = true;
			break;
		case 't':
			job->title = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		default:
			fputs(usage, stderr);
			return false;
		}
	}
	if (optind == argc)
		return agree(job);
	fprintf(stderr,
	    "switchback export: what is '%s'? A run is named with --run\n",
	    argv[optind]);
	return false;
}

int
cmd_export(int argc, char **argv)
{
	struct job job = { 0 };
	struct strbuf text = { 0 };
	struct err e;
	int status;

	if (!parse_options(&job, argc, argv, &status))
		return status;
	if (job.pcap != NULL)
		return exportpcap(storeargs_db(job.db), job.run, job.pcap);
	if (job.scenario)
		status = draft_text(&job, &text);
	else
		status = read_text(&job, &text, &e) == 0
		    ? CMD_PASS
		    : storeargs_fail("export", &e);
	if (status == CMD_PASS)
		status = write_text(job.out, &text);
	strbuf_fini(&text);
	return status;
}
