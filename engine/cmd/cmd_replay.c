/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback replay - a recorded history, judged under each policy.
 *
 * Closed: only what the outside world did is taken from the recording, and
 * the simulated machine makes the consequences. Open: every record is given to
 * the engine as it was and when it was. Verify: the engine is told again all
 * that it was told, and has to answer the same.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/faithful.h"
#include "cmd/inputs.h"
#include "cmd/outfile.h"
#include "cmd/pcapdir.h"
#include "cmd/policies.h"
#include "cmd/repeat.h"
#include "cmd/storeargs.h"
#include "cmd/verify.h"
#include "db/store.h"
#include "report/compare.h"
#include "report/html.h"
#include "report/suite.h"
#include "report/timeline.h"
#include "sim/stage/simstage.h"
#include "sim/stage/stimuli.h"

static const char usage[] =
    "usage: switchback replay [OPTION...] [RECORDING]\n"
    "       switchback replay --verify [--db FILE] [--run ID|TITLE] [--json]\n"
    "\n"
    "RECORDING is FILE, FILE#NAME or FILE#NAME+NAME; without one the\n"
    "scenario's own is taken.\n"
    "\n"
    "  --closed          what the outside world did is taken from it, and\n"
    "                    the machine makes the consequences (default)\n"
    "  --open            every record is given as it was: judges rules and\n"
    "                    decisions, no packets\n"
    "  --scenario FILE   machine, configuration, probes, expectations\n"
    "  --policy P[,P]    stock, native (default: both)\n"
    "  --seed N          instead of the scenario's own seed\n"
    "  --db FILE         store the runs\n"
    "  --decisions       and with them all that the engine was told and\n"
    "                    answered\n"
    "  --report FILE     write the whole time lines there; as a page for a\n"
    "                    browser when its name ends in .html\n"
    "  --pcap DIR        write the packets into DIR, in a folder for each\n"
    "                    policy a file for each interface, the peer and the\n"
    "                    guest's sockets\n"
    "  --json            print the comparison as JSON\n"
    "  --verify          the decisions of stored runs are made again, by what\n"
    "                    the engine was told then: each has to be the same\n"
    "  --run ID|TITLE    of --verify: this run (all that have decisions)\n"
    "\n"
    "Exit status: 0 passed or nothing expected, 1 an expectation failed or a\n"
    "decision is another, 2 bad input, 3 a result could not be written, 4\n"
    "there was no decision to verify.\n";

struct replay {
	const char *program;
	struct policies policies;
	const char *scenario_path, *recording_spec, *db, *report, *pcap_dir;
	const char *run;
	bool open, json, decisions, verify,
	    staged;   /* an option of the other two */
	int64_t seed; /* 0: the scenario's */
	struct scenario *scenario;
	struct recording *recording;
	struct ruleset *rules;
	struct trace *traces[2];
	struct faithful faithful;
	bool good;
};

/* One option; false after a message. */
static bool
take_option(struct replay *r, int c)
{
	struct err e;

	r->staged = r->staged || strchr("OCSpsrPD", c) != NULL;
	switch (c) {
	case 'O':
	case 'C':
		r->open = c == 'O';
		return true;
	case 'S':
		r->scenario_path = optarg;
		return true;
	case 'p':
		if (policies_parse(optarg, &r->policies, &e) == 0)
			return true;
		fprintf(stderr, "switchback replay: --policy: %s\n", e.text);
		return false;
	case 's':
		if (num_parse(optarg, strlen(optarg), 1, INT64_MAX, &r->seed))
			return true;
		fputs("switchback replay: --seed: give a number from 1\n",
		    stderr);
		return false;
	case 'd':
		r->db = optarg;
		return true;
	case 'r':
		r->report = optarg;
		return true;
	case 'P':
		r->pcap_dir = optarg;
		if (optarg[0] != '\0')
			return true;
		fputs("switchback replay: --pcap: the name is empty: name a "
		      "folder\n",
		    stderr);
		return false;
	case 'J':
		r->json = true;
		return true;
	case 'D':
		r->decisions = true;
		return true;
	case 'V':
		r->verify = true;
		return true;
	case 'R':
		r->run = optarg;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

/* Options that go together; false after a message. */
static bool
is_consistent(const struct replay *r)
{
	if (r->verify && (r->staged || r->recording_spec != NULL)) {
		fputs("switchback replay: --verify: takes stored runs as they "
		      "are: beside it stand --db, --run and --json\n",
		    stderr);
		return false;
	}
	if (r->decisions && r->db == NULL) {
		fputs("switchback replay: --decisions: goes into a store: say "
		      "into which with --db FILE\n",
		    stderr);
		return false;
	}
	if (r->run != NULL && !r->verify) {
		fputs("switchback replay: --run: belongs to --verify\n",
		    stderr);
		return false;
	}
	if (r->open && r->pcap_dir != NULL) {
		fputs("switchback replay: --pcap: an open replay has no "
		      "packets; leave one of the two out\n",
		    stderr);
		return false;
	}
	return true;
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct replay *r, int *status)
{
	static const struct option longs[] = {
		{ "open", no_argument, NULL, 'O' },
		{ "closed", no_argument, NULL, 'C' },
		{ "scenario", required_argument, NULL, 'S' },
		{ "policy", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' },
		{ "db", required_argument, NULL, 'd' },
		{ "report", required_argument, NULL, 'r' },
		{ "pcap", required_argument, NULL, 'P' },
		{ "json", no_argument, NULL, 'J' },
		{ "decisions", no_argument, NULL, 'D' },
		{ "verify", no_argument, NULL, 'V' },
		{ "run", required_argument, NULL, 'R' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 1;
	*status = CMD_INPUT;
	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(r, c))
			return false;
	}
	if (optind < argc)
		r->recording_spec = argv[optind++];
	if (!is_consistent(r))
		return false;
	if (optind == argc &&
	    (r->verify || r->recording_spec != NULL ||
		r->scenario_path != NULL))
		return true;
	fputs(usage, stderr);
	return false;
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
		    "switchback replay: %zu expectation%s about packets left "
		    "out: an open replay has none\n",
		    dropped, dropped > 1 ? "s" : "");
}

static struct recording *
load_recording(const struct replay *r)
{
	if (r->recording_spec != NULL)
		return input_recording(r->recording_spec);
	if (r->scenario->recording != NULL)
		return input_scenario_recording(r->scenario);
	fprintf(stderr,
	    "switchback replay: %s: has no \"replay\" statement; name a "
	    "recording behind it\n",
	    r->scenario_path);
	return NULL;
}

static bool
load(struct replay *r)
{
	struct err e;
	bool bad;

	if (r->scenario_path != NULL &&
	    (r->scenario = input_scenario_text(r->scenario_path)) == NULL)
		return false;
	if ((r->recording = load_recording(r)) == NULL)
		return false;
	if (r->scenario == NULL && !r->open) {
		r->scenario = faithful_open(&r->faithful, r->recording, &bad);
		if (bad)
			return false;
		if (r->scenario != NULL) {
			r->rules = input_rules(r->scenario);
			return r->rules != NULL;
		}
	}
	if (r->scenario == NULL)
		r->scenario = stimuli_scenario(r->recording);
	if (stimuli_add(r->scenario, r->recording, &e) < 0 && !r->open) {
		fprintf(stderr, "switchback replay: %s\n", e.text);
		return false;
	}
	if (r->scenario->recording == NULL)
		r->scenario->recording = mem_str(r->recording->source);
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
		.decisions = r->decisions,
	};
	int status = CMD_INPUT;
	struct err e;

	stage.seed = r->seed != 0 ? (uint64_t)r->seed : r->scenario->seed;
	if (stage.profile != NULL && simstage_check(&stage, &d)) {
		if (r->pcap_dir != NULL)
			stage.capture = pcapdir_open(r->pcap_dir,
			    r->scenario_path != NULL ? r->scenario_path
						     : r->recording_spec,
			    stage.policy, 0);
		r->traces[n] = trace_new();
		if (!simstage_run(&stage, r->traces[n]))
			r->good = false;
		status = CMD_PASS;
		if (capture_close(stage.capture, &e) < 0) {
			fprintf(stderr, "switchback replay: %s\n", e.text);
			status = CMD_TROUBLE;
		}
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
	storeargs_fail("replay", &e);
	return rc == ERR_INPUT || rc == ERR_VERSION ? CMD_INPUT : CMD_TROUBLE;
}

/* --- what is shown --- */

static void
add_timeline(const struct replay *r, size_t n, int64_t from_ns, bool color,
    struct strbuf *out)
{
	struct timeline_options o = { .from_ns = from_ns,
		.color = color,
		.legend = n == 0 };

	strbuf_addf(out, "\n== time line under %s\n\n",
	    policy_word(r->policies.list[n]));
	timeline_write(r->traces[n], &o, out);
}

/* From the first departure of a VF on: what a reader comes for. */
static int64_t
first_departure(const struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n_marks; i++)
		if (strncmp(t->marks[i].name, "gone.", 5) == 0)
			return t->marks[i].at_ns - DUR_SEC;
	return t->run.start_ns;
}

static void
add_failures(const struct replay *r, size_t n, bool color, struct strbuf *out)
{
	struct suite_case c = { .trace = r->traces[n] };
	const char *policy = policy_word(r->policies.list[n]);
	struct strbuf repeat = { 0 }, text = { 0 };

	repeat_word(&repeat, r->program);
	strbuf_addf(&repeat, " replay%s --policy %s --seed %" PRIu64,
	    r->open ? " --open" : "", policy, c.trace->run.seed);
	if (r->scenario_path != NULL) {
		strbuf_adds(&repeat, " --scenario ");
		repeat_word(&repeat, r->scenario_path);
	}
	if (r->recording_spec != NULL) {
		strbuf_addc(&repeat, ' ');
		repeat_word(&repeat, r->recording_spec);
	}
	c.repeat = strbuf_str(&repeat);
	suite_write_failures(&c, color, &text);
	if (text.bytes > 0)
		strbuf_addf(out, "\n== what failed under %s\n\n%s", policy,
		    strbuf_str(&text));
	strbuf_fini(&repeat);
	strbuf_fini(&text);
}

static void
add_table(const struct replay *r, bool color, struct strbuf *out)
{
	const struct trace *list[2] = { r->traces[0], r->traces[1] };
	size_t i;

	if (r->open)
		strbuf_adds(out,
		    "open replay: every record as it was, and what rules and "
		    "controller made of it; no packets\n");
	compare_write(list, r->policies.count, color, out);
	for (i = 0; i < r->policies.count; i++)
		add_failures(r, i, color, out);
	faithful_write(&r->faithful, color, out);
}

static bool
is_html(const char *path)
{
	size_t bytes = strlen(path);

	return bytes > 5 && strcmp(path + bytes - 5, ".html") == 0;
}

static int
write_report(const struct replay *r)
{
	const struct trace *list[2] = { r->traces[0], r->traces[1] };
	struct strbuf text = { 0 };
	size_t i;
	int status;

	if (is_html(r->report)) {
		html_write(list, r->policies.count, &text);
	} else {
		add_table(r, false, &text);
		for (i = 0; i < r->policies.count; i++)
			add_timeline(r, i, 0, false, &text);
	}
	status = outfile_write("replay", r->report, &text);
	strbuf_fini(&text);
	return status;
}

static void
show(const struct replay *r)
{
	const struct trace *list[2] = { r->traces[0], r->traces[1] };
	bool color = isatty(STDOUT_FILENO);
	struct strbuf text = { 0 };
	size_t i;

	if (r->json) {
		compare_write_json_beside(list, r->policies.count,
		    r->faithful.fidelity, &text);
	} else {
		for (i = 0; i < r->policies.count; i++)
			add_timeline(r, i, first_departure(r->traces[i]), color,
			    &text);
		strbuf_addc(&text, '\n');
		add_table(r, color, &text);
		if (r->db != NULL)
			strbuf_addf(&text, "\ndatabase: %s\n", r->db);
		if (r->report != NULL)
			strbuf_addf(&text, "%sreport:   %s\n",
			    r->db == NULL ? "\n" : "", r->report);
	}
	fwrite(strbuf_str(&text), 1, text.bytes, stdout);
	strbuf_fini(&text);
}

static int
replay(struct replay *r)
{
	int status = CMD_PASS, wrote = CMD_PASS;
	size_t i, expects;

	if (!load(r))
		return CMD_INPUT;
	expects = r->scenario->n_expects;
	if (r->open)
		drop_packet_expectations(r->scenario);
	for (i = 0; i < r->policies.count && status == CMD_PASS; i++)
		status = run_policy(r, i);
	/* What was recorded was FreeBSD's own. */
	for (i = 0; i < r->policies.count && status == CMD_PASS; i++)
		if (r->faithful.from_ns > 0 &&
		    r->policies.list[i] == CORE_STOCK)
			faithful_judge(&r->faithful, r->recording,
			    r->traces[i]);
	r->scenario->n_expects = expects;
	if (status != CMD_PASS)
		return status;
	if (r->db != NULL && (status = store(r)) != CMD_PASS)
		r->db = NULL;
	if (r->report != NULL && (wrote = write_report(r)) != CMD_PASS)
		r->report = NULL;
	show(r);
	if (status == CMD_PASS)
		status = wrote;
	return status == CMD_PASS &&
		!(r->good && faithful_is_good(&r->faithful))
	    ? CMD_FAIL
	    : status;
}

int
cmd_replay(int argc, char **argv)
{
	struct replay r = { .program = argv[-1],
		.policies = { { CORE_STOCK, CORE_NATIVE }, 2 },
		.good = true };
	int status;

	if (!parse_options(argc, argv, &r, &status))
		return status;
	if (r.verify)
		return verify_runs(r.db, r.run, r.json);
	status = replay(&r);
	trace_free(r.traces[0]);
	trace_free(r.traces[1]);
	ruleset_free(r.rules);
	faithful_close(&r.faithful);
	recording_free(r.recording);
	scenario_free(r.scenario);
	return status;
}
