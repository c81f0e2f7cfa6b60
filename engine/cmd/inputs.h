/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inputs - reads what the subcommands of the harness work on: scenarios,
 * machine profiles, rules. Mistakes are printed on stderr, each with its
 * place; the result then is NULL.
 */
#ifndef CMD_INPUTS_H
#define CMD_INPUTS_H

#include "base/err.h"
#include "base/strbuf.h"
#include "db/recording.h"
#include "rules/ruleset.h"
#include "sim/machine/profile.h"
#include "sim/scenario/scenario.h"

#define INPUT_BYTES_MAX (64u << 20)

/* Appends the file; "-" is stdin. */
int input_read(const char *path, struct strbuf *out, struct err *e);

/* With the stimuli of its recording, when it names one. What is wrong with a
 * file that it names is told at its own line. */
struct scenario *input_scenario(const char *path);

/* As it is written, without these; and the recording that it names. */
struct scenario *input_scenario_text(const char *path);
struct recording *input_scenario_recording(const struct scenario *s);

/* spec as in db/recording.h. */
struct recording *input_recording(const char *spec);

/* A name such as "azure-mlx5", or a path with a slash in it. */
struct profile *input_profile(const char *name);
/* The same, its text appended. */
struct profile *input_profile_text(const char *name, struct strbuf *text);

/* The scenario's rule files (beside it), or the shipped ones when s is NULL
 * or names none. */
struct ruleset *input_rules(const struct scenario *s);

/* Prints findings on stderr; for struct diag. */
void input_print_finding(void *ctx, enum diag_level level, const char *file,
    unsigned line, unsigned col, const char *text);

/* The scenario files at and below the paths (files are taken as they are,
 * folders searched for *.scn), sorted within each; NULL-terminated, the
 * caller frees it with input_free_paths. A path that cannot be read is
 * printed, and gives NULL. */
char **input_scenario_paths(char *const *paths, int count);
void input_free_paths(char **paths);

#endif
