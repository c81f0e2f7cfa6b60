/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/strbuf.h"

#define REGEX_STATES 64 /* that take as much as a regex itself */

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

/* Appends the words of the text between ^ and $, each with its NUL, and gives
 * their number: 0 when it is anything but (word|word...). An empty branch is
 * an error to the regex engine, so it is none here. */
static size_t
read_words(const char *p, const char *end, bool letters_may_be_escaped,
    struct strbuf *out)
{
	const char *branch;
	size_t count = 0;

	if (end - p < 3 || *p != '(' || end[-1] != ')')
		return 0;
	end--;
	for (branch = ++p;; p++) {
		if (p < end && *p == '\\' && p + 1 < end) {
			p++;
			continue;
		}
		if (p < end && *p != '|')
			continue;
		if (p == branch ||
		    !read_literal(branch, p, letters_may_be_escaped, out))
			return 0;
		strbuf_addc(out, '\0');
		count++;
		if (p == end)
			return count;
		branch = p + 1;
	}
}

static bool
is_choice(const char *text, const char *end, bool letters_may_be_escaped,
    struct pattern *pat, struct strbuf *words)
{
	strbuf_reset(words);
	if (end > text && *end == '$')
		pat->word_count =
		    read_words(text + 1, end, letters_may_be_escaped, words);
	return pat->word_count > 0;
}

const char *
pattern_word(const struct pattern *pat, size_t n)
{
	const char *word = pat->words;

	while (n-- > 0)
		word += strlen(word) + 1;
	return word;
}

static void
make_regex(struct pattern_set *set, struct pattern *pat,
    bool letters_may_be_escaped)
{
	pat->regex = regex_new(pat->text, letters_may_be_escaped, &pat->why);
	pat->kind = PATTERN_INVALID;
	if (pat->regex == NULL)
		return;
	pat->kind = PATTERN_REGEX;
	pat->matches_empty = regex_match(pat->regex, "");
	pat->states = regex_states(pat->regex);
	set->states += pat->states + REGEX_STATES;
}

static struct pattern *
pattern_new(struct pattern_set *set, const char *text,
    bool letters_may_be_escaped)
{
	struct pattern *pat = arena_alloc(&set->arena, sizeof(*pat));
	size_t bytes = strlen(text);
	const char *end = text + bytes - 1;
	struct strbuf word = { 0 };

	pat->text = arena_strn(&set->arena, text, bytes);
	pat->text_bytes = bytes;
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
	} else if (is_choice(text, end, letters_may_be_escaped, pat, &word)) {
		pat->kind = PATTERN_WORDS;
		pat->words =
		    arena_strn(&set->arena, strbuf_str(&word), word.bytes);
	} else if (set->states > PATTERN_STATES_MOST) {
		pat->kind = PATTERN_INVALID;
		pat->why = "too many patterns that are too large";
	} else {
		make_regex(set, pat, letters_may_be_escaped);
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

static bool
is_word(const char *word, size_t word_bytes, const char *value, size_t bytes)
{
	size_t i;

	if (bytes != word_bytes)
		return false;
	for (i = 0; i < bytes; i++)
		if (fold(value[i]) != (unsigned char)word[i])
			return false;
	return true;
}

static bool
is_one_of_words(const struct pattern *pat, const char *value, size_t bytes)
{
	const char *word = pat->words;
	size_t i, n;

	for (i = 0; i < pat->word_count; i++, word += n + 1) {
		n = strlen(word);
		if (is_word(word, n, value, bytes))
			return true;
	}
	return false;
}

bool
pattern_matches(const struct pattern *pat, const char *value, size_t bytes)
{
	switch (pat->kind) {
	case PATTERN_LITERAL:
		return is_word(pat->literal, pat->literal_bytes, value, bytes);
	case PATTERN_WORDS:
		return is_one_of_words(pat, value, bytes);
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
