/* SPDX-License-Identifier: BSD-2-Clause */
/* The least that operations on a bond cost: their requests to Linux's kernel
 * back to back, by who need not look or decide. Reads rows of
 * failover/operation_row.h, a line each, and prints how many there were, and
 * the microseconds that the kernel took for them. */
#include <net/if.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "failover/operation_row.h"
#include "world/clock.h"
#include "world/rtask.h"
#include "world/rtrequest.h"

static int
put_zero(const char *ifname, const char *option)
{
	char path[128];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", ifname,
	    option);
	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) >= 0) {
		n = write(fd, "0\n", 2);
		close(fd);
	}
	return n == 2 ? 0 : -1;
}

/* Nanoseconds, or -1. */
static int64_t
carry_out(struct rtask *ask, const struct operation *op)
{
	struct rtrequest r = { .op = op,
		.index = if_nametoindex(op->ifname),
		.other = if_nametoindex(op->other) };
	int64_t begin = clock_monotonic();
	uint8_t message[RTREQUEST_BYTES];
	size_t bytes;
	int rc;

	if (op->kind == OP_NO_DAD) {
		rc = put_zero(op->ifname, "dad_transmits");
		rc |= put_zero(op->ifname, "accept_dad");
	} else {
		r.sequence = rtask_sequence(ask);
		bytes = rtrequest_build(&r, message);
		rc = bytes == 0 ? -1 : rtask_request(ask, message, bytes);
	}
	return rc == 0 ? clock_monotonic() - begin : -1;
}

int
main(void)
{
	int64_t took, sum = 0;
	struct operation op;
	struct rtask *ask;
	struct err err;
	char row[4096];
	int count = 0;

	if (rtask_open(INT64_C(10) * 1000000000, &ask, &err) < 0) {
		fprintf(stderr, "bond_calls: %s\n", err.text);
		return 3;
	}
	for (; fgets(row, sizeof(row), stdin) != NULL; count++) {
		row[strcspn(row, "\n")] = '\0';
		took = operation_row_read(row, strlen(row), &op)
		    ? carry_out(ask, &op)
		    : -1;
		if (took < 0) {
			fprintf(stderr, "bond_calls: refused: %s\n", row);
			return 1;
		}
		sum += took;
	}
	rtask_close(ask);
	printf("%d calls %lld us\n", count, (long long)(sum / 1000));
	return 0;
}
