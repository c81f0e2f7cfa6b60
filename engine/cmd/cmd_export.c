/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback export - writes the records of a stored run as text.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmds.h"
#include "cmd/exportpcap.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"

static const char usage[] =
    "usage: switchback export [--db FILE] [--run ID|TITLE] [-o OUT | --pcap "
    "DIR]\n"
    "\n"
    "Writes the records which a run's engine read, or which were imported, as\n"
    "lines \"SECONDS.NANOS RECORD\". What was imported comes out byte by "
    "byte.\n"
    "\n"
    "  --db FILE        the store ($SWITCHBACK_DB, else switchback.db)\n"
    "  --run ID|TITLE   needed when there is more than one run; of a title,\n"
    "                   the newest\n"
    "  -o OUT           a file instead of standard output\n"
    "  --pcap DIR       instead, its packets as DIR/INTERFACE.pcap\n";

struct job {
	const char *db, *run, *out, *pcap;
};

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
	if (rc == 0)
		recording_format(rec, text);
	recording_free(rec);
	store_read_close(r);
	return rc;
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

/* False to stop with *status. */
static bool
parse_options(struct job *job, int argc, char **argv, int *status)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "run", required_argument, NULL, 'r' },
		{ "output", required_argument, NULL, 'o' },
		{ "pcap", required_argument, NULL, 'p' },
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
		return true;
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
	if (job.pcap != NULL && job.out != NULL) {
		fputs("switchback export: -o and --pcap exclude each other\n",
		    stderr);
		return CMD_INPUT;
	}
	if (job.pcap != NULL)
		return exportpcap(storeargs_db(job.db), job.run, job.pcap);
	if (read_text(&job, &text, &e) < 0)
		status = storeargs_fail("export", &e);
	else
		status = write_text(job.out, &text);
	strbuf_fini(&text);
	return status;
}
