/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/signals.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define SIGNALS_MAX 64

static volatile sig_atomic_t pending[SIGNALS_MAX];
static bool caught[SIGNALS_MAX];
static int wake[2] = { -1, -1 };

static void
note_signal(int signo)
{
	int saved = errno;

	pending[signo] = 1;
	/* A full pipe wakes just as well. */
	if (write(wake[1], "", 1) < 0)
		errno = saved;
	errno = saved;
}

int
signals_open(const int *wanted, size_t count, int *fd, struct err *err)
{
	struct sigaction act;
	size_t i;

	assert(wake[0] < 0);
	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(err, errno, "pipe");
	memset(&act, 0, sizeof(act));
	sigfillset(&act.sa_mask);
	act.sa_flags = SA_RESTART;
	act.sa_handler = note_signal;
	for (i = 0; i < count; i++) {
		assert(wanted[i] > 0 && wanted[i] < SIGNALS_MAX);
		pending[wanted[i]] = 0;
		caught[wanted[i]] = true;
		sigaction(wanted[i], &act, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	*fd = wake[0];
	return 0;
}

void
signals_close(void)
{
	int i;

	for (i = 0; i < SIGNALS_MAX; i++) {
		if (caught[i])
			signal(i, SIG_DFL);
		caught[i] = false;
	}
	signal(SIGPIPE, SIG_DFL);
	if (wake[0] >= 0) {
		close(wake[0]);
		close(wake[1]);
	}
	wake[0] = wake[1] = -1;
}

void
signals_drain(void)
{
	char bytes[64];

	while (read(wake[0], bytes, sizeof(bytes)) > 0)
		;
}

bool
signals_take(int signo)
{
	if (pending[signo] == 0)
		return false;
	pending[signo] = 0;
	return true;
}
