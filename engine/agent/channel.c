/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/channel.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"

#define PORTS	   "/sys/class/virtio-ports"  /* Linux */
#define ALIAS	   "/dev/vtcon/" LABWIRE_PORT /* virtio_console(4) */
#define READ_BYTES 16384
#define READS	   16 /* in a row, before something else has its turn */

struct channel {
	int fd;
	bool port; /* a device: its other end may go and come back */
	struct labwire_reader reader;
	struct strbuf out;
	size_t written; /* of out */
};

/* --- opening --- */

/* The device of the port of our name. udev makes a link of that name; where
 * there is none, the kernel's own names have to do. */
static bool
find_port(char *path, size_t size)
{
	DIR *dir = opendir(PORTS);
	const struct dirent *d;
	char name[300], text[64];
	bool found = false;
	ssize_t n;
	int fd;

	while (dir != NULL && !found && (d = readdir(dir)) != NULL) {
		snprintf(name, sizeof(name), PORTS "/%s/name", d->d_name);
		if ((fd = open(name, O_RDONLY | O_CLOEXEC)) < 0)
			continue;
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		text[n > 0 ? n : 0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		found = strcmp(text, LABWIRE_PORT) == 0;
		if (found)
			snprintf(path, size, "/dev/%s", d->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	if (!found && access(ALIAS, F_OK) == 0) {
		snprintf(path, size, "%s", ALIAS);
		found = true;
	}
	return found;
}

static int
open_socket(const char *path, struct err *err)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd, why;

	if (strlen(path) >= sizeof(to.sun_path))
		return err_set(err, ERR_INPUT,
		    "%s: longer than a socket's name may be", path);
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	why = errno;
	if (fd >= 0)
		close(fd);
	return err_sys(err, why, "%s", path);
}

/* A line discipline would change bytes, and echo them. FreeBSD's drops what it
 * has no room for, and has room for a fifth of a second at the line's speed
 * (tty_watermarks() in sys/kern/tty.c): 1,920 bytes at the 9600 baud that a
 * virtio port begins with, and more at no more than 115200. */
static void
make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return;
	cfmakeraw(&t);
	cfsetispeed(&t, B115200);
	cfsetospeed(&t, B115200);
	tcsetattr(fd, TCSANOW, &t);
}

static int
open_device(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return err_set(err, ERR_NOTFOUND,
		    "%s: there is no such device or socket", path);
	return fd >= 0 ? fd : err_sys(err, errno, "%s", path);
}

static int
open_any(const char *path, struct err *err)
{
	char port[300];
	struct stat st;
	int64_t fd;

	if (path == NULL) {
		if (!find_port(port, sizeof(port)))
			return err_set(err, ERR_NOTFOUND,
			    "there is no virtio-serial port of the name "
			    "%s; --channel names another one",
			    LABWIRE_PORT);
		return open_device(port, err);
	}
	if (strncmp(path, "fd:", 3) == 0) {
		if (!num_parse(path + 3, strlen(path + 3), 0, 65535, &fd))
			return err_set(err, ERR_INPUT,
			    "%s: a descriptor's number belongs behind fd:",
			    path);
		return fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0
		    ? (int)fd
		    : err_sys(err, errno, "%s", path);
	}
	if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		return open_socket(path, err);
	return open_device(path, err);
}

int
channel_open(const char *path, struct channel **out, struct err *err)
{
	int fd = open_any(path, err);
	struct stat st;

	if (fd < 0)
		return fd;
	make_raw(fd);
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0 ||
	    fstat(fd, &st) < 0) {
		err_sys(err, errno, "%s", path != NULL ? path : LABWIRE_PORT);
		close(fd);
		return ERR_IO;
	}
	*out = mem_zero(1, sizeof(**out));
	(*out)->fd = fd;
	(*out)->port = S_ISCHR(st.st_mode) && !isatty(fd);
	return 0;
}

void
channel_close(struct channel *c)
{
	if (c == NULL)
		return;
	close(c->fd);
	labwire_reader_fini(&c->reader);
	strbuf_fini(&c->out);
	free(c);
}

/* --- reading and writing --- */

int
channel_fd(const struct channel *c)
{
	return c->fd;
}

bool
channel_is_port(const struct channel *c)
{
	return c->port;
}

bool
channel_has_waiting(const struct channel *c)
{
	return c->out.bytes > c->written;
}

short
channel_events(const struct channel *c)
{
	return channel_has_waiting(c) ? POLLIN | POLLOUT : POLLIN;
}

void
channel_put(struct channel *c, const struct labwire *m)
{
	labwire_put(&c->out, m);
}

static bool
may_be_later(int why)
{
	return why == EAGAIN || why == EINTR || why == ENOBUFS;
}

static int
write_some(struct channel *c, struct err *err)
{
	ssize_t n;

	while (channel_has_waiting(c)) {
		n = write(c->fd, c->out.data + c->written,
		    c->out.bytes - c->written);
		if (n < 0 && !may_be_later(errno))
			return err_sys(err, errno, "the lab's channel");
		if (n <= 0)
			break;
		c->written += (size_t)n;
	}
	if (!channel_has_waiting(c)) {
		strbuf_reset(&c->out);
		c->written = 0;
	}
	if (c->out.bytes - c->written > CHANNEL_WAITING)
		return err_set(err, ERR_IO,
		    "the lab does not take what the guest has to say");
	return 0;
}

static int
read_some(struct channel *c, struct err *err)
{
	char bytes[READ_BYTES];
	ssize_t n;
	int i;

	for (i = 0; i < READS; i++) {
		n = read(c->fd, bytes, sizeof(bytes));
		if (n < 0 && may_be_later(errno))
			return 0;
		/* A terminal whose other side is closed says EIO. */
		if (n < 0 && errno != EIO && errno != ECONNRESET)
			return err_sys(err, errno, "the lab's channel");
		if (n <= 0)
			return err_set(err, ERR_STATE,
			    "the lab has closed its channel");
		labwire_feed(&c->reader, bytes, (size_t)n);
	}
	return 0;
}

int
channel_polled(struct channel *c, short revents, struct err *err)
{
	int rc = 0;

	if (revents & (POLLIN | POLLHUP | POLLERR))
		rc = read_some(c, err);
	return rc < 0 ? rc : write_some(c, err);
}

int
channel_next(struct channel *c, struct labwire *m, struct err *err)
{
	return labwire_next(&c->reader, LABWIRE_LAB, m, err);
}
