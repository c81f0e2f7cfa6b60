/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback calibrate - a machine profile from what a real machine did.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/cmds.h"
#include "cmd/inputs.h"
#include "cmd/outfile.h"
#include "cmd/storeargs.h"
#include "db/store_read.h"
#include "sim/stage/calibrate.h"

static const char usage[] =
    "usage: switchback calibrate [OPTION...]\n"
    "\n"
    "Measures in stored runs of a real machine how long things take, and\n"
    "prints a machine profile with these delays in place of another one's.\n"
    "switchback test --machine FILE runs scenarios with it.\n"
    "\n"
    "  --db FILE        the store ($SWITCHBACK_DB, else switchback.db)\n"
    "  --run ID|TITLE   this run, whatever it is of; may be given again\n"
    "                   (all runs on stage vm)\n"
    "  --machine NAME   the profile that gives the rest, by name or as a file\n"
    "                   with a slash in its name (that of the runs)\n"
    "  -o FILE          write the profile there, and print what was measured\n"
    "\n"
    "Exit status: 0 done, 2 bad input, 3 trouble, 4 nothing could be\n"
    "measured.\n";

struct calibrate {
	const char *db, *machine, *out_path;
	char **which; /* owned array; runs that are named */
	size_t n_which, cap_which;
	struct store_reader *reader;
	int64_t *ids; /* of the runs to measure; owned */
	size_t n_ids, cap_ids;
	char *of; /* the machine that the runs name; owned */
};

/* One option; false after the usage. */
static bool
take_option(struct calibrate *c, int option)
{
	switch (option) {
	case 'd':
		c->db = optarg;
		return true;
	case 'r':
		*MEM_PUSH(c->which, c->n_which, c->cap_which) = optarg;
		return true;
	case 'm':
		c->machine = optarg;
		return true;
	case 'o':
		c->out_path = optarg;
		return true;
	default:
		fputs(usage, stderr);
		return false;
	}
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct calibrate *c, int *status)
{
	static const struct option longs[] = {
		{ "db", required_argument, NULL, 'd' },
		{ "run", required_argument, NULL, 'r' },
		{ "machine", required_argument, NULL, 'm' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 1;
	*status = CMD_INPUT;
	while ((option = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(c, option))
			return false;
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "switchback calibrate: %s: name runs with --run\n%s",
	    argv[optind], usage);
	return false;
}

static bool
add_real_run(void *ctx, const struct store_run *run)
{
	struct calibrate *c = ctx;

	if (strcmp(run->run.kind, TRACE_KIND_VM) == 0)
		*MEM_PUSH(c->ids, c->n_ids, c->cap_ids) = run->id;
	return true;
}

static int
find_runs(struct calibrate *c, struct err *e)
{
	int64_t id = 0;
	size_t i;
	int rc;

	rc = store_read_open(storeargs_db(c->db), &c->reader, e);
	if (rc == 0 && c->n_which == 0)
		return store_read_runs(c->reader, add_real_run, c, e);
	for (i = 0; i < c->n_which && rc == 0; i++) {
		rc = store_read_find(c->reader, c->which[i], &id, e);
		if (rc == 0)
			*MEM_PUSH(c->ids, c->n_ids, c->cap_ids) = id;
	}
	return rc;
}

/* All runs must be of one machine, unless another is named. */
static int
name_machine(struct calibrate *c, const struct trace *t, struct err *e)
{
	if (c->machine != NULL)
		return 0;
	if (c->of == NULL) {
		c->of = mem_str(t->run.machine);
		return 0;
	}
	if (strcmp(c->of, t->run.machine) == 0)
		return 0;
	return err_set(e, ERR_INPUT,
	    "the runs are of different machines, %s and %s: choose some with "
	    "--run, or name the profile to begin with: --machine",
	    c->of, t->run.machine);
}

static int
each_run(struct calibrate *c, struct calibration *k, struct err *e)
{
	struct trace *t = NULL;
	size_t i;
	int rc = 0;

	for (i = 0; i < c->n_ids && rc == 0; i++) {
		if ((rc = store_read_trace(c->reader, c->ids[i], &t, e)) < 0)
			break;
		if (k == NULL)
			rc = name_machine(c, t, e);
		else
			calibration_take(k, t);
		trace_free(t);
	}
	return rc;
}

/* It must be one that a machine can use. */
static bool
is_good(const struct strbuf *text)
{
	struct diag d = { .emit = input_print_finding };
	struct profile *p = profile_parse("the calibrated profile",
	    strbuf_str(text), text->bytes, &d);

	profile_free(p);
	return p != NULL;
}

static int
write_result(const struct calibrate *c, const struct calibration *k,
    const struct strbuf *base, const char *name)
{
	struct strbuf text = { 0 }, table = { 0 };
	int status = CMD_NOTHING;

	if (calibration_count(k) == 0) {
		fputs("switchback calibrate: these runs show no time that a "
		      "profile has\n",
		    stderr);
		return CMD_NOTHING;
	}
	calibration_profile(k, strbuf_str(base), base->bytes, name, &text);
	calibration_table(k, &table);
	status = !is_good(&text)
	    ? CMD_INPUT
	    : outfile_write("calibrate", c->out_path, &text);
	if (status == CMD_PASS && c->out_path != NULL)
		status = outfile_write("calibrate", NULL, &table);
	strbuf_fini(&text);
	strbuf_fini(&table);
	return status;
}

static int
calibrate(struct calibrate *c, const char *machine)
{
	struct calibration *k = NULL;
	struct strbuf base = { 0 };
	struct profile *p;
	struct err e;
	int status = CMD_INPUT;

	if ((p = input_profile_text(machine, &base)) != NULL) {
		k = calibration_new(p);
		status = each_run(c, k, &e) < 0
		    ? storeargs_fail("calibrate", &e)
		    : write_result(c, k, &base, storeargs_db(c->db));
	}
	calibration_free(k);
	profile_free(p);
	strbuf_fini(&base);
	return status;
}

int
cmd_calibrate(int argc, char **argv)
{
	struct calibrate c = { 0 };
	struct err e;
	int status;

	if (!parse_options(argc, argv, &c, &status)) {
		free(c.which);
		return status;
	}
	if (find_runs(&c, &e) < 0 || each_run(&c, NULL, &e) < 0) {
		status = storeargs_fail("calibrate", &e);
	} else if (c.n_ids == 0) {
		fputs("switchback calibrate: the store has no run on stage "
		      "vm; name runs with --run\n",
		    stderr);
		status = CMD_NOTHING;
	} else {
		status = calibrate(&c, c.machine != NULL ? c.machine : c.of);
	}
	store_read_close(c.reader);
	free(c.which);
	free(c.ids);
	free(c.of);
	return status;
}
