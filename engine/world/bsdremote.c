/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/bsdremote.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#define PAYLOAD (16 * 1024 * 1024)
#define SHUNNED 32

enum what {
	ASK,
	TABLE,
	DRIVER,
	GET,
	SET,
	ROUTE,
	LOAD,
	EXISTS,
	READ,
	HOLDER,
	TERMINATE,
	START,
};

/* One call, there and back; its payload follows. */
struct call {
	enum what what;
	int result;
	int32_t number; /* table, value, pid */
	uint32_t index;
	uint64_t most;	  /* room */
	uint64_t payload; /* bytes that follow */
	char name[256];
	struct bsdrequest request;
};

struct deadline {
	int64_t (*clock)(void);
	int64_t at_ns;
};

struct shunned {
	char name[64];
	int64_t until_ns;
};

struct bsdremote {
	struct bsdremote_config config;
	struct bsdkernel kernel;
	pid_t child;
	int fd; /* -1: there is no child */
	pid_t hung[BSDREMOTE_MOST];
	size_t n_hung;
	struct shunned shunned[SHUNNED];
	struct strbuf in, out; /* payloads */
};

/* --- bytes --- */

/* false: the other side has gone, or the deadline is over. NULL: waits. */
static bool
wait_for(int fd, short events, const struct deadline *until)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left_ns;
	int n, timeout = -1;

	do {
		if (until != NULL) {
			left_ns = until->at_ns - until->clock();
			if (left_ns <= 0)
				return false;
			timeout = (int)(left_ns / 1000000) + 1;
		}
		n = poll(&p, 1, timeout);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n > 0;
}

static bool
put(int fd, const void *data, size_t bytes, const struct deadline *until)
{
	const char *at = data;
	ssize_t n;

	while (bytes > 0) {
		if (!wait_for(fd, POLLOUT, until))
			return false;
		n = send(fd, at, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		at += n > 0 ? n : 0;
		bytes -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool
take(int fd, void *data, size_t bytes, const struct deadline *until)
{
	char *at = data;
	ssize_t n;

	while (bytes > 0) {
		if (!wait_for(fd, POLLIN, until))
			return false;
		n = recv(fd, at, bytes, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			return false;
		at += n > 0 ? n : 0;
		bytes -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool
put_call(int fd, struct call *c, const struct strbuf *payload,
    const struct deadline *until)
{
	c->payload = payload->bytes;
	return put(fd, c, sizeof(*c), until) &&
	    put(fd, payload->data, payload->bytes, until);
}

static bool
take_call(int fd, struct call *c, struct strbuf *payload,
    const struct deadline *until)
{
	char buf[4096];
	size_t n;

	strbuf_reset(payload);
	if (!take(fd, c, sizeof(*c), until) || c->payload > PAYLOAD)
		return false;
	while (payload->bytes < c->payload) {
		n = (size_t)c->payload - payload->bytes;
		n = n < sizeof(buf) ? n : sizeof(buf);
		if (!take(fd, buf, n, until))
			return false;
		strbuf_add(payload, buf, n);
	}
	return true;
}

/* --- the child --- */

static int
start(const struct bsdkernel *k, const struct strbuf *words)
{
	const char *argv[32];
	size_t at, n = 0;

	for (at = 0; at < words->bytes && n < 31;
	     at += strlen(words->data + at) + 1)
		argv[n++] = words->data + at;
	argv[n] = NULL;
	return n > 0 ? k->ops->start(k->ctx, argv) : ENOENT;
}

static int
get(const struct bsdkernel *k, const struct call *c, struct strbuf *out)
{
	char buf[1024];
	size_t bytes = c->most < sizeof(buf) ? (size_t)c->most : sizeof(buf);
	int rc = k->ops->get(k->ctx, c->name, buf, &bytes);

	if (rc == 0)
		strbuf_add(out, buf, bytes);
	return rc;
}

static int
driver(const struct bsdkernel *k, const struct call *c, struct strbuf *out)
{
	char name[64] = "";
	int rc = k->ops->driver(k->ctx, c->index, name, sizeof(name));

	if (rc == 0)
		strbuf_adds(out, name);
	return rc;
}

static int
carry_out(const struct bsdkernel *k, struct call *c, const struct strbuf *in,
    struct strbuf *out)
{
	const struct bsdkernel_ops *ops = k->ops;

	switch (c->what) {
	case ASK:
		return ops->ask(k->ctx, &c->request);
	case TABLE:
		return ops->table(k->ctx, (enum bsdkernel_table)c->number, out);
	case DRIVER:
		return driver(k, c, out);
	case GET:
		return get(k, c, out);
	case SET:
		return ops->set(k->ctx, c->name, c->number);
	case ROUTE:
		return ops->route(k->ctx, in->data, in->bytes);
	case LOAD:
		return ops->load(k->ctx, c->name);
	case EXISTS:
		return ops->exists(k->ctx, c->name);
	case READ:
		return ops->read(k->ctx, c->name, (size_t)c->most, out);
	case HOLDER:
		return ops->holder(k->ctx, c->name);
	case TERMINATE:
		return ops->terminate(k->ctx, c->number);
	case START:
		break;
	}
	return start(k, in);
}

/* false: nobody wants to know. */
static bool
answer(const struct bsdkernel *k, int why, struct call *c,
    const struct strbuf *in, struct strbuf *out)
{
	strbuf_reset(out);
	if (why == 0)
		c->result = carry_out(k, c, in, out);
	else
		c->result = c->what == EXISTS || c->what == HOLDER ? 0 : why;
	return put_call(3, c, out, NULL);
}

static void __attribute__((noreturn))
serve(const struct bsdremote_config *config, int fd)
{
	struct strbuf in = { 0 }, out = { 0 };
	struct bsdkernel k = { 0 };
	struct call c;
	sigset_t none;
	int signo, why;

	for (signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	/* What a terminal sends to all of us is the engine's to act on. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(fd, 3);
	/* Who is started would keep it open: our end would not be seen. */
	fcntl(3, F_SETFD, FD_CLOEXEC);
	closefrom(4);
	why = config->open(config->arg, &k);
	while (take_call(3, &c, &in, NULL) && answer(&k, why, &c, &in, &out))
		continue;
	_exit(0);
}

/* --- calls --- */

static void
tell(const struct bsdremote *r, const char *text)
{
	if (r->config.note != NULL)
		r->config.note(r->config.ctx, text);
}

static void
reap(struct bsdremote *r)
{
	size_t i = 0;

	while (i < r->n_hung)
		if (waitpid(r->hung[i], NULL, WNOHANG) == 0)
			i++;
		else
			r->hung[i] = r->hung[--r->n_hung];
}

static bool
have_child(struct bsdremote *r)
{
	sigset_t all, before;
	int fds[2];

	reap(r);
	if (r->fd >= 0)
		return true;
	if (r->n_hung == BSDREMOTE_MOST ||
	    socketpair(AF_LOCAL, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return false;
	/* Until it has its own handlers the child must not run ours. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	r->child = fork();
	if (r->child == 0) {
		close(fds[0]);
		serve(&r->config, fds[1]);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(fds[1]);
	if (r->child < 0) {
		close(fds[0]);
		return false;
	}
	r->fd = fds[0];
	return true;
}

/* It ends when it comes back from the kernel and finds us gone. */
static void
leave_child(struct bsdremote *r)
{
	close(r->fd);
	r->fd = -1;
	kill(r->child, SIGKILL);
	r->hung[r->n_hung++] = r->child;
	reap(r);
}

static bool
is_shunned(const struct bsdremote *r, const char *name, int64_t now_ns)
{
	size_t i;

	for (i = 0; i < SHUNNED; i++)
		if (r->shunned[i].until_ns > now_ns &&
		    strncmp(r->shunned[i].name, name,
			sizeof(r->shunned[i].name) - 1) == 0)
			return true;
	return false;
}

static void
shun(struct bsdremote *r, const char *name, int64_t now_ns)
{
	struct shunned *oldest = &r->shunned[0];
	char text[128];
	size_t i;

	for (i = 1; i < SHUNNED; i++)
		if (r->shunned[i].until_ns < oldest->until_ns)
			oldest = &r->shunned[i];
	snprintf(oldest->name, sizeof(oldest->name), "%s", name);
	oldest->until_ns = now_ns + BSDREMOTE_SHUN;
	snprintf(text, sizeof(text),
	    "%.64s: the kernel does not answer; not asked for a minute", name);
	tell(r, text);
}

/* What it is about: for who may hang, and for the log. That one thing hangs
 * which an interface is asked for says nothing of the others. */
static void
name_call(const struct call *c, char name[64])
{
	static const char *const tables[] = { "interfaces", "routes",
		"IPv6 routes" };

	if (c->what == ASK)
		snprintf(name, 64, "%.15s, ioctl 0x%x",
		    (const char *)c->request.data, c->request.code);
	else if (c->what == TABLE)
		snprintf(name, 64, "the table of %s", tables[c->number]);
	else
		snprintf(name, 64, "call %d %.48s", (int)c->what, c->name);
}

/* Its payload is in r->out, and then in r->in. */
static int
call(struct bsdremote *r, struct call *c)
{
	int64_t now_ns = r->config.clock();
	const struct deadline until = { r->config.clock,
		now_ns + r->config.wait_ns };
	char name[64];

	name_call(c, name);
	if (is_shunned(r, name, now_ns) || !have_child(r))
		return BSD_ETIMEDOUT;
	if (put_call(r->fd, c, &r->out, &until) &&
	    take_call(r->fd, c, &r->in, &until))
		return c->result;
	leave_child(r);
	now_ns = r->config.clock();
	if (now_ns >= until.at_ns)
		shun(r, name, now_ns);
	else
		tell(r, "the process that asks the kernel has ended");
	return BSD_ETIMEDOUT;
}

static struct call
new_call(struct bsdremote *r, enum what what, const char *name)
{
	struct call c;

	memset(&c, 0, sizeof(c));
	c.what = what;
	if (name != NULL)
		snprintf(c.name, sizeof(c.name), "%s", name);
	strbuf_reset(&r->out);
	strbuf_reset(&r->in);
	return c;
}

static int
remote_ask(void *ctx, struct bsdrequest *request)
{
	struct call c = new_call(ctx, ASK, NULL);
	int rc;

	c.request = *request;
	rc = call(ctx, &c);
	*request = c.request;
	return rc;
}

static int
remote_table(void *ctx, enum bsdkernel_table what, struct strbuf *out)
{
	struct bsdremote *r = ctx;
	struct call c = new_call(r, TABLE, NULL);
	int rc;

	c.number = (int32_t)what;
	rc = call(r, &c);
	if (rc == 0)
		strbuf_add(out, r->in.data, r->in.bytes);
	return rc;
}

static int
remote_driver(void *ctx, uint32_t index, char *name, size_t bytes)
{
	struct bsdremote *r = ctx;
	struct call c = new_call(r, DRIVER, NULL);
	int rc;

	c.index = index;
	rc = call(r, &c);
	if (rc == 0)
		snprintf(name, bytes, "%s", strbuf_str(&r->in));
	return rc;
}

static int
remote_get(void *ctx, const char *name, void *buf, size_t *bytes)
{
	struct bsdremote *r = ctx;
	struct call c = new_call(r, GET, name);
	int rc;

	c.most = *bytes;
	rc = call(r, &c);
	if (rc != 0)
		return rc;
	if (r->in.bytes < *bytes)
		*bytes = r->in.bytes;
	memcpy(buf, strbuf_str(&r->in), *bytes);
	return 0;
}

static int
remote_set(void *ctx, const char *name, int value)
{
	struct call c = new_call(ctx, SET, name);

	c.number = value;
	return call(ctx, &c);
}

static int
remote_route(void *ctx, const void *message, size_t bytes)
{
	struct bsdremote *r = ctx;
	struct call c = new_call(r, ROUTE, NULL);

	strbuf_add(&r->out, message, bytes);
	return call(r, &c);
}

static int
remote_load(void *ctx, const char *module)
{
	struct call c = new_call(ctx, LOAD, module);

	return call(ctx, &c);
}

static bool
remote_exists(void *ctx, const char *path)
{
	struct call c = new_call(ctx, EXISTS, path);

	return call(ctx, &c) == 1;
}

static int
remote_read(void *ctx, const char *path, size_t most, struct strbuf *out)
{
	struct bsdremote *r = ctx;
	struct call c = new_call(r, READ, path);
	int rc;

	c.most = most;
	rc = call(r, &c);
	if (rc == 0)
		strbuf_add(out, r->in.data, r->in.bytes);
	return rc;
}

/* A number that is no process of ours, when nobody answers. */
static int
remote_holder(void *ctx, const char *path)
{
	struct call c = new_call(ctx, HOLDER, path);
	int rc = call(ctx, &c);

	return rc == c.result ? rc : 0;
}

static int
remote_terminate(void *ctx, int pid)
{
	struct call c = new_call(ctx, TERMINATE, NULL);

	c.number = pid;
	return call(ctx, &c);
}

static int
remote_start(void *ctx, const char *const *argv)
{
	struct bsdremote *r = ctx;
	struct call c = new_call(r, START, NULL);

	for (; *argv != NULL; argv++)
		strbuf_add(&r->out, *argv, strlen(*argv) + 1);
	return call(r, &c);
}

static const struct bsdkernel_ops remote_ops = {
	.ask = remote_ask,
	.table = remote_table,
	.driver = remote_driver,
	.get = remote_get,
	.set = remote_set,
	.route = remote_route,
	.load = remote_load,
	.exists = remote_exists,
	.read = remote_read,
	.holder = remote_holder,
	.terminate = remote_terminate,
	.start = remote_start,
};

struct bsdremote *
bsdremote_new(const struct bsdremote_config *config)
{
	struct bsdremote *r = mem_zero(1, sizeof(*r));

	r->config = *config;
	r->fd = -1;
	r->kernel.ops = &remote_ops;
	r->kernel.ctx = r;
	return r;
}

void
bsdremote_free(struct bsdremote *r)
{
	if (r == NULL)
		return;
	if (r->fd >= 0) {
		/* It has nothing to do, so it ends at once. */
		close(r->fd);
		waitpid(r->child, NULL, 0);
	}
	reap(r);
	strbuf_fini(&r->in);
	strbuf_fini(&r->out);
	free(r);
}

const struct bsdkernel *
bsdremote_kernel(const struct bsdremote *r)
{
	return &r->kernel;
}
