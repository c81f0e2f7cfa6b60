/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchbackd - the daemon: options in, daemon/ does the rest.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "cmd/cmds.h"
#include "daemon/detach.h"
#include "daemon/flight.h"
#include "daemon/pidfile.h"
#include "daemon/rules_daemon.h"

#define RULES_DEFAULT	"/etc/devd.conf"
#define PIDFILE_DEFAULT "/var/run/switchbackd.pid"
#define FLIGHT_DEFAULT	"/var/log/switchbackd-flight.db"
#define FLIGHT_LEAST	(INT64_C(64) << 10)
#define FLIGHT_MOST	(INT64_C(1) << 30)

static const char usage[] =
    "usage: switchbackd [-dnqt] [-f FILE] [-p FILE] [OPTION...]\n"
    "\n"
    "Reads what the kernel says on /dev/devctl and runs the commands that the\n"
    "rules of a devd.conf(5) name for it, as devd(8) does. It looks at no\n"
    "interface and changes none: hyperv_vfattach and hyperv_vfup are run as\n"
    "the scripts that they are.\n"
    "\n"
    "  -d                 stay in the foreground, log to stderr\n"
    "  -f FILE            the rules (default: " RULES_DEFAULT ")\n"
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
    "                     when that is busy or missing)\n"
    "  --deadline TIME    stop a command after this (default: 60s)\n"
    "  --serial           run one command at a time, whatever the interface\n"
    "  --flight-size N    what the flight recorder may take: bytes, or with K\n"
    "                     or M behind (default: 8M); 0: there is none\n"
    "  --flight-time TIME it keeps nothing older (default: 15min)\n"
    "  --flight-dump PATH write it there, a file, or a folder with a file for\n"
    "                     each reason: by SIGUSR2, when a command is at its\n"
    "                     deadline, at an end with an error (default:\n"
    "                     " FLIGHT_DEFAULT ",\n"
    "                     by SIGUSR2 alone)\n"
    "  --version, --help\n"
    "\n"
    "SIGHUP reads the rules again, SIGUSR1 logs counts, SIGUSR2 writes the\n"
    "flight recorder. Exit status: 0 orderly end, 2 usage or refused rules, 3\n"
    "the system refused.\n";

struct args {
	const char *rules, *pidfile, *source;
	bool foreground, no_drain, quiet, test;
	int64_t deadline_ns;
	bool serial;
	int64_t flight_bytes, flight_keep_ns;
	const char *flight_path;
};

enum {
	OPT_SOURCE = 256,
	OPT_DEADLINE,
	OPT_SERIAL,
	OPT_FLIGHT_SIZE,
	OPT_FLIGHT_TIME,
	OPT_FLIGHT_DUMP,
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
take_flight_option(struct args *a, int opt)
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
		    : complain("--flight-time needs a time such as 15min, "
			       "above zero");
	a->flight_path = optarg;
	return *optarg != '\0'
	    ? -1
	    : complain("--flight-dump: the name is empty: name a file or a "
		       "folder");
}

/* -1 to go on, or an exit status. */
static int
take_option(struct args *a, int opt)
{
	switch (opt) {
	case 'd':
		a->foreground = true;
		return -1;
	case 'f':
		a->rules = optarg;
		return -1;
	case 'l':
		return complain("-l limits the clients of devd's sockets, "
				"which switchbackd does not have: leave it "
				"out");
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
	case OPT_VERSION:
		puts("switchbackd " SWITCHBACK_VERSION);
		return CMD_PASS;
	case OPT_HELP:
		fputs(usage, stdout);
		return CMD_PASS;
	default:
		fputs("switchbackd --help lists the options.\n", stderr);
		return CMD_INPUT;
	}
}

static int
take_options(struct args *a, int argc, char **argv)
{
	int opt, status;

	memset(a, 0, sizeof(*a));
	a->flight_bytes = FLIGHT_BYTES;
	a->flight_keep_ns = FLIGHT_KEEP;
	while (
	    (opt = getopt_long(argc, argv, "df:l:np:qt", options, NULL)) != -1)
		if ((status = take_option(a, opt)) >= 0)
			return status;
	if (optind < argc)
		return complain("there are options only; --help lists them");
	return -1;
}

static void
print_finding(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	struct strbuf out = { 0 };

	(void)ctx;
	diag_emit_strbuf(&out, level, file, line, col, text);
	fputs(strbuf_str(&out), stderr);
	strbuf_fini(&out);
}

/* A path as it must be told after a change of the folder. */
static char *
lasting_path(const struct args *a, const char *path)
{
	struct strbuf full = { 0 };
	char *here;

	if (a->foreground || a->test || *path == '/' ||
	    (here = getcwd(NULL, 0)) == NULL)
		return mem_str(path);
	strbuf_addf(&full, "%s/%s", here, path);
	free(here);
	return strbuf_take(&full);
}

/* devd's own rules are carried out by devd. */
static int
open_source(const struct args *a, struct devctl_source **source)
{
	struct err err;

	if (source_open(a->source, source, &err) < 0) {
		fprintf(stderr, "switchbackd: %s\n", err.text);
		return CMD_TROUBLE;
	}
	if (a->source != NULL || a->rules != NULL ||
	    strcmp(source_path(*source), SOURCE_SOCKET) != 0)
		return CMD_PASS;
	source_close(*source);
	return complain("devd(8) is running and carries out " RULES_DEFAULT
			" itself; say with -f which rules are for "
			"switchbackd");
}

/* A pid file that cannot be written is worth a warning only, as for devd. */
static int
open_pidfile(const struct args *a, const struct ruleset *rules,
    const struct log *log, struct pidfile **pidfile)
{
	const char *path = a->pidfile;
	struct err err;
	int rc;

	if (path == NULL && a->foreground)
		return CMD_PASS;
	if (path == NULL)
		path = ruleset_pid_file(rules);
	if (*path == '\0')
		path = PIDFILE_DEFAULT;
	if ((rc = pidfile_open(path, pidfile, &err)) == 0)
		return CMD_PASS;
	if (rc != ERR_BUSY) {
		log_line(log, LOG_LEVEL_WARNING, "daemon", "%s", err.text);
		return CMD_PASS;
	}
	fprintf(stderr, "switchbackd: %s\n", err.text);
	return CMD_TROUBLE;
}

static void
tell_starter(void *ctx)
{
	detach_ready(ctx);
}

/* Takes rules and source over. */
static int
run(const struct args *a, const char *rules_path, const char *dump,
    struct ruleset *rules, struct devctl_source *source, struct log *log,
    struct pidfile *pidfile)
{
	static char name[] = "switchbackd";
	int ready = -1, rc;
	struct err err;
	struct daemon_config config = {
		.rules_path = rules_path,
		.log = log,
		.deadline_ns = a->deadline_ns,
		.serial = a->serial,
		.drain = !a->no_drain,
		.flight_bytes = (size_t)a->flight_bytes,
		.flight_keep_ns = a->flight_keep_ns,
		.flight_path = dump,
		.flight_offers = a->flight_path != NULL,
		.ready = tell_starter,
		.ctx = &ready,
	};

	if (!a->foreground && (rc = detach(&ready, &err)) != 0) {
		pidfile_leave(pidfile);
		ruleset_free(rules);
		source_close(source);
		if (rc == 1)
			return CMD_PASS;
		fprintf(stderr, "switchbackd: %s\n", err.text);
		return CMD_TROUBLE;
	}
	if (!a->foreground) {
		log->write = log_to_syslog;
		log->ctx = name;
	}
	if (pidfile != NULL && pidfile_write(pidfile, &err) < 0)
		log_line(log, LOG_LEVEL_WARNING, "daemon", "%s", err.text);
	if ((rc = daemon_run(&config, rules, source, &err)) < 0)
		log_line(log, LOG_LEVEL_ERROR, "daemon", "%s", err.text);
	pidfile_remove(pidfile);
	return rc < 0 ? CMD_TROUBLE : CMD_PASS;
}

static int
start(const struct args *a, const char *path, const char *dump,
    struct ruleset *rules)
{
	struct log log = { .write = log_to_stderr };
	struct devctl_source *source = NULL;
	struct pidfile *pidfile = NULL;
	int status;

	log.most = a->foreground ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
	if (a->quiet)
		log.most = LOG_LEVEL_WARNING;
	if ((status = open_source(a, &source)) != CMD_PASS) {
		ruleset_free(rules);
		return status;
	}
	status = open_pidfile(a, rules, &log, &pidfile);
	if (status == CMD_PASS)
		return run(a, path, dump, rules, source, &log, pidfile);
	ruleset_free(rules);
	source_close(source);
	return status;
}

int
main(int argc, char **argv)
{
	struct ruleset_options ro = { .version = RULE_NEWEST };
	struct diag diag = { .emit = print_finding };
	struct ruleset *rules = NULL;
	struct args a;
	char *path, *dump;
	int status;

	/* A write beyond a size limit is an error, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	detach_standard();
	if ((status = take_options(&a, argc, argv)) >= 0) {
		if (fflush(stdout) == 0)
			return status;
		perror("switchbackd: stdout");
		return CMD_TROUBLE;
	}
	path = lasting_path(&a, a.rules != NULL ? a.rules : RULES_DEFAULT);
	dump = lasting_path(&a,
	    a.flight_path != NULL ? a.flight_path : FLIGHT_DEFAULT);
	if (ruleset_load(path, &ro, &diag, &rules, NULL) < 0)
		status = CMD_INPUT;
	else if (a.test) {
		status = CMD_PASS;
		ruleset_free(rules);
	} else
		status = start(&a, path, dump, rules);
	free(path);
	free(dump);
	return status;
}
