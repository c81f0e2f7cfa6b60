/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The root folder of a sandbox: a file system in memory. The host's folders
 * are bound below SANDBOX_HOST, to read; /usr, /bin and the like are links
 * there. Where a file of ours goes into one of them, the folder is made anew
 * with a link for each thing in it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/strbuf.h"
#include "world/sandbox.h"
#include "world/sandparts.h"

/* Where the new root is put together: any folder that every system has. */
#define BASE "/tmp"

#define LINKS_MAX 40

/* --- making it --- */

static int
refuse(struct err *err, const char *what)
{
	enum err_code code = ERR_IO;
	int errnum = errno;

	if (errnum == EPERM || errnum == EACCES || errnum == ENOSYS ||
	    errnum == EINVAL)
		code = ERR_UNSUPPORTED;
	return err_set(err, code, "%s: %s", what, strerror(errnum));
}

static int
bind_to_read(const char *from, struct err *err)
{
	struct mount_attr attr = { .attr_set =
				       MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID };
	char to[PATH_MAX], what[PATH_MAX];

	snprintf(to, sizeof(to), BASE SANDBOX_HOST "%s", from);
	snprintf(what, sizeof(what), "cannot bind %s", from);
	if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) != 0)
		return refuse(err, what);
	if (mount_setattr(AT_FDCWD, to, AT_RECURSIVE, &attr, sizeof(attr)) != 0)
		return refuse(err, what);
	return 0;
}

static int
make_folders(char *path)
{
	char *p;

	for (p = path + 1; *p != '\0'; p++)
		if (*p == '/') {
			*p = '\0';
			(void)mkdir(path, 0755);
			*p = '/';
		}
	return mkdir(path, 0755) == 0 || errno == EEXIST ? 0 : -1;
}

/* A folder at the top of the host, as it is there: a link, or bound. */
static int
take_top(const char *name, struct err *err)
{
	char to[PATH_MAX], at[PATH_MAX], link[PATH_MAX];
	struct stat st;
	ssize_t n;

	snprintf(at, sizeof(at), "/%s", name);
	if (lstat(at, &st) != 0)
		return 0;
	snprintf(to, sizeof(to), BASE "/%s", name);
	if (S_ISLNK(st.st_mode)) {
		n = readlink(at, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		return symlink(link, to) == 0 ? 0 : refuse(err, to);
	}
	snprintf(to, sizeof(to), BASE SANDBOX_HOST "/%s", name);
	if (make_folders(to) != 0)
		return refuse(err, to);
	if (bind_to_read(at, err) < 0)
		return err->code;
	snprintf(to, sizeof(to), BASE "/%s", name);
	snprintf(link, sizeof(link), SANDBOX_HOST "/%s", name);
	return symlink(link, to) == 0 ? 0 : refuse(err, to);
}

static int
take_alternatives(struct err *err)
{
	char to[] = BASE SANDBOX_HOST "/etc/alternatives";

	if (access("/etc/alternatives", F_OK) != 0)
		return 0;
	if (make_folders(to) != 0)
		return refuse(err, to);
	if (symlink(SANDBOX_HOST "/etc/alternatives",
		BASE "/etc/alternatives") != 0)
		return refuse(err, to);
	return bind_to_read("/etc/alternatives", err);
}

static int
take_device(const char *name, struct err *err)
{
	char from[64], to[64];
	int fd;

	snprintf(from, sizeof(from), "/dev/%s", name);
	snprintf(to, sizeof(to), BASE "/dev/%s", name);
	fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return refuse(err, to);
	close(fd);
	if (mount(from, to, NULL, MS_BIND, NULL) != 0)
		return refuse(err, from);
	return 0;
}

static int
copy_file(int from, const char *to, mode_t mode, struct err *err)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	off_t at = 0;
	struct stat st;
	ssize_t n = 1;

	if (fd < 0 || fstat(from, &st) != 0)
		return refuse(err, to);
	while (at < st.st_size && n > 0)
		n = sendfile(fd, from, &at, (size_t)(st.st_size - at));
	if (close(fd) != 0 || n <= 0)
		return refuse(err, to);
	return 0;
}

static int
make_devices(struct err *err)
{
	static const char *const names[] = { "null", "zero", "full", "random",
		"urandom" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (take_device(names[i], err) < 0)
			return err->code;
	if (symlink("/proc/self/fd", BASE "/dev/fd") != 0 ||
	    symlink("/proc/self/fd/0", BASE "/dev/stdin") != 0 ||
	    symlink("/proc/self/fd/1", BASE "/dev/stdout") != 0 ||
	    symlink("/proc/self/fd/2", BASE "/dev/stderr") != 0 ||
	    symlink("null", BASE "/dev/console") != 0)
		return refuse(err, BASE "/dev");
	return 0;
}

/* What the run-time linker needs beside /lib and /usr. */
static int
copy_linker_cache(struct err *err)
{
	int fd = open("/etc/ld.so.cache", O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return 0;
	rc = copy_file(fd, BASE "/etc/ld.so.cache", 0644, err);
	close(fd);
	return rc;
}

static int
make_base(struct err *err)
{
	static const char *const folders[] = { "/tmp", "/dev", "/proc", "/etc",
		"/var/run/dhclient", "/var/db", "/var/log", "/var/tmp",
		SANDBOX_OURS, SANDBOX_HOST };
	char path[PATH_MAX];
	size_t i;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return refuse(err, "cannot part from the host's mounts");
	if (mount("sandbox", BASE, "tmpfs", MS_NOSUID | MS_NODEV,
		"size=64m,mode=755") != 0)
		return refuse(err, "cannot mount a tmpfs");
	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), BASE "%s", folders[i]);
		if (make_folders(path) != 0)
			return refuse(err, path);
	}
	/* Nothing in it may be written, not even by a mapped root. */
	if (mount("proc", BASE "/proc", "proc",
		MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL) != 0)
		return refuse(err, "cannot mount /proc");
	return 0;
}

static int
go_inside(struct err *err)
{
	if (chdir(BASE) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
	    umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
		return refuse(err, "cannot change the root folder");
	return 0;
}

static int
place_programs(struct err *err)
{
	static const char *const folders[] = { "/sbin", "/bin", "/usr/sbin",
		"/usr/bin" };
	static const char users[] = "root:*:0:0:root:/:/bin/sh\n";
	static const char groups[] = "wheel:*:0:root\n";
	static const char prelude[] = SANDBOX_PRELUDE "\n";
	char path[PATH_MAX];
	const char *name;
	size_t i, k;

	for (i = 0; sandbox_programs[i] != NULL; i++) {
		name = strrchr(sandbox_programs[i], '/');
		if (sandroot_put(sandbox_programs[i], S_IFLNK,
			SANDBOX_OURS "/part", 0, err) < 0)
			return err->code;
		for (k = 0; k < sizeof(folders) / sizeof(*folders); k++) {
			snprintf(path, sizeof(path), "%s%s", folders[k], name);
			if (access(path, F_OK) == 0 &&
			    sandroot_put(path, S_IFLNK, SANDBOX_OURS "/part", 0,
				err) < 0)
				return err->code;
		}
	}
	if (sandroot_put("/bin/sh", S_IFLNK, SANDBOX_OURS "/part", 0, err) <
		0 ||
	    sandroot_put("/etc/passwd", 0644, users, sizeof(users) - 1, err) <
		0 ||
	    sandroot_put("/etc/group", 0644, groups, sizeof(groups) - 1, err) <
		0 ||
	    sandroot_put(SANDBOX_OURS "/prelude", 0644, prelude,
		sizeof(prelude) - 1, err) < 0)
		return err->code;
	return 0;
}

int
sandroot_make(int program_fd, struct err *err)
{
	static const char *const tops[] = { "usr", "bin", "sbin", "lib",
		"lib32", "lib64", "libx32" };
	struct err why;
	size_t i;

	umask(022);
	if (make_base(&why) < 0)
		goto out;
	for (i = 0; i < sizeof(tops) / sizeof(*tops); i++)
		if (take_top(tops[i], &why) < 0)
			goto out;
	if (take_alternatives(&why) < 0 || copy_linker_cache(&why) < 0 ||
	    make_devices(&why) < 0 ||
	    copy_file(program_fd, BASE SANDBOX_OURS "/part", 0755, &why) < 0 ||
	    go_inside(&why) < 0 || place_programs(&why) < 0)
		goto out;
	if (chmod("/tmp", 01777) == 0 && chmod("/var/tmp", 01777) == 0)
		return 0;
	refuse(&why, "/tmp");
out:
	return err_set(err, why.code, "%s", why.text);
}

/* --- putting files into it --- */

/* Puts in the place of a link to a folder of the host a folder with a link for
 * each thing in that one. */
static int
open_up(const char *path, const char *target)
{
	struct strbuf from = { 0 }, to = { 0 };
	struct dirent *e;
	DIR *d = opendir(target);

	if (d == NULL || unlink(path) != 0 || mkdir(path, 0755) != 0) {
		if (d != NULL)
			closedir(d);
		return -1;
	}
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		strbuf_reset(&from);
		strbuf_reset(&to);
		strbuf_addf(&from, "%s/%s", target, e->d_name);
		strbuf_addf(&to, "%s/%s", path, e->d_name);
		(void)symlink(strbuf_str(&from), strbuf_str(&to));
	}
	strbuf_fini(&from);
	strbuf_fini(&to);
	closedir(d);
	return 0;
}

/* Makes sure that path, whose parent is one, is a folder of the sandbox. 0, or
 * 1 when it is a link to elsewhere in the sandbox, which link then holds. */
static int
make_own_folder(const char *path, char link[PATH_MAX])
{
	struct stat st;
	ssize_t n;

	if (lstat(path, &st) != 0)
		return mkdir(path, 0755);
	if (!S_ISLNK(st.st_mode))
		return 0;
	n = readlink(path, link, PATH_MAX - 1);
	link[n > 0 ? n : 0] = '\0';
	if (strncmp(link, SANDBOX_HOST "/", sizeof(SANDBOX_HOST)) == 0)
		return open_up(path, link);
	return 1;
}

/* One walk down to the folder of path, a link in the way being put into the
 * path. 0 when it is there, 1 to walk again, -1. */
static int
walk(struct strbuf *path)
{
	struct strbuf next = { 0 };
	char link[PATH_MAX];
	char *name = path->data, *end;
	int rc = 0;

	while (rc == 0 && (end = strchr(name + 1, '/')) != NULL) {
		*end = '\0';
		rc = make_own_folder(path->data, link);
		*end = '/';
		if (rc == 1) {
			if (link[0] != '/')
				strbuf_add(&next, path->data,
				    (size_t)(name + 1 - path->data));
			strbuf_addf(&next, "%s%s", link, end);
			strbuf_fini(path);
			*path = next;
			return 1;
		}
		name = end;
	}
	return rc;
}

/* Where path is to be written, its folder being there. */
static int
prepare(const char *from, struct strbuf *path)
{
	int links = 0, rc;

	strbuf_adds(path, from);
	if (from[0] != '/' || from[path->bytes - 1] == '/') {
		errno = EINVAL;
		return -1;
	}
	while ((rc = walk(path)) == 1)
		if (++links > LINKS_MAX) {
			errno = ELOOP;
			return -1;
		}
	return rc;
}

static int
write_file(const char *path, mode_t mode, const char *data, size_t bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	size_t done = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	while (done < bytes) {
		n = write(fd, data + done, bytes - done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (fchmod(fd, mode) != 0)
		done = bytes + 1;
	if (close(fd) != 0)
		done = bytes + 1;
	return done == bytes ? 0 : -1;
}

int
sandroot_put(const char *path, unsigned mode, const void *data, size_t bytes,
    struct err *err)
{
	struct strbuf at = { 0 };
	const char *to;
	int rc = prepare(path, &at);

	to = strbuf_str(&at);
	if (rc == 0 && unlink(to) != 0 && errno != ENOENT)
		rc = -1;
	if (rc == 0)
		rc = S_ISLNK(mode) ? symlink(data, to)
				   : write_file(to, (mode_t)mode, data, bytes);
	if (rc != 0)
		rc = err_sys(err, errno, "%s in the sandbox", path);
	strbuf_fini(&at);
	return rc;
}

int
sandroot_remove(const char *path, struct err *err)
{
	if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return 0;
	return err_sys(err, errno, "%s in the sandbox", path);
}
