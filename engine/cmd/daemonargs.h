/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daemonargs - the options of switchbackd.
 */
#ifndef CMD_DAEMONARGS_H
#define CMD_DAEMONARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/rules_daemon.h"
#include "world/nicpair.h"

#define RULES_DEFAULT	"/etc/devd.conf"
#define PIDFILE_DEFAULT "/var/run/switchbackd.pid"
#define FLIGHT_DEFAULT	"/var/log/switchbackd-flight.db"
#define SOCKETS_DEFAULT "/var/run"

struct daemonargs {
	const char *rules, *pidfile, *source;
	bool foreground, no_drain, quiet, test;
	int64_t deadline_ns;
	bool serial;
	int64_t flight_bytes, flight_keep_ns;
	const char *flight_path;
	bool is_native;
	struct daemon_native native; /* its pairs are those below */
	struct nicpairs pairs;
	const char *sockets; /* folder, "no", or NULL: as fits the source */
	int64_t clients;     /* at most, of devd's sockets */
	struct daemon_confine confine;
	const char *control; /* path, "no", or NULL: as fits -d */
};

/* -1 to go on, or an exit status; then everything has been said. */
int daemonargs_take(struct daemonargs *a, int argc, char **argv);

#endif
