/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/native_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "failover/adopt.h"
#include "failover/rcfile.h"
#include "rules/loader.h"
#include "world/kernelworld.h"
#include "world/nicpair.h"
#include "world/rcshell.h"

struct native_part {
	const struct daemon_native *config;
	const struct log *log;
	struct kernelworld *kernel;
	struct rcvars *rc, *old_rc; /* owned */
	uint64_t looks, operations, failed;
};

static void
note(void *ctx, const char *text)
{
	const struct native_part *n = ctx;

	log_line(n->log, LOG_LEVEL_INFO, "failover", "%s", text);
}

/* --- rc.conf --- */

static void
log_finding(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	struct strbuf out = { 0 };

	diag_emit_strbuf(&out, level, file, line, col, text);
	if (out.bytes > 0 && out.data[out.bytes - 1] == '\n')
		out.data[out.bytes - 1] = '\0';
	log_line(ctx, level == DIAG_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
	    "failover", "%s", strbuf_str(&out));
	strbuf_fini(&out);
}

static void
free_rc(struct rcvars *rc)
{
	if (rc != NULL)
		rcvars_fini(rc);
	free(rc);
}

static struct rcvars *
new_rc(const char *file)
{
	struct rcvars *rc = mem_zero(1, sizeof(*rc));

	rc->file = mem_str(file);
	return rc;
}

/* Without a file: what the system's own shell makes of all of them. */
static int
read_system_rc(struct rcvars **out, struct err *err)
{
	struct rcvars *rc = new_rc("rc.conf");
	int rcode = rcshell_read(RCSHELL_SUBR, rc, err);

	if (rcode == 0)
		*out = rc;
	else
		free_rc(rc);
	return rcode;
}

static int
read_rc(const char *path, struct diag *diag, struct rcvars **out,
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
	rc = new_rc(path);
	if (rcfile_parse(rc, RC_CONF, path, strbuf_str(&text), text.bytes,
		diag)) {
		*out = rc;
	} else {
		code = err_set(err, ERR_INPUT, "%s: not understood", path);
		free_rc(rc);
	}
	strbuf_fini(&text);
	return code;
}

int
native_part_check_rc(const char *path, struct diag *diag, struct err *err)
{
	struct rcvars *rc;
	int code = read_rc(path, diag, &rc, err);

	if (code == 0)
		free_rc(rc);
	return code;
}

static int
read_own_rc(const struct native_part *n, struct rcvars **out, struct err *err)
{
	struct log log = *n->log;
	struct diag diag = { .emit = log_finding, .ctx = &log };

	if (n->config->rc_path == NULL)
		return read_system_rc(out, err);
	return read_rc(n->config->rc_path, &diag, out, err);
}

static void
adopt(struct native_part *n)
{
	struct snapshot s = { 0 };
	size_t count, i;

	snapshot_reset(&s);
	kernelworld_observe(n->kernel, &s);
	n->rc = new_rc("(what there is)");
	count = adopt_all(&s, n->rc);
	for (i = 0; i < n->rc->n_vars; i++)
		log_line(n->log, LOG_LEVEL_INFO, "failover", "keeps %s=\"%s\"",
		    n->rc->vars[i].name, n->rc->vars[i].value);
	if (count == 0 && s.vf_transparent == 0)
		log_line(n->log, LOG_LEVEL_WARNING, "failover",
		    "no synthetic NIC has an address to carry over: each is "
		    "left alone; name what it shall have with --rc-conf");
	snapshot_fini(&s);
}

/* --- its life --- */

int
native_part_open(const struct daemon_native *config, const struct log *log,
    struct native_part **out, struct err *err)
{
	struct native_part *n = mem_zero(1, sizeof(*n));
	const struct kernelworld_config kc = {
		.pairs = config->pairs,
		.keep_rx_all = config->keep_rx_all,
		.note = note,
		.ctx = n,
	};
	int rc;

	*out = NULL;
	n->config = config;
	n->log = log;
	rc = kernelworld_open(&kc, &n->kernel, err);
	if (rc == 0)
		rc = read_own_rc(n, &n->rc, err);
	/* A system without rc.conf: what there is is what shall be. */
	if (rc == ERR_NOTFOUND && config->rc_path == NULL)
		rc = 0;
	if (rc < 0) {
		native_part_close(n);
		return rc;
	}
	if (n->rc == NULL)
		adopt(n);
	*out = n;
	return 0;
}

void
native_part_set_log(struct native_part *n, const struct log *log)
{
	n->log = log;
}

void
native_part_close(struct native_part *n)
{
	if (n == NULL)
		return;
	kernelworld_close(n->kernel);
	free_rc(n->rc);
	free_rc(n->old_rc);
	free(n);
}

const struct rcvars *
native_part_rc(const struct native_part *n)
{
	return n->rc;
}

const struct rcvars *
native_part_reload(struct native_part *n)
{
	struct rcvars *fresh;
	struct err err;
	int rcode;

	rcode = read_own_rc(n, &fresh, &err);
	if (rcode == ERR_NOTFOUND && n->config->rc_path == NULL)
		return NULL;
	if (rcode < 0) {
		log_line(n->log, LOG_LEVEL_ERROR, "failover",
		    "%s; the old one stays in force", err.text);
		return NULL;
	}
	free_rc(n->old_rc);
	n->old_rc = n->rc;
	n->rc = fresh;
	log_line(n->log, LOG_LEVEL_INFO, "failover",
	    "%s: read again, %zu variables", fresh->file, fresh->n_vars);
	return fresh;
}

/* --- what it does --- */

void
native_part_observe(struct native_part *n, struct snapshot *out)
{
	n->looks++;
	kernelworld_observe(n->kernel, out);
}

int
native_part_fd(const struct native_part *n)
{
	return kernelworld_fd(n->kernel);
}

bool
native_part_told(struct native_part *n)
{
	return kernelworld_told(n->kernel);
}

int
native_part_apply(struct native_part *n, const struct operation *op)
{
	struct strbuf text = { 0 };
	int result;

	result = kernelworld_apply(n->kernel, op);
	n->operations++;
	n->failed += result != 0;
	operation_text(op, &text);
	if (result == 0)
		log_line(n->log, LOG_LEVEL_INFO, "failover", "%s (%s)",
		    strbuf_str(&text), op->why);
	else
		log_line(n->log, LOG_LEVEL_WARNING, "failover",
		    "%s (%s): refused, errno %d of FreeBSD's",
		    strbuf_str(&text), op->why, result);
	strbuf_fini(&text);
	return result;
}

void
native_part_log_counts(const struct native_part *n)
{
	log_line(n->log, LOG_LEVEL_INFO, "failover",
	    "%ju looks, %ju operations, %ju refused", (uintmax_t)n->looks,
	    (uintmax_t)n->operations, (uintmax_t)n->failed);
}
