/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/store_image.h"

#include <errno.h>
#include <unistd.h>

#include "db/store.h"
#include "db/store_handle.h"

/* In memory, and what SQLite sorts there, too. */
static int
open_image(struct store **out, struct err *e)
{
	int rc = store_open(":memory:", 0, out, e);

	if (rc == 0 &&
	    sqlite3_exec((*out)->db, "PRAGMA temp_store = MEMORY", NULL, NULL,
		NULL) != SQLITE_OK) {
		rc = err_set(e, ERR_IO, "a store in memory: %s",
		    sqlite3_errmsg((*out)->db));
		store_close(*out);
	}
	return rc;
}

int
store_image_prepare(struct err *e)
{
	struct store *s;
	char seed;
	int rc = open_image(&s, e);

	if (rc < 0)
		return rc;
	/* It is read once, from /dev/urandom. */
	sqlite3_randomness(sizeof(seed), &seed);
	store_close(s);
	return 0;
}

static int
write_all(int fd, const unsigned char *at, sqlite3_int64 bytes, struct err *e)
{
	ssize_t n;

	while (bytes > 0) {
		n = write(fd, at, (size_t)bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, n < 0 ? errno : ENOSPC, "write");
		at += n;
		bytes -= n;
	}
	return fsync(fd) < 0 ? err_sys(e, errno, "fsync") : 0;
}

int
store_image_write(const struct trace *t, int fd, struct err *e)
{
	unsigned char *image = NULL;
	sqlite3_int64 bytes = 0;
	struct store *s;
	int rc = open_image(&s, e);

	if (rc < 0)
		return rc;
	if ((rc = store_add_trace(s, t, NULL, e)) == 0) {
		image = sqlite3_serialize(s->db, "main", &bytes, 0);
		rc = image == NULL
		    ? err_set(e, ERR_IO, "a store in memory: no room")
		    : write_all(fd, image, bytes, e);
	}
	sqlite3_free(image);
	store_close(s);
	return rc;
}
