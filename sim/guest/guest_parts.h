/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_parts - the inside of sim/guest/guest.h, shared by the files that know
 * one program each.
 *
 * A program is planned first: its arguments become steps, of which each is at
 * most one operation. The steps then run one after the other in virtual time.
 * The first operation takes the program's own time too; a step that looks at
 * the machine before it knows what to do waits until that time has passed.
 */
#ifndef SIM_GUEST_GUEST_PARTS_H
#define SIM_GUEST_GUEST_PARTS_H

#include <sys/queue.h>

#include "sim/guest/guest.h"
#include "sim/machine/sysops.h"

struct guest_run;
struct guest_step;

enum guest_fail {    /* what a program makes of an errno */
	FAIL_ENDS,   /* "PROGRAM: WHAT: why" on stderr, and ends: status 1 */
	FAIL_WARNS,  /* the same text, but goes on; status 1 at its end */
	FAIL_SILENT, /* does not look */
};

struct guest_step {
	struct operation op;
	enum guest_fail fail;
	const char *what; /* as the program calls the operation; static */
	char text[64];	  /* the step's own use */
	/* op.ifname is the interface the command line names, under the name
	 * that it has by then (wildcards and renames). */
	bool own_name;
	uint32_t done_until; /* of a step for each interface: ifnet.born */
	int64_t pause_ns;    /* instead of an operation */
	/* Looks at the machine, may change op or end the program; false: no
	 * operation is needed. */
	bool (*ready)(struct guest_run *g, struct guest_step *s);
	/* Instead of an operation: a task of the kernel, or NULL and the
	 * program has ended. */
	struct ktask *(*begin)(struct guest_run *g, struct guest_step *s);
	/* After the operation; error is 0 or SIM_E… true: the error is dealt
	 * with. */
	bool (*after)(struct guest_run *g, struct guest_step *s, int error);
};

struct guest_program {
	const char *name;
	/* Pushes steps. False: not understood, guest_bad() has said why. */
	bool (*plan)(struct guest_run *g);
	const char *forms; /* for those who mistyped */
	bool is_script;	   /* of rc: takes a command's time, not a program's */
};

struct guest_run {
	TAILQ_ENTRY(guest_run) entry;
	struct machine *m; /* NULL while a command is only checked */
	const struct guest_program *program;
	unsigned pid;
	size_t argc;
	char **argv;		 /* owned; argv[0] without its path */
	char ifname[IFNAME_MAX]; /* the interface it is about, as of now */
	char named[IFNAME_MAX];	 /* as the command line has it */
	struct guest_step *steps;
	size_t n_steps, cap_steps, next;
	void (*finish)(struct guest_run *g); /* output; may be NULL */
	/* What ifconfig or netstat shows: this family, this group only. */
	const char *family, *group;
	bool verbose, only_up, only_down, only_values, quiet;
	bool paid;     /* its own time has passed */
	bool ending;   /* no more steps */
	bool bad;      /* its arguments are not understood */
	bool sleeping; /* in a pause */
	int status, error;
	struct vevent pause;
	struct strbuf out, errors;
	guest_done *done;
	void *ctx;
};

struct guest_client { /* a DHCP client */
	char ifname[IFNAME_MAX];
	int id; /* dhclient_id() */
	unsigned pid;
};

struct guests {
	TAILQ_HEAD(guest_list, guest_run) running; /* by pid */
	unsigned last_pid;
	struct guest_client *clients;
	size_t n_clients, cap_clients;
};

/* guest.c */
struct guests *guest_all(struct machine *m);
/* argv is copied; program is NULL when the guest has none of this name. */
struct guest_run *guest_run_new(size_t argc, char *const argv[]);
void guest_run_free(struct guest_run *g);
struct guest_step *guest_push(struct guest_run *g, enum op_kind kind);
struct guest_step *guest_push_own(struct guest_run *g, enum op_kind kind,
    const char *what);
/* The text, behind the program's name, goes to stderr, and it ends. */
void guest_die(struct guest_run *g, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* While planning: does the same when it comes to it. Always false. */
bool guest_bad(struct guest_run *g, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *guest_strerror(int error); /* FreeBSD's words */
/* NULL when the host's network stack has none of this name. */
struct ifnet *guest_find(const struct guest_run *g, const char *name);
/* Signals the processes of this pid, or of this name: how many there were. */
size_t guest_kill(struct machine *m, unsigned pid, const char *name);

/* guest_ifconfig.c, guest_show.c */
bool guest_plan_ifconfig(struct guest_run *g);
bool guest_plan_listing(struct guest_run *g); /* ifconfig that only shows */
bool guest_in_group(const struct ifnet *ifp, const char *group);

/* guest_route.c */
bool guest_plan_route(struct guest_run *g);
bool guest_plan_netstat(struct guest_run *g);

/* guest_sysctl.c */
bool guest_plan_sysctl(struct guest_run *g);

/* guest_ip.c */
bool guest_plan_ip(struct guest_run *g);

/* guest_client.c */
bool guest_plan_dhclient(struct guest_run *g);
bool guest_plan_service(struct guest_run *g);
bool guest_plan_pccard(struct guest_run *g);

/* guest_process.c */
bool guest_plan_daemon(struct guest_run *g);
bool guest_plan_kill(struct guest_run *g);
bool guest_plan_pkill(struct guest_run *g);
bool guest_plan_ps(struct guest_run *g);
bool guest_plan_sleep(struct guest_run *g);
bool guest_plan_logger(struct guest_run *g);
bool guest_plan_devctl(struct guest_run *g);

#endif
