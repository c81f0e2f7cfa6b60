/* SPDX-License-Identifier: BSD-2-Clause */
#include "plain_devd.h"

#include <ctype.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define RECORD_MAX 8191

struct pair {
	char *key, *value;
};

struct table {
	struct pair *list;
	size_t n, cap;
};

struct guard { /* one match, device-name, class, subdevice or media-type */
	char *name, *pattern; /* name NULL: media-type */
	bool inverted, broken;
	regex_t regex;
};

struct plain_rule {
	char kind; /* first byte of the records it is for */
	int priority;
	int number;
	struct guard *guards;
	size_t n_guards, cap_guards;
	char **actions;
	size_t n_actions, cap_actions;
};

struct plain_devd {
	struct plain_rule *rules;
	size_t n, cap;
	struct table sets;
	char **folders;
	size_t n_folders, cap_folders;
};

/* --- variables --- */

static const char *
lookup(const struct table *t, const char *key)
{
	size_t i;

	for (i = t->n; i > 0; i--)
		if (strcmp(t->list[i - 1].key, key) == 0)
			return t->list[i - 1].value;
	return NULL;
}

/* \" becomes " in every value. */
static void
put(struct table *t, const char *key, size_t key_bytes, const char *value,
    size_t value_bytes)
{
	struct pair *p = MEM_PUSH(t->list, t->n, t->cap);
	size_t i, n = 0;

	p->key = mem_strn(key, key_bytes);
	p->value = mem_strn(value, value_bytes);
	for (i = 0; i < value_bytes; i++)
		if (value[i] != '\\' || i + 1 == value_bytes ||
		    value[i + 1] != '"')
			p->value[n++] = value[i];
	p->value[n] = '\0';
}

static void
drop(struct table *t)
{
	while (t->n > 0) {
		t->n--;
		free(t->list[t->n].key);
		free(t->list[t->n].value);
	}
	free(t->list);
	*t = (struct table){ 0 };
}

static bool
is_name_byte(char c)
{
	return c != '\0' && (isalnum((unsigned char)c) || c == '_' || c == '-');
}

static void
put_value(const char *value, bool quoted, struct strbuf *out)
{
	if (!quoted) {
		strbuf_adds(out, value);
		return;
	}
	strbuf_adds(out, "$'");
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			strbuf_addc(out, '\\');
		strbuf_addc(out, *value);
	}
	strbuf_addc(out, '\'');
}

/* Of the record, or NULL; then what devd knows; then what was set. */
static const char *
value_of(const struct table *record, const struct table *sets,
    const char *timestamp, const char *name)
{
	const char *value = record == NULL ? NULL : lookup(record, name);

	if (value == NULL && record != NULL && strcmp(name, "timestamp") == 0)
		value = timestamp;
	if (value == NULL && record != NULL && strcmp(name, "vm_guest") == 0)
		value = "hv";
	if (value == NULL)
		value = lookup(sets, name);
	return value == NULL ? "" : value;
}

/* Copies a $( with its parentheses; gives what is behind. */
static const char *
copy_shell(const char *s, struct strbuf *out)
{
	int depth = 0;

	strbuf_addc(out, '$');
	do {
		depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		strbuf_addc(out, *s++);
	} while (*s != '\0' && depth > 0);
	return s;
}

static void
expand(const struct table *record, const struct table *sets,
    const char *timestamp, const char *s, bool quoted, struct strbuf *out)
{
	const char *from;
	char *name;

	while (*s != '\0') {
		if (*s != '$') {
			strbuf_addc(out, *s++);
		} else if (s[1] == '\0' || s[1] == '$') {
			strbuf_addc(out, '$');
			s += s[1] == '\0' ? 1 : 2;
		} else if (s[1] == '(') {
			s = copy_shell(s + 1, out);
		} else if (!isalpha((unsigned char)s[1]) &&
		    strchr("_-*", s[1]) == NULL) {
			strbuf_add(out, s, 2);
			s += 2;
		} else {
			from = ++s;
			for (s++; is_name_byte(*s); s++)
				;
			name = mem_strn(from, (size_t)(s - from));
			put_value(value_of(record, sets, timestamp, name),
			    quoted, out);
			free(name);
		}
	}
}

/* --- the words of a file --- */

enum word { END, BAD, NAME, NUMBER, STRING, OPEN, CLOSE, SEMICOLON };

struct text {
	struct plain_devd *p;
	const char *at, *end;
	enum word word;
	char *value;  /* of a name, number or string; owned */
	bool endless; /* a comment without its end */
};

static void
keep(struct text *t, enum word word, const char *from, const char *until)
{
	t->word = word;
	t->value = mem_strn(from, (size_t)(until - from));
	t->at = until;
}

/* The bytes between the quotes: a backslash and a newline go, with all the
 * white space behind, and what comes then stands for itself, be it the quote.
 */
static void
keep_string(struct text *t, const char *close)
{
	const char *s = t->at;
	size_t i, n = 0, len = strlen(s);
	char *out;

	t->word = STRING;
	t->at = close + 1;
	if (len > (size_t)(close + 1 - s))
		len = (size_t)(close + 1 - s);
	out = t->value = mem_zero(len + 1, 1);
	if (len < 3)
		return;
	for (i = 1; i <= len - 2; i++) {
		if (s[i] == '\\' && s[i + 1] == '\n')
			for (i += 2; isspace((unsigned char)s[i]); i++)
				;
		out[n++] = s[i];
	}
}

/* White space and comments, which all need their ends. */
static bool
skip(struct text *t)
{
	const char *s = t->at;
	const char *stop;

	if (isspace((unsigned char)*s) && *s != '\r' && *s != '\f' &&
	    *s != '\v') {
		t->at++;
		return true;
	}
	if (s[0] == '/' && s[1] == '*') {
		stop = memmem(s + 2, (size_t)(t->end - s - 2), "*/", 2);
		t->endless = stop == NULL;
		t->at = stop == NULL ? t->end : stop + 2;
		return true;
	}
	if (s[0] == '#' || (s[0] == '/' && s[1] == '/')) {
		stop = memchr(s, '\n', (size_t)(t->end - s));
		if (stop != NULL)
			t->at = stop;
		else /* no comment, then: the byte stands for itself */
			t->at++;
		return true;
	}
	return false;
}

static void
next(struct text *t)
{
	const char *s, *e;

	free(t->value);
	t->value = NULL;
	t->word = END;
	while (t->at < t->end) {
		if (skip(t))
			continue;
		s = t->at;
		if (*s == '{' || *s == '}' || *s == ';') {
			t->word = *s == '{' ? OPEN
			    : *s == '}'	    ? CLOSE
					    : SEMICOLON;
			t->at++;
			return;
		}
		for (e = s; isdigit((unsigned char)*e); e++)
			;
		if (e > s) {
			keep(t, NUMBER, s, e);
			return;
		}
		if (isalpha((unsigned char)*s)) {
			for (e = s; is_name_byte(*e); e++)
				;
			keep(t, NAME, s, e);
			return;
		}
		e = *s != '"' || s[1] == '"'
		    ? NULL
		    : memchr(s + 1, '"', (size_t)(t->end - s - 1));
		if (e != NULL) {
			keep_string(t, e);
			return;
		}
		t->at++;
	}
}

static bool
is(const struct text *t, const char *name)
{
	return t->word == NAME && strcmp(t->value, name) == 0;
}

/* Takes the word and gives its value, or NULL when it is another one. */
static char *
take(struct text *t, enum word word)
{
	char *value;

	if (t->word != word)
		return NULL;
	value = t->value == NULL ? mem_str("") : t->value;
	t->value = NULL;
	next(t);
	return value;
}

static bool
pass(struct text *t, enum word word)
{
	char *value = take(t, word);
	bool ok = value != NULL;

	free(value);
	return ok;
}

/* --- blocks --- */

static void
free_rule(struct plain_rule *r)
{
	while (r->n_guards > 0) {
		r->n_guards--;
		free(r->guards[r->n_guards].name);
		free(r->guards[r->n_guards].pattern);
		if (!r->guards[r->n_guards].broken)
			regfree(&r->guards[r->n_guards].regex);
	}
	while (r->n_actions > 0)
		free(r->actions[--r->n_actions]);
	free(r->guards);
	free(r->actions);
}

/* name and pattern become the rule's. */
static void
add_guard(struct plain_devd *p, struct plain_rule *r, char *name, char *pattern)
{
	struct guard *g = MEM_PUSH(r->guards, r->n_guards, r->cap_guards);
	struct strbuf re = { 0 };

	g->name = name;
	g->pattern = pattern;
	g->broken = true;
	if (name == NULL)
		return;
	g->inverted = pattern[0] == '!';
	strbuf_addc(&re, '^');
	expand(NULL, &p->sets, NULL, pattern + (g->inverted ? 1 : 0), false,
	    &re);
	strbuf_addc(&re, '$');
	g->broken = regcomp(&g->regex, strbuf_str(&re),
			REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0;
	strbuf_fini(&re);
}

static bool
statement(struct text *t, struct plain_rule *r)
{
	static const char *const short_for[] = { "device-name", "class",
		"subdevice" };
	char *name, *pattern;
	size_t i;

	if (is(t, "action")) {
		next(t);
		if ((name = take(t, STRING)) == NULL)
			return false;
		*MEM_PUSH(r->actions, r->n_actions, r->cap_actions) = name;
		return pass(t, SEMICOLON);
	}
	if (is(t, "match")) {
		next(t);
		name = take(t, STRING);
		pattern = name == NULL ? NULL : take(t, STRING);
		if (pattern == NULL) {
			free(name);
			return false;
		}
		add_guard(t->p, r, name, pattern);
		return pass(t, SEMICOLON);
	}
	for (i = 0; i < 3; i++)
		if (is(t, short_for[i]))
			break;
	if (i == 3 && !is(t, "media-type"))
		return false;
	next(t);
	if ((pattern = take(t, STRING)) == NULL)
		return false;
	add_guard(t->p, r, i == 3 ? NULL : mem_str(short_for[i]), pattern);
	return pass(t, SEMICOLON);
}

static bool
rule_block(struct text *t, char kind)
{
	struct plain_rule rule = { .kind = kind };
	char *priority;
	bool ok, empty;

	next(t);
	if ((priority = take(t, NUMBER)) == NULL)
		return false;
	rule.priority = (int)strtol(priority, NULL, 10);
	free(priority);
	ok = pass(t, OPEN);
	empty = t->word == CLOSE;
	while (ok && t->word != CLOSE)
		ok = statement(t, &rule);
	ok = ok && pass(t, CLOSE) && pass(t, SEMICOLON);
	if (!ok || empty) {
		free_rule(&rule);
		return ok;
	}
	rule.number = (int)t->p->n;
	*MEM_PUSH(t->p->rules, t->p->n, t->p->cap) = rule;
	return true;
}

static bool
is_keyword(const char *name)
{
	static const char *const words[] = { "options", "set", "directory",
		"pid-file", "attach", "detach", "nomatch", "notify", "match",
		"media-type", "device-name", "class", "subdevice", "action" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], name) == 0)
			return true;
	return false;
}

static bool
option(struct text *t)
{
	bool folder = is(t, "directory");
	char *name = NULL, *value;

	if (is(t, "set")) {
		next(t);
		if (t->word != NAME || is_keyword(t->value))
			return false;
		name = take(t, NAME);
	} else if (folder || is(t, "pid-file")) {
		next(t);
	} else {
		return false;
	}
	if ((value = take(t, STRING)) == NULL) {
		free(name);
		return false;
	}
	if (name != NULL)
		put(&t->p->sets, name, strlen(name), value, strlen(value));
	free(name);
	if (folder)
		*MEM_PUSH(t->p->folders, t->p->n_folders, t->p->cap_folders) =
		    value;
	else
		free(value);
	return pass(t, SEMICOLON);
}

static bool
options_block(struct text *t)
{
	next(t);
	if (!pass(t, OPEN) || t->word == CLOSE)
		return false;
	while (t->word != CLOSE)
		if (!option(t))
			return false;
	next(t);
	return pass(t, SEMICOLON);
}

static bool
read_text(struct plain_devd *p, const struct plain_file *f)
{
	struct strbuf own = { 0 };
	struct text t = { .p = p };
	bool ok = true;

	/* Looking ahead by one byte is always allowed. */
	strbuf_add(&own, f->text, f->bytes);
	strbuf_adds(&own, "");
	t.at = strbuf_str(&own);
	t.end = t.at + f->bytes;
	next(&t);
	while (ok && t.word != END)
		ok = is(&t, "options")	? options_block(&t)
		    : is(&t, "attach")	? rule_block(&t, '+')
		    : is(&t, "detach")	? rule_block(&t, '-')
		    : is(&t, "nomatch") ? rule_block(&t, '?')
		    : is(&t, "notify")	? rule_block(&t, '!')
					: false;
	free(t.value);
	strbuf_fini(&own);
	return ok && !t.endless;
}

/* "a/", "a//" and "a/../b" as the kernel reads them: in place. */
static void
clean(char *path)
{
	char *up, *from;
	size_t n;

	while ((n = strlen(path)) > 1 && path[n - 1] == '/')
		path[n - 1] = '\0';
	while ((up = strstr(path, "/../")) != NULL) {
		for (from = up; from > path && from[-1] != '/'; from--)
			;
		memmove(from, up + 4, strlen(up + 4) + 1);
	}
}

static bool
lies_in(const struct plain_file *f, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(f->path, folder, n) == 0 && f->path[n] == '/' &&
	    fnmatch("*.conf", f->path + n + 1, 0) == 0 &&
	    strchr(f->path + n + 1, '/') == NULL;
}

/* The files of a folder by name: each time the least of those behind the one
 * before. */
static bool
read_folder(struct plain_devd *p, char *folder, const struct plain_file *files,
    size_t n)
{
	const struct plain_file *last = NULL, *least;
	size_t i;

	clean(folder);
	do {
		least = NULL;
		for (i = 0; i < n; i++)
			if (lies_in(&files[i], folder) &&
			    (last == NULL ||
				strcmp(files[i].path, last->path) > 0) &&
			    (least == NULL ||
				strcmp(files[i].path, least->path) < 0))
				least = &files[i];
		if (least != NULL && !read_text(p, least))
			return false;
		last = least;
	} while (least != NULL);
	return true;
}

struct plain_devd *
plain_devd_new(const struct plain_file *files, size_t n)
{
	struct plain_devd *p = mem_zero(1, sizeof(*p));
	bool ok = read_text(p, &files[0]);
	size_t i;

	for (i = 0; ok && i < p->n_folders; i++)
		ok = read_folder(p, p->folders[i], files, n);
	if (ok)
		return p;
	plain_devd_free(p);
	return NULL;
}

void
plain_devd_free(struct plain_devd *p)
{
	if (p == NULL)
		return;
	while (p->n > 0)
		free_rule(&p->rules[--p->n]);
	while (p->n_folders > 0)
		free(p->folders[--p->n_folders]);
	free(p->folders);
	free(p->rules);
	drop(&p->sets);
	free(p);
}

/* --- records --- */

static const char *
blanks(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* key=value after key=value; gives the place where there is no more. */
static const char *
read_pairs(const char *s, struct table *t)
{
	const char *key, *value, *e;

	for (;;) {
		for (key = e = s; is_name_byte(*e); e++)
			;
		if (*e != '=')
			return s;
		value = e + 1;
		if (*value != '"') {
			for (s = value;
			     *s != '\0' && !isspace((unsigned char)*s); s++)
				;
			put(t, key, (size_t)(e - key), value,
			    (size_t)(s - value));
		} else {
			for (s = ++value; *s != '\0' && *s != '"'; s++)
				if (s[0] == '\\' && s[1] == '"')
					s++;
			if (*s == '\0')
				return key;
			put(t, key, (size_t)(e - key), value,
			    (size_t)(s - value));
			s++;
		}
		s = blanks(s);
	}
}

/* False when devd looks for no rule. */
static bool
read_record(const char *r, struct table *t)
{
	const char *blank;

	if (*r == '\0')
		return false;
	put(t, "*", 1, r, strlen(r));
	put(t, "_", 1, r + 1, strlen(r + 1));
	if (*r == '!') {
		read_pairs(r + 1, t);
		return true;
	}
	if (strchr("+-?", *r) == NULL || (blank = strchr(r, ' ')) == NULL)
		return false;
	if (*r != '?')
		put(t, "device-name", 11, r + 1, (size_t)(blank - r - 1));
	r = blanks(blank);
	if (strncmp(r, "at ", 3) == 0)
		r += 3; /* a second blank ends the pairs */
	r = blanks(read_pairs(r, t));
	if (strncmp(r, "on ", 3) == 0)
		put(t, "bus", 3, r + 3, strlen(r + 3));
	return true;
}

/* --- the rule --- */

struct asked {
	const struct plain_devd *p;
	struct table record;
	const char *timestamp;
	plain_media *media;
	void *ctx;
};

static const char *
seen(const struct asked *a, const char *name)
{
	return value_of(&a->record, &a->p->sets, a->timestamp, name);
}

static bool
media_holds(const struct asked *a, const char *word)
{
	static const char *const known[] = { "ethernet", "802.11", "atm" };
	const char *ifname = seen(a, "device-name");
	const char *is_a, *want = NULL;
	char cut[16]; /* all that fits into struct ifreq */
	size_t i;

	if (*ifname == '\0')
		ifname = seen(a, "subsystem");
	snprintf(cut, sizeof(cut), "%s", ifname);
	is_a = a->media == NULL ? NULL : a->media(a->ctx, cut);
	for (i = 0; i < 3; i++)
		if (strcasecmp(word, known[i]) == 0)
			want = known[i];
	if (want == NULL || is_a == NULL)
		return want == NULL && is_a == NULL;
	return strcmp(want, is_a) == 0;
}

static bool
holds(const struct asked *a, const struct plain_rule *r)
{
	const struct guard *g;
	bool found;
	size_t i;

	for (i = 0; i < r->n_guards; i++) {
		g = &r->guards[i];
		if (g->name == NULL) {
			if (!media_holds(a, g->pattern))
				return false;
			continue;
		}
		found = !g->broken &&
		    regexec(&g->regex, seen(a, g->name), 0, NULL, 0) == 0;
		if (found == g->inverted)
			return false;
	}
	return true;
}

static const struct plain_rule *
choose(const struct asked *a, char kind)
{
	const struct plain_rule *r, *best = NULL;
	size_t i;

	for (i = 0; i < a->p->n; i++) {
		r = &a->p->rules[i];
		if (r->kind == kind &&
		    (best == NULL || r->priority > best->priority) &&
		    holds(a, r))
			best = r;
	}
	return best;
}

int
plain_devd_answer(const struct plain_devd *p, const char *record, size_t bytes,
    const char *timestamp, plain_media *media, void *ctx, struct strbuf *out)
{
	struct asked a = { p, { 0 }, timestamp, media, ctx };
	const struct plain_rule *r = NULL;
	char *own;
	size_t i;

	if (bytes > RECORD_MAX)
		bytes = RECORD_MAX;
	while (bytes > 0 && record[bytes - 1] == '\n')
		bytes--;
	own = mem_strn(record, bytes);
	if (read_record(own, &a.record))
		r = choose(&a, own[0]);
	for (i = 0; r != NULL && i < r->n_actions; i++) {
		strbuf_addc(out, '>');
		expand(&a.record, &p->sets, timestamp, r->actions[i], true,
		    out);
		strbuf_addc(out, '\n');
	}
	if (r == NULL || r->n_actions == 0)
		strbuf_adds(out, "-\n");
	drop(&a.record);
	free(own);
	return r == NULL ? -1 : r->number;
}
