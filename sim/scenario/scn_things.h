/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_things - what a scenario declares: settings by name, NICs, VFs, probes,
 * the administrator's scripts. Part of sim/scenario/scenario.h, which tells who
 * owns what.
 */
#ifndef SIM_SCENARIO_SCN_THINGS_H
#define SIM_SCENARIO_SCN_THINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCN_NAME_MAX 16 /* interface names: IFNAMSIZ with its NUL */

enum scn_rc_source { /* in the order in which rc(8) reads them */
	SCN_RC_MAIN,
	SCN_RC_LOCAL,
	SCN_RC_D,
};

struct scn_pair { /* name = value: rc.conf, sysctl, daemon, delay, ... */
	char *name;
	char *value;
	enum scn_rc_source source; /* of rc.conf variables */
	char *file;		   /* SCN_RC_D: its name in the folder */
	unsigned line, col;
};

struct scn_nic { /* a synthetic NIC, there from boot */
	char name[SCN_NAME_MAX];
	uint8_t mac[6];
	unsigned mtu; /* 0: the machine's own */
	bool disconnected;
	unsigned line, col;
};

struct scn_vf {
	char name[SCN_NAME_MAX]; /* interface name when attached */
	char of[SCN_NAME_MAX];	 /* its synthetic NIC */
	char *driver;		 /* "mlx5", … */
	uint8_t mac[6];		 /* the NIC's unless given */
	bool present;		 /* at boot */
	unsigned line, col;
};

enum scn_proto { SCN_ICMP, SCN_UDP };
enum scn_way { SCN_ECHO, SCN_OUT, SCN_IN, SCN_BOTH };

struct scn_probe {
	char *name;
	enum scn_proto proto;
	bool v6;	       /* "icmp6": between IPv6 addresses */
	char of[SCN_NAME_MAX]; /* the NIC whose subnet; "": the first one */
	enum scn_way way;      /* SCN_ECHO for icmp */
	int64_t period_ns;     /* from "rate N/s" */
	uint8_t to[4];	       /* IPv4, network order; 0.0.0.0: the peer */
	int64_t from_ns;       /* first probe; 0: from the start */
	int64_t until_ns;      /* last before; -1: to the end */
	unsigned line, col;
};

/* The administrator's own hyperv_vfup.NIC in the guest (FACTS.md E.3 2). */
enum scn_script {
	SCN_SCRIPT_MISSING,
	SCN_SCRIPT_EXITS, /* with status, after a command's usual time */
	SCN_SCRIPT_TAKES, /* takes_ns, then exits 0 */
	SCN_SCRIPT_HANGS,
	SCN_SCRIPT_NOT_EXECUTABLE, /* 126 from the shell */
};

struct scn_custom {
	char nic[SCN_NAME_MAX];
	enum scn_script script;
	int status;
	int64_t takes_ns;
	unsigned line, col;
};

/* A file that is there in the sandbox where actions run for real. */
struct scn_shell {
	char *file; /* beside the scenario */
	char *path; /* in the guest */
	char *text; /* put here by who reads files, else NULL */
	size_t bytes;
	unsigned line, col;
};

/* Appends a pair of the two, copied, without a place in a file. */
void scn_pair_add(struct scn_pair **list, size_t *n, size_t *cap,
    const char *name, const char *value);
void scn_pair_fini(struct scn_pair *pair);

#endif
