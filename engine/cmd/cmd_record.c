/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback record - what this machine sees, into a store.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/cmds.h"
#include "cmd/storeargs.h"
#include "daemon/record_loop.h"
#include "report/clean.h"
#include "world/clock.h"
#include "world/host.h"

#define BATCH_DEFAULT (500 * DUR_MS)

static const char usage[] =
    "usage: switchback record [--db FILE] [--title T] [--source PATH | "
    "--no-source]\n"
    "                         [--netlink auto|yes|no] [--packets "
    "IF[:FILTER]]...\n"
    "                         [--snaplen N] [--for DUR] [--until-record TEXT]\n"
    "                         [--batch DUR] [--json]\n"
    "\n"
    "Records what this machine sees until SIGINT or SIGTERM, on one clock, as\n"
    "a run of a store.\n"
    "\n"
    "  --db FILE            the store, made if missing ($SWITCHBACK_DB, else\n"
    "                       switchback.db)\n"
    "  --title T            of the run; the host's name and the time\n"
    "  --source PATH        where records of devctl(4) come from: a seqpacket\n"
    "                       socket, or one record a line from a FIFO, a file\n"
    "                       or - (" SOURCE_DEVICE ", or devd's\n"
    "                       " SOURCE_SOCKET " when that is\n"
    "                       busy)\n"
    "  --no-source          no records\n"
    "  --netlink HOW        whether to listen to what the system tells of\n"
    "                       interfaces, addresses and routes (rtnetlink(7),\n"
    "                       route(4)): auto, yes, or no, to look only\n"
    "  --packets IF[:FILTER]  the packets of an interface too, those that a\n"
    "                       pcap-filter(7) lets through; may be repeated\n"
    "  --snaplen N          so many bytes of each packet (128)\n"
    "  --for DUR            end after this time, such as 90s\n"
    "  --until-record TEXT  end after a record that has TEXT in it\n"
    "  --batch DUR          what is recorded is safe after this time (500ms)\n"
    "  --json               the result as one JSON object\n"
    "\n"
    "SIGUSR1 prints what was recorded so far.\n";

struct job {
	struct record_config config;
	const char *db, *source;
	bool no_source, json, terminal;
	char *title;
	const char **packets; /* as given */
	size_t n_packets, cap_packets;
	int64_t snap_bytes;
};

static int
complain(const char *text)
{
	fprintf(stderr, "switchback record: %s\n", text);
	return CMD_INPUT;
}

/* --- what is told --- */

static void
add_counts(struct strbuf *out, const struct record_counts *c)
{
	char at[DUR_TEXT];

	strbuf_addf(out, "%ju records, %ju hints, %ju states, %ju packets",
	    (uintmax_t)c->records, (uintmax_t)c->hints, (uintmax_t)c->states,
	    (uintmax_t)c->packets);
	if (c->dropped > 0)
		strbuf_addf(out, " (%ju dropped by the kernel)",
		    (uintmax_t)c->dropped);
	strbuf_addf(out, " in %s s", dur_short(c->at_ns, at));
}

static void
tell(void *ctx, const struct record_counts *c, bool asked)
{
	const struct job *job = ctx;
	struct strbuf out = { 0 };

	add_counts(&out, c);
	if (job->terminal)
		fprintf(stderr, "\r\033[K%s%s", strbuf_str(&out),
		    asked ? "\n" : "");
	else
		fprintf(stderr, "switchback record: %s\n", strbuf_str(&out));
	strbuf_fini(&out);
}

static void
say_ready(void *ctx, int64_t run_id)
{
	const struct job *job = ctx;

	if (!job->json)
		fprintf(stderr,
		    "switchback record: recording run %jd of %s; SIGINT ends "
		    "it\n",
		    (intmax_t)run_id, storeargs_db(job->db));
}

static void
print_result(const struct job *job, int64_t run_id,
    const struct record_counts *c)
{
	struct strbuf out = { 0 };

	if (job->json) {
		storeargs_print(
		    json_pack("{s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, "
			      "s:I}",
			"run", (json_int_t)run_id, "title",
			storeargs_json(job->title, strlen(job->title)),
			"records", (json_int_t)c->records, "hints",
			(json_int_t)c->hints, "states", (json_int_t)c->states,
			"notes", (json_int_t)c->notes, "packets",
			(json_int_t)c->packets, "dropped",
			(json_int_t)c->dropped, "duration_ns",
			(json_int_t)c->at_ns));
		return;
	}
	strbuf_addf(&out, "run %jd: ", (intmax_t)run_id);
	clean_text(&out, job->title);
	strbuf_adds(&out, ": ");
	add_counts(&out, c);
	puts(strbuf_str(&out));
	strbuf_fini(&out);
}

/* --- the work --- */

/* Where there is no devctl(4), nobody who did not ask for it is refused. */
static int
open_source(struct job *job)
{
	struct err err;
	int rc;

	if (job->no_source)
		return CMD_PASS;
	rc = source_open(job->source, &job->config.source, &err);
	if (rc == ERR_NOTFOUND && job->source == NULL) {
		fputs("switchback record: there are no records of devctl(4) "
		      "here; going on without (--no-source says so)\n",
		    stderr);
		return CMD_PASS;
	}
	if (rc == 0)
		rc = source_hears(job->config.source, &err);
	if (rc < 0)
		return storeargs_fail("record", &err);
	return CMD_PASS;
}

static int
open_packets(struct job *job)
{
	struct err err;
	size_t i;

	if (job->n_packets == 0)
		return CMD_PASS;
	job->config.packets = packets_new((uint32_t)job->snap_bytes);
	for (i = 0; i < job->n_packets; i++)
		if (packets_add(job->config.packets, job->packets[i], &err) < 0)
			return storeargs_fail("record", &err);
	return CMD_PASS;
}

static void
name_run(struct job *job)
{
	char host[256], utc[CLOCK_UTC_TEXT];
	struct strbuf title = { 0 };

	if (job->config.title != NULL) {
		job->title = mem_str(job->config.title);
		return;
	}
	host_name(host, sizeof(host));
	host[strcspn(host, " ")] = '\0';
	clock_utc(clock_wall(), utc);
	utc[strcspn(utc, ".")] = '\0';
	strbuf_addf(&title, "%s %sZ", host, utc);
	job->title = strbuf_take(&title);
	job->config.title = job->title;
}

static int
record(struct job *job)
{
	struct record_counts counts = { 0 };
	int64_t run_id = 0;
	struct err err;
	int rc;

	rc = store_open(storeargs_db(job->db), 0, &job->config.store, &err);
	if (rc < 0)
		return storeargs_fail("record", &err);
	job->config.ready = say_ready;
	job->config.tell = tell;
	job->config.ctx = job;
	job->terminal = isatty(STDERR_FILENO);
	job->config.ticks = job->terminal && !job->json;
	rc = record_run(&job->config, &run_id, &counts, &err);
	if (job->config.ticks)
		fputs("\r\033[K", stderr);
	store_close(job->config.store);
	if (run_id != 0)
		print_result(job, run_id, &counts);
	if (rc == 0)
		return CMD_PASS;
	storeargs_fail("record", &err);
	if (run_id != 0)
		fprintf(stderr,
		    "switchback record: run %jd has what was recorded until "
		    "then\n",
		    (intmax_t)run_id);
	return CMD_TROUBLE;
}

/* --- options --- */

static const struct option options[] = {
	{ "db", required_argument, NULL, 'd' },
	{ "title", required_argument, NULL, 't' },
	{ "source", required_argument, NULL, 's' },
	{ "no-source", no_argument, NULL, 'S' },
	{ "netlink", required_argument, NULL, 'n' },
	{ "packets", required_argument, NULL, 'p' },
	{ "snaplen", required_argument, NULL, 'l' },
	{ "for", required_argument, NULL, 'f' },
	{ "until-record", required_argument, NULL, 'u' },
	{ "batch", required_argument, NULL, 'b' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* -1 to go on, or the exit status. */
static int
take_duration(const char *text, int64_t *ns, const char *mistake)
{
	if (dur_parse(text, strlen(text), ns) && *ns > 0)
		return -1;
	return complain(mistake);
}

static int
take_netlink(struct job *job, const char *text)
{
	if (strcmp(text, "auto") == 0)
		job->config.interfaces = IFWATCH_AUTO;
	else if (strcmp(text, "yes") == 0)
		job->config.interfaces = IFWATCH_LISTEN;
	else if (strcmp(text, "no") == 0)
		job->config.interfaces = IFWATCH_LOOK;
	else
		return complain("--netlink is auto, yes or no");
	return -1;
}

static int
take_option(struct job *job, int opt)
{
	switch (opt) {
	case 'd':
		job->db = optarg;
		return -1;
	case 't':
		job->config.title = optarg;
		return -1;
	case 's':
		job->source = optarg;
		return -1;
	case 'S':
		job->no_source = true;
		return -1;
	case 'n':
		return take_netlink(job, optarg);
	case 'p':
		*MEM_PUSH(job->packets, job->n_packets, job->cap_packets) =
		    optarg;
		return -1;
	case 'l':
		return num_parse(optarg, strlen(optarg), 1, 262144,
			   &job->snap_bytes)
		    ? -1
		    : complain("--snaplen needs a number from 1 to 262144");
	case 'f':
		return take_duration(optarg, &job->config.for_ns,
		    "--for needs a time such as 90s or 5min, above zero");
	case 'u':
		job->config.until = optarg;
		return *optarg != '\0'
		    ? -1
		    : complain("--until-record needs a text to look for");
	case 'b':
		return take_duration(optarg, &job->config.batch_ns,
		    "--batch needs a time such as 500ms, above zero");
	case 'j':
		job->json = true;
		return -1;
	case 'h':
		fputs(usage, stdout);
		return CMD_PASS;
	default:
		fputs(usage, stderr);
		return CMD_INPUT;
	}
}

static int
take_options(struct job *job, int argc, char **argv)
{
	int opt, status;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1)
		if ((status = take_option(job, opt)) >= 0)
			return status;
	if (optind < argc) {
		fprintf(stderr,
		    "switchback record: what is '%s'? There are options only\n",
		    argv[optind]);
		return CMD_INPUT;
	}
	if (job->source != NULL && job->no_source)
		return complain("--source and --no-source exclude each other");
	return -1;
}

int
cmd_record(int argc, char **argv)
{
	struct job job = { .config = { .for_ns = INT64_MAX,
			       .batch_ns = BATCH_DEFAULT },
		.snap_bytes = PACKETS_SNAP };
	int status;

	if ((status = take_options(&job, argc, argv)) >= 0) {
		free(job.packets);
		return status;
	}
	job.config.zero_ns = clock_monotonic();
	name_run(&job);
	status = open_packets(&job);
	if (status == CMD_PASS)
		status = open_source(&job);
	if (status == CMD_PASS)
		status = record(&job);
	packets_free(job.config.packets);
	free(job.packets);
	source_close(job.config.source);
	free(job.title);
	return status;
}
