/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchbackd - the daemon: options in, daemon/ does the rest.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/version.h"
#include "cmd/cmds.h"
#include "cmd/daemonargs.h"
#include "daemon/control.h"
#include "daemon/detach.h"
#include "daemon/devd_beside.h"
#include "daemon/keeper.h"
#include "daemon/native_rc.h"
#include "daemon/pidfile.h"
#include "daemon/rules_daemon.h"
#include "daemon/supervisor.h"

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

/* A path as it must be told after a change of the folder; NULL gives NULL. */
static char *
lasting_path(const struct daemonargs *a, const char *path)
{
	struct strbuf full = { 0 };
	char *here;

	if (path == NULL || a->foreground || a->test || *path == '/' ||
	    (here = getcwd(NULL, 0)) == NULL)
		return mem_str(path);
	strbuf_addf(&full, "%s/%s", here, path);
	free(here);
	return strbuf_take(&full);
}

/* Native fail-over looks by itself, and can do without records. */
static bool
is_deaf(const struct daemonargs *a, const struct devctl_source *source,
    const struct log *log)
{
	struct err err;

	if (source_hears(source, &err) == 0)
		return false;
	log_line(log, a->is_native ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR,
	    "source", "%s", err.text);
	return !a->is_native;
}

/* devd's own rules are carried out by devd. */
static int
open_source(const struct daemonargs *a, const struct log *log,
    struct devctl_source **source)
{
	struct err err;

	if (source_open(a->source, source, &err) < 0) {
		fprintf(stderr, "switchbackd: %s\n", err.text);
		return CMD_TROUBLE;
	}
	if (is_deaf(a, *source, log)) {
		source_close(*source);
		return CMD_TROUBLE;
	}
	if (a->source != NULL || a->rules != NULL ||
	    strcmp(source_path(*source), SOURCE_SOCKET) != 0)
		return CMD_PASS;
	source_close(*source);
	fputs("switchbackd: devd(8) is running and carries out " RULES_DEFAULT
	      " itself; say with -f which rules are for switchbackd\n",
	    stderr);
	return CMD_INPUT;
}

/* A pid file that cannot be written is worth a warning only, as for devd. */
static int
open_pidfile(const struct daemonargs *a, const struct ruleset *rules,
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

/* Native fail-over needs no rules: where nobody has written any, none it is. */
static const char *
rules_of(const struct daemonargs *a)
{
	if (a->rules != NULL)
		return a->rules;
	return a->is_native && access(RULES_DEFAULT, F_OK) != 0 ? "/dev/null"
								: RULES_DEFAULT;
}

/* The same VF must not be set up by two of us. With native fail-over that is
 * looked at again and again, while it runs. */
static int
judge_devd(const struct daemonargs *a, const struct ruleset *rules,
    const struct log *log)
{
	struct err text;

	if (a->is_native)
		return CMD_PASS;
	switch (devd_beside(rules, &text)) {
	case DEVD_ABSENT:
		break;
	case DEVD_APART:
		log_line(log, LOG_LEVEL_INFO, "rules", "%s", text.text);
		break;
	case DEVD_CLASHES:
		fprintf(stderr, "%s\n", text.text);
		return CMD_INPUT;
	}
	return CMD_PASS;
}

static void
tell_starter(void *ctx)
{
	detach_ready(ctx);
}

/* Names that outlast a change of the folder; all owned. */
struct names {
	char *rules, *dump;
	char *stream, *seqpacket; /* of devd's clients; NULL: none */
	char *control;		  /* NULL: none */
	char *rc_conf;		  /* NULL: none */
};

static char *
lasting_name(const struct daemonargs *a, const char *folder, const char *name)
{
	struct strbuf path = { 0 };
	char *lasting;

	strbuf_addf(&path, "%s/%s", folder, name);
	lasting = lasting_path(a, strbuf_str(&path));
	strbuf_fini(&path);
	return lasting;
}

/* Who reads /dev/devctl stands in devd's place, and its clients come along. */
static void
name_doors(const struct daemonargs *a, const struct devctl_source *source,
    struct names *n)
{
	const char *sockets = a->sockets, *control = a->control;

	if (sockets == NULL && strcmp(source_path(source), SOURCE_DEVICE) == 0)
		sockets = SOCKETS_DEFAULT;
	if (sockets != NULL && strcmp(sockets, "no") != 0) {
		n->stream = lasting_name(a, sockets, "devd.pipe");
		n->seqpacket = lasting_name(a, sockets, "devd.seqpacket.pipe");
	}
	if (control == NULL && !a->foreground)
		control = CONTROL_SOCKET;
	if (control != NULL && strcmp(control, "no") != 0)
		n->control = lasting_path(a, control);
}

static void
free_names(struct names *n)
{
	free(n->rules);
	free(n->dump);
	free(n->stream);
	free(n->seqpacket);
	free(n->control);
	free(n->rc_conf);
}

/* Whoever has started us, if it can be told anything; or NULL. */
static struct supervisor *
meet_supervisor(const struct log *log)
{
	struct supervisor *s;
	struct err err;

	if (supervisor_open(&s, &err) < 0)
		log_line(log, LOG_LEVEL_WARNING, "daemon", "%s", err.text);
	return s;
}

/* What the processes beside the engine are to keep. */
static enum apart_rights
rights_of(const struct daemon_confine *c)
{
	if (!c->wanted)
		return APART_KEEP;
	return c->way_asked ? APART_MUST : APART_DIVIDE;
}

/* Takes all but the configuration over. */
static int
run_with_keeper(const struct daemonargs *a, const struct names *names,
    struct daemon_config *config, struct ruleset *rules,
    struct devctl_source *source, struct pidfile *pidfile)
{
	const struct keeper_config kc = {
		.log = config->log,
		.rules_path = names->rules,
		.rules = rules,
		.native = a->is_native,
		.source_path =
		    source_is_socket(source) ? source_path(source) : NULL,
		.dump_path = names->dump,
		.streams = { names->stream, names->control },
		.seqpacket = names->seqpacket,
		.pidfile = pidfile,
		.rights = rights_of(&a->confine),
	};
	struct log log = *config->log;
	struct err err;
	int rc;

	if ((rc = keeper_start(&kc, &config->keeper, &err)) < 0) {
		log_line(&log, LOG_LEVEL_ERROR, "daemon", "%s", err.text);
		pidfile_remove(pidfile);
		ruleset_free(rules);
		source_close(source);
		return rc;
	}
	/* The system's log is a socket by name, which the engine may not
	 * connect to again. This line opens it for the keeper's death. */
	if (!a->foreground) {
		log_line(&log, LOG_LEVEL_INFO, "daemon",
		    "switchbackd %s begins", version_text);
		log.write = keeper_log;
		log.ctx = config->keeper;
	}
	config->log = &log;
	if ((rc = daemon_run(config, rules, source, &err)) < 0)
		log_line(&log, LOG_LEVEL_ERROR, "daemon", "%s", err.text);
	/* It has removed the pid file when it has gone. */
	keeper_end(config->keeper);
	pidfile_leave(pidfile);
	return rc;
}

/* Takes rules and source over. */
static int
run(const struct daemonargs *a, const struct names *names,
    struct ruleset *rules, struct devctl_source *source, struct log *log,
    struct pidfile *pidfile)
{
	static char name[] = "switchbackd";
	int ready = -1, rc;
	struct err err;
	struct daemon_config config = {
		.rules_path = names->rules,
		.log = log,
		.deadline_ns = a->deadline_ns,
		.serial = a->serial,
		.drain = !a->no_drain,
		.flight_bytes = (size_t)a->flight_bytes,
		.flight_keep_ns = a->flight_keep_ns,
		.flight_path = names->dump,
		.flight_offers = a->flight_path != NULL,
		.clients_stream = names->stream,
		.clients_seqpacket = names->seqpacket,
		.clients_limit = (size_t)a->clients,
		.clients_asked = a->sockets != NULL,
		.control = names->control,
		.control_asked = a->control != NULL,
		.native = a->is_native ? &a->native : NULL,
		.supervisor = meet_supervisor(log),
		.confine = a->confine,
		.ready = tell_starter,
		.ctx = &ready,
	};

	if (!a->foreground && (rc = detach(&ready, &err)) != 0) {
		if (rc > 0)
			supervisor_hand_over(config.supervisor, rc);
		supervisor_close(config.supervisor);
		pidfile_leave(pidfile);
		ruleset_free(rules);
		source_close(source);
		if (rc > 0)
			return CMD_PASS;
		fprintf(stderr, "switchbackd: %s\n", err.text);
		return CMD_TROUBLE;
	}
	if (!a->foreground) {
		supervisor_detached(config.supervisor);
		log->write = log_to_syslog;
		log->ctx = name;
	}
	if (pidfile != NULL && pidfile_write(pidfile, &err) < 0)
		log_line(log, LOG_LEVEL_WARNING, "daemon", "%s", err.text);
	rc = run_with_keeper(a, names, &config, rules, source, pidfile);
	supervisor_close(config.supervisor);
	return rc < 0 ? CMD_TROUBLE : CMD_PASS;
}

static int
start(const struct daemonargs *a, struct names *names, struct ruleset *rules)
{
	struct log log = { .write = log_to_stderr };
	struct devctl_source *source = NULL;
	struct pidfile *pidfile = NULL;
	int status;

	log.most = a->foreground ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
	if (a->quiet)
		log.most = LOG_LEVEL_WARNING;
	if ((status = judge_devd(a, rules, &log)) != CMD_PASS ||
	    (status = open_source(a, &log, &source)) != CMD_PASS) {
		ruleset_free(rules);
		return status;
	}
	name_doors(a, source, names);
	status = open_pidfile(a, rules, &log, &pidfile);
	if (status == CMD_PASS)
		return run(a, names, rules, source, &log, pidfile);
	ruleset_free(rules);
	source_close(source);
	return status;
}

/* Each mistake of an rc.conf is printed. */
static bool
is_understood(const struct daemonargs *a)
{
	struct diag diag = { .emit = print_finding };
	struct err err;
	int rc;

	if (a->native.rc_path == NULL)
		return true;
	rc = native_rc_check(a->native.rc_path, &diag, &err);
	if (rc < 0 && diag.errors == 0)
		fprintf(stderr, "switchbackd: --rc-conf: %s\n", err.text);
	return rc == 0;
}

int
main(int argc, char **argv)
{
	struct ruleset_options ro = { .version = RULE_NEWEST };
	struct diag diag = { .emit = print_finding };
	struct ruleset *rules = NULL;
	struct daemonargs a;
	struct names names = { 0 };
	int status;

	/* A write beyond a size limit is an error, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	detach_standard();
	if ((status = daemonargs_take(&a, argc, argv)) >= 0) {
		if (fflush(stdout) == 0)
			return status;
		perror("switchbackd: stdout");
		return CMD_TROUBLE;
	}
	names.rules = lasting_path(&a, rules_of(&a));
	names.dump = lasting_path(&a,
	    a.flight_path != NULL ? a.flight_path : FLIGHT_DEFAULT);
	names.rc_conf = lasting_path(&a, a.native.rc_path);
	a.native.rc_path = names.rc_conf;
	a.native.rights = rights_of(&a.confine);
	if (ruleset_load(names.rules, &ro, &diag, &rules, NULL) < 0)
		status = CMD_INPUT;
	else if (!is_understood(&a)) {
		status = CMD_INPUT;
		ruleset_free(rules);
	} else if (a.test) {
		status = CMD_PASS;
		ruleset_free(rules);
	} else
		status = start(&a, &names, rules);
	free_names(&names);
	return status;
}
