/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback import - puts text recordings and logs into a store.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/suggest.h"
#include "cmd/cmds.h"
#include "cmd/loginput.h"
#include "cmd/storeargs.h"
#include "db/anonymise.h"
#include "db/store.h"
#include "report/clean.h"

static const char usage[] =
    "usage: switchback import [OPTION...] LOG...\n"
    "\n"
    "Adds each log to a store, as a run of its own. All of them or, when one\n"
    "has a mistake, none. What is known:\n"
    "\n"
    "  recording     lines \"SECONDS.NANOS RECORD\": FILE, FILE#NAME, or\n"
    "                FILE#NAME+NAME+... (sections of a container joined); a\n"
    "                container alone means all that are in it\n"
    "  devd          what devd(8) prints when it debugs\n"
    "  kernel        a Linux kernel's log: dmesg, journalctl, syslog\n"
    "  rtnetlink     lines \"HOST GUEST RTM_NEWLINK idx=...\"\n"
    "\n"
    "- is standard input.\n"
    "\n"
    "  --format KIND one of these words; else the content tells\n"
    "  --db FILE     the store, made if missing ($SWITCHBACK_DB, else\n"
    "                switchback.db)\n"
    "  --note TEXT   where it comes from, kept with the run\n"
    "  --anonymise[=SEED]\n"
    "                addresses, GUIDs, names of hosts and users become\n"
    "                others, the same for the same\n"
    "  --json        one JSON object for each run\n";

struct import {
	const char *db, *note;
	bool json, anonymise;
	const char *seed; /* of it; NULL: the usual one */
	enum foreign_kind format;
	struct loginputs in;
	int status; /* the worst so far */
};

static int
add_one(const struct import *im, struct store *s, const struct loginput *in,
    int64_t *id, struct err *e)
{
	struct strbuf note = { 0 };

	if (im->note != NULL) {
		strbuf_adds(&note, im->note);
		if (in->trace->run.note[0] != '\0')
			strbuf_addf(&note, "; %s", in->trace->run.note);
		free(in->trace->run.note);
		in->trace->run.note = strbuf_take(&note);
	}
	return in->recording != NULL
	    ? store_add_recording(s, in->recording, in->trace, id, e)
	    : store_add_trace(s, in->trace, id, e);
}

static json_t *
tally_json(const struct foreign_tally *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "lines",
	    (json_int_t)t->lines, "understood", (json_int_t)t->understood,
	    "kept", (json_int_t)t->kept, "passed_over", (json_int_t)t->passed,
	    "damaged", (json_int_t)t->damaged);
}

static void
print_one(const struct import *im, const struct loginput *in, int64_t id)
{
	const struct trace *t = in->trace;
	struct strbuf text = { 0 };
	json_t *object;

	if (im->json) {
		object = json_pack("{s:I, s:o, s:I, s:s}", "run",
		    (json_int_t)id, "title",
		    storeargs_json(t->run.title, strlen(t->run.title)),
		    "records", (json_int_t)t->n_records, "format",
		    foreign_word(in->kind));
		if (in->recording == NULL)
			json_object_set_new(object, "lines",
			    tally_json(&in->tally));
		storeargs_print(object);
		return;
	}
	clean_text(&text, t->run.title);
	printf("run %lld: %s, %zu records\n", (long long)id, strbuf_str(&text),
	    t->n_records);
	if (in->recording == NULL) {
		strbuf_reset(&text);
		foreign_tally_write(&in->tally, &text);
		printf("    %s: %s\n", foreign_title(in->kind),
		    strbuf_str(&text));
	}
	strbuf_fini(&text);
}

static int
store_all(struct import *im)
{
	int64_t *ids = mem_zero(im->in.n + 1, sizeof(*ids));
	struct store *s = NULL;
	struct err e;
	size_t i;
	int rc;

	rc = store_open(storeargs_db(im->db), 0, &s, &e);
	if (rc == 0)
		rc = store_begin(s, &e);
	for (i = 0; i < im->in.n && rc == 0; i++)
		rc = add_one(im, s, &im->in.list[i], &ids[i], &e);
	if (rc == 0)
		rc = store_commit(s, &e);
	/* Not before: what is said to be there must be. */
	for (i = 0; i < im->in.n && rc == 0; i++)
		print_one(im, &im->in.list[i], ids[i]);
	store_close(s);
	free(ids);
	return rc == 0 ? CMD_PASS : storeargs_fail("import", &e);
}

/* "kernel-1": a file's name may say whose it is. */
static void
map_one(struct anonymiser *a, struct loginput *in, size_t number)
{
	char title[64];

	snprintf(title, sizeof(title), "%s-%zu", foreign_word(in->kind),
	    number + 1);
	if (in->recording != NULL)
		anonymise_map_recording(a, in->recording, title);
	anonymise_map_trace(a, in->trace, title);
}

/* All logs together, so that what is equal in two of them stays so. */
static int
anonymise_all(struct import *im)
{
	struct anonymiser *a = anonymiser_new(im->seed);
	struct loginput *in;
	struct err e;
	size_t i;
	int rc;

	for (i = 0; i < im->in.n; i++) {
		in = &im->in.list[i];
		anonymiser_learn_host(a, in->tally.host);
		if (in->recording != NULL)
			anonymise_learn_recording(a, in->recording);
		anonymise_learn_trace(a, in->trace);
	}
	rc = anonymiser_settle(a, &e);
	for (i = 0; i < im->in.n && rc == 0; i++)
		map_one(a, &im->in.list[i], i);
	anonymiser_free(a);
	return rc == 0 ? CMD_PASS : storeargs_fail("import", &e);
}

static bool
take_format(struct import *im, const char *word)
{
	static const char *const words[] = { "recording", "devd", "kernel",
		"rtnetlink" };
	const char *near = suggest(word, words, 4);

	if ((im->format = foreign_of_word(word)) != FOREIGN_UNKNOWN)
		return true;
	fprintf(stderr,
	    "switchback import: --format: unknown `%s`%s%s%s: give recording, "
	    "devd, kernel or rtnetlink\n",
	    word, near == NULL ? "" : ", did you mean `",
	    near == NULL ? "" : near, near == NULL ? "" : "`");
	im->status = CMD_INPUT;
	return false;
}

/* False to stop, with the status set. */
static bool
parse_options(struct import *im, int argc, char **argv)
{
	static const struct option options[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "note", required_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ "format", required_argument, NULL, 'f' },
		{ "anonymise", optional_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			im->db = optarg;
			break;
		case 'n':
			im->note = optarg;
			break;
		case 'j':
			im->json = true;
			break;
		case 'a':
			im->anonymise = true;
			im->seed = optarg;
			break;
		case 'f':
			if (take_format(im, optarg))
				break;
			return false;
		case 'h':
			fputs(usage, stdout);
			return false;
		default:
			fputs(usage, stderr);
			im->status = CMD_INPUT;
			return false;
		}
	}
	if (optind < argc)
		return true;
	fputs(usage, stderr);
	im->status = CMD_INPUT;
	return false;
}

int
cmd_import(int argc, char **argv)
{
	struct import im = { .status = CMD_PASS };
	int status;

	if (!parse_options(&im, argc, argv))
		return im.status;
	for (; optind < argc; optind++) {
		status = loginput_read(argv[optind], im.format, &im.in);
		if (status != CMD_PASS)
			im.status = status;
	}
	if (im.status == CMD_PASS && im.anonymise)
		im.status = anonymise_all(&im);
	if (im.status == CMD_PASS)
		im.status = store_all(&im);
	loginputs_fini(&im.in);
	return im.status;
}
