/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/flight_dump.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "daemon/keeper.h"
#include "db/store_image.h"
#include "world/child.h"

#define LAST_WAITS   100 /* of LAST_WAIT_MS each */
#define LAST_WAIT_MS 100

struct flight_dump {
	struct keeper *keeper;
	const char *source;
	const struct log *log;
	struct child child;
	int outcome;	       /* what it says at its end */
	struct strbuf writing; /* the file that it writes */
	int64_t offered_ns;
	bool offered;
	char *next_word, *next_why; /* asked for meanwhile */
};

struct flight_dump *
flight_dump_new(struct keeper *keeper, const char *source,
    const struct log *log)
{
	struct flight_dump *d = mem_zero(1, sizeof(*d));

	d->keeper = keeper;
	d->source = source;
	d->log = log;
	d->outcome = -1;
	return d;
}

/* --- in the child --- */

/* Its outcome is a NUL byte, or why there is no dump; the log is the daemon's
 * to write. */
static void
write_dump(const struct flight_dump *d, const struct flight *f, int64_t now_ns,
    const char *why, int fd, int outcome)
{
	struct trace *t = flight_trace(f, now_ns, why, d->source);
	struct err e = { .text = "" };
	ssize_t n;

	if (store_image_write(t, fd, &e) == 0)
		n = write(outcome, "", 1);
	else
		n = write(outcome, e.text, strlen(e.text));
	trace_free(t);
	_exit(n > 0 ? 0 : 1);
}

/* --- in the daemon --- */

static void
remember(struct flight_dump *d, const char *word, const char *why)
{
	char *w = mem_str(word), *y = mem_str(why);

	free(d->next_word);
	free(d->next_why);
	d->next_word = w;
	d->next_why = y;
}

static void
say_failed(const struct flight_dump *d, const char *why)
{
	log_line(d->log, LOG_LEVEL_ERROR, "flight",
	    "%s; what was there before is as it was", why);
}

static void
give_up(const struct flight_dump *d, const char *what)
{
	struct err e;

	err_sys(&e, errno, "%s", what);
	say_failed(d, e.text);
	(void)keeper_dump_end(d->keeper, false, NULL);
}

static void
start_child(struct flight_dump *d, const struct flight *f, int64_t now_ns,
    const char *why, int fd)
{
	int fds[2], signo;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		give_up(d, "pipe");
		return;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	if ((pid = child_fork(CHILD_OURS, &d->child)) == 0) {
		for (signo = 1; signo < NSIG; signo++)
			if (signo != SIGXFSZ && signo != SIGPIPE)
				signal(signo, SIG_DFL);
		keeper_leave(d->keeper);
		write_dump(d, f, now_ns, why, fd, fds[1]);
	}
	close(fds[1]);
	if (pid > 0) {
		d->outcome = fds[0];
		return;
	}
	give_up(d, "fork");
	close(fds[0]);
}

void
flight_dump_begin(struct flight_dump *d, const struct flight *f, int64_t now_ns,
    const char *word, const char *why)
{
	struct err e;
	int fd;

	if (d->outcome >= 0) {
		remember(d, word, why);
		return;
	}
	strbuf_reset(&d->writing);
	if (keeper_dump(d->keeper, word, &fd, &d->writing, &e) < 0) {
		say_failed(d, e.text);
		return;
	}
	start_child(d, f, now_ns, why, fd);
	close(fd);
}

bool
flight_dump_offer(struct flight_dump *d, const struct flight *f, int64_t now_ns,
    const char *word, const char *why)
{
	if (d->offered && now_ns - d->offered_ns < FLIGHT_DUMP_PAUSE)
		return false;
	d->offered = true;
	d->offered_ns = now_ns;
	flight_dump_begin(d, f, now_ns, word, why);
	return true;
}

static void
end_dump(struct flight_dump *d, bool whole)
{
	struct err e;

	if (keeper_dump_end(d->keeper, whole, &e) < 0)
		say_failed(d, e.text);
	else if (whole)
		log_line(d->log, LOG_LEVEL_INFO, "flight", "%s: written",
		    strbuf_str(&d->writing));
}

/* True when the child is gone. */
static bool
look(struct flight_dump *d)
{
	char said[sizeof(((struct err *)0)->text) + 1], how[64];
	struct err e;
	ssize_t n;

	if (d->outcome < 0)
		return true;
	do
		n = read(d->outcome, said, sizeof(said) - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return false;
	/* It has said all that it will. */
	child_wait(&d->child, how, sizeof(how));
	close(d->outcome);
	d->outcome = -1;
	if (n > 0 && *said == '\0') {
		end_dump(d, true);
		return true;
	}
	said[n > 0 ? n : 0] = '\0';
	err_set(&e, ERR_IO, "%s: %s", strbuf_str(&d->writing),
	    n > 0 ? said : "who was to write it was killed");
	say_failed(d, e.text);
	end_dump(d, false);
	return true;
}

int
flight_dump_fd(const struct flight_dump *d)
{
	return d->outcome;
}

void
flight_dump_readable(struct flight_dump *d, const struct flight *f,
    int64_t now_ns)
{
	char *word = d->next_word, *why = d->next_why;

	if (!look(d) || word == NULL)
		return;
	d->next_word = d->next_why = NULL;
	flight_dump_begin(d, f, now_ns, word, why);
	free(word);
	free(why);
}

void
flight_dump_free(struct flight_dump *d)
{
	int waits;

	if (d == NULL)
		return;
	/* One that takes longer loses its file to the keeper's end, and ends
	 * by itself, or with us: it may be nobody's to kill. */
	for (waits = 0; !look(d) && waits < LAST_WAITS; waits++)
		(void)poll(NULL, 0, LAST_WAIT_MS);
	if (d->outcome >= 0)
		close(d->outcome);
	strbuf_fini(&d->writing);
	free(d->next_word);
	free(d->next_why);
	free(d);
}
