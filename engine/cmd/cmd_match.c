/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback match - what devd would have run.
 *
 * For each record a line "N TAB -" when nothing runs, else one line
 * "N TAB >command" for each action. A set of rules that is refused gives the
 * line "line N" that devd blames, when it blames one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "cmd/cmds.h"
#include "cmd/ruleargs.h"

#define MASK "@TIMESTAMP@"

static const char usage[] =
    "usage: switchback match -f RULES [OPTION...] EVENTS\n"
    "\n"
    "Prints for each record of EVENTS (- is standard input) the commands that\n"
    "devd(8) would hand to sh -c.\n"
    "\n"
    "  -f RULES             the main rule file\n"
    "  --devd VERSION       answer as this devd: newest (default) or 12.1\n"
    "  --reverse            read directories in reverse order of names\n"
    "  --media FILE         lines 'ifname type': what SIOCGIFMEDIA says\n"
    "  --vm-guest WORD      value of $vm_guest (default hv)\n"
    "  --at SECONDS.MICROS  value of $timestamp (default: printed as\n"
    "                       " MASK ")\n"
    "  --safe               quote so that every POSIX shell understands it\n"
    "  --repeat N           answer N times, print once: for measuring\n";

struct job {
	struct ruleargs args;
	const struct ruleset *rs;
	bool safe;
	int64_t repeat;
	struct devline line; /* these four are used again and again */
	struct strbuf record;
	struct strbuf command;
	struct strbuf out;
};

/* Puts MASK where the time stamp stands, unless the user chose the time. */
static void
mask_timestamp(struct job *job)
{
	const char *stamp = job->args.env.timestamp, *p, *at;
	struct strbuf masked = { 0 };

	if (job->args.at_given ||
	    strstr(strbuf_str(&job->command), stamp) == NULL)
		return;
	for (p = strbuf_str(&job->command); (at = strstr(p, stamp)) != NULL;
	     p = at + strlen(stamp)) {
		strbuf_add(&masked, p, (size_t)(at - p));
		strbuf_adds(&masked, MASK);
	}
	strbuf_adds(&masked, p);
	strbuf_fini(&job->command);
	job->command = masked;
}

static void
answer(struct job *job, unsigned number)
{
	const struct rule_env *env = &job->args.env;
	const struct rule *rule = ruleset_match(job->rs, &job->line, env);
	size_t i, count = rule == NULL ? 0 : rule_action_count(rule);

	if (count == 0)
		strbuf_addf(&job->out, "%u\t-\n", number);
	for (i = 0; i < count; i++) {
		strbuf_reset(&job->command);
		rule_expand(job->rs, rule, i, &job->line, env,
		    job->safe ? RULE_QUOTE_SAFE : RULE_QUOTE_DEVD,
		    &job->command);
		mask_timestamp(job);
		strbuf_addf(&job->out, "%u\t>", number);
		ruleargs_escape(strbuf_str(&job->command), job->command.bytes,
		    &job->out);
		strbuf_addc(&job->out, '\n');
	}
}

/* The lines of the file, each a record; false after a message. */
static bool
answer_all(struct job *job, const char *path, const struct strbuf *events)
{
	const char *p = strbuf_str(events), *end = p + events->bytes, *eol;
	unsigned number = 0;
	int64_t i;

	for (; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		number++;
		if (!ruleargs_record(p, (size_t)(eol - p), &job->record)) {
			fprintf(stderr,
			    "%s:%u: error: an escaped record knows only \\n "
			    "\\r \\t \\0 \\\\ and \\xHH\n",
			    path, number);
			return false;
		}
		for (i = 1; i < job->repeat; i++) {
			devline_parse(&job->line, strbuf_str(&job->record),
			    job->record.bytes);
			(void)ruleset_match(job->rs, &job->line,
			    &job->args.env);
		}
		devline_parse(&job->line, strbuf_str(&job->record),
		    job->record.bytes);
		answer(job, number);
	}
	return true;
}

static int
run(struct job *job, const char *path)
{
	bool warnings = false;
	struct diag diag = ruleargs_diag(&warnings);
	struct strbuf events = { 0 };
	struct ruleset *rs = NULL;
	unsigned devd_line = 0;
	int rc, status = CMD_INPUT;

	job->args.options.devd_line = &devd_line;
	rc = ruleset_load(job->args.file, &job->args.options, &diag, &rs, NULL);
	if (rc != 0 && devd_line != 0)
		printf("line %u\n", devd_line);
	if (rc == 0 && ruleargs_read(&job->args, path, &events)) {
		job->rs = rs;
		if (answer_all(job, path, &events))
			status = CMD_PASS;
		fwrite(strbuf_str(&job->out), 1, job->out.bytes, stdout);
	}
	ruleset_free(rs);
	strbuf_fini(&events);
	return status;
}

static bool
parse_args(struct job *job, int argc, char **argv)
{
	static const struct option options[] = { RULEARGS_OPTIONS,
		{ "safe", no_argument, NULL, 's' },
		{ "repeat", required_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 } };
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "f:", options, NULL)) != -1)
		switch (opt) {
		case 's':
			job->safe = true;
			break;
		case 'n':
			if (num_parse(optarg, strlen(optarg), 1, 1000000000,
				&job->repeat))
				break;
			fputs("switchback match: --repeat wants a number "
			      "from 1 to 1000000000\n",
			    stderr);
			return false;
		default:
			if (!ruleargs_take(&job->args, opt, optarg))
				return false;
		}
	if (job->args.file != NULL && argc - optind == 1)
		return true;
	fputs(usage, stderr);
	return false;
}

int
cmd_match(int argc, char **argv)
{
	struct job job = { .repeat = 1 };
	int status = CMD_INPUT;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return CMD_PASS;
	}
	ruleargs_init(&job.args, "match");
	if (parse_args(&job, argc, argv))
		status = run(&job, argv[optind]);
	ruleargs_fini(&job.args);
	devline_fini(&job.line);
	strbuf_fini(&job.record);
	strbuf_fini(&job.command);
	strbuf_fini(&job.out);
	return status;
}
