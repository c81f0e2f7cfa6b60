/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/rcshell.h"

#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"

/* $1 is rc.subr. What the files print goes before the begin marker, so that it
 * is not mistaken for a variable. */
static const char script[] = "name=switchbackd; . \"$1\" || exit 1\n"
			     "load_rc_config network; load_rc_config netif\n"
			     "printf '\\n%s\\n' " RCSHELL_BEGIN " && set &&\n"
			     "printf '%s\\n' " RCSHELL_END "\n";

static int
spawn(const char *subr, int out, pid_t *pid)
{
	static char path[] = "PATH=/sbin:/bin:/usr/sbin:/usr/bin";
	static char home[] = "HOME=/", lang[] = "LANG=C", lc[] = "LC_ALL=C";
	char *const env[] = { path, home, lang, lc, NULL };
	const char *argv[] = { "sh", "-c", script, "sh", subr, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&how);
	posix_spawnattr_setflags(&how,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
		POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	rc = posix_spawn(pid, "/bin/sh", &files, &how,
	    (char *const *)(uintptr_t)argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	return rc;
}

/* Until the other side closes. 0, ERR_IO or ERR_INPUT. A read that fails is
 * an end, too: what is missing then is the marker. */
static int
collect(int fd, int64_t (*clock)(void), struct strbuf *out, struct err *err)
{
	int64_t until_ns = clock() + RCSHELL_WAIT, left_ns;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[4096];
	ssize_t n = 1;

	while (n > 0) {
		left_ns = until_ns - clock();
		if (left_ns <= 0)
			return err_set(err, ERR_IO,
			    "rc.conf: the shell takes longer than 5 s");
		if (poll(&p, 1, (int)(left_ns / 1000000) + 1) <= 0)
			continue;
		n = read(fd, buf, sizeof(buf));
		if (n > 0)
			strbuf_add(out, buf, (size_t)n);
		if (out->bytes > RCSHELL_MOST)
			return err_set(err, ERR_INPUT,
			    "rc.conf: the shell prints more than %d bytes",
			    RCSHELL_MOST);
	}
	return 0;
}

int
rcshell_read(const char *subr, int64_t (*clock)(void), struct rcvars *out,
    struct err *err)
{
	struct strbuf text = { 0 };
	int fds[2], rc;
	pid_t pid;

	if (access(subr, R_OK) < 0)
		return err_set(err, ERR_NOTFOUND, "%s: %s", subr,
		    strerror(errno));
	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_sys(err, errno, "rc.conf: pipe");
	rc = spawn(subr, fds[1], &pid);
	close(fds[1]);
	if (rc != 0) {
		close(fds[0]);
		return err_sys(err, rc, "rc.conf: /bin/sh");
	}
	rc = collect(fds[0], clock, &text, err);
	close(fds[0]);
	/* What it has left behind has nothing more to say. */
	kill(-pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (rc == 0)
		rc = rcshell_parse(strbuf_str(&text), text.bytes, out, err);
	strbuf_fini(&text);
	return rc;
}
