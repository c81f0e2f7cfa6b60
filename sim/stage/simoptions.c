/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/simoptions.h"

#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "failover/rcfile.h"

void
simoptions_rcvars(const struct scenario *s, struct rcvars *rc, struct diag *d)
{
	static const enum rc_file files[] = { [SCN_RC_MAIN] = RC_CONF,
		[SCN_RC_LOCAL] = RC_CONF_LOCAL,
		[SCN_RC_D] = RC_CONF_D };
	const struct scn_file *f;
	const struct scn_pair *p;
	size_t i;

	rc->file = mem_str(s->path);
	for (i = 0; i < s->n_rc_files; i++) {
		f = &s->rc_files[i];
		if (f->text != NULL)
			rcfile_parse(rc, RC_CONF, f->name, f->text, f->bytes,
			    d);
	}
	for (i = 0; i < s->n_rc; i++) {
		p = &s->rc[i];
		rcvars_set_in(rc, files[p->source], NULL, p->name, p->value,
		    p->line, p->col);
	}
}

static bool
option_value(const struct scn_pair *p, int64_t *ns)
{
	return dur_parse(p->value, strlen(p->value), ns);
}

void
simoptions_read(const struct scenario *s, struct simoptions *o, struct diag *d)
{
	static const char *const names[] = { "start", "deadline", "resync",
		"serial", "rx-all", "devd" };
	const struct scn_pair *p;
	const char *nearest;
	bool good;
	size_t i;

	memset(o, 0, sizeof(*o));
	o->start_ns = -1;
	for (i = 0; i < s->n_options; i++) {
		p = &s->options[i];
		if (strcmp(p->name, "start") == 0) {
			good = option_value(p, &o->start_ns);
		} else if (strcmp(p->name, "deadline") == 0) {
			good = option_value(p, &o->deadline_ns);
		} else if (strcmp(p->name, "resync") == 0) {
			good = option_value(p, &o->resync_ns);
		} else if (strcmp(p->name, "serial") == 0) {
			o->serial = strcmp(p->value, "yes") == 0;
			good = o->serial || strcmp(p->value, "no") == 0;
		} else if (strcmp(p->name, "rx-all") == 0) {
			o->keep_rx_all = strcmp(p->value, "keep") == 0;
			good = o->keep_rx_all || strcmp(p->value, "set") == 0;
		} else if (strcmp(p->name, "devd") == 0) {
			o->devd_active = strcmp(p->value, "active") == 0;
			good =
			    o->devd_active || strcmp(p->value, "absent") == 0;
		} else {
			nearest = suggest(p->name, names,
			    sizeof(names) / sizeof(names[0]));
			diag_report(d, DIAG_ERROR, s->path, p->line, p->col,
			    "the daemon has no option %s; %s%s", p->name,
			    nearest != NULL ? "did you mean " : "it has ",
			    nearest != NULL ? nearest
					    : "start, deadline, resync, "
					      "serial, rx-all and devd");
			continue;
		}
		if (!good)
			diag_report(d, DIAG_ERROR, s->path, p->line, p->col,
			    "%s=\"%s\" is not understood; give start, "
			    "deadline and resync a duration, serial yes or "
			    "no, rx-all set or keep, devd absent or active",
			    p->name, p->value);
	}
}
