/* SPDX-License-Identifier: BSD-2-Clause */
#include "markup_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DEPTH_MAX 64
#define NAME_MAX_ 32

struct reader {
	const char *page, *at;
	char open[DEPTH_MAX][NAME_MAX_]; /* names of open elements */
	size_t depth;
};

static void
fail_here(const struct reader *r, const char *what)
{
	const char *from = r->at - r->page > 60 ? r->at - 60 : r->page;

	fail_msg("%s at byte %zu: ...%.140s...", what,
	    (size_t)(r->at - r->page), from);
}

static bool
take(struct reader *r, const char *text)
{
	if (strncmp(r->at, text, strlen(text)) != 0)
		return false;
	r->at += strlen(text);
	return true;
}

static void
read_name(struct reader *r, char *name)
{
	size_t n = strspn(r->at,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	if (n == 0 || n >= NAME_MAX_)
		fail_here(r, "no name");
	memcpy(name, r->at, n);
	name[n] = '\0';
	r->at += n;
}

static void
read_entity(struct reader *r)
{
	static const char *const known[] = { "&lt;", "&gt;", "&amp;", "&quot;",
		"&#39;", "&#160;" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (take(r, known[i]))
			return;
	fail_here(r, "an unknown entity");
}

/* What a browser would fetch, follow or run. */
static void
judge_attribute(const struct reader *r, const char *name, const char *value,
    size_t bytes)
{
	static const char *const never[] = { "src", "srcset", "style", "action",
		"formaction", "background", "ping", "xmlns", "srcdoc" };
	size_t i;

	if (strncmp(name, "on", 2) == 0)
		fail_here(r, "an attribute that runs");
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strcmp(name, never[i]) == 0)
			fail_here(r, "a forbidden attribute");
	if (strcmp(name, "href") == 0 && (bytes < 2 || value[0] != '#'))
		fail_here(r, "a link that leads away");
}

static void
read_attribute(struct reader *r)
{
	char name[NAME_MAX_];
	const char *value;

	read_name(r, name);
	if (!take(r, "=\""))
		fail_here(r, "a value without quotes");
	value = r->at;
	while (*r->at != '"') {
		if (*r->at == '\0' || *r->at == '<')
			fail_here(r, "a value without an end");
		if (*r->at == '&')
			read_entity(r);
		else
			r->at++;
	}
	judge_attribute(r, name, value, (size_t)(r->at - value));
	r->at++;
}

static void
judge_element(const struct reader *r, const char *name)
{
	static const char *const known[] = { "html", "head", "meta", "title",
		"style", "body", "header", "main", "section", "h1", "h2", "h3",
		"div", "p", "dl", "dt", "dd", "b", "small", "span", "svg", "g",
		"defs", "path", "pattern", "rect", "circle", "line", "use",
		"text", "tspan", "table", "caption", "thead", "tbody", "tr",
		"th", "td", "code", "kbd", "figure", "figcaption", "details",
		"summary", "ul", "li", "button", "form", "label", "input",
		"output", "dialog", "script" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i]) == 0)
			return;
	fail_here(r, "an element of another kind");
}

/* Style and script: their text is no markup, up to their own end. */
static void
skip_raw(struct reader *r, const char *name)
{
	char end[NAME_MAX_ + 4];
	const char *at;

	if (strcmp(name, "style") != 0 && strcmp(name, "script") != 0)
		return;
	snprintf(end, sizeof(end), "</%s>", name);
	if ((at = strstr(r->at, end)) == NULL)
		fail_here(r, "style or script without an end");
	else
		r->at = at;
}

static void
read_start(struct reader *r)
{
	char name[NAME_MAX_];

	read_name(r, name);
	judge_element(r, name);
	while (take(r, " ") || take(r, "\n")) {
		if (take(r, "/>"))
			return;
		read_attribute(r);
	}
	if (take(r, "/>"))
		return;
	if (!take(r, ">"))
		fail_here(r, "an element that does not end");
	if (r->depth == DEPTH_MAX)
		fail_here(r, "too deep");
	memcpy(r->open[r->depth++], name, sizeof(name));
	skip_raw(r, name);
}

static void
read_end(struct reader *r)
{
	char name[NAME_MAX_];

	read_name(r, name);
	if (!take(r, ">"))
		fail_here(r, "an end that does not end");
	if (r->depth == 0 || strcmp(r->open[r->depth - 1], name) != 0)
		fail_here(r, "an end of another element");
	r->depth--;
}

void
markup_rig_expect(const char *page)
{
	struct reader r = { .page = page, .at = page };

	if (!take(&r, "<!DOCTYPE html>"))
		fail_here(&r, "no doctype");
	while (*r.at != '\0') {
		if (take(&r, "</"))
			read_end(&r);
		else if (take(&r, "<"))
			read_start(&r);
		else if (*r.at == '&')
			read_entity(&r);
		else if ((unsigned char)*r.at < ' ' && *r.at != '\n')
			fail_here(&r, "a control character");
		else
			r.at++;
	}
	if (r.depth != 0)
		fail_here(&r, r.open[r.depth - 1]);
}

const char *
markup_rig_attribute(const char *page, const char *with, size_t n,
    const char *name)
{
	static char value[256];
	char key[64];
	const char *at = page, *end, *found;
	size_t bytes;

	snprintf(key, sizeof(key), " %s=\"", name);
	for (;;) {
		if ((at = strstr(at, with)) == NULL)
			return NULL;
		if (n-- == 0)
			break;
		at += strlen(with);
	}
	while (at > page && *at != '<')
		at--;
	end = strchr(at, '>');
	found = strstr(at, key);
	if (end == NULL || found == NULL || found > end)
		return NULL;
	found += strlen(key);
	bytes = strcspn(found, "\"");
	if (bytes >= sizeof(value))
		bytes = sizeof(value) - 1;
	memcpy(value, found, bytes);
	value[bytes] = '\0';
	return value;
}
