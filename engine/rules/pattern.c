/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/strbuf.h"

static unsigned char
fold(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? u | 0x20 : u;
}

/* Letters of either case differ in 0x20 only, and so do some bytes that are no
 * letters. For a hash that is good enough, and cheaper than to ask. */
uint64_t
fold_hash(uint64_t h, const char *s, size_t bytes)
{
	const char *end = s + bytes;

	for (; s < end; s++)
		h = hash_step(h, (unsigned char)*s | 0x20);
	return hash_step(h, 0);
}

/* Appends the word that is meant by the text between ^ and $, or returns false
 * when it is not just a word. */
static bool
read_literal(const char *p, const char *end, bool letters_may_be_escaped,
    struct strbuf *out)
{
	unsigned char low;

	for (; p < end; p++) {
		if (strchr(".[()*+?{|^$", *p) != NULL)
			return false;
		if (*p == '\\') {
			if (++p == end || *p == '<' || *p == '>')
				return false;
			low = fold(*p);
			if (!letters_may_be_escaped &&
			    ((low >= 'a' && low <= 'z') || low == '\'' ||
				low == '`'))
				return false;
		}
		strbuf_addc(out, (char)fold(*p));
	}
	return true;
}

static struct pattern *
pattern_new(struct pattern_set *set, const char *text,
    bool letters_may_be_escaped)
{
	struct pattern *pat = arena_alloc(&set->arena, sizeof(*pat));
	const char *end = text + strlen(text) - 1;
	struct strbuf word = { 0 };

	pat->text = arena_strn(&set->arena, text, strlen(text));
	if (strcmp(text, "^.*$") == 0) {
		pat->kind = PATTERN_ANY;
		pat->matches_empty = true;
	} else if (end > text && *end == '$' &&
	    read_literal(text + 1, end, letters_may_be_escaped, &word)) {
		pat->kind = PATTERN_LITERAL;
		pat->literal =
		    arena_strn(&set->arena, strbuf_str(&word), word.bytes);
		pat->literal_bytes = word.bytes;
		pat->matches_empty = word.bytes == 0;
	} else {
		pat->regex = regex_new(text, letters_may_be_escaped, &pat->why);
		pat->kind = pat->regex ? PATTERN_REGEX : PATTERN_INVALID;
		pat->matches_empty =
		    pat->regex != NULL && regex_match(pat->regex, "");
	}
	strbuf_fini(&word);
	return pat;
}

const struct pattern *
pattern_get(struct pattern_set *set, const char *text,
    bool letters_may_be_escaped)
{
	uint64_t hash = hash_str(HASH_START, text);
	size_t at = TABLE_START;
	uint32_t i;

	while (table_next(&set->table, hash, &at, &i))
		if (strcmp(set->list[i]->text, text) == 0)
			return set->list[i];
	table_add(&set->table, hash, (uint32_t)set->count);
	*MEM_PUSH(set->list, set->count, set->cap) =
	    pattern_new(set, text, letters_may_be_escaped);
	return set->list[set->count - 1];
}

bool
pattern_matches(const struct pattern *pat, const char *value, size_t bytes)
{
	size_t i;

	switch (pat->kind) {
	case PATTERN_LITERAL:
		if (bytes != pat->literal_bytes)
			return false;
		for (i = 0; i < bytes; i++)
			if (fold(value[i]) != (unsigned char)pat->literal[i])
				return false;
		return true;
	case PATTERN_ANY:
		return true;
	case PATTERN_REGEX:
		return regex_match(pat->regex, value);
	case PATTERN_INVALID:
		break;
	}
	return false;
}

void
pattern_set_fini(struct pattern_set *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		regex_free(set->list[i]->regex);
	free(set->list);
	table_fini(&set->table);
	arena_fini(&set->arena);
	memset(set, 0, sizeof(*set));
}
