/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario - a .scn file, parsed whole. The grammar is in
 * sim/scenario/switchback-scenario.5; sim/scenario/scn_parse.c makes this tree
 * from text, sim/scenario/scn_format.c brings text into its canonical form,
 * stages run the tree and sim/judge/judge.c holds the trace against its
 * expectations.
 *
 * All strings and arrays are owned by the scenario. Times are resolved by the
 * parser: nanoseconds of virtual time from the start of the machine.
 */
#ifndef SIM_SCENARIO_SCENARIO_H
#define SIM_SCENARIO_SCENARIO_H

#include "base/diag.h"
#include "base/err.h"
#include "sim/scenario/scn_expects.h"
#include "sim/scenario/scn_steps.h"
#include "sim/scenario/scn_things.h"

#define SCN_REPEAT_MAX 100000 /* steps after all repetitions */

enum scn_system { SCN_FREEBSD, SCN_LINUX };

struct scn_file { /* a file that the scenario names; somebody else reads it */
	char *name;
	char *text; /* rc.conf-file: put here by the reader, else NULL */
	size_t bytes;
	unsigned line, col;
};

struct scenario {
	char *path;
	char *title;
	char *origin;  /* "" if none */
	char *machine; /* profile name */
	enum scn_system system;
	char *recording; /* "replay FILE": stimuli come from it too; or NULL */
	unsigned recording_line, recording_col;
	uint64_t seed; /* 1 unless given */
	int64_t end_ns;

	/* "policies native because ...": run under this policy only; NULL:
	 * under each. */
	char *only_policy, *only_because;

	/* "requires ...": what it is run on; elsewhere it is skipped. */
	enum scn_stage requires;
	bool enlightenments; /* of SCN_ON_VM: Hyper-V's, seen by the guest */
	unsigned requires_line, requires_col;

	struct scn_file *rules; /* none: the shipped ones */
	size_t n_rules, cap_rules;
	struct scn_file *rc_files; /* in the form of rc.conf */
	size_t n_rc_files, cap_rc_files;
	struct scn_pair *rc;
	size_t n_rc, cap_rc;
	struct scn_pair *sysctls; /* loader tunables and boot-time settings */
	size_t n_sysctls, cap_sysctls;
	struct scn_pair *options; /* of the daemon */
	size_t n_options, cap_options;
	struct scn_pair *delays; /* override the machine profile */
	size_t n_delays, cap_delays;
	struct scn_pair *flags; /* the same for its flags and limits */
	size_t n_flags, cap_flags;
	struct scn_pair *limits;
	size_t n_limits, cap_limits;
	struct scn_custom *customs; /* scripts that are there from boot */
	size_t n_customs, cap_customs;
	struct scn_shell *shells; /* run by the host's shell */
	size_t n_shells, cap_shells;
	bool shell_actions; /* so are all other commands of rules */
	struct scn_nic *nics;
	size_t n_nics, cap_nics;
	struct scn_vf *vfs;
	size_t n_vfs, cap_vfs;
	struct scn_probe *probes;
	size_t n_probes, cap_probes;
	struct scn_step *steps; /* in time order; equal times as written */
	size_t n_steps, cap_steps;
	struct scn_injection *injections;
	size_t n_injections, cap_injections;
	struct scn_expect *expects;
	size_t n_expects, cap_expects;
};

/* Parses text[0..bytes). All mistakes are reported to d; NULL when there was
 * an error among them. path is for messages and is copied. */
struct scenario *scenario_parse(const char *path, const char *text,
    size_t bytes, struct diag *d);
void scenario_free(struct scenario *s); /* NULL is fine */

/* Why it is not run on this stage (not SCN_ON_ANY), in words; NULL: it is.
 * Whether a virtual machine is enlightened, only that stage knows. */
const char *scenario_why_not(const struct scenario *s, enum scn_stage stage);

/* Brings steps that were added into the order of time; equal ones keep
 * theirs. */
void scenario_sort_steps(struct scenario *s);

/* The one canonical form, comments kept. Gives NULL (with findings in d) when
 * the text does not parse. The caller frees. */
char *scenario_format(const char *path, const char *text, size_t bytes,
    struct diag *d);

#endif
