/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/doors.h"

#include <string.h>

void
doors_leave_names(struct doors *d)
{
	if (d->clients != NULL)
		devd_clients_leave_name(d->clients);
	if (d->control != NULL)
		control_leave_name(d->control);
}

void
doors_close(struct doors *d)
{
	devd_clients_close(d->clients);
	control_close(d->control);
	memset(d, 0, sizeof(*d));
}

size_t
doors_polls(const struct doors *d)
{
	return (d->clients == NULL ? 0 : devd_clients_polls(d->clients)) +
	    (d->control == NULL ? 0 : control_polls(d->control));
}

size_t
doors_fill(struct doors *d, struct pollfd *fds)
{
	size_t n = 0;

	if (d->clients != NULL)
		n = devd_clients_fill(d->clients, fds);
	d->clients_filled = n;
	if (d->control != NULL)
		n += control_fill(d->control, fds + n);
	return n;
}

void
doors_polled(struct doors *d, const struct pollfd *fds, size_t count,
    int64_t now_ns)
{
	if (d->clients != NULL)
		devd_clients_polled(d->clients, fds, d->clients_filled);
	if (d->control != NULL)
		control_polled(d->control, fds + d->clients_filled,
		    count - d->clients_filled, now_ns);
}

int64_t
doors_deadline(const struct doors *d)
{
	return d->control == NULL ? INT64_MAX : control_deadline(d->control);
}

void
doors_tick(struct doors *d, int64_t now_ns)
{
	if (d->control != NULL)
		control_tick(d->control, now_ns);
}

void
doors_record(struct doors *d, const char *raw, size_t bytes)
{
	if (d->clients != NULL)
		devd_clients_send(d->clients, raw, bytes);
}

void
doors_count(const struct doors *d, struct devd_clients_counts *out)
{
	memset(out, 0, sizeof(*out));
	if (d->clients != NULL)
		devd_clients_count(d->clients, out);
}
