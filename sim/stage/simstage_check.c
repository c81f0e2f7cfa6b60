/* SPDX-License-Identifier: BSD-2-Clause */
/* simstage_check(): whether the machine can do what a scenario says. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/guest/guest.h"
#include "sim/machine/sysops.h"
#include "sim/stage/simoptions.h"
#include "sim/stage/simstage.h"

static void
check_flags(const struct scenario *s, struct diag *d)
{
	size_t i;

	for (i = 0; i < s->n_flags; i++)
		if (strcmp(s->flags[i].value, "yes") != 0 &&
		    strcmp(s->flags[i].value, "no") != 0)
			diag_report(d, DIAG_ERROR, s->path, s->flags[i].line,
			    s->flags[i].col, "flag %s is yes or no, not %s",
			    s->flags[i].name, s->flags[i].value);
}

static int
check_command(const char *text, struct err *err)
{
	size_t argc;
	char **argv;
	int rc;

	if (!guest_split(text, &argc, &argv))
		return err_set(err, ERR_INPUT,
		    "one command of plain and quoted words is wanted; run it "
		    "in a shell: write user sh \"...\"");
	rc = guest_check(argc, argv, err);
	guest_words_free(argc, argv);
	return rc;
}

/* A line may hold several commands, each after a newline. */
static int
check_line(const char *text, struct err *err)
{
	char *copy = mem_str(text), *rest = copy, *command;
	int rc = 0;

	while (rc == 0 && (command = strsep(&rest, "\n")) != NULL)
		rc = check_command(command, err);
	free(copy);
	return rc;
}

bool
simstage_overrides(const struct scenario *s)
{
	return s->n_delays > 0 || s->n_limits > 0 || s->n_flags > 0;
}

void
simstage_override(const struct scenario *s, struct profile *p, struct diag *d)
{
	size_t i;

	for (i = 0; i < s->n_delays; i++)
		profile_override(p, s->delays[i].name, s->delays[i].value,
		    s->path, s->delays[i].line, s->delays[i].col, d);
	for (i = 0; i < s->n_limits; i++)
		profile_override_limit(p, s->limits[i].name, s->limits[i].value,
		    s->path, s->limits[i].line, s->limits[i].col, d);
	for (i = 0; i < s->n_flags; i++)
		profile_override_flag(p, s->flags[i].name,
		    strcmp(s->flags[i].value, "yes") == 0, s->path,
		    s->flags[i].line, s->flags[i].col, d);
}

static void
check_names(const struct simstage *s, struct diag *d)
{
	const struct scenario *scn = s->scenario;
	struct machine *m = machine_new(s->profile, NULL);
	struct err err;
	size_t i;

	for (i = 0; i < scn->n_sysctls; i++)
		if (sysop_sysctl(m, scn->sysctls[i].name, scn->sysctls[i].value,
			&err) < 0)
			diag_report(d, DIAG_ERROR, scn->path,
			    scn->sysctls[i].line, scn->sysctls[i].col, "%s",
			    err.text);
	for (i = 0; i < scn->n_steps; i++)
		if (scn->steps[i].kind == SCN_USER &&
		    check_line(scn->steps[i].text, &err) < 0)
			diag_report(d, DIAG_ERROR, scn->path,
			    scn->steps[i].line, scn->steps[i].col, "%s",
			    err.text);
	machine_free(m);
	simstage_override(scn, s->profile, d);
}

bool
simstage_check(const struct simstage *s, struct diag *d)
{
	const struct scenario *scn = s->scenario;
	struct rcvars rc = { 0 };
	struct simoptions options;
	unsigned before = d->errors;
	struct rc_net net;
	size_t i;

	if (scenario_why_not(scn, SCN_ON_SIM) != NULL)
		diag_report(d, DIAG_ERROR, scn->path, scn->requires_line,
		    scn->requires_col, "%s", scenario_why_not(scn, SCN_ON_SIM));
	check_flags(scn, d);
	simoptions_read(scn, &options, d);
	simoptions_rcvars(scn, &rc, d);
	for (i = 0; i < scn->n_nics; i++)
		rcvars_net(&rc, scn->nics[i].name, d, &net);
	for (i = 0; i < scn->n_vfs; i++)
		if (!profile_has_driver(s->profile, scn->vfs[i].driver))
			diag_report(d, DIAG_ERROR, scn->path, scn->vfs[i].line,
			    scn->vfs[i].col,
			    "machine %s has no driver %s; add its records or "
			    "delays to the profile, or use another",
			    scn->machine, scn->vfs[i].driver);
	rcvars_fini(&rc);
	check_names(s, d);
	return d->errors == before;
}
