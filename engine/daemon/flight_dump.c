/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/flight_dump.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "db/store.h"

#define LAST_WAITS   100 /* of LAST_WAIT_MS each */
#define LAST_WAIT_MS 100

struct flight_dump {
	const char *path, *source;
	const struct log *log;
	pid_t child;   /* 0: none */
	char *writing; /* the file that it writes */
	int64_t offered_ns;
	bool offered;
	char *next_word, *next_why; /* asked for meanwhile */
};

struct flight_dump *
flight_dump_new(const char *path, const char *source, const struct log *log)
{
	struct flight_dump *d = mem_zero(1, sizeof(*d));

	d->path = path;
	d->source = source;
	d->log = log;
	return d;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* --- in the child --- */

static int
write_store(const struct trace *t, const char *path, const char *new,
    struct err *e)
{
	struct store *s = NULL;
	int rc;

	/* What a dump that was cut off has left. */
	if (unlink(new) < 0 && errno != ENOENT)
		return err_sys(e, errno, "%s", new);
	if ((rc = store_open(new, 0, &s, e)) < 0)
		return rc;
	rc = store_add_trace(s, t, NULL, e);
	store_close(s);
	if (rc == 0 && rename(new, path) < 0)
		rc = err_sys(e, errno, "%s", path);
	if (rc < 0)
		unlink(new);
	return rc;
}

static int
write_dump(const struct flight_dump *d, const struct flight *f, int64_t now_ns,
    const char *why)
{
	struct trace *t = flight_trace(f, now_ns, why, d->source);
	struct strbuf new = { 0 };
	struct err e;
	int rc;

	/* Commands and what they wrote are nobody else's business. */
	umask(077);
	strbuf_addf(&new, "%s.new", d->writing);
	rc = write_store(t, d->writing, strbuf_str(&new), &e);
	if (rc < 0)
		log_line(d->log, LOG_LEVEL_ERROR, "flight",
		    "%s; what was there before is as it was", e.text);
	strbuf_fini(&new);
	trace_free(t);
	return rc < 0 ? 1 : 0;
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

void
flight_dump_begin(struct flight_dump *d, const struct flight *f, int64_t now_ns,
    const char *word, const char *why)
{
	struct strbuf path = { 0 };
	int signo;

	if (d->child != 0) {
		remember(d, word, why);
		return;
	}
	strbuf_adds(&path, d->path);
	if (is_folder(d->path))
		strbuf_addf(&path, "/%s.db", word);
	free(d->writing);
	d->writing = strbuf_take(&path);
	d->child = fork();
	if (d->child == 0) {
		for (signo = 1; signo < NSIG; signo++)
			if (signo != SIGXFSZ && signo != SIGPIPE)
				signal(signo, SIG_DFL);
		_exit(write_dump(d, f, now_ns, why));
	}
	if (d->child < 0) {
		log_line(d->log, LOG_LEVEL_ERROR, "flight", "fork: %s",
		    strerror(errno));
		d->child = 0;
	}
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

/* True when the child is gone. */
static bool
look(struct flight_dump *d)
{
	int status;
	pid_t pid;

	if (d->child == 0)
		return true;
	while (
	    (pid = waitpid(d->child, &status, WNOHANG)) < 0 && errno == EINTR)
		;
	if (pid == 0)
		return false;
	d->child = 0;
	if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		log_line(d->log, LOG_LEVEL_INFO, "flight", "%s: written",
		    d->writing);
	else if (pid < 0 || !WIFEXITED(status))
		log_line(d->log, LOG_LEVEL_ERROR, "flight",
		    "%s: who was to write it was killed; what was there "
		    "before is as it was",
		    d->writing);
	return true;
}

void
flight_dump_reap(struct flight_dump *d, const struct flight *f, int64_t now_ns)
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
	for (waits = 0; !look(d) && waits < LAST_WAITS; waits++)
		(void)poll(NULL, 0, LAST_WAIT_MS);
	if (d->child != 0) {
		kill(d->child, SIGKILL);
		waitpid(d->child, NULL, 0);
	}
	free(d->writing);
	free(d->next_word);
	free(d->next_why);
	free(d);
}
