/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * draft_parts - the inside of sim/stage/draft.h: who plays and with which
 * addresses (draft_cast.c), what happens (draft_steps.c), what is expected of
 * it (draft_claims.c), and the text (draft.c).
 */
#ifndef SIM_STAGE_DRAFT_PARTS_H
#define SIM_STAGE_DRAFT_PARTS_H

#include "base/ipaddr.h"
#include "db/recording.h"
#include "sim/scenario/scenario.h"
#include "sim/stage/draft.h"

struct draft_nic {
	char seen[SCN_NAME_MAX]; /* in the log */
	char name[SCN_NAME_MAX]; /* in the scenario */
	char mac[MAC_TEXT];
	char aggregate[SCN_NAME_MAX]; /* as native makes it; "" if not known */
	char address[IPADDR_TEXT];    /* the first, or "" with DHCP */
	bool mac_stands_in, address_stands_in;
};

struct draft_vf {
	char seen[SCN_NAME_MAX], name[SCN_NAME_MAX];
	size_t nic;
	char mac[MAC_TEXT]; /* when it is not the NIC's; else "" */
	char driver[16];
	bool present;
};

struct draft_step {
	int64_t at_ns;
	char *text; /* in the words of the language, with the names' own */
	char *mark; /* NULL if none */
};

struct draft_claim { /* one proposal */
	char *text;  /* "expect ..." without its bound and faults */
	char *mark;  /* of a timed one; else NULL */
	int64_t within_ns;
	char *fault; /* why stock does not meet it; NULL if it does */
	char *lost;  /* native does not: it becomes a comment; else NULL */
};

struct draft {
	char *title, *origin, *machine;
	bool linux_guest, simulated;
	struct strbuf head; /* comment lines */
	struct strbuf rc;   /* words of rc.conf */
	int transparent;    /* hw.hn.vf_transparent */
	struct draft_nic *nics;
	size_t n_nics, cap_nics;
	struct draft_vf *vfs;
	size_t n_vfs, cap_vfs;
	struct draft_step *steps;
	size_t n_steps, cap_steps;
	struct draft_claim *claims;
	size_t n_claims, cap_claims;
	int64_t probe_from_ns, end_ns;
	char router[IPADDR_TEXT];
};

void draft_remark(struct draft *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The log's own name, or another one when no scenario can have it. */
void draft_keep_name(struct draft *d, char name[SCN_NAME_MAX], const char *seen,
    const char *else_, size_t number);

/* A VF that nothing but a stimulus names. */
void draft_add_vf(struct draft *d, const struct trace *t, const char *name);

/* r is the run's records; its cast helps where no state tells. */
int draft_cast(struct draft *d, const struct trace *t, struct recording *r,
    struct err *e);
void draft_addresses(struct draft *d, const struct trace *t);
int draft_steps(struct draft *d, const struct trace *t,
    const struct recording *r, struct err *e);

/* The text before it is canonical, without the claims when bare. */
void draft_text(const struct draft *d, bool bare, struct strbuf *out);

#endif
