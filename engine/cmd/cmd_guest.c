/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback guest - the lab's part inside its guest.
 */
#include <sys/reboot.h>

#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/compat/selfpath.h"
#include "cmd/cmds.h"

/* Each system has a name of its own for it. */
#ifndef RB_POWER_OFF
#define RB_POWER_OFF RB_POWEROFF
#endif

static const char usage[] =
    "usage: switchback guest [--channel PATH] [--init]\n"
    "\n"
    "Does what the lab asks for, in its guest, and tells it what happens\n"
    "there. The lab's image starts it; nobody else needs to.\n"
    "\n"
    "  --channel PATH  how the lab speaks to it: a device, a unix(4) socket, "
    "or\n"
    "                  fd:N, an open descriptor; the virtio-serial port of "
    "the\n"
    "                  name switchback. What is not there yet is awaited for "
    "20 s\n"
    "  --init          it is the first process of its system: it waits for "
    "the\n"
    "                  children of others, and powers off at the end\n";

static const struct option options[] = {
	{ "channel", required_argument, NULL, 'c' },
	{ "init", no_argument, NULL, 'i' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* -1 to go on, or the exit status. */
static int
take_options(struct agent_config *config, int argc, char **argv)
{
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			config->channel = optarg;
			break;
		case 'i':
			config->first = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return CMD_PASS;
		default:
			fputs(usage, stderr);
			return CMD_INPUT;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr,
	    "switchback guest: what is '%s'? There are options only\n",
	    argv[optind]);
	return CMD_INPUT;
}

/* The daemon that was built with this program, else the one of PATH. */
static const char *
daemon_beside(char *path, size_t size)
{
	char *slash;
	struct err err;

	if (selfpath(path, size, &err) < 0 ||
	    (slash = strrchr(path, '/')) == NULL ||
	    (size_t)(slash - path) + sizeof("/switchbackd") > size)
		return "switchbackd";
	memcpy(slash, "/switchbackd", sizeof("/switchbackd"));
	return access(path, X_OK) == 0 &&
		strpbrk(path, " \t\n'\"\\$`;&|<>()") == NULL
	    ? path
	    : "switchbackd";
}

int
cmd_guest(int argc, char **argv)
{
	struct agent_config config = { 0 };
	char daemon[PATH_MAX];
	struct err err;
	int status, rc;

	if ((status = take_options(&config, argc, argv)) >= 0)
		return status;
	if (config.first && getpid() != 1) {
		fputs("switchback guest: --init is for the first process of a "
		      "system; without it this one goes on\n",
		    stderr);
		return CMD_INPUT;
	}
	config.daemon = daemon_beside(daemon, sizeof(daemon));
	rc = agent_run(&config, &err);
	if (rc < 0)
		fprintf(stderr, "switchback guest: %s\n", err.text);
	if (config.first) {
		sync();
		reboot(RB_POWER_OFF);
	}
	return rc == 0 ? CMD_PASS : rc == ERR_INPUT ? CMD_INPUT : CMD_TROUBLE;
}
