/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback shrink - one seed of explore, as a short scenario.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "cmd/cmds.h"
#include "cmd/finding.h"
#include "cmd/outfile.h"
#include "cmd/policies.h"
#include "cmd/shrinkfile.h"

#define STIMULI_MAX 200

static const char usage[] =
    "usage: switchback shrink [OPTION...] --seed N INVARIANT\n"
    "       switchback shrink [OPTION...] FILE.scn [LINE]\n"
    "\n"
    "Makes the history of a seed that breaks the invariant as short as it\n"
    "gets, and prints it as a scenario. switchback explore lists the\n"
    "invariants.\n"
    "\n"
    "Of a scenario file, lines and words are left out and times lowered while\n"
    "the expectation in this line, or the first that fails, goes on failing "
    "in\n"
    "the same words.\n"
    "\n"
    "  --seed N         the history, as of switchback explore\n"
    "  --policy P       stock or native (native)\n"
    "  --stimuli N      as they were told to explore\n"
    "  --time T         no longer than this\n"
    "  -o FILE          write it there\n"
    "\n"
    "Exit status: 0 it fails and is printed, 1 it does not break the\n"
    "invariant, or no expectation fails, 2 usage, 3 the file could not be\n"
    "written.\n";

struct shrinking {
	struct explorer x;
	int64_t seed, most_ns;
	const char *out;
};

static bool
complain(const char *option, const char *what)
{
	fprintf(stderr, "switchback shrink: %s: %s\n", option, what);
	return false;
}

static bool
take_option(struct shrinking *s, int c)
{
	struct policies p;
	struct err err;
	int64_t n;

	switch (c) {
	case 's':
		return num_parse(optarg, strlen(optarg), 1, INT64_MAX / 2,
			   &s->seed) ||
		    complain("--seed", "give a number from 1");
	case 'p':
		if (policies_parse(optarg, &p, &err) < 0 || p.count != 1)
			return complain("--policy", "give stock or native");
		s->x.policy = p.list[0];
		return true;
	case 'n':
		if (!num_parse(optarg, strlen(optarg), 1, STIMULI_MAX, &n))
			return complain("--stimuli",
			    "give a number from 1 to 200");
		s->x.stimuli = (unsigned)n;
		return true;
	case 't':
		return (dur_parse(optarg, strlen(optarg), &s->most_ns) &&
			   s->most_ns > 0) ||
		    complain("--time", "give a duration such as 10s");
	case 'o':
		s->out = optarg;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

static bool
parse_options(int argc, char **argv, struct shrinking *s, int *status)
{
	static const struct option longs[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "policy", required_argument, NULL, 'p' },
		{ "stimuli", required_argument, NULL, 'n' },
		{ "time", required_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(s, c)) {
			*status = CMD_INPUT;
			return false;
		}
	}
	return true;
}

static int
shrink_seed(struct shrinking *s, enum invariant broken, const char *program)
{
	struct finding f = { 0 };
	int status = CMD_INPUT;

	if (!explorer_open(&s->x))
		return CMD_INPUT;
	if (finding_make(&s->x, (uint64_t)s->seed, broken, program,
		s->out != NULL ? s->out : "history", s->most_ns, &f)) {
		status = s->out != NULL
		    ? outfile_write("shrink", s->out, &f.text)
		    : CMD_PASS;
		if (s->out == NULL)
			fputs(strbuf_str(&f.text), stdout);
		if (!f.fails)
			fputs("switchback shrink: it does not fail from this "
			      "text\n",
			    stderr);
	} else if (f.repeat != NULL) {
		fprintf(stderr,
		    "switchback shrink: seed %" PRId64
		    " does not break %s under %s\n",
		    s->seed, invariant_name(broken), policy_word(s->x.policy));
		status = CMD_FAIL;
	}
	finding_fini(&f);
	return status;
}

/* line may be NULL. */
static int
shrink_file(const struct shrinking *s, const char *path, const char *line)
{
	struct shrinkfile f = { .path = path,
		.policy = s->x.policy,
		.most_ns = s->most_ns };
	struct strbuf text = { 0 };
	int status;

	if (line != NULL &&
	    !num_parse(line, strlen(line), 1, INT32_MAX, &f.line)) {
		complain(line, "the number of a line is wanted, from 1");
		return CMD_INPUT;
	}
	status = shrinkfile_run(&f, &text);
	if (status == CMD_PASS && s->out != NULL)
		status = outfile_write("shrink", s->out, &text);
	else if (status == CMD_PASS)
		fputs(strbuf_str(&text), stdout);
	strbuf_fini(&text);
	return status;
}

int
cmd_shrink(int argc, char **argv)
{
	struct shrinking s = {
		.x = { .policy = CORE_NATIVE, .step = 1 },
	};
	enum invariant broken;
	int status = CMD_INPUT;

	if (!parse_options(argc, argv, &s, &status))
		return status;
	if (s.seed == 0 && optind < argc && argc <= optind + 2)
		return shrink_file(&s, argv[optind], argv[optind + 1]);
	if (s.seed == 0 || optind + 1 != argc) {
		fputs(usage, stderr);
		return CMD_INPUT;
	}
	if (!invariant_find(argv[optind], &broken)) {
		complain(argv[optind],
		    "no invariant; switchback explore --invariants lists them");
		return CMD_INPUT;
	}
	status = shrink_seed(&s, broken, argv[-1]);
	explorer_fini(&s.x);
	return status;
}
