/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shellfiles - the files of the simulated guest that a script may read in its
 * sandbox: rc.conf and its company, pid files and leases of DHCP clients.
 * Part of sim/guest/shellguest.h.
 */
#ifndef SIM_GUEST_SHELLFILES_H
#define SIM_GUEST_SHELLFILES_H

#include <stdbool.h>

#include "base/err.h"
#include "sim/machine/machine.h"
#include "sim/scenario/scenario.h"
#include "world/sandbox.h"

struct shellfiles;

struct shellfiles *shellfiles_new(struct sandbox *box,
    const struct scenario *s); /* both borrowed */
void shellfiles_join(struct shellfiles *f, struct machine *m);
void shellfiles_free(struct shellfiles *f); /* NULL is fine */

/* /etc/rc.conf, /etc/rc.conf.local, /etc/rc.conf.d/X. */
int shellfiles_put_rc(struct shellfiles *f, struct err *err);
/* What a step sets (it is borrowed) comes behind what was there. */
int shellfiles_edit_rc(struct shellfiles *f, const struct scn_step *step,
    struct err *err);

/* Writes and removes what has changed since: /var/run/dhclient/dhclient.IF.pid
 * and /var/db/dhclient.leases.IF (FACTS.md E.6). */
int shellfiles_update(struct shellfiles *f, struct err *err);

/* Whether the word is the pid in one of these files; ifname is then filled. */
bool shellfiles_client(const struct shellfiles *f, const char *pid,
    char ifname[IFNAME_MAX]);

#endif
