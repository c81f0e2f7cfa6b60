/* SPDX-License-Identifier: BSD-2-Clause */
#include "event/devline.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

static const struct {
	char byte;
	const char *word;
} kinds[] = {
	[DEVLINE_NOTIFY] = { '!', "notify" },
	[DEVLINE_ATTACH] = { '+', "attach" },
	[DEVLINE_DETACH] = { '-', "detach" },
	[DEVLINE_NOMATCH] = { '?', "nomatch" },
	[DEVLINE_OTHER] = { '\0', "other" },
};

/* Key characters and white space of the C locale, whatever the locale of the
 * process. A table, because every byte of every record is asked. */
#define IS_KEY	 1
#define IS_SPACE 2
#define IS_END	 4

static const unsigned char byte_kinds[256] = {
	['\0'] = IS_END,
	['\t'] = IS_SPACE,
	['\n'] = IS_SPACE,
	['\v'] = IS_SPACE,
	['\f'] = IS_SPACE,
	['\r'] = IS_SPACE,
	[' '] = IS_SPACE,
#define KEYS_FROM(c)                                                           \
	[c] = IS_KEY, [(c) + 1] = IS_KEY, [(c) + 2] = IS_KEY,                  \
	[(c) + 3] = IS_KEY, [(c) + 4] = IS_KEY
	KEYS_FROM('0'),
	KEYS_FROM('5'),
	KEYS_FROM('A'),
	KEYS_FROM('F'),
	KEYS_FROM('K'),
	KEYS_FROM('P'),
	KEYS_FROM('U'),
	['Z'] = IS_KEY,
	KEYS_FROM('a'),
	KEYS_FROM('f'),
	KEYS_FROM('k'),
	KEYS_FROM('p'),
	KEYS_FROM('u'),
	['z'] = IS_KEY,
	['_'] = IS_KEY,
	['-'] = IS_KEY,
};

static bool
is(char c, unsigned kinds_wanted)
{
	return (byte_kinds[(unsigned char)c] & kinds_wanted) != 0;
}

/* Makes \" into " in place. What follows a removed backslash is not looked at
 * again, so \\" becomes \". */
static size_t
unescape(char *value, size_t bytes)
{
	char *from, *to;

	from = to = memchr(value, '\\', bytes);
	if (from == NULL)
		return bytes;
	while (from < value + bytes) {
		if (from[0] == '\\' && from[1] == '"')
			from++;
		*to++ = *from++;
	}
	*to = '\0';
	return (size_t)(to - value);
}

static void
push(struct devline *line, const char *key, uint64_t key_hash,
    const char *value, size_t value_bytes)
{
	struct devline_pair *pair;

	if (line->count == line->cap)
		line->pairs = mem_grow(line->pairs, &line->cap, line->count + 1,
		    sizeof(*line->pairs));
	pair = &line->pairs[line->count++];
	pair->key = key;
	pair->key_hash = key_hash;
	pair->value = value;
	pair->value_bytes = value_bytes;
}

static char *
skip_space(char *p)
{
	while (is(*p, IS_SPACE))
		p++;
	return p;
}

/* Takes one key=value off the front, ending both with a NUL. Returns what
 * follows, or NULL, with nothing changed, when there is no whole pair. */
static char *
chop_pair(struct devline *line, char *p)
{
	uint64_t hash = HASH_START;
	char *key = p, *equals, *value;
	size_t bytes;

	for (; is(*p, IS_KEY); p++)
		hash = hash_step(hash, (unsigned char)*p);
	if (*p != '=')
		return NULL;
	equals = p++;
	if (*p == '"') {
		value = ++p;
		while (*p != '\0' && *p != '"') {
			if (p[0] == '\\' && p[1] == '"')
				p++;
			p++;
		}
		if (*p != '"')
			return NULL;
	} else {
		value = p;
		while (!is(*p, IS_SPACE | IS_END))
			p++;
	}
	bytes = (size_t)(p - value);
	*equals = '\0';
	if (*p != '\0')
		*p++ = '\0';
	if (line->has_backslash)
		bytes = unescape(value, bytes);
	push(line, key, hash, value, bytes);
	return skip_space(p);
}

static char *
chop_pairs(struct devline *line, char *p)
{
	char *next;

	while (*p != '\0' && (next = chop_pair(line, p)) != NULL)
		p = next;
	return p;
}

/* "NAME at LOCATION on BUS"; only attach and detach have the name. */
static void
chop_device(struct devline *line, char *p)
{
	char *blank = strchr(p, ' ');

	if (blank == NULL) {
		line->dropped = true;
		return;
	}
	*blank = '\0';
	if (line->kind != DEVLINE_NOMATCH)
		push(line, "device-name", hash_str(HASH_START, "device-name"),
		    p, unescape(p, (size_t)(blank - p)));
	p = skip_space(blank + 1);
	if (strncmp(p, "at ", 3) == 0)
		p += 3;
	p = skip_space(chop_pairs(line, p));
	if (strncmp(p, "on ", 3) == 0)
		push(line, "bus", hash_str(HASH_START, "bus"), p + 3,
		    unescape(p + 3, strlen(p + 3)));
}

void
devline_parse(struct devline *line, const char *record, size_t bytes)
{
	const char *nul;
	char *whole, *work;
	size_t whole_bytes;

	if (bytes > DEVLINE_MAX)
		bytes = DEVLINE_MAX;
	while (bytes > 0 && record[bytes - 1] == '\n')
		bytes--;
	if (bytes > 0 && (nul = memchr(record, '\0', bytes)) != NULL)
		bytes = (size_t)(nul - record);

	/* One copy stays whole for "*" and "_", the other is chopped up. */
	if (line->text_cap < 2 * (bytes + 1))
		line->text =
		    mem_grow(line->text, &line->text_cap, 2 * (bytes + 1), 1);
	whole = line->text;
	work = whole + bytes + 1;
	if (bytes > 0) {
		memcpy(whole, record, bytes);
		memcpy(work, record, bytes);
	}
	whole[bytes] = work[bytes] = '\0';
	line->count = 0;
	line->dropped = false;
	line->kind = DEVLINE_NOTIFY;
	while (line->kind != DEVLINE_OTHER && kinds[line->kind].byte != *work)
		line->kind++;
	if (bytes == 0 || line->kind == DEVLINE_OTHER) {
		line->kind = DEVLINE_OTHER;
		line->dropped = true;
		return;
	}
	line->has_backslash = memchr(whole, '\\', bytes) != NULL;
	whole_bytes = line->has_backslash ? unescape(whole, bytes) : bytes;
	push(line, "*", hash_step(HASH_START, '*'), whole, whole_bytes);
	push(line, "_", hash_step(HASH_START, '_'), whole + 1, whole_bytes - 1);
	if (line->kind == DEVLINE_NOTIFY)
		(void)chop_pairs(line, work + 1);
	else
		chop_device(line, work + 1);
}

void
devline_fini(struct devline *line)
{
	free(line->pairs);
	free(line->text);
	memset(line, 0, sizeof(*line));
}

const struct devline_pair *
devline_find(const struct devline *line, const char *key, uint64_t key_hash)
{
	const struct devline_pair *at;
	size_t left = line->count;

	if (left == 0)
		return NULL;
	for (at = line->pairs + left; left > 0; left--)
		if ((--at)->key_hash == key_hash && strcmp(at->key, key) == 0)
			return at;
	return NULL;
}

const char *
devline_get(const struct devline *line, const char *key)
{
	const struct devline_pair *pair =
	    devline_find(line, key, hash_str(HASH_START, key));

	return pair == NULL ? NULL : pair->value;
}

const char *
devline_value(const struct devline *line, const char *key)
{
	const char *value = devline_get(line, key);

	return value == NULL ? "" : value;
}

const char *
devline_system(const struct devline *line)
{
	return devline_value(line, "system");
}

const char *
devline_subsystem(const struct devline *line)
{
	return devline_value(line, "subsystem");
}

const char *
devline_type(const struct devline *line)
{
	return devline_value(line, "type");
}

const char *
devline_kind_word(enum devline_kind kind)
{
	assert(kind <= DEVLINE_OTHER);
	return kinds[kind].word;
}
