/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback - the harness. The table is the program.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/version.h"
#include "cmd/cmds.h"
#include "world/sandbox.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "calibrate", cmd_calibrate,
	    "make a machine profile from what a real machine did" },
	{ "check", cmd_check, "find mistakes in devd.conf files" },
	{ "compare", cmd_compare,
	    "scenarios under several policies, in a table" },
	{ "continuity", cmd_continuity,
	    "loss, order and gaps of the streams in captures" },
	{ "ctl", cmd_ctl, "ask a running switchbackd" },
	{ "debug", cmd_debug, "run a scenario thing by thing" },
	{ "diff", cmd_diff, "say what became better or worse between stores" },
	{ "explain", cmd_explain, "say which rule a record fires, and why" },
	{ "explore", cmd_explore, "search for the history that breaks it" },
	{ "export", cmd_export, "write a stored run's records as text" },
	{ "fmt", cmd_fmt, "bring scenario files into their canonical form" },
	{ "guest", cmd_guest, "be the lab's part inside its guest" },
	{ "import", cmd_import, "put text recordings into a store" },
	{ "list", cmd_list, "print the runs of a store" },
	{ "match", cmd_match, "print the commands that records fire" },
	{ "merge", cmd_merge, "put the runs of several stores into one" },
	{ "query", cmd_query, "ask a store in SQL" },
	{ "record", cmd_record, "record what this machine sees into a store" },
	{ "replay", cmd_replay, "run a recorded history, judged" },
	{ "report", cmd_report, "show a stored run: numbers and time line" },
	{ "shrink", cmd_shrink, "make a history of explore short" },
	{ "test", cmd_test, "run scenarios, judged" },
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

static void
print_usage(FILE *to)
{
	size_t i;

	fputs("usage: switchback COMMAND [ARGUMENT...]\n\n", to);
	for (i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-12s %s\n", commands[i].name,
		    commands[i].summary);
	fputs("\nswitchback COMMAND --help describes a command.\n", to);
}

static int
refuse(const char *name)
{
	const char *names[COMMANDS], *near;
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	near = suggest(name, names, COMMANDS);
	fprintf(stderr, "switchback: there is no command '%s'", name);
	if (near != NULL)
		fprintf(stderr, "; did you mean '%s'?", near);
	fputs("\nswitchback --help lists them.\n", stderr);
	return CMD_INPUT;
}

int
main(int argc, char **argv)
{
	size_t i;
	int status;

	/* In a sandbox this file is other programs too. */
	if (sandbox_is_part(argv[0]))
		return sandbox_part(argc, argv);
	/* A write beyond a size limit is an error, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		print_usage(stderr);
		return CMD_INPUT;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("switchback %s\n", version_text);
		return CMD_PASS;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage(stdout);
		return CMD_PASS;
	}
	for (i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			break;
	if (i == COMMANDS)
		return refuse(argv[1]);
	status = commands[i].run(argc - 1, argv + 1);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("switchback: stdout");
		return CMD_TROUBLE;
	}
	return status;
}
