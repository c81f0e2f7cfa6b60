/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/container.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/suggest.h"

#define HEADER	   "=== "
#define NAME_CHARS 200 /* longest section name */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* The kind of thing at fd must be a file: a FIFO would make us wait for ever
 * and a folder or device has no end. Standard input is what the user chose. */
static int
check_kind(const char *path, int fd, struct err *e)
{
	struct stat st;

	if (fd == STDIN_FILENO)
		return 0;
	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "%s", path);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT,
		    "%s: is a folder: name the files in it", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT,
		    "%s: is not a regular file: copy its contents to one, or "
		    "name it \"-\" and feed it to standard input",
		    path);
	return 0;
}

static int
slurp(const char *path, int fd, struct strbuf *text, struct err *e)
{
	char chunk[16384];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "%s", path);
		if (text->bytes + (size_t)n > CONTAINER_FILE_MAX)
			return err_set(e, ERR_INPUT,
			    "%s: is longer than %u MiB: split it", path,
			    CONTAINER_FILE_MAX / 1024 / 1024);
		strbuf_add(text, chunk, (size_t)n);
	}
	return 0;
}

static int
read_file(const char *path, struct strbuf *text, struct err *e)
{
	bool piped = strcmp(path, "-") == 0;
	int fd, rc;

	fd = piped ? STDIN_FILENO
		   : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_NOTFOUND, "%s: no such file", path);
	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	rc = check_kind(path, fd, e);
	if (rc == 0)
		rc = slurp(path, fd, text, e);
	if (!piped)
		close(fd);
	return rc;
}

static void
add_section(struct container *c, const char *name, size_t name_bytes,
    const char *data, size_t bytes, unsigned line)
{
	struct container_section *s =
	    MEM_PUSH(c->sections, c->n_sections, c->cap_sections);

	s->name = mem_strn(name, name_bytes);
	s->data = data;
	s->bytes = bytes;
	s->line = line;
}

static unsigned
count_lines(const char *s, size_t bytes)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < bytes; i++)
		n += s[i] == '\n';
	return n;
}

static bool
is_known(const struct container *c, const char *name, size_t bytes)
{
	size_t i;

	for (i = 0; i < c->n_sections; i++)
		if (strlen(c->sections[i].name) == bytes &&
		    memcmp(c->sections[i].name, name, bytes) == 0)
			return true;
	return false;
}

/* Splits "NAME BYTES"; false when it is not of that form. */
static bool
split_header(const char *s, size_t bytes, size_t *name_bytes, int64_t *size)
{
	size_t i;

	for (i = 0; i < bytes && s[i] != ' '; i++)
		if (s[i] == '#' || s[i] == '+' || s[i] == '\0')
			return false;
	if (i == 0 || i == bytes || i > NAME_CHARS)
		return false;
	*name_bytes = i;
	return num_parse(s + i + 1, bytes - i - 1, 0, CONTAINER_FILE_MAX, size);
}

/* Parses the section whose header line begins at *at; steps over it. */
static int
parse_section(struct container *c, size_t *at, unsigned *line, struct err *e)
{
	const char *head = c->text + *at;
	size_t left = c->bytes - *at, head_bytes, name_bytes;
	const char *end = memchr(head, '\n', left);
	int64_t size;

	if (end == NULL)
		return err_set(e, ERR_INPUT,
		    "%s:%u:1: error: the file ends within a section's header: "
		    "it was cut",
		    c->path, *line);
	head_bytes = (size_t)(end - head);
	if (head_bytes < sizeof(HEADER) - 1 ||
	    memcmp(head, HEADER, sizeof(HEADER) - 1) != 0 ||
	    !split_header(head + 4, head_bytes - 4, &name_bytes, &size))
		return err_set(e, ERR_INPUT,
		    "%s:%u:1: error: expected a section's header \"=== NAME "
		    "BYTES\": the section above has another length than it "
		    "says, or the file was edited",
		    c->path, *line);
	if (c->n_sections == CONTAINER_SECTIONS_MAX)
		return err_set(e, ERR_INPUT,
		    "%s:%u:1: error: there are more than %d sections: divide "
		    "them among several files",
		    c->path, *line, CONTAINER_SECTIONS_MAX);
	if (is_known(c, head + 4, name_bytes))
		return err_set(e, ERR_INPUT,
		    "%s:%u:5: error: there are two sections %.*s: rename one",
		    c->path, *line, (int)name_bytes, head + 4);
	left -= head_bytes + 1;
	if ((uint64_t)size > left)
		return err_set(e, ERR_INPUT,
		    "%s:%u:1: error: section %.*s should have %lld bytes, but "
		    "only %zu follow: the file was cut",
		    c->path, *line, (int)name_bytes, head + 4, (long long)size,
		    left);
	add_section(c, head + 4, name_bytes, end + 1, (size_t)size, *line + 1);
	*at += head_bytes + 1 + (size_t)size;
	*line += 1 + count_lines(end + 1, (size_t)size);
	if (size > 0 && c->text[*at - 1] != '\n' && *at < c->bytes &&
	    c->text[*at] == '\n') {
		++*at;
		++*line;
	}
	return 0;
}

static int
parse_container(struct container *c, struct err *e)
{
	size_t at = sizeof(CONTAINER_MAGIC) - 1;
	unsigned line = 2;
	const char *end;
	int rc;

	while (at < c->bytes && c->text[at] == '#') {
		end = memchr(c->text + at, '\n', c->bytes - at);
		at = end == NULL ? c->bytes : (size_t)(end + 1 - c->text);
		line++;
	}
	while (at < c->bytes)
		if ((rc = parse_section(c, &at, &line, e)) < 0)
			return rc;
	return 0;
}

int
container_read(const char *path, struct container **out, struct err *e)
{
	struct container *c = mem_zero(1, sizeof(*c));
	struct strbuf text = { 0 };
	int rc;

	c->path = mem_str(path);
	if ((rc = read_file(path, &text, e)) < 0)
		goto out;
	c->bytes = text.bytes;
	c->text = text.data == NULL ? mem_str("") : strbuf_take(&text);
	c->packed = c->bytes >= sizeof(CONTAINER_MAGIC) - 1 &&
	    memcmp(c->text, CONTAINER_MAGIC, sizeof(CONTAINER_MAGIC) - 1) == 0;
	if (c->packed) {
		if ((rc = parse_container(c, e)) < 0)
			goto out;
	} else {
		add_section(c, base_name(path), strlen(base_name(path)),
		    c->text, c->bytes, 1);
	}
	*out = c;
	c = NULL;
out:
	strbuf_fini(&text);
	container_free(c);
	return rc;
}

void
container_free(struct container *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->n_sections; i++)
		free(c->sections[i].name);
	free(c->sections);
	free(c->text);
	free(c->path);
	free(c);
}

static int
not_found(const struct container *c, const char *name, struct err *e)
{
	const char **known, *near;
	size_t i;
	int rc;

	/* Nobody reads what would have been the right name. */
	if (e == NULL)
		return ERR_NOTFOUND;
	known = mem_zero(c->n_sections + 1, sizeof(*known));
	for (i = 0; i < c->n_sections; i++)
		known[i] = c->sections[i].name;
	near = suggest(name, known, c->n_sections);
	if (!c->packed)
		rc = err_set(e, ERR_NOTFOUND,
		    "%s: is one recording, not a container with a section "
		    "\"%s\": leave out everything from the '#' on",
		    c->path, name);
	else if (near != NULL)
		rc = err_set(e, ERR_NOTFOUND,
		    "%s: has no section \"%s\": did you mean \"%s\"?", c->path,
		    name, near);
	else
		rc = err_set(e, ERR_NOTFOUND,
		    "%s: has no section \"%s\": grep '^=== ' lists them",
		    c->path, name);
	free(known);
	return rc;
}

int
container_find(const struct container *c, const char *name, const char *suffix,
    const struct container_section **out, struct err *e)
{
	struct strbuf full = { 0 };
	size_t i;

	strbuf_adds(&full, name);
	strbuf_adds(&full, suffix);
	for (i = 0; i < c->n_sections; i++)
		if (strcmp(c->sections[i].name, name) == 0 ||
		    strcmp(c->sections[i].name, strbuf_str(&full)) == 0)
			break;
	if (i == c->n_sections) {
		int rc = not_found(c, strbuf_str(&full), e);

		strbuf_fini(&full);
		return rc;
	}
	strbuf_fini(&full);
	*out = &c->sections[i];
	return 0;
}
