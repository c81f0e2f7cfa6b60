/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/native_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/native_rc.h"
#include "daemon/native_world.h"
#include "failover/adopt.h"

struct native_part {
	const struct daemon_native *config;
	const struct log *log;
	struct native_world *world;
	struct rcvars *rc, *old_rc; /* owned */
	uint64_t looks, operations, failed;
};

static void
said(void *ctx, enum log_level level, const char *text)
{
	const struct native_part *n = ctx;

	log_line(n->log, level, "failover", "%s", text);
}

static void
adopt(struct native_part *n)
{
	struct snapshot s = { 0 };
	size_t count, i;

	snapshot_reset(&s);
	native_world_observe(n->world, &s);
	n->rc = native_rc_new("(what there is)");
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

const char *
native_part_gone(const struct native_part *n)
{
	return native_world_gone(n->world);
}

/* --- its life --- */

int
native_part_open(const struct daemon_native *config, const struct log *log,
    struct native_part **out, struct err *err)
{
	struct native_part *n = mem_zero(1, sizeof(*n));
	int rc;

	*out = NULL;
	n->config = config;
	n->log = log;
	rc = native_world_start(config, log, said, n, &n->world, err);
	if (rc == 0)
		rc = native_world_rc(n->world, &n->rc, err);
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
	native_world_end(n->world);
	native_rc_free(n->rc);
	native_rc_free(n->old_rc);
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

	rcode = native_world_rc(n->world, &fresh, &err);
	if (rcode == ERR_NOTFOUND && n->config->rc_path == NULL)
		return NULL;
	if (rcode < 0) {
		log_line(n->log, LOG_LEVEL_ERROR, "failover",
		    "%s; the old one stays in force", err.text);
		return NULL;
	}
	native_rc_free(n->old_rc);
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
	native_world_observe(n->world, out);
}

int
native_part_fd(const struct native_part *n)
{
	return native_world_fd(n->world);
}

bool
native_part_told(struct native_part *n)
{
	return native_world_told(n->world);
}

int
native_part_apply(struct native_part *n, const struct operation *op)
{
	struct strbuf text = { 0 };
	int result;

	result = native_world_apply(n->world, op);
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
