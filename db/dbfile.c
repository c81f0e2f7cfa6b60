/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/dbfile.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "db/store.h"

#define HEADER_BYTES 100 /* of SQLite's file format */

/* Offsets in that header; numbers are big-endian. */
#define AT_PAGE_SIZE	     16
#define AT_CHANGE_COUNTER    24
#define AT_PAGES	     28
#define AT_USER_VERSION	     60
#define AT_APPLICATION_ID    68
#define AT_VERSION_VALID_FOR 92

static uint32_t
number_at(const unsigned char *h, int at)
{
	return (uint32_t)h[at] << 24 | (uint32_t)h[at + 1] << 16 |
	    (uint32_t)h[at + 2] << 8 | h[at + 3];
}

void
dbfile_uri(struct strbuf *out, const char *path, const char *query)
{
	/* Without this, "//x" would be a host's name. */
	strbuf_adds(out, path[0] == '/' ? "file://" : "file:");
	for (; *path != '\0'; path++)
		if (strchr("?#%", *path) != NULL)
			strbuf_addf(out, "%%%02x", (unsigned char)*path);
		else
			strbuf_addc(out, *path);
	strbuf_addf(out, "?%s", query);
}

int
dbfile_configure(sqlite3 *db)
{
	int rc;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, DBFILE_WAIT_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	rc = sqlite3_exec(db,
	    "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
	    "PRAGMA synchronous = NORMAL; PRAGMA cell_size_check = ON",
	    NULL, NULL, NULL);
	return rc;
}

/* SQLite forgets why a write failed, but nothing has failed since. */
static int
system_errno(sqlite3 *db)
{
	int errnum = db == NULL ? 0 : sqlite3_system_errno(db);

	if (errnum == 0 &&
	    (errno == EFBIG || errno == ENOSPC || errno == EDQUOT))
		return errno;
	return errnum;
}

static int
io_error(sqlite3 *db, int rc, const char *path, struct err *e)
{
	int errnum = system_errno(db);

	if (rc == SQLITE_FULL || errnum == ENOSPC || errnum == EDQUOT)
		return err_set(e, ERR_IO,
		    "%s: the disk is full: free some space and try again; what "
		    "was stored before is unharmed",
		    path);
	if (errnum == EFBIG)
		return err_set(e, ERR_IO,
		    "%s: grew over the limit of a file's size (ulimit -f): "
		    "raise it and try again; what was stored before is "
		    "unharmed",
		    path);
	if (errnum == EACCES || errnum == EPERM || errnum == EROFS ||
	    errnum == ENOENT || errnum == ENOTDIR) {
		err_set(e, ERR_STATE,
		    "%s: %s: check the folder and its permissions", path,
		    strerror(errnum));
		if (e != NULL)
			e->sys_errno = errnum;
		return ERR_STATE;
	}
	if (errnum != 0)
		return err_sys(e, errnum, "%s", path);
	return err_set(e, ERR_IO, "%s: %s", path, sqlite3_errstr(rc));
}

int
dbfile_error(sqlite3 *db, int rc, const char *path, struct err *e)
{
	const char *text = db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(db);

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_BUSY,
		    "%s: another process holds it: wait until that has "
		    "finished, or name another file",
		    path);
	case SQLITE_READONLY:
		return err_set(e, ERR_STATE,
		    "%s: cannot be written: check the permissions of the file "
		    "and of its folder",
		    path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return err_set(e, ERR_INPUT,
		    "%s: is damaged (%s): take it from a backup, or save what "
		    "is left with: sqlite3 FILE .recover",
		    path, text);
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return io_error(db, rc, path, e);
	case SQLITE_CONSTRAINT:
		return err_set(e, ERR_INPUT,
		    "%s: the schema refuses this run: %s", path, text);
	default:
		return err_set(e, ERR_INPUT, "%s: %s", path, text);
	}
}

static bool
has_content(const char *path, const char *suffix)
{
	struct strbuf name = { 0 };
	struct stat st;
	bool has;

	strbuf_adds(&name, path);
	strbuf_adds(&name, suffix);
	has = stat(strbuf_str(&name), &st) == 0 && st.st_size > 0;
	strbuf_fini(&name);
	return has;
}

static int
check_length(const char *path, const unsigned char *h, sqlite3_int64 bytes,
    struct err *e)
{
	uint32_t page = (uint32_t)h[AT_PAGE_SIZE] << 8 | h[AT_PAGE_SIZE + 1];
	sqlite3_int64 want;

	if (page == 1)
		page = 65536;
	if (page < 512 || (page & (page - 1)) != 0)
		return err_set(e, ERR_INPUT,
		    "%s: is damaged (a page size of %u): take it from a backup",
		    path, page);
	/* Only then does the header say how many pages there are; and a
	 * write-ahead log may hold newer ones. */
	if (number_at(h, AT_CHANGE_COUNTER) !=
		number_at(h, AT_VERSION_VALID_FOR) ||
	    has_content(path, "-wal"))
		return 0;
	want = (sqlite3_int64)number_at(h, AT_PAGES) * page;
	if (bytes < want)
		return err_set(e, ERR_INPUT,
		    "%s: was cut: it has %lld bytes of %lld: copy it again, or "
		    "take it from a backup",
		    path, (long long)bytes, (long long)want);
	return 0;
}

static int
check_header(const char *path, const unsigned char *h, sqlite3_int64 bytes,
    struct err *e)
{
	uint32_t id = number_at(h, AT_APPLICATION_ID);
	uint32_t version = number_at(h, AT_USER_VERSION);

	if (memcmp(h, "SQLite format 3", 16) != 0)
		return err_set(e, ERR_INPUT,
		    "%s: is not a store of Switchback: name a store, or a file "
		    "that does not exist yet",
		    path);
	if (bytes < HEADER_BYTES)
		return err_set(e, ERR_INPUT,
		    "%s: was cut: it has only %lld bytes: copy it again, or "
		    "take it from a backup",
		    path, (long long)bytes);
	if (id != STORE_APPLICATION_ID)
		return err_set(e, ERR_VERSION,
		    "%s: is another program's SQLite database "
		    "(application_id 0x%08x): name another file",
		    path, id);
	if (version > STORE_VERSION)
		return err_set(e, ERR_VERSION,
		    "%s: is of schema version %u, but this Switchback knows "
		    "none after %d: use the newer Switchback",
		    path, version, STORE_VERSION);
	if (version == 0)
		return err_set(e, ERR_INPUT,
		    "%s: is damaged (no schema version): take it from a backup",
		    path);
	return check_length(path, h, bytes, e);
}

static int
check_kind(const char *path, struct err *e)
{
	struct stat st;

	if (path[0] == '\0')
		return err_set(e, ERR_INPUT,
		    "the name of the store is empty: name a file");
	if (stat(path, &st) < 0) {
		if (errno == ENOENT)
			return err_set(e, ERR_NOTFOUND, "%s: no such file",
			    path);
		if (errno == EACCES || errno == ENOTDIR)
			return err_set(e, ERR_STATE, "%s: %s", path,
			    strerror(errno));
		return err_sys(e, errno, "%s", path);
	}
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT,
		    "%s: is a folder: name a file in it", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT,
		    "%s: is not a regular file: name another one", path);
	if (st.st_size == 0)
		return err_set(e, ERR_INPUT,
		    "%s: is empty, no store: remove it, or name another file",
		    path);
	return 0;
}

/* The header is read through SQLite's own file object: closing a descriptor
 * of ours would drop the locks which this process may hold on the file. */
int
dbfile_check(const char *path, struct err *e)
{
	unsigned char header[HEADER_BYTES] = { 0 };
	struct strbuf uri = { 0 };
	sqlite3_file *file = NULL;
	sqlite3_int64 bytes = 0;
	sqlite3 *db = NULL;
	int rc, got;

	if ((rc = check_kind(path, e)) < 0)
		return rc;
	dbfile_uri(&uri, path, "mode=ro&immutable=1");
	got = sqlite3_open_v2(strbuf_str(&uri), &db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
	if (got == SQLITE_OK)
		got = sqlite3_file_control(db, "main",
		    SQLITE_FCNTL_FILE_POINTER, &file);
	if (got == SQLITE_OK)
		got = file->pMethods->xFileSize(file, &bytes);
	if (got == SQLITE_OK) {
		got = file->pMethods->xRead(file, header, HEADER_BYTES, 0);
		if (got == SQLITE_IOERR_SHORT_READ)
			got = SQLITE_OK; /* the rest is zeroed */
	}
	if (got != SQLITE_OK)
		rc = dbfile_error(db, got, path, e);
	else
		rc = check_header(path, header, bytes, e);
	sqlite3_close(db);
	strbuf_fini(&uri);
	return rc;
}
