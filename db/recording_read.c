/* SPDX-License-Identifier: BSD-2-Clause */
#include "db/recording.h"

#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db/container.h"

#define SUFFIX ".log"

/* Passes findings on and keeps the first error for the caller's struct err. */
struct listener {
	struct diag diag;
	struct diag *outer;
	struct strbuf first;
};

static void
hear(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	struct listener *l = ctx;

	if (level == DIAG_ERROR && l->first.bytes == 0)
		diag_emit_strbuf(&l->first, level, file, line, col, text);
	if (l->outer != NULL)
		diag_report(l->outer, level, file, line, col, "%s", text);
}

/* "b_unplug_1" of "b_unplug_1.log". */
static char *
plain_name(const char *section)
{
	size_t n = strlen(section), tail = sizeof(SUFFIX) - 1;

	if (n > tail && strcmp(section + n - tail, SUFFIX) == 0)
		n -= tail;
	return mem_strn(section, n);
}

static size_t
rows_of(const struct witness *w)
{
	return strlen(w->about) + w->n_deeds + w->routes.count +
	    w->aggregate.count + w->n_flows + w->n_holes;
}

static bool
is_blank(const char *text, size_t bytes)
{
	while (bytes > 0 && strchr(" \t\r\n", *text) != NULL && *text != '\0')
		text++, bytes--;
	return bytes == 0;
}

/* Lines of another form are passed over; a file of nothing else is a mistake,
 * and somebody misses what it should have said. */
static void
take_beside(struct recording *r, const char *suffix, const char *path,
    unsigned line, const char *text, size_t bytes, struct diag *d)
{
	size_t before;

	if (r->beside == NULL)
		r->beside = witness_new();
	before = rows_of(r->beside);
	witness_take(r->beside, suffix, text, bytes);
	if (rows_of(r->beside) > before || is_blank(text, bytes) ||
	    strcmp(suffix, ".before.state") == 0 ||
	    (strcmp(suffix, ".rt") == 0 &&
		memmem(text, bytes, " RTM_", 5) != NULL))
		return;
	diag_report(d, DIAG_WARNING, path, line, 1,
	    "no line of it has the form of a *%s file: passed over", suffix);
}

/* "... then the commands in l_devd.txt were run": their file, when the
 * recording's own has none. NULL if it is not spoken of; the caller frees. */
static char *
told_elsewhere(const struct witness *w, const char *stem, bool packed)
{
	static const char words[] = "the commands in ";
	const char *at =
	    w == NULL || w->n_deeds > 0 ? NULL : strstr(w->about, words);
	const char *slash = packed ? NULL : strrchr(stem, '/');
	struct strbuf name = { 0 };
	char *result = NULL;
	size_t bytes;

	if (at == NULL)
		return NULL;
	at += sizeof(words) - 1;
	bytes = strcspn(at, " \n/");
	if (bytes > 4 && strncmp(at + bytes - 4, ".txt", 4) == 0) {
		strbuf_addf(&name, "%.*s%.*s",
		    slash == NULL ? 0 : (int)(slash + 1 - stem), stem,
		    (int)bytes, at);
		result = mem_str(strbuf_str(&name));
	}
	strbuf_fini(&name);
	return result;
}

static void
add_told_elsewhere(struct recording *r, const struct container *c,
    const char *stem, struct diag *d)
{
	char *name = told_elsewhere(r->beside, stem, c->packed);
	const struct container_section *s;
	struct container *file;

	if (name == NULL)
		return;
	if (c->packed) {
		if (container_find(c, name, "", &s, NULL) == 0)
			take_beside(r, ".txt", c->path, s->line, s->data,
			    s->bytes, d);
	} else if (container_read(name, &file, NULL) == 0) {
		take_beside(r, ".txt", file->path, 1, file->text, file->bytes,
		    d);
		container_free(file);
	}
	free(name);
}

/* The other files of the same name: sections of the container, or files in
 * the same folder. They may be missing. */
static void
add_beside(struct recording *r, const struct container *c, const char *section,
    struct diag *d)
{
	const struct container_section *s;
	char *stem = plain_name(c->packed ? section : c->path);
	struct strbuf name = { 0 };
	struct container *file;
	size_t i;

	for (i = 0; witness_suffixes[i] != NULL; i++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "%s%s", stem, witness_suffixes[i]);
		if (c->packed) {
			if (container_find(c, strbuf_str(&name), "", &s,
				NULL) == 0)
				take_beside(r, witness_suffixes[i], c->path,
				    s->line, s->data, s->bytes, d);
		} else if (strcmp(stem, c->path) != 0 &&
		    container_read(strbuf_str(&name), &file, NULL) == 0) {
			take_beside(r, witness_suffixes[i], file->path, 1,
			    file->text, file->bytes, d);
			container_free(file);
		}
	}
	add_told_elsewhere(r, c, stem, d);
	strbuf_fini(&name);
	free(stem);
}

static int
add_section(struct recording *r, const struct container *c,
    const struct container_section *s, struct diag *d, struct err *e)
{
	struct listener l = { .outer = d };
	size_t first = r->n_records;
	int rc = 0;

	l.diag.emit = hear;
	l.diag.ctx = &l;
	if (!recording_parse(r, c->path, s->line, s->data, s->bytes, &l.diag)) {
		if (l.first.bytes > 0) /* its newline */
			l.first.data[l.first.bytes - 1] = '\0';
		rc = err_set(e, ERR_INPUT, "%s", strbuf_str(&l.first));
	} else if (first > 0 && first < r->n_records &&
	    r->records[first].at_ns < r->records[first - 1].at_ns) {
		rc = err_set(e, ERR_INPUT,
		    "%s:%u:1: error: section %s begins before the one that "
		    "was put in front of it ends: they are not of one clock, "
		    "or in the wrong order",
		    c->path, r->records[first].line, s->name);
	}
	strbuf_fini(&l.first);
	if (rc == 0)
		add_beside(r, c, s->name, &l.diag);
	return rc;
}

/* names is NAME+NAME+…; it is taken apart in place. */
static int
add_named(struct recording *r, const struct container *c, char *names,
    struct diag *d, struct err *e)
{
	const struct container_section *s;
	char *name, *rest = names;
	int rc;

	while ((name = strsep(&rest, "+")) != NULL)
		if ((rc = container_find(c, name, SUFFIX, &s, e)) < 0 ||
		    (rc = add_section(r, c, s, d, e)) < 0)
			return rc;
	return 0;
}

static int
only_recording(const struct container *c, const struct container_section **out,
    struct err *e)
{
	size_t i, found = 0;

	for (i = 0; i < c->n_sections; i++) {
		const char *name = c->sections[i].name;
		size_t n = strlen(name), tail = sizeof(SUFFIX) - 1;

		if (c->packed &&
		    (n < tail || strcmp(name + n - tail, SUFFIX) != 0))
			continue;
		*out = &c->sections[i];
		found++;
	}
	if (found == 1)
		return 0;
	return err_set(e, ERR_NOTFOUND,
	    "%s: holds %zu recordings: name one as %s#NAME (grep '^=== ' lists "
	    "them)",
	    c->path, found, c->path);
}

/* Where the '#' is that ends the file's name, or NULL. A file may have a '#'
 * in its own name. */
static char *
find_hash(char *spec)
{
	struct stat st;

	return stat(spec, &st) == 0 ? NULL : strrchr(spec, '#');
}

int
recording_read(const char *spec, struct diag *d, struct recording **out,
    struct err *e)
{
	char *path = mem_str(spec), *hash = find_hash(path), *name = NULL;
	struct container *c = NULL;
	struct recording *r = NULL;
	const struct container_section *s = NULL;
	int rc;

	if (hash != NULL)
		*hash++ = '\0';
	if ((rc = container_read(path, &c, e)) < 0)
		goto out;
	if (hash == NULL && (rc = only_recording(c, &s, e)) < 0)
		goto out;
	name = plain_name(hash == NULL ? s->name : hash);
	r = recording_new(name, spec);
	rc = hash == NULL ? add_section(r, c, s, d, e)
			  : add_named(r, c, hash, d, e);
	if (rc < 0)
		goto out;
	*out = r;
	r = NULL;
out:
	recording_free(r);
	container_free(c);
	free(name);
	free(path);
	return rc;
}

int
recording_load(const char *spec, struct recording **out, struct err *e)
{
	return recording_read(spec, NULL, out, e);
}
