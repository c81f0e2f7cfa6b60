/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever comes over the control socket is answered by whole answers, or its
 * sender is sent away; the next one is served. */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "daemon/control.h"
#include "daemon/orders.h"
#include "fuzz.h"

static struct control *control;
static struct sockaddr_un name = { .sun_family = AF_UNIX };

static void
status(void *ctx, struct status *out)
{
	(void)ctx;
	memset(out, 0, sizeof(*out));
}

static int
order(void *ctx, struct strbuf *out, struct err *err)
{
	(void)ctx;
	(void)out;
	return err_set(err, ERR_STATE, "not here");
}

static struct orders orders = { .status = status,
	.reload = order,
	.dump = order };

static void
end(void)
{
	char folder[sizeof(name.sun_path)];

	control_close(control);
	snprintf(folder, sizeof(folder), "%s", name.sun_path);
	*strrchr(folder, '/') = '\0';
	rmdir(folder);
}

static void
begin(void)
{
	char folder[] = "/tmp/switchback-fuzz.XXXXXX";
	struct err e;

	FUZZ_HOLDS(mkdtemp(folder) != NULL);
	snprintf(name.sun_path, sizeof(name.sun_path), "%s/sock", folder);
	FUZZ_HOLDS(control_open(name.sun_path, orders_take, &orders, &control,
		       &e) == 0);
	atexit(end);
}

static void
turn(void)
{
	struct pollfd fds[1 + CONTROL_CLIENTS_MAX];
	size_t n = control_fill(control, fds);

	if (poll(fds, (nfds_t)n, 0) > 0)
		control_polled(control, fds, n, 0);
}

/* Takes what is there; every answer begins with one of two words. */
static void
take(int fd)
{
	char got[65536];
	ssize_t n = recv(fd, got, sizeof(got), MSG_DONTWAIT);

	FUZZ_HOLDS(n <= 0 || got[0] == 'o' || got[0] == 'e');
}

static void
talk(const uint8_t *data, size_t bytes)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	FUZZ_HOLDS(connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0);
	turn();
	if (bytes > 4096)
		bytes = 4096;
	if (bytes > 0)
		(void)!send(fd, data, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
	turn();
	take(fd);
	close(fd);
	turn();
	turn();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	if (control == NULL)
		begin();
	talk(data, bytes);
	FUZZ_HOLDS(control_deadline(control) == INT64_MAX);
	return 0;
}
