/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/daemonargs.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/dur.h"
#include "base/version.h"
#include "cmd/cmds.h"
#include "daemon/control.h"
#include "daemon/devd_clients.h"
#include "daemon/flight.h"
#include "world/devctl_source.h"

#define FLIGHT_LEAST (INT64_C(64) << 10)
#define FLIGHT_MOST  (INT64_C(1) << 30)

static const char usage[] =
    "usage: switchbackd [-dnqt] [-f FILE] [-p FILE] [OPTION...]\n"
    "\n"
    "Reads what the kernel says on /dev/devctl and runs the commands that the\n"
    "rules of a devd.conf(5) name for it, as devd(8) does. It looks at no\n"
    "interface and changes none: hyperv_vfattach and hyperv_vfup are run as\n"
    "the scripts that they are. With --policy native it drives the fail-over\n"
    "between a VF and its synthetic NIC itself (FreeBSD's lagg, Linux\n"
    "bonding).\n"
    "\n"
    "  -d                 stay in the foreground, log to stderr\n"
    "  -f FILE            the rules (default: " RULES_DEFAULT ")\n"
    "  -l N               at most so many clients of devd's sockets (default:\n"
    "                     50)\n"
    "  -n                 go into the background before the queued records\n"
    "                     are read, not after\n"
    "  -p FILE            pid file (default: what the rules say, or\n"
    "                     " PIDFILE_DEFAULT "; with -d none)\n"
    "  -q                 log warnings and errors only\n"
    "  -t                 only read the rules: exit 0 when they are good, 2\n"
    "                     when not\n"
    "  --source PATH      read a seqpacket socket, or one record a line from\n"
    "                     a FIFO, a file or - (default: " SOURCE_DEVICE ",\n"
    "                     or devd's " SOURCE_SOCKET "\n"
    "                     when that is busy or missing), or \"kernel\" for\n"
    "                     what Linux says (the default there)\n"
    "  --policy WORD      rules (default): only run commands; native: drive\n"
    "                     the fail-over, too\n"
    "  --pair NIC[=VF]    native: NIC is a synthetic one; its VF is the PCI\n"
    "                     device with its MAC, or one of that MAC whose name\n"
    "                     or place fits VF, a pattern such as ens*. Again for\n"
    "                     the next pair\n"
    "  --rc-conf FILE     native: what each NIC shall have, as rc.conf(5)\n"
    "                     says it (default: rc.conf, by the system's own\n"
    "                     shell; without one, what it has at the start)\n"
    "  --keep-rx-all      native: leave what an inactive port accepts alone\n"
    "  --deadline TIME    stop a command after this (default: 60s)\n"
    "  --serial           run one command at a time, whatever the interface\n"
    "  --flight-size N    what the flight recorder may take: bytes, or with K\n"
    "                     or M behind (default: 8M); 0: there is none\n"
    "  --flight-time TIME it keeps nothing older (default: 24h)\n"
    "  --flight-dump PATH write it there, a file, or a folder with a file for\n"
    "                     each reason: by SIGUSR2, when a command is at its\n"
    "                     deadline, at an end with an error (default:\n"
    "                     " FLIGHT_DEFAULT ",\n"
    "                     by SIGUSR2 alone)\n"
    "  --sockets DIR      devd's sockets for its clients, devd.pipe and\n"
    "                     devd.seqpacket.pipe, there; no: nowhere (default:\n"
    "                     " SOCKETS_DEFAULT " when " SOURCE_DEVICE " is read)\n"
    "  --control PATH     the socket for \"switchback ctl\"; no: none "
    "(default:\n"
    "                     " CONTROL_SOCKET "; with -d none)\n"
    "  --user NAME        what reads records has the rights of this user\n"
    "                     (default: " CONFINE_USER ", else nobody); another\n"
    "                     process runs the commands, with those of root\n"
    "  --confine WORD     a system call that it does not need: kill (default\n"
    "                     on Linux), errno (on FreeBSD) or log; no: nothing\n"
    "                     is given up, neither calls nor rights\n"
    "  --version, --help\n"
    "\n"
    "SIGHUP reads the rules again, SIGUSR1 logs counts, SIGUSR2 writes the\n"
    "flight recorder. Exit status: 0 orderly end, 2 usage or refused rules, 3\n"
    "the system refused.\n";

enum {
	OPT_SOURCE = 256,
	OPT_DEADLINE,
	OPT_SERIAL,
	OPT_FLIGHT_SIZE,
	OPT_FLIGHT_TIME,
	OPT_FLIGHT_DUMP,
	OPT_POLICY,
	OPT_PAIR,
	OPT_RC_CONF,
	OPT_KEEP_RX_ALL,
	OPT_SOCKETS,
	OPT_CONTROL,
	OPT_USER,
	OPT_CONFINE,
	OPT_VERSION,
	OPT_HELP
};

static const struct option options[] = {
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "deadline", required_argument, NULL, OPT_DEADLINE },
	{ "serial", no_argument, NULL, OPT_SERIAL },
	{ "flight-size", required_argument, NULL, OPT_FLIGHT_SIZE },
	{ "flight-time", required_argument, NULL, OPT_FLIGHT_TIME },
	{ "flight-dump", required_argument, NULL, OPT_FLIGHT_DUMP },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "pair", required_argument, NULL, OPT_PAIR },
	{ "rc-conf", required_argument, NULL, OPT_RC_CONF },
	{ "keep-rx-all", no_argument, NULL, OPT_KEEP_RX_ALL },
	{ "sockets", required_argument, NULL, OPT_SOCKETS },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "user", required_argument, NULL, OPT_USER },
	{ "confine", required_argument, NULL, OPT_CONFINE },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
complain(const char *text)
{
	fprintf(stderr, "switchbackd: %s\n", text);
	return CMD_INPUT;
}

/* "8M", "512K", "100000", or "0". */
static bool
take_size(const char *s, int64_t *bytes)
{
	size_t n = strlen(s);
	int64_t unit = 1;

	if (n > 0 && (s[n - 1] == 'K' || s[n - 1] == 'M'))
		unit = s[--n] == 'K' ? 1 << 10 : 1 << 20;
	if (!num_parse(s, n, 0, FLIGHT_MOST / unit, bytes))
		return false;
	*bytes *= unit;
	return *bytes == 0 || *bytes >= FLIGHT_LEAST;
}

static int
take_flight_option(struct daemonargs *a, int opt)
{
	if (opt == OPT_FLIGHT_SIZE)
		return take_size(optarg, &a->flight_bytes)
		    ? -1
		    : complain("--flight-size needs a size from 64K to 1024M, "
			       "or 0");
	if (opt == OPT_FLIGHT_TIME)
		return dur_parse(optarg, strlen(optarg), &a->flight_keep_ns) &&
			a->flight_keep_ns > 0
		    ? -1
		    : complain("--flight-time needs a time such as 24h, "
			       "above zero");
	a->flight_path = optarg;
	return *optarg != '\0'
	    ? -1
	    : complain("--flight-dump: the name is empty: name a file or a "
		       "folder");
}

static int
take_policy(struct daemonargs *a)
{
	a->is_native = strcmp(optarg, "native") == 0;
	if (a->is_native || strcmp(optarg, "rules") == 0)
		return -1;
	return complain("--policy is \"rules\" or \"native\"");
}

static int
take_pair(struct daemonargs *a)
{
	struct err err;

	if (nicpair_declare(&a->pairs, optarg, &err) == 0)
		return -1;
	fprintf(stderr, "switchbackd: --pair %s\n", err.text);
	return CMD_INPUT;
}

static int
take_confine_option(struct daemonargs *a, int opt)
{
	static const char *const words[] = {
		[CONFINE_KILL] = "kill",
		[CONFINE_ERRNO] = "errno",
		[CONFINE_LOG] = "log",
	};
	size_t i;

	if (opt == OPT_USER) {
		a->confine.user = optarg;
		return *optarg != '\0' ? -1 : complain("--user needs a name");
	}
	a->confine.wanted = strcmp(optarg, "no") != 0;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(optarg, words[i]) == 0) {
			a->confine.way = (enum confine_way)i;
			a->confine.way_asked = true;
			return -1;
		}
	return !a->confine.wanted
	    ? -1
	    : complain("--confine is \"kill\", \"errno\", \"log\" or \"no\"");
}

/* -1 to go on, or an exit status. */
static int
take_option(struct daemonargs *a, int opt)
{
	switch (opt) {
	case 'd':
		a->foreground = true;
		return -1;
	case 'f':
		a->rules = optarg;
		return -1;
	case 'l':
		return num_parse(optarg, strlen(optarg), 1, 1000, &a->clients)
		    ? -1
		    : complain("-l needs a number of clients from 1 to 1000");
	case 'n':
		a->no_drain = true;
		return -1;
	case 'p':
		a->pidfile = optarg;
		return -1;
	case 'q':
		a->quiet = true;
		return -1;
	case 't':
		a->test = true;
		return -1;
	case OPT_SOURCE:
		a->source = optarg;
		return -1;
	case OPT_DEADLINE:
		if (dur_parse(optarg, strlen(optarg), &a->deadline_ns) &&
		    a->deadline_ns > 0)
			return -1;
		return complain("--deadline needs a time such as 30s or 2min, "
				"above zero");
	case OPT_SERIAL:
		a->serial = true;
		return -1;
	case OPT_FLIGHT_SIZE:
	case OPT_FLIGHT_TIME:
	case OPT_FLIGHT_DUMP:
		return take_flight_option(a, opt);
	case OPT_POLICY:
		return take_policy(a);
	case OPT_PAIR:
		return take_pair(a);
	case OPT_RC_CONF:
		a->native.rc_path = optarg;
		return -1;
	case OPT_KEEP_RX_ALL:
		a->native.keep_rx_all = true;
		return -1;
	case OPT_SOCKETS:
		a->sockets = optarg;
		return -1;
	case OPT_CONTROL:
		a->control = optarg;
		return -1;
	case OPT_USER:
	case OPT_CONFINE:
		return take_confine_option(a, opt);
	case OPT_VERSION:
		printf("switchbackd %s\n", version_text);
		return CMD_PASS;
	case OPT_HELP:
		fputs(usage, stdout);
		return CMD_PASS;
	default:
		fputs("switchbackd --help lists the options.\n", stderr);
		return CMD_INPUT;
	}
}

int
daemonargs_take(struct daemonargs *a, int argc, char **argv)
{
	int opt, status;

	memset(a, 0, sizeof(*a));
	a->flight_bytes = FLIGHT_BYTES;
	a->flight_keep_ns = FLIGHT_KEEP;
	a->clients = DEVD_CLIENTS_MAX;
	a->confine.wanted = true;
	a->confine.way = confine_usual();
	while (
	    (opt = getopt_long(argc, argv, "df:l:np:qt", options, NULL)) != -1)
		if ((status = take_option(a, opt)) >= 0)
			return status;
	if ((a->sockets != NULL && *a->sockets == '\0') ||
	    (a->control != NULL && *a->control == '\0'))
		return complain("--sockets and --control need a name, or no");
	if (optind < argc)
		return complain("there are options only; --help lists them");
	a->native.pairs = &a->pairs;
	if (!a->is_native &&
	    (a->pairs.count > 0 || a->native.rc_path != NULL ||
		a->native.keep_rx_all))
		return complain("--pair, --rc-conf and --keep-rx-all are for "
				"--policy native");
	return -1;
}
