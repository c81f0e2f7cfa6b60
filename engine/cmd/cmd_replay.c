/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback replay - a recorded history, judged under each policy.
 *
 * Closed: only what the outside world did is taken from the recording, and
 * the simulated machine makes the consequences. Open: every record is given to
 * the engine as it was and when it was.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/policies.h"
#include "db/store.h"
#include "report/compare.h"
#include "report/timeline.h"
#include "sim/simstage.h"
#include "sim/stimuli.h"

struct replay {
	struct policies policies;
	const char *scenario_path, *recording_spec, *db, *report;
	bool open;
	int64_t seed; /* 0: the scenario's */
	struct scenario *scenario;
	struct recording *recording;
	struct ruleset *rules;
	struct trace *traces[2];
	bool good;
};

static void
usage(FILE *to)
{
	fputs(
	    "usage: switchback replay [options] [RECORDING]\n"
	    "RECORDING is FILE, FILE#NAME or FILE#NAME+NAME; without one the\n"
	    "scenario's own is taken.\n\n"
	    "  --closed          the machine makes the consequences (default)\n"
	    "  --open            every record is given as it was\n"
	    "  --scenario FILE   machine, configuration, probes, expectations\n"
	    "  --policy P[,P]    stock, native (default: both)\n"
	    "  --seed N          instead of the scenario's own seed\n"
	    "  --db FILE         store the runs\n"
	    "  --report FILE     write the whole time lines there\n",
	    to);
}

static int
parse_options(int argc, char **argv, struct replay *r)
{
	static const struct option longs[] = {
		{ "open", no_argument, NULL, 'O' },
		{ "closed", no_argument, NULL, 'C' },
		{ "scenario", required_argument, NULL, 'S' },
		{ "policy", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' },
		{ "db", required_argument, NULL, 'd' },
		{ "report", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct err e;
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		switch (c) {
		case 'O':
		case 'C':
			r->open = c == 'O';
			break;
		case 'S':
			r->scenario_path = optarg;
			break;
		case 'p':
			if (policies_parse(optarg, &r->policies, &e) == 0)
				break;
			fprintf(stderr, "switchback replay: --policy: %s\n",
			    e.text);
			return CMD_INPUT + 1;
		case 's':
			if (num_parse(optarg, strlen(optarg), 1, INT64_MAX,
				&r->seed))
				break;
			fputs("switchback replay: --seed: give a number "
			      "from 1\n",
			    stderr);
			return CMD_INPUT + 1;
		case 'd':
			r->db = optarg;
			break;
		case 'r':
			r->report = optarg;
			break;
		case 'h':
			usage(stdout);
			return CMD_PASS + 1;
		default:
			usage(stderr);
			return CMD_INPUT + 1;
		}
	}
	if (optind < argc)
		r->recording_spec = argv[optind++];
	if (optind < argc ||
	    (r->recording_spec == NULL && r->scenario_path == NULL)) {
		usage(stderr);
		return CMD_INPUT + 1;
	}
	return 0;
}

/* An open replay has no packets: what speaks of them cannot be judged. */
static void
drop_packet_expectations(struct scenario *s)
{
	struct scn_expect last;
	size_t i, dropped = 0;

	for (i = s->n_expects; i > 0; i--) {
		if (s->expects[i - 1].kind != SCN_EXPECT_PROBE)
			continue;
		/* Moved behind the end, where scenario_free() would lose it:
		 * so they are swapped back before that. */
		last = s->expects[i - 1];
		memmove(&s->expects[i - 1], &s->expects[i],
		    (s->n_expects - i) * sizeof(last));
		s->expects[s->n_expects - 1] = last;
		s->n_expects--;
		dropped++;
	}
	if (dropped > 0)
		fprintf(stderr,
		    "note: %zu expectation(s) about packets are not judged: "
		    "an open replay has none\n",
		    dropped);
}

static bool
load(struct replay *r)
{
	struct err e;

	if (r->scenario_path != NULL &&
	    (r->scenario = input_scenario(r->scenario_path)) == NULL)
		return false;
	if (r->recording_spec == NULL && r->scenario->recording == NULL) {
		fprintf(stderr,
		    "%s: has no \"replay\" statement; name a recording\n",
		    r->scenario_path);
		return false;
	}
	if (r->recording_spec != NULL &&
	    (r->recording = input_recording(r->recording_spec)) == NULL)
		return false;
	if (r->scenario == NULL)
		r->scenario = stimuli_scenario(r->recording);
	if (r->recording != NULL &&
	    stimuli_add(r->scenario, r->recording, &e) < 0 && !r->open) {
		fprintf(stderr, "%s\n", e.text);
		return false;
	}
	r->rules = input_rules(r->scenario);
	return r->rules != NULL;
}

static int
run_policy(struct replay *r, size_t n)
{
	struct diag d = { .emit = input_print_finding };
	struct simstage stage = {
		.scenario = r->scenario,
		.profile = input_profile(r->scenario->machine),
		.rules = r->rules,
		.policy = r->policies.list[n],
		.follow = r->open ? r->recording : NULL,
	};
	int status = CMD_INPUT;

	stage.seed = r->seed != 0 ? (uint64_t)r->seed : r->scenario->seed;
	if (stage.profile != NULL && simstage_check(&stage, &d)) {
		r->traces[n] = trace_new();
		if (!simstage_run(&stage, r->traces[n]))
			r->good = false;
		status = CMD_PASS;
	}
	profile_free(stage.profile);
	return status;
}

static int
store(const struct replay *r)
{
	struct store *s = NULL;
	struct err e;
	size_t i;
	int rc = store_open(r->db, 0, &s, &e);

	for (i = 0; rc == 0 && i < r->policies.count; i++)
		rc = store_add_trace(s, r->traces[i], NULL, &e);
	store_close(s);
	if (rc == 0)
		return CMD_PASS;
	fprintf(stderr, "switchback replay: %s\n", e.text);
	return rc == ERR_IO || rc == ERR_BUSY ? CMD_TROUBLE : CMD_INPUT;
}

static int
write_report(const struct replay *r, const struct strbuf *table)
{
	struct timeline_options o = { 0 };
	struct strbuf text = { 0 };
	int status = CMD_PASS;
	size_t i;
	FILE *f;

	strbuf_add(&text, table->data, table->bytes);
	for (i = 0; i < r->policies.count; i++) {
		strbuf_addf(&text, "\n== time line under %s\n\n",
		    policy_word(r->policies.list[i]));
		timeline_write(r->traces[i], &o, &text);
	}
	f = fopen(r->report, "wb");
	if (f == NULL ||
	    fwrite(strbuf_str(&text), 1, text.bytes, f) != text.bytes ||
	    fclose(f) != 0) {
		fprintf(stderr, "%s: %s\n", r->report, strerror(errno));
		status = CMD_TROUBLE;
	}
	strbuf_fini(&text);
	return status;
}

/* From the first departure of a VF on: what a reader comes for. */
static void
print_timeline(const struct replay *r, size_t n, bool color)
{
	const struct trace *t = r->traces[n];
	struct timeline_options o = { .color = color };
	struct strbuf text = { 0 };
	size_t i;

	for (i = 0; i < t->n_marks; i++)
		if (strncmp(t->marks[i].name, "gone.", 5) == 0) {
			o.from_ns = t->marks[i].at_ns - DUR_SEC;
			break;
		}
	printf("\n== time line under %s\n\n", policy_word(r->policies.list[n]));
	timeline_write(t, &o, &text);
	fwrite(strbuf_str(&text), 1, text.bytes, stdout);
	strbuf_fini(&text);
}

static int
show(const struct replay *r)
{
	const struct trace *list[2] = { r->traces[0], r->traces[1] };
	bool color = isatty(STDOUT_FILENO);
	struct strbuf table = { 0 }, plain = { 0 };
	int status = CMD_PASS;
	size_t i;

	for (i = 0; i < r->policies.count; i++)
		print_timeline(r, i, color);
	compare_write(list, r->policies.count, color, &table);
	compare_write(list, r->policies.count, false, &plain);
	printf("\n%s", strbuf_str(&table));
	if (r->db != NULL)
		printf("\ndatabase: %s\n", r->db);
	if (r->report != NULL) {
		status = write_report(r, &plain);
		if (status == CMD_PASS)
			printf("report:   %s\n", r->report);
	}
	strbuf_fini(&table);
	strbuf_fini(&plain);
	return status;
}

static int
replay(struct replay *r)
{
	int status = CMD_PASS;
	size_t i, expects;

	if (!load(r))
		return CMD_INPUT;
	if (r->open && r->recording == NULL) {
		fputs("switchback replay: --open needs the recording's name "
		      "on the command line\n",
		    stderr);
		return CMD_INPUT;
	}
	expects = r->scenario->n_expects;
	if (r->open)
		drop_packet_expectations(r->scenario);
	for (i = 0; i < r->policies.count && status == CMD_PASS; i++)
		status = run_policy(r, i);
	r->scenario->n_expects = expects;
	if (status == CMD_PASS && r->db != NULL)
		status = store(r);
	if (status == CMD_PASS)
		status = show(r);
	return status == CMD_PASS && !r->good ? CMD_FAIL : status;
}

int
cmd_replay(int argc, char **argv)
{
	struct replay r = { .policies = { { CORE_STOCK, CORE_NATIVE }, 2 },
		.good = true };
	int status = parse_options(argc, argv, &r);

	if (status != 0)
		return status - 1;
	status = replay(&r);
	trace_free(r.traces[0]);
	trace_free(r.traces[1]);
	ruleset_free(r.rules);
	recording_free(r.recording);
	scenario_free(r.scenario);
	return status;
}
