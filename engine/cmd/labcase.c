/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/labcase.h"

#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cmd/labtools.h"
#include "cmd/pcapdir.h"

static int
lab_open(struct testrun *r, struct err *err)
{
	r->tools = mem_zero(1, sizeof(*r->tools));
	return labtools_make(r->image, r->tools, err);
}

static void
lab_close(struct testrun *r)
{
	if (r->tools != NULL)
		labtools_fini(r->tools);
	free(r->tools);
	r->tools = NULL;
}

/* What is not for the lab is skipped; mistakes are the simulated machine's to
 * find, whose language it is. */
static bool
lab_check(const struct testrun_file *f, const struct ruleset *rules,
    enum core_policy policy)
{
	return testrun_sim.check(f, rules, policy);
}

static char *
vm_why_not(const struct testrun *r, const struct scenario *s,
    enum core_policy policy)
{
	const struct labstage stage = { .scenario = s,
		.policy = policy,
		.tools = r->tools };
	struct strbuf why = { 0 };

	if (labstage_can(&stage, &why)) {
		strbuf_fini(&why);
		return NULL;
	}
	return strbuf_take(&why);
}

/* "NAME.console" beside the image, NAME being the scenario's path. NULL: the
 * image is somebody's disk. */
static char *
console_of(const struct testrun *r, const struct testrun_case *c)
{
	const char *initrd = r->tools->image.initrd;
	struct strbuf path = { 0 };
	size_t from, i;

	if (initrd == NULL)
		return NULL;
	strbuf_add(&path, initrd, (size_t)(strrchr(initrd, '/') - initrd + 1));
	from = path.bytes;
	strbuf_addf(&path, "%s.console", c->file->path);
	for (i = from; i < path.bytes; i++)
		if (path.data[i] == '/')
			path.data[i] = '_';
	return strbuf_take(&path);
}

/* The run's captures are files in a folder of their own. */
static char *
captures_of(const char *pcap_dir, const struct testrun_case *c)
{
	struct strbuf path = { 0 };
	char *folder;

	if (pcap_dir == NULL)
		return NULL;
	folder = pcapdir_path(pcap_dir, c->file->path, c->policy, 0);
	/* They may be there; what is wrong is told when a file is made. */
	(void)mkdir(pcap_dir, 0777);
	(void)mkdir(folder, 0777);
	strbuf_addf(&path, "%s/", folder);
	free(folder);
	return strbuf_take(&path);
}

/* What was seen is kept for whoever wants to know why. */
static void
give_up(struct testrun_case *c, const struct err *e)
{
	if (e->code != ERR_UNSUPPORTED) {
		trace_add_note(c->trace, c->trace->run.end_ns, "host", e->text);
		c->broken = mem_str(e->text);
		return;
	}
	trace_free(c->trace);
	c->trace = NULL;
	c->skipped = mem_str(e->text);
}

static void
vm_run(const struct testrun *r, const struct ruleset *rules,
    const char *pcap_dir, struct testrun_case *c)
{
	char *console = console_of(r, c), *pcap = captures_of(pcap_dir, c);
	struct err e = { 0 }, before;
	struct labstage stage = { .scenario = c->file->scenario,
		.policy = c->policy,
		.tools = r->tools,
		.pcap = pcap,
		.console = console,
		.trouble = &e };
	int64_t try = 0;

	(void)rules; /* the guest has them */
	do {
		before = e;
		e = (struct err){ 0 };
		trace_free(c->trace);
		c->trace = trace_new();
		if (before.code != ERR_NONE)
			trace_add_note(c->trace, 0, "host", before.text);
		(void)labstage_run(&stage, c->trace);
	} while (e.code == ERR_BUSY && try++ < r->retries);
	if (e.code != ERR_NONE)
		give_up(c, &e);
	free(console);
	free(pcap);
}

const struct testrun_stage testrun_vm = {
	.word = "vm",
	.where = SCN_ON_VM,
	.open = lab_open,
	.close = lab_close,
	.check = lab_check,
	.why_not = vm_why_not,
	.run = vm_run,
};
