/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reenact_parts - the inside of sim/stage/reenact.h: who plays in a recording
 * (reenact_cast.c), and the command lines taken apart (reenact_shell.c).
 */
#ifndef SIM_STAGE_REENACT_PARTS_H
#define SIM_STAGE_REENACT_PARTS_H

#include "base/ipaddr.h"
#include "db/recording.h"
#include "sim/scenario/scenario.h"

enum actor_kind { ACTOR_HN, ACTOR_NIC, ACTOR_LAGG, ACTOR_OTHER };

struct actor { /* an interface that is heard of */
	char name[SCN_NAME_MAX];
	enum actor_kind kind;
	int64_t born_ns;	   /* made or plugged in; INT64_MAX: never */
	int64_t seen_ns;	   /* heard of otherwise; INT64_MAX: never */
	bool of_boot;		   /* attached in a boot's queue */
	bool up, up_known, joined; /* joined: somebody put it into a lagg */
	bool has_mac;
	uint8_t mac[6];
};

struct cast {
	const struct recording *r;
	struct actor *list;
	size_t n, cap;
	bool has_hn;
	char vf[SCN_NAME_MAX], other[SCN_NAME_MAX]; /* "vf0" and "syn0" */
};

void cast_read(struct cast *c, const struct recording *r);
void cast_fini(struct cast *c);
struct actor *cast_find(const struct cast *c, const char *name);
bool cast_is_present(const struct actor *a); /* when the recording begins */

/* "vmxnet3" or "vmx0" as the driver's word in profiles: "vmx". */
const char *cast_driver(const char *device);

/* Calls take for each simple command of a line, in order, without pipes and
 * redirections behind it. */
typedef void shell_take(void *ctx, const char *command);
void shell_each(const char *line, shell_take *take, void *ctx);

#endif
