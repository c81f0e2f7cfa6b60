/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/ueventsock.h"

#include <stddef.h>

int
ueventsock_open(struct ueventsock **out, struct err *err)
{
	(void)out;
	return err_set(err, ERR_UNSUPPORTED, "FreeBSD has no uevents");
}

void
ueventsock_close(struct ueventsock *s)
{
	(void)s;
}

int
ueventsock_fd(const struct ueventsock *s)
{
	(void)s;
	return -1;
}

enum ueventsock_got
ueventsock_next(struct ueventsock *s, struct uevent *out)
{
	(void)s;
	(void)out;
	return UEVENTSOCK_NOTHING;
}
