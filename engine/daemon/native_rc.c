/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/native_rc.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "failover/rcfile.h"
#include "rules/loader.h"
#include "world/clock.h"
#include "world/rcshell.h"

void
native_rc_free(struct rcvars *rc)
{
	if (rc != NULL)
		rcvars_fini(rc);
	free(rc);
}

struct rcvars *
native_rc_new(const char *file)
{
	struct rcvars *rc = mem_zero(1, sizeof(*rc));

	rc->file = mem_str(file);
	return rc;
}

/* Without a file: what the system's own shell makes of all of them. */
static int
read_system_rc(struct rcvars **out, struct err *err)
{
	struct rcvars *rc = native_rc_new("rc.conf");
	int rcode = rcshell_read(RCSHELL_SUBR, clock_monotonic, rc, err);

	if (rcode == 0)
		*out = rc;
	else
		native_rc_free(rc);
	return rcode;
}

static int
read_file(const char *path, struct diag *diag, struct rcvars **out,
    struct err *err)
{
	const struct rule_loader *files = rule_loader_files();
	struct strbuf text = { 0 };
	struct rcvars *rc;
	int code;

	code = files->fetch(files->ctx, path, &text, err);
	if (code < 0) {
		strbuf_fini(&text);
		return code;
	}
	rc = native_rc_new(path);
	if (rcfile_parse(rc, RC_CONF, path, strbuf_str(&text), text.bytes,
		diag)) {
		*out = rc;
	} else {
		code = err_set(err, ERR_INPUT, "%s: not understood", path);
		native_rc_free(rc);
	}
	strbuf_fini(&text);
	return code;
}

int
native_rc_read(const char *path, struct diag *diag, struct rcvars **out,
    struct err *err)
{
	return path == NULL ? read_system_rc(out, err)
			    : read_file(path, diag, out, err);
}

int
native_rc_check(const char *path, struct diag *diag, struct err *err)
{
	struct rcvars *rc;
	int code = native_rc_read(path, diag, &rc, err);

	if (code == 0)
		native_rc_free(rc);
	return code;
}
