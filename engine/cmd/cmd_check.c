/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback check - mistakes in rule files, before they cost an outage.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cmds.h"
#include "cmd/ruleargs.h"
#include "rules/lint.h"

static const char usage[] =
    "usage: switchback check [OPTION...] RULES...\n"
    "\n"
    "Reads each rule file, with the directories that it names, and prints\n"
    "errors and what devd(8) accepts but nobody means. The exit status is 0\n"
    "without findings, 1 with warnings, 2 with errors.\n"
    "\n"
    "  --devd VERSION       judge as this devd: newest (default) or 12.1\n"
    "  --reverse            read directories in reverse order of names\n";

static void
print_finding(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	struct strbuf out = { 0 };

	(void)ctx;
	diag_emit_strbuf(&out, level, file, line, col, text);
	fputs(strbuf_str(&out), stdout);
	strbuf_fini(&out);
}

static void
check_file(const struct ruleargs *args, const char *path, struct diag *diag)
{
	struct ruleset *rs = NULL;

	if (ruleset_load(path, &args->options, diag, &rs, NULL) == 0)
		ruleset_lint(rs, diag);
	ruleset_free(rs);
}

int
cmd_check(int argc, char **argv)
{
	static const struct option options[] = { RULEARGS_OPTIONS,
		{ NULL, 0, NULL, 0 } };
	struct diag diag = { .emit = print_finding };
	struct ruleargs args;
	int opt;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return CMD_PASS;
	}
	ruleargs_init(&args, "check");
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!ruleargs_take(&args, opt, optarg)) {
			ruleargs_fini(&args);
			return CMD_INPUT;
		}
	ruleargs_fini(&args);
	if (optind == argc) {
		fputs(usage, stderr);
		return CMD_INPUT;
	}
	for (; optind < argc; optind++)
		check_file(&args, argv[optind], &diag);
	if (diag.errors > 0)
		return CMD_INPUT;
	return diag.warnings > 0 ? CMD_FAIL : CMD_PASS;
}
