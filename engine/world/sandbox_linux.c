/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "base/compat/selfpath.h"
#include "base/mem.h"
#include "world/clock.h"
#include "world/sandparts.h"
#include "world/sandwire.h"

#define NOBODY	    65534
#define CALLS_MAX   1024 /* connections at a time */
#define CHAIN_MAX   64	 /* ancestors that count for the order */
#define PATIENCE_S  20
#define LOOK_MIN_MS 1
#define LOOK_MAX_MS 16
/* So often, some time apart, all must be seen at rest: a host that is busy can
 * hold a process at any place of the kernel for a while. */
#define CALM_LOOKS 3
#define NANO	   INT64_C(1000000000)
#define MILLI	   1000000

struct call {	/* a connection of one of our programs */
	int fd; /* -1: answered, or the caller is gone */
	uint32_t id;
	int32_t pid;
	bool complete; /* has been read whole */
	bool told;
	struct strbuf in;
	size_t argc;
	char **argv; /* NULL-terminated; owned */
	/* Ancestors from the top down, ending in pid. */
	int32_t chain[CHAIN_MAX];
	size_t n_chain;
};

struct ended {
	uint32_t id;
	int status;
	char *output;
};

struct sandbox {
	pid_t pid;   /* the keeper of the first process */
	int control; /* to the first process */
	int listener, proc;
	int64_t guard_ns;
	struct strbuf in;
	size_t used;
	bool dead;
	struct call **calls;
	size_t n_calls, cap_calls;
	struct ended *ends;
	size_t n_ends, cap_ends, next_end;
	uint32_t last_call;
	struct sandprocs looks[2];
};

/* --- messages to the first process --- */

static int
gone(struct err *err)
{
	return err_set(err, ERR_IO, "the sandbox has died");
}

/* Its next message. */
static int
receive(struct sandbox *s, struct wire *w, struct err *err)
{
	char *why;
	bool unsupported;

	if (!wire_receive(s->control, &s->in, &s->used, w))
		return gone(err);
	if (w->kind != WIRE_REFUSED)
		return 0;
	unsupported = wire_take_number(w) != 0;
	why = wire_take_str(w);
	err_set(err, unsupported ? ERR_UNSUPPORTED : ERR_IO, "%s", why);
	free(why);
	return unsupported ? ERR_UNSUPPORTED : ERR_IO;
}

static void
take_ended(struct sandbox *s, struct wire *w)
{
	struct ended *e = MEM_PUSH(s->ends, s->n_ends, s->cap_ends);

	e->id = (uint32_t)wire_take_number(w);
	e->status = (int)wire_take_number(w);
	e->output = wire_take_str(w);
}

/* Sends and waits until it is done: what is asked of the first process is never
 * under way when somebody looks whether all rest. A command may end meanwhile.
 */
static int
request(struct sandbox *s, struct strbuf *message, struct err *err)
{
	struct wire w = { 0 };
	int rc = 0;

	if (s->dead || !wire_send(s->control, message))
		rc = gone(err);
	while (
	    rc == 0 && (rc = receive(s, &w, err)) == 0 && w.kind != WIRE_DONE)
		if (w.kind == WIRE_ENDED)
			take_ended(s, &w);
	strbuf_fini(message);
	return rc;
}

int
sandbox_put(struct sandbox *s, const char *path, unsigned mode,
    const void *data, size_t bytes, struct err *err)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_FILE);

	if (bytes > WIRE_MAX / 2) {
		strbuf_fini(&sb);
		return err_set(err, ERR_INPUT,
		    "%s: larger than the %u bytes of a sandbox's file", path,
		    WIRE_MAX / 2);
	}
	wire_text(&sb, path, strlen(path));
	wire_number(&sb, mode);
	wire_text(&sb, data, bytes);
	wire_end(&sb, mark);
	return request(s, &sb, err);
}

int
sandbox_remove(struct sandbox *s, const char *path, struct err *err)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_REMOVE);

	wire_text(&sb, path, strlen(path));
	wire_end(&sb, mark);
	return request(s, &sb, err);
}

int
sandbox_run(struct sandbox *s, uint32_t id, const char *text, struct err *err)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_RUN);

	wire_number(&sb, id);
	wire_text(&sb, text, strlen(text));
	wire_end(&sb, mark);
	return request(s, &sb, err);
}

int
sandbox_signal(struct sandbox *s, uint32_t id, int sig, struct err *err)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_SIGNAL);

	wire_number(&sb, id);
	wire_number(&sb, sig);
	wire_end(&sb, mark);
	return request(s, &sb, err);
}

/* --- opening --- */

static int
write_map(pid_t pid, const char *name, const char *text, struct err *err)
{
	char path[64];
	ssize_t n;
	int fd, errnum;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_UNSUPPORTED, "%s: %s", path,
		    strerror(errno));
	n = write(fd, text, strlen(text));
	errnum = errno;
	close(fd);
	if (n == (ssize_t)strlen(text))
		return 0;
	return err_set(err, ERR_UNSUPPORTED,
	    "cannot translate the sandbox's user (%s): %s", name,
	    strerror(errnum));
}

/* The sandbox's root is this user; where this is the system's own root, it is
 * nobody, so that what only root may do is left out whatever comes. */
static int
map_user(pid_t pid, struct err *err)
{
	char users[48], groups[48];
	int rc;

	if ((rc = write_map(pid, "setgroups", "deny", err)) < 0)
		return rc;
	snprintf(users, sizeof(users), "0 %d 1", NOBODY);
	if (geteuid() == 0 && write_map(pid, "uid_map", users, NULL) == 0)
		return write_map(pid, "gid_map", users, err);
	snprintf(users, sizeof(users), "0 %ld 1", (long)geteuid());
	snprintf(groups, sizeof(groups), "0 %ld 1", (long)getegid());
	if ((rc = write_map(pid, "uid_map", users, err)) < 0)
		return rc;
	return write_map(pid, "gid_map", groups, err);
}

/* The last message of the opening brings two descriptors. */
static int
receive_ready(struct sandbox *s, struct err *err)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	char bytes[1024];
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr msg = { 0 };
	struct wire w;
	int fds[2], rc;
	ssize_t n;

	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	do
		n = recvmsg(s->control, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return gone(err);
	strbuf_add(&s->in, bytes, (size_t)n);
	if (CMSG_FIRSTHDR(&msg) != NULL &&
	    CMSG_FIRSTHDR(&msg)->cmsg_len == CMSG_LEN(sizeof(fds))) {
		memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fds));
		s->listener = fds[0];
		s->proc = fds[1];
	}
	if ((rc = receive(s, &w, err)) < 0)
		return rc;
	return w.kind == WIRE_READY && s->proc >= 0 ? 0 : gone(err);
}

static void
become_first(int fd, const char *program)
{
	char name[] = SANDBOX_FIRST;
	char options[] = "ASAN_OPTIONS=detect_leaks=0";
	char *argv[] = { name, NULL }, *env[] = { options, NULL };

	/* Between fork and exec of a program with threads: nothing but
	 * system calls. */
	if (fd == 3 ? fcntl(fd, F_SETFD, 0) != 0 : dup2(fd, 3) < 0)
		_exit(127);
	execve(program, argv, env);
	_exit(127);
}

/* Who does not answer, or does not read, is taken for gone. */
static void
set_patience(int fd, int option)
{
	struct timeval t = { .tv_sec = PATIENCE_S };

	(void)setsockopt(fd, SOL_SOCKET, option, &t, sizeof(t));
}

static int
start_first(struct sandbox *s, struct err *err)
{
	char program[4096];
	int pair[2], rc;

	if ((rc = selfpath(program, sizeof(program), err)) < 0)
		return rc;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_sys(err, errno, "socketpair");
	s->control = pair[0];
	set_patience(s->control, SO_RCVTIMEO);
	s->pid = fork();
	if (s->pid == 0)
		become_first(pair[1], program);
	close(pair[1]);
	if (s->pid < 0)
		return err_sys(err, errno, "fork");
	return 0;
}

int
sandbox_open(int64_t guard_ns, struct sandbox **out, struct err *err)
{
	struct sandbox *s = mem_zero(1, sizeof(*s));
	struct strbuf sb = { 0 };
	struct wire w;
	int rc;

	s->control = s->listener = s->proc = -1;
	s->guard_ns = guard_ns > 0 ? guard_ns : SANDBOX_GUARD;
	if ((rc = start_first(s, err)) == 0 &&
	    (rc = receive(s, &w, err)) == 0 &&
	    (rc = map_user(s->pid, err)) == 0) {
		wire_end(&sb, wire_begin(&sb, WIRE_MAPPED));
		rc = wire_send(s->control, &sb) ? receive_ready(s, err)
						: gone(err);
	}
	strbuf_fini(&sb);
	if (rc < 0) {
		sandbox_close(s);
		return rc;
	}
	*out = s;
	return 0;
}

static void
call_free(struct call *c)
{
	size_t i;

	if (c->fd >= 0)
		close(c->fd);
	for (i = 0; i < c->argc; i++)
		free(c->argv[i]);
	free(c->argv);
	strbuf_fini(&c->in);
	free(c);
}

static void
forget_ends(struct sandbox *s)
{
	size_t i;

	for (i = 0; i < s->n_ends; i++)
		free(s->ends[i].output);
	s->n_ends = s->next_end = 0;
}

static void
wait_for_end(pid_t pid)
{
	int64_t until = clock_monotonic() + PATIENCE_S * NANO;
	pid_t ended;

	while ((ended = waitpid(pid, NULL, WNOHANG)) != pid) {
		if (ended < 0 && errno != EINTR)
			return;
		if (clock_monotonic() > until)
			kill(pid, SIGKILL);
		poll(NULL, 0, 1);
	}
}

void
sandbox_close(struct sandbox *s)
{
	size_t i;

	if (s == NULL)
		return;
	/* The first process ends when it hears nothing more, and its end is
	 * that of all others, which the kernel waits for. */
	if (s->control >= 0)
		close(s->control);
	if (s->pid > 0)
		wait_for_end(s->pid);
	for (i = 0; i < s->n_calls; i++)
		call_free(s->calls[i]);
	free(s->calls);
	forget_ends(s);
	free(s->ends);
	if (s->listener >= 0)
		close(s->listener);
	if (s->proc >= 0)
		close(s->proc);
	sandprocs_fini(&s->looks[0]);
	sandprocs_fini(&s->looks[1]);
	strbuf_fini(&s->in);
	free(s);
}

/* --- calls coming in --- */

static void
take_call(struct call *c, struct wire *w)
{
	size_t cap = 0;

	c->complete = true;
	c->pid = (int32_t)wire_take_number(w);
	while (wire_more(w))
		*MEM_PUSH(c->argv, c->argc, cap) = wire_take_str(w);
	*MEM_PUSH(c->argv, c->argc, cap) = NULL;
	c->argc--;
}

/* True when something came. A caller that says nonsense, or is gone, is
 * closed. */
static bool
read_call(struct call *c)
{
	char bytes[4096];
	struct wire w;
	size_t used;
	ssize_t n;
	int rc;

	n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0 && !c->complete) {
		strbuf_add(&c->in, bytes, (size_t)n);
		rc = wire_frame(c->in.data, c->in.bytes, &w, &used);
		if (rc == 0)
			return true;
		if (rc > 0 && w.kind == WIRE_CALL) {
			take_call(c, &w);
			if (!w.bad && c->argc > 0)
				return true;
		}
	}
	close(c->fd);
	c->fd = -1;
	return true;
}

static bool
accept_calls(struct sandbox *s)
{
	struct call *c;
	bool any = false;
	int fd;

	while (s->n_calls < CALLS_MAX &&
	    (fd = accept4(s->listener, NULL, NULL,
		 SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		c = mem_zero(1, sizeof(*c));
		c->fd = fd;
		s->calls = mem_grow(s->calls, &s->cap_calls, s->n_calls + 1,
		    sizeof(struct call *));
		s->calls[s->n_calls++] = c;
		any = true;
	}
	return any;
}

static bool
is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* Everything that has arrived; true when there was anything. */
static bool
drain(struct sandbox *s, struct err *err)
{
	bool any = false;
	struct wire w;
	size_t i, length;

	while (!s->dead &&
	    (wire_frame(s->in.data + s->used, s->in.bytes - s->used, &w,
		 &length) > 0 ||
		is_readable(s->control))) {
		any = true;
		if (receive(s, &w, err) < 0)
			s->dead = true;
		else if (w.kind == WIRE_ENDED)
			take_ended(s, &w);
	}
	if (is_readable(s->listener))
		any |= accept_calls(s);
	for (i = 0; i < s->n_calls; i++)
		while (s->calls[i]->fd >= 0 && read_call(s->calls[i]))
			any = true;
	return any;
}

/* --- order --- */

static int32_t
parent_of(const struct sandprocs *p, int32_t pid)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->list[i].pid == pid)
			return p->list[i].parent;
	return 0;
}

static void
find_ancestors(const struct sandprocs *p, struct call *c)
{
	int32_t up[CHAIN_MAX], pid;
	size_t n = 0, i;

	for (pid = c->pid; pid > 1 && n < CHAIN_MAX; pid = parent_of(p, pid))
		up[n++] = pid;
	for (i = 0; i < n; i++)
		c->chain[i] = up[n - 1 - i];
	c->n_chain = n;
}

static int
compare_words(const struct call *a, const struct call *b)
{
	size_t i;
	int d;

	for (i = 0; i < a->argc && i < b->argc; i++)
		if ((d = strcmp(a->argv[i], b->argv[i])) != 0)
			return d;
	return (a->argc > b->argc) - (a->argc < b->argc);
}

/* Children of one shell were started one after the other: their numbers are
 * in order, whoever else got numbers between them. What was left behind by
 * its parent has the words of its call instead. */
static int
compare_calls(const void *x, const void *y)
{
	const struct call *a = *(struct call *const *)x;
	const struct call *b = *(struct call *const *)y;
	size_t i;
	int d;

	for (i = 0; i < a->n_chain && i < b->n_chain; i++)
		if (a->chain[i] != b->chain[i]) {
			if (i == 0 && (d = compare_words(a, b)) != 0)
				return d;
			return a->chain[i] < b->chain[i] ? -1 : 1;
		}
	return (a->n_chain > b->n_chain) - (a->n_chain < b->n_chain);
}

/* --- coming to rest --- */

static void
forget_closed(struct sandbox *s)
{
	size_t i, k = 0;

	for (i = 0; i < s->n_calls; i++)
		if (s->calls[i]->fd < 0)
			call_free(s->calls[i]);
		else
			s->calls[k++] = s->calls[i];
	s->n_calls = k;
}

static int
compare_ends(const void *x, const void *y)
{
	const struct ended *a = x, *b = y;

	return (a->id > b->id) - (a->id < b->id);
}

static void
put_in_order(struct sandbox *s)
{
	size_t i;

	for (i = 0; i < s->n_calls; i++)
		find_ancestors(&s->looks[1], s->calls[i]);
	if (s->n_calls > 1)
		qsort(s->calls, s->n_calls, sizeof(struct call *),
		    compare_calls);
	if (s->n_ends > 1)
		qsort(s->ends, s->n_ends, sizeof(*s->ends), compare_ends);
}

static int
restless(struct sandbox *s, struct err *err)
{
	const struct sandprocs *p = &s->looks[1];
	struct strbuf who = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < p->count; i++)
		if (!p->list[i].rests &&
		    strstr(strbuf_str(&who), p->list[i].name) == NULL)
			strbuf_addf(&who, "%s%s", who.bytes > 0 ? ", " : "",
			    p->list[i].name);
	rc = err_set(err, ERR_STATE,
	    "the shell did not come to rest within %" PRId64
	    " ms of the host's time; still at work: %s",
	    s->guard_ns / MILLI, strbuf_str(&who));
	strbuf_fini(&who);
	return rc;
}

static void
wait_for_news(struct sandbox *s, int ms)
{
	struct pollfd *fds = mem_zero(s->n_calls + 2, sizeof(*fds));
	nfds_t n = 0;
	size_t i;

	fds[n++] = (struct pollfd){ .fd = s->control, .events = POLLIN };
	fds[n++] = (struct pollfd){ .fd = s->listener, .events = POLLIN };
	for (i = 0; i < s->n_calls; i++)
		if (s->calls[i]->fd >= 0)
			fds[n++] = (struct pollfd){ .fd = s->calls[i]->fd,
				.events = POLLIN };
	poll(fds, n, ms);
	free(fds);
}

int
sandbox_settle(struct sandbox *s, struct err *err)
{
	int64_t until = clock_monotonic() + s->guard_ns;
	int ms = LOOK_MIN_MS, calm = 0;

	forget_closed(s);
	if (s->next_end == s->n_ends)
		forget_ends(s);
	for (;;) {
		if (drain(s, err))
			ms = LOOK_MIN_MS;
		if (s->dead)
			return gone(err);
		sandprocs_look(s->proc, &s->looks[0]);
		sandprocs_look(s->proc, &s->looks[1]);
		/* What arrived before they rested is here by now. */
		if (sandprocs_at_rest(&s->looks[0], &s->looks[1]) &&
		    !drain(s, err)) {
			if (++calm == CALM_LOOKS)
				break;
			wait_for_news(s, LOOK_MIN_MS);
			continue;
		}
		calm = 0;
		if (clock_monotonic() > until)
			return restless(s, err);
		wait_for_news(s, ms);
		if (ms < LOOK_MAX_MS)
			ms *= 2;
	}
	forget_closed(s);
	put_in_order(s);
	return 0;
}

bool
sandbox_next(struct sandbox *s, struct sandbox_event *out)
{
	struct call *c;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < s->n_calls; i++) {
		c = s->calls[i];
		if (c->told || !c->complete || c->fd < 0)
			continue;
		c->told = true;
		c->id = ++s->last_call;
		out->kind = SANDBOX_CALL;
		out->id = c->id;
		out->argc = c->argc;
		out->argv = c->argv;
		return true;
	}
	if (s->next_end == s->n_ends)
		return false;
	out->kind = SANDBOX_ENDED;
	out->id = s->ends[s->next_end].id;
	out->status = s->ends[s->next_end].status;
	out->output = s->ends[s->next_end].output;
	s->next_end++;
	return true;
}

static void
reply(struct sandbox *s, uint32_t call, const struct strbuf *message)
{
	struct call *c;
	size_t i;

	for (i = 0; i < s->n_calls; i++) {
		c = s->calls[i];
		if (c->id != call || !c->told || c->fd < 0)
			continue;
		/* The program reads it whole: no more is to be waited for
		 * than the kernel's copying. */
		(void)fcntl(c->fd, F_SETFL, 0);
		set_patience(c->fd, SO_SNDTIMEO);
		(void)wire_send(c->fd, message);
		close(c->fd);
		c->fd = -1;
	}
}

void
sandbox_answer(struct sandbox *s, uint32_t call, int status, const void *out,
    size_t out_bytes, const void *errors, size_t error_bytes)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_ANSWER);

	wire_number(&sb, status);
	wire_text(&sb, out, out_bytes);
	wire_text(&sb, errors, error_bytes);
	wire_end(&sb, mark);
	reply(s, call, &sb);
	strbuf_fini(&sb);
}

void
sandbox_go(struct sandbox *s, uint32_t call, int64_t wall_ns)
{
	struct strbuf sb = { 0 };
	size_t mark = wire_begin(&sb, WIRE_GO);

	wire_number(&sb, wall_ns);
	wire_end(&sb, mark);
	reply(s, call, &sb);
	strbuf_fini(&sb);
}
