/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/devctl_source.h"

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "world/clock.h"
#include "world/host.h"
#include "world/kernelevents.h"
#include "world/record_lines.h"

#define BACK_OFF_FIRST INT64_C(100000000)
#define BACK_OFF_MOST  INT64_C(10000000000)

enum source_kind { KIND_DEVICE, KIND_SOCKET, KIND_LINES, KIND_KERNEL };

struct devctl_source {
	enum source_kind kind;
	enum source_state state;
	char *path; /* owned */
	int fd;
	bool readable; /* lines: one read may be made without a wait */
	int32_t number;
	int64_t back_off_ns;
	int64_t retry_ns;
	struct err why;
	struct record_lines lines;
	struct kernelevents *kernel; /* KIND_KERNEL; owned, and so is its fd */
	int (*connect)(void *ctx, struct err *err); /* NULL: we do it */
	void *connect_ctx;
};

/* --- opening --- */

int
source_connect(const char *path, struct err *err)
{
	struct sockaddr_un name;
	int fd, rc;

	memset(&name, 0, sizeof(name));
	name.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(name.sun_path))
		return err_set(err, ERR_IO, "%s: too long for a socket", path);
	memcpy(name.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	rc = err_sys(err, errno, "%s", path);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int
open_device(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), on = 1;

	/* O_NONBLOCK of open() does nothing on devctl(4): it must be asked for
	 * afterwards. */
	if (fd >= 0 && ioctl(fd, FIONBIO, &on) == 0)
		return fd;
	err_sys(err, errno, "%s", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A FIFO is opened for writing too, so that it has no end while its writers
 * come and go. */
static int
open_lines(const char *path, bool fifo, struct err *err)
{
	int fd = strcmp(path, "-") == 0
	    ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
	    : open(path, (fifo ? O_RDWR : O_RDONLY) | O_CLOEXEC);

	if (fd < 0)
		err_sys(err, errno, "%s", path);
	return fd;
}

static int
open_path(const char *path, enum source_kind *kind, struct err *err)
{
	struct stat st;

	*kind = KIND_LINES;
	if (strcmp(path, "-") == 0)
		return open_lines(path, false, err);
	if (stat(path, &st) < 0) {
		err_sys(err, errno, "%s", path);
		return -1;
	}
	if (S_ISSOCK(st.st_mode)) {
		*kind = KIND_SOCKET;
		return source_connect(path, err);
	}
	if (S_ISCHR(st.st_mode)) {
		*kind = KIND_DEVICE;
		return open_device(path, err);
	}
	return open_lines(path, S_ISFIFO(st.st_mode), err);
}

static int
code_of(const struct err *why)
{
	switch (why->sys_errno) {
	case ENOENT:
	case ENXIO:
		return ERR_NOTFOUND;
	case EBUSY:
		return ERR_BUSY;
	default:
		return why->code;
	}
}

static struct devctl_source *
new_source(enum source_kind kind, const char *path, int fd)
{
	struct devctl_source *s = mem_zero(1, sizeof(*s));

	s->kind = kind;
	s->path = mem_str(path);
	s->fd = fd;
	s->back_off_ns = BACK_OFF_FIRST;
	s->retry_ns = INT64_MAX;
	return s;
}

static int
open_kernel(struct devctl_source **out, struct err *err)
{
	struct kernelevents *kernel;
	int rc = kernelevents_open(&kernel, err);

	if (rc < 0)
		return rc;
	*out = new_source(KIND_KERNEL, SOURCE_KERNEL, kernelevents_fd(kernel));
	(*out)->kernel = kernel;
	return 0;
}

int
source_open(const char *path, struct devctl_source **out, struct err *err)
{
	enum source_kind kind;
	struct err why, socket_why;
	int fd, code;

	if (path != NULL && strcmp(path, SOURCE_KERNEL) == 0)
		return open_kernel(out, err);
	fd = open_path(path != NULL ? path : SOURCE_DEVICE, &kind, &why);
	code = fd < 0 ? code_of(&why) : 0;
	if (path == NULL && (code == ERR_BUSY || code == ERR_NOTFOUND)) {
		fd = open_path(SOURCE_SOCKET, &kind, &socket_why);
		if (fd < 0 && code == ERR_NOTFOUND &&
		    open_kernel(out, NULL) == 0)
			return 0;
		if (fd < 0)
			return err_set(err, code,
			    "no source of records: %s; %s; name another one "
			    "with --source",
			    why.text, socket_why.text);
		path = SOURCE_SOCKET;
	}
	if (fd < 0) {
		err_set(err, code, "%s", why.text);
		if (err != NULL)
			err->sys_errno = why.sys_errno;
		return code;
	}
	*out = new_source(kind, path != NULL ? path : SOURCE_DEVICE, fd);
	return 0;
}

void
source_close(struct devctl_source *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0 && s->kernel == NULL)
		close(s->fd);
	kernelevents_close(s->kernel);
	free(s->path);
	free(s);
}

/* --- reading --- */

enum { READ_END = 0, READ_NOTHING = -1, READ_REFUSED = -2 };

/* What of a packet is too much is read with it: on FreeBSD 15 it would come
 * next, as a packet of its own. */
static ssize_t
receive(int fd, char *buf, size_t bytes)
{
	char waste[DEVLINE_MAX];
	const struct iovec parts[] = { { buf, bytes },
		{ waste, sizeof(waste) } };
	ssize_t n = readv(fd, parts, 2);

	return n > (ssize_t)bytes ? (ssize_t)bytes : n;
}

/* One read of what is there: the bytes, or one of the above, where the last
 * has filled why. */
static ssize_t
read_once(struct devctl_source *s, char *buf, size_t bytes)
{
	ssize_t n;

	do {
		n = s->kind == KIND_SOCKET ? receive(s->fd, buf, bytes)
					   : read(s->fd, buf, bytes);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return READ_NOTHING;
	err_sys(&s->why, errno, "%s", s->path);
	return READ_REFUSED;
}

static void
lose(struct devctl_source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->state = SOURCE_LOST;
	s->retry_ns = clock_monotonic() + s->back_off_ns;
	s->back_off_ns *= 2;
	if (s->back_off_ns > BACK_OFF_MOST)
		s->back_off_ns = BACK_OFF_MOST;
}

static bool
next_packet(struct devctl_source *s, struct world_record *out)
{
	ssize_t n = read_once(s, out->raw, sizeof(out->raw));

	if (n > 0) {
		s->back_off_ns = BACK_OFF_FIRST;
		out->bytes = (size_t)n;
		return true;
	}
	if (n == READ_NOTHING)
		return false;
	if (s->kind == KIND_DEVICE) {
		s->state = n == READ_END ? SOURCE_ENDED : SOURCE_FAILED;
		return false;
	}
	if (n == READ_END)
		err_set(&s->why, ERR_IO, "%s: closed by the other side",
		    s->path);
	lose(s);
	return false;
}

static bool
next_line(struct devctl_source *s, struct world_record *out)
{
	size_t bytes;
	char *room;
	ssize_t n;

	for (;;) {
		if (record_lines_take(&s->lines, false, out->raw, &out->bytes))
			return true;
		if (!s->readable)
			return false;
		/* It may block, and is somebody else's descriptor, too: so no
		 * second read before poll() has been asked again. */
		s->readable = false;
		room = record_lines_room(&s->lines, &bytes);
		n = read_once(s, room, bytes);
		if (n == READ_NOTHING)
			return false;
		if (n == READ_REFUSED) {
			s->state = SOURCE_FAILED;
			return false;
		}
		if (n == READ_END) {
			s->state = SOURCE_ENDED;
			return record_lines_take(&s->lines, true, out->raw,
			    &out->bytes);
		}
		record_lines_filled(&s->lines, (size_t)n);
	}
}

static bool
next_record(struct devctl_source *s, struct world_record *out)
{
	switch (s->kind) {
	case KIND_LINES:
		return next_line(s, out);
	case KIND_KERNEL:
		out->bytes =
		    kernelevents_next(s->kernel, out->raw, sizeof(out->raw));
		return out->bytes > 0;
	case KIND_DEVICE:
	case KIND_SOCKET:
		break;
	}
	return next_packet(s, out);
}

bool
source_next(struct devctl_source *s, struct world_record *out)
{
	if (s->state != SOURCE_OPEN || !next_record(s, out))
		return false;
	while (out->bytes > 0 && out->raw[out->bytes - 1] == '\n')
		out->bytes--;
	if (out->bytes > DEVLINE_MAX)
		out->bytes = DEVLINE_MAX;
	out->raw[out->bytes] = '\0';
	out->number = s->number < INT32_MAX ? ++s->number : s->number;
	clock_timestamp(out->timestamp, sizeof(out->timestamp));
	return true;
}

void
source_readable(struct devctl_source *s)
{
	s->readable = true;
	if (s->kernel != NULL)
		kernelevents_readable(s->kernel);
}

bool
source_has_more(const struct devctl_source *s)
{
	if (s->kernel != NULL)
		return kernelevents_has_more(s->kernel);
	return s->state == SOURCE_OPEN && s->lines.at < s->lines.end;
}

bool
source_take_hint(struct devctl_source *s)
{
	return s->kernel != NULL && kernelevents_take_hint(s->kernel);
}

const char *
source_note(struct devctl_source *s)
{
	return s->kernel != NULL ? kernelevents_note(s->kernel) : NULL;
}

/* --- the rest --- */

const char *
source_path(const struct devctl_source *s)
{
	return s->path;
}

enum source_state
source_state(const struct devctl_source *s)
{
	return s->state;
}

const struct err *
source_why(const struct devctl_source *s)
{
	return &s->why;
}

int
source_fd(const struct devctl_source *s)
{
	return s->state == SOURCE_OPEN ? s->fd : -1;
}

int64_t
source_deadline(const struct devctl_source *s)
{
	return s->state == SOURCE_LOST ? s->retry_ns : INT64_MAX;
}

int
source_hears(const struct devctl_source *s, struct err *err)
{
	return strcmp(s->path, SOURCE_DEVICE) != 0 ? 0
						   : host_keeps_records(err);
}

bool
source_is_socket(const struct devctl_source *s)
{
	return s->kind == KIND_SOCKET;
}

void
source_reconnect_by(struct devctl_source *s,
    int (*connect)(void *ctx, struct err *err), void *ctx)
{
	s->connect = connect;
	s->connect_ctx = ctx;
}

void
source_tick(struct devctl_source *s, int64_t now_ns)
{
	if (s->state != SOURCE_LOST || now_ns < s->retry_ns)
		return;
	s->fd = s->connect != NULL ? s->connect(s->connect_ctx, &s->why)
				   : source_connect(s->path, &s->why);
	if (s->fd >= 0)
		s->state = SOURCE_OPEN;
	else
		lose(s);
}
