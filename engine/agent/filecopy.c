/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/filecopy.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PIECE 16384

static int
too_large(const char *path, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED,
	    "%s: larger than %d bytes, which is the most that is copied", path,
	    FILECOPY_MAX);
}

static int
refused(const char *path, struct err *err)
{
	int why = errno;

	err_sys(err, why, "%s", path);
	return why == ENOENT ? (err->code = ERR_NOTFOUND) : ERR_IO;
}

/* Until there is no more: files of /proc do not say how long they are. */
static int64_t
give(int fd, const char *path, void (*row)(void *ctx, struct labwire *m),
    void *ctx, struct err *err)
{
	struct labwire m = { .kind = LABWIRE_DATA };
	char bytes[PIECE];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refused(path, err);
		if (m.offset + n > FILECOPY_MAX)
			return too_large(path, err);
		strbuf_add(&m.text, bytes, (size_t)n);
		row(ctx, &m);
		strbuf_fini(&m.text);
		m.offset += n;
	}
	return m.offset;
}

int64_t
filecopy_get(const char *path, void (*row)(void *ctx, struct labwire *m),
    void *ctx, struct err *err)
{
	/* A FIFO without a writer is an empty file. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int64_t size;

	if (fd < 0)
		return refused(path, err);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > FILECOPY_MAX)
		size = too_large(path, err);
	else
		size = give(fd, path, row, ctx, err);
	close(fd);
	return size;
}

int
filecopy_put(const char *path, int64_t offset, const void *data, size_t bytes,
    struct err *err)
{
	const char *from = data;
	size_t done = 0;
	ssize_t n;
	int fd;

	if (offset < 0 || offset + (int64_t)bytes > FILECOPY_MAX)
		return too_large(path, err);
	fd = open(path,
	    O_WRONLY | O_CREAT | O_CLOEXEC | (offset == 0 ? O_TRUNC : 0), 0644);
	if (fd < 0)
		return refused(path, err);
	while (done < bytes) {
		n = pwrite(fd, from + done, bytes - done,
		    (off_t)(offset + (int64_t)done));
		if (n < 0 && errno != EINTR) {
			refused(path, err);
			close(fd);
			return ERR_IO;
		}
		if (n > 0)
			done += (size_t)n;
	}
	close(fd);
	return 0;
}
