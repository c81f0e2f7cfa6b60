/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/inputs.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cmd/datadir.h"
#include "rules/loader.h"
#include "sim/stage/stimuli.h"

#define MAIN_FILE "rules.conf" /* made up by gather_read() */
#define MAIN_DIR  "rules"

void
input_print_finding(void *ctx, enum diag_level level, const char *file,
    unsigned line, unsigned col, const char *text)
{
	struct strbuf sb = { 0 };

	(void)ctx;
	diag_emit_strbuf(&sb, level, file, line, col, text);
	fputs(strbuf_str(&sb), stderr);
	strbuf_fini(&sb);
}

int
input_read(const char *path, struct strbuf *out, struct err *e)
{
	char buf[65536];
	size_t n;
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");

	if (f == NULL)
		return err_sys(e, errno, "%s", path);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 &&
	    out->bytes < INPUT_BYTES_MAX)
		strbuf_add(out, buf, n);
	n = (size_t)ferror(f);
	if (f != stdin)
		fclose(f);
	if (n != 0)
		return err_sys(e, errno, "%s", path);
	if (out->bytes >= INPUT_BYTES_MAX)
		return err_set(e, ERR_INPUT, "%s: longer than %u MiB", path,
		    INPUT_BYTES_MAX >> 20);
	return 0;
}

/* A file named in a scenario lies beside it unless the name begins with a
 * slash. */
static char *
beside(const char *scenario, const char *name)
{
	const char *slash = strrchr(scenario, '/');
	struct strbuf path = { 0 };

	if (name[0] != '/' && slash != NULL)
		strbuf_add(&path, scenario, (size_t)(slash - scenario) + 1);
	strbuf_adds(&path, name);
	return strbuf_take(&path);
}

struct recording *
input_recording(const char *spec)
{
	struct diag d = { .emit = input_print_finding };
	struct recording *r = NULL;
	struct err e;

	if (recording_read(spec, &d, &r, &e) < 0) {
		if (d.errors == 0)
			fprintf(stderr, "%s\n", e.text);
		return NULL;
	}
	return r;
}

/* A mistake in what the scenario names, told where it does. */
static void
tell_at(const struct scenario *s, unsigned line, unsigned col, const char *text)
{
	fprintf(stderr, "%s:%u:%u: error: %s\n", s->path, line, col, text);
}

/* The path of a file that the scenario names; NULL, told, when nobody can read
 * it. */
static char *
named_file(const struct scenario *s, const char *name, unsigned line,
    unsigned col)
{
	char *path = beside(s->path, name);
	struct err e;

	if (access(path, R_OK) == 0)
		return path;
	err_sys(&e, errno, "%s", path);
	tell_at(s, line, col, e.text);
	free(path);
	return NULL;
}

struct recording *
input_scenario_recording(const struct scenario *s)
{
	struct diag d = { .emit = input_print_finding };
	char *spec = beside(s->path, s->recording);
	struct recording *r = NULL;
	struct err e;

	if (recording_read(spec, &d, &r, &e) < 0) {
		if (d.errors == 0)
			tell_at(s, s->recording_line, s->recording_col, e.text);
		r = NULL;
	}
	free(spec);
	return r;
}

static bool
read_rc_files(struct scenario *s)
{
	struct strbuf text = { 0 };
	struct scn_file *f;
	bool good = true;
	struct err e;
	size_t i;
	char *path;

	for (i = 0; i < s->n_rc_files; i++) {
		f = &s->rc_files[i];
		path = beside(s->path, f->name);
		strbuf_reset(&text);
		if (input_read(path, &text, &e) < 0) {
			tell_at(s, f->line, f->col, e.text);
			good = false;
		} else {
			free(f->name);
			f->name = mem_str(path);
			f->bytes = text.bytes;
			f->text = mem_copy(strbuf_str(&text), text.bytes + 1);
		}
		free(path);
	}
	strbuf_fini(&text);
	return good;
}

struct scenario *
input_scenario_text(const char *path)
{
	struct diag d = { .emit = input_print_finding };
	struct strbuf text = { 0 };
	struct scenario *s = NULL;
	struct err e;

	if (input_read(path, &text, &e) < 0)
		fprintf(stderr, "%s\n", e.text);
	else
		s = scenario_parse(path, strbuf_str(&text), text.bytes, &d);
	strbuf_fini(&text);
	if (s == NULL || read_rc_files(s))
		return s;
	scenario_free(s);
	return NULL;
}

/* The files that a real shell will find in its sandbox. */
static bool
read_shell_files(struct scenario *s)
{
	struct strbuf text = { 0 };
	struct scn_shell *f;
	struct err e;
	char *path;
	size_t i;

	for (i = 0; i < s->n_shells; i++) {
		f = &s->shells[i];
		path = beside(s->path, f->file);
		if (input_read(path, &text, &e) < 0) {
			input_print_finding(NULL, DIAG_ERROR, s->path, f->line,
			    f->col, e.text);
			free(path);
			return false;
		}
		free(path);
		f->bytes = text.bytes;
		f->text = strbuf_take(&text);
	}
	return true;
}

struct scenario *
input_scenario(const char *path)
{
	struct scenario *s = input_scenario_text(path);
	struct recording *r;
	struct err e;
	bool good;

	if (s != NULL && !read_shell_files(s)) {
		scenario_free(s);
		return NULL;
	}
	if (s == NULL || s->recording == NULL)
		return s;
	r = input_scenario_recording(s);
	good = r != NULL && stimuli_add(s, r, &e) == 0;
	if (r != NULL && !good)
		tell_at(s, s->recording_line, s->recording_col, e.text);
	recording_free(r);
	if (good)
		return s;
	scenario_free(s);
	return NULL;
}

struct profile *
input_profile(const char *name)
{
	struct strbuf text = { 0 };
	struct profile *p = input_profile_text(name, &text);

	strbuf_fini(&text);
	return p;
}

struct profile *
input_profile_text(const char *name, struct strbuf *text)
{
	struct diag d = { .emit = input_print_finding };
	struct profile *p = NULL;
	char *path, file[96];
	struct err e;

	if (strchr(name, '/') != NULL) {
		path = mem_str(name);
	} else {
		snprintf(file, sizeof(file), "%.80s.profile", name);
		path = datadir_find("machines", file, &e);
		if (path == NULL) {
			fprintf(stderr, "machine %s: %s\n", name, e.text);
			return NULL;
		}
	}
	if (input_read(path, text, &e) < 0)
		fprintf(stderr, "%s\n", e.text);
	else
		p = profile_parse(path, strbuf_str(text), text->bytes, &d);
	free(path);
	return p;
}

/* --- rules --- */

/* Several files as one devd.conf: a made-up main file whose one directory
 * holds them. */
struct gather {
	char **paths;
	size_t count;
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int
gather_read(void *ctx, const char *path, struct strbuf *out, struct err *e)
{
	const struct gather *g = ctx;
	const struct rule_loader *files = rule_loader_files();
	size_t i;

	if (strcmp(path, MAIN_FILE) == 0) {
		strbuf_adds(out, "options { directory \"" MAIN_DIR "\"; };\n");
		return 0;
	}
	for (i = 0; i < g->count; i++)
		if (strcmp(base_name(path), base_name(g->paths[i])) == 0)
			return files->fetch(files->ctx, g->paths[i], out, e);
	return files->fetch(files->ctx, path, out, e);
}

static int
gather_list(void *ctx, const char *path,
    void (*name)(void *arg, const char *entry), void *arg, struct err *e)
{
	const struct gather *g = ctx;
	const struct rule_loader *files = rule_loader_files();
	size_t i;

	if (strcmp(path, MAIN_DIR) != 0)
		return files->list(files->ctx, path, name, arg, e);
	for (i = 0; i < g->count; i++)
		name(arg, base_name(g->paths[i]));
	return 0;
}

static bool
gather_shipped(struct gather *g)
{
	static const char *const names[] = { "hyperv.conf", "devd-net.conf" };
	struct err e;
	size_t i;

	g->paths = mem_zero(2, sizeof(*g->paths));
	for (i = 0; i < 2; i++) {
		g->paths[i] = datadir_find("rules", names[i], &e);
		if (g->paths[i] == NULL) {
			fprintf(stderr, "%s\n", e.text);
			return false;
		}
		g->count++;
	}
	return true;
}

struct ruleset *
input_rules(const struct scenario *s)
{
	struct diag d = { .emit = input_print_finding };
	struct gather g = { 0 };
	struct rule_loader loader = { gather_read, gather_list, &g };
	struct ruleset_options opt = { .loader = &loader };
	struct ruleset *rs = NULL;
	bool found = true;
	struct err e;
	size_t i;

	if (s == NULL || s->n_rules == 0) {
		found = gather_shipped(&g);
	} else {
		g.paths = mem_zero(s->n_rules, sizeof(*g.paths));
		for (i = 0; i < s->n_rules; i++) {
			g.paths[g.count] = named_file(s, s->rules[i].name,
			    s->rules[i].line, s->rules[i].col);
			if (g.paths[g.count] != NULL)
				g.count++;
		}
		found = g.count == s->n_rules;
	}
	if (found && ruleset_load(MAIN_FILE, &opt, &d, &rs, &e) < 0) {
		if (d.errors == 0)
			fprintf(stderr, "%s\n", e.text);
		rs = NULL;
	}
	for (i = 0; i < g.count; i++)
		free(g.paths[i]);
	free(g.paths);
	return rs;
}

/* --- paths -----------------------------------------------------------------
 */

struct found {
	char **list;
	size_t count, cap;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
ends_in_scn(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".scn") == 0;
}

static bool
search(struct found *f, const char *path, int depth)
{
	struct strbuf sub = { 0 };
	struct dirent *e;
	struct stat st;
	bool good = true;
	DIR *dir;

	if (stat(path, &st) < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		*MEM_PUSH(f->list, f->count, f->cap) = mem_str(path);
		return true;
	}
	if (depth > 16 || (dir = opendir(path)) == NULL) {
		fprintf(stderr, "%s: %s\n", path,
		    depth > 16 ? "folders too deep" : strerror(errno));
		return false;
	}
	while (good && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		strbuf_reset(&sub);
		strbuf_addf(&sub, "%s/%s", path, e->d_name);
		if (stat(strbuf_str(&sub), &st) == 0 &&
		    (S_ISDIR(st.st_mode) || ends_in_scn(e->d_name)))
			good = search(f, strbuf_str(&sub), depth + 1);
	}
	closedir(dir);
	strbuf_fini(&sub);
	return good;
}

struct place {
	char *path;
	size_t at;
};

static int
by_path(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order != 0 ? order : x->at < y->at ? -1 : 1;
}

/* A path that was named twice, or with its folder too, runs once. */
static void
drop_repeated(struct found *f)
{
	struct place *places = mem_zero(f->count + 1, sizeof(*places));
	size_t i, kept = 0;

	for (i = 0; i < f->count; i++) {
		places[i].path = f->list[i];
		places[i].at = i;
	}
	qsort(places, f->count, sizeof(*places), by_path);
	for (i = 1; i < f->count; i++)
		if (strcmp(places[i - 1].path, places[i].path) == 0)
			f->list[places[i].at] = NULL;
	for (i = 0; i < f->count; i++)
		if (places[i].path != f->list[places[i].at])
			free(places[i].path);
	for (i = 0; i < f->count; i++)
		if (f->list[i] != NULL)
			f->list[kept++] = f->list[i];
	f->count = kept;
	free(places);
}

char **
input_scenario_paths(char *const *paths, int count)
{
	struct found f = { 0 };
	struct strbuf trimmed = { 0 };
	size_t first;
	bool good = true;
	int i;

	for (i = 0; good && i < count; i++) {
		first = f.count;
		strbuf_reset(&trimmed);
		strbuf_adds(&trimmed, paths[i]);
		while (
		    trimmed.bytes > 1 && trimmed.data[trimmed.bytes - 1] == '/')
			trimmed.data[--trimmed.bytes] = '\0';
		good = search(&f, strbuf_str(&trimmed), 0);
		if (f.count > first)
			qsort(f.list + first, f.count - first, sizeof(*f.list),
			    by_name);
	}
	strbuf_fini(&trimmed);
	drop_repeated(&f);
	*MEM_PUSH(f.list, f.count, f.cap) = NULL;
	if (good)
		return f.list;
	input_free_paths(f.list);
	return NULL;
}

void
input_free_paths(char **paths)
{
	size_t i;

	if (paths == NULL)
		return;
	for (i = 0; paths[i] != NULL; i++)
		free(paths[i]);
	free(paths);
}
