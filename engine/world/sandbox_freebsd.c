/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/sandbox.h"

#include "world/sandparts.h"

/* A jail would need root, and has no user to be nobody: there is none here. */

int
sandbox_open(int64_t guard_ns, struct sandbox **out, struct err *err)
{
	(void)guard_ns;
	(void)out;
	return err_set(err, ERR_UNSUPPORTED,
	    "this system has no user namespaces");
}

void
sandbox_close(struct sandbox *s)
{
	(void)s;
}

static int
none(struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED, "there is no sandbox");
}

int
sandbox_put(struct sandbox *s, const char *path, unsigned mode,
    const void *data, size_t bytes, struct err *err)
{
	(void)s;
	(void)path;
	(void)mode;
	(void)data;
	(void)bytes;
	return none(err);
}

int
sandbox_remove(struct sandbox *s, const char *path, struct err *err)
{
	(void)s;
	(void)path;
	return none(err);
}

int
sandbox_run(struct sandbox *s, uint32_t id, const char *text, struct err *err)
{
	(void)s;
	(void)id;
	(void)text;
	return none(err);
}

int
sandbox_signal(struct sandbox *s, uint32_t id, int sig, struct err *err)
{
	(void)s;
	(void)id;
	(void)sig;
	return none(err);
}

int
sandbox_settle(struct sandbox *s, struct err *err)
{
	(void)s;
	return none(err);
}

bool
sandbox_next(struct sandbox *s, struct sandbox_event *out)
{
	(void)s;
	(void)out;
	return false;
}

void
sandbox_answer(struct sandbox *s, uint32_t call, int status, const void *out,
    size_t out_bytes, const void *errors, size_t error_bytes)
{
	(void)s;
	(void)call;
	(void)status;
	(void)out;
	(void)out_bytes;
	(void)errors;
	(void)error_bytes;
}

void
sandbox_go(struct sandbox *s, uint32_t call, int64_t wall_ns)
{
	(void)s;
	(void)call;
	(void)wall_ns;
}

int
sandbox_first(void)
{
	return 1;
}
