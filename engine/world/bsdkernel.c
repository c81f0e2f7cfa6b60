/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdkernel.h"

#include <string.h>

int
bsdkernel_ask(const struct bsdkernel *k, struct bsdrequest *r)
{
	return k->ops->ask(k->ctx, r);
}

void
bsdkernel_point(struct bsdrequest *r)
{
	const void *extra = r->extra;

	if (r->pointer_at != 0)
		memcpy(r->data + r->pointer_at, &extra, sizeof(extra));
}

void
bsdkernel_unpoint(struct bsdrequest *r)
{
	if (r->pointer_at != 0)
		memset(r->data + r->pointer_at, 0, sizeof(void *));
}

int
bsdkernel_number(const struct bsdkernel *k, const char *name, int otherwise)
{
	size_t bytes = sizeof(int);
	int value;

	if (k->ops->get(k->ctx, name, &value, &bytes) != 0 ||
	    bytes != sizeof(value))
		return otherwise;
	return value;
}

int
bsdkernel_text(const struct bsdkernel *k, const char *name, char *out,
    size_t bytes)
{
	size_t n = bytes; /* sysctl_handle_string() gives its NUL, too */
	int rc = k->ops->get(k->ctx, name, out, &n);

	if (rc != 0)
		n = 0;
	out[n < bytes ? n : bytes - 1] = '\0';
	return rc;
}
