/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest - programs run inside the simulated guest: what a user types, what an
 * action or a script starts. Each is parsed as FreeBSD's own would, changes
 * the machine by operations (sim/machine/sysops.h) one after the other, takes
 * the time of the machine profile, and has output and an exit status.
 *
 * Known: ifconfig, sysctl, route, netstat, dhclient, service, daemon, kill,
 * pkill, ps, sleep, logger, devctl; what is no program of the network (cat,
 * ls, ...) is not known here.
 */
#ifndef SIM_GUEST_GUEST_H
#define SIM_GUEST_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "sim/machine/machine.h"

struct guest_end {  /* how a program ended; valid during the call only */
	int status; /* exit status, 0..255 */
	int error;  /* SIM_E… of the last operation that failed, or 0 */
	const struct strbuf *out, *errors; /* what it printed */
};
typedef void guest_done(void *ctx, const struct guest_end *end);

/* Whether the guest has the program argv[0] (its path is left out of
 * account) and understands its arguments. ERR_INPUT with what is wrong and
 * which forms are known. */
int guest_check(size_t argc, char *const argv[], struct err *err);

/* Starts it now; argv is copied. done(ctx) is called once at its end, in
 * virtual time, never from within this call. A program that the guest does
 * not have ends with status 127. */
void guest_exec(struct machine *m, size_t argc, char *const argv[],
    guest_done *done, void *ctx);

/* The pid of the DHCP client that runs for the interface; 0 when none does.
 * Each run of a client has another one. */
unsigned guest_client_pid(struct machine *m, const char *ifname);

/* A command line split as sh does with plain and quoted words; no expansion,
 * no redirection: false when it has any of that. Free with guest_words_free.
 */
bool guest_split(const char *line, size_t *argc, char ***argv);
void guest_words_free(size_t argc, char **argv);

#endif
