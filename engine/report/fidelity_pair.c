/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/fidelity_parts.h"

/* Beyond this a table of all pairs is too large: then the first fitting one
 * is taken. */
#define TABLE_MAX ((size_t)32 * 1024 * 1024)

/* Who only looks sets nothing going: "ps ax", "ifconfig lagg0 | grep ...". */
static bool
is_look(const char *text)
{
	static const char *const lookers[] = { "ps ", "ls ", "cat ", "netstat ",
		"ping " };
	size_t i;

	for (i = 0; i < sizeof(lookers) / sizeof(lookers[0]); i++)
		if (strncmp(text, lookers[i], strlen(lookers[i])) == 0)
			return true;
	if (strncmp(text, "ifconfig ", 9) != 0)
		return false;
	text += 9 + strcspn(text + 9, " ");
	return text[0] == '\0' || strncmp(text, " | ", 3) == 0;
}

/* The time since somebody did something, at a time of the recording. */
static int64_t
since_deed(const struct said_times *times, int64_t at_ns)
{
	const struct witness *w = times->recording->beside;
	int64_t last = times->from_ns;
	size_t i;

	for (i = 0; w != NULL && i < w->n_deeds; i++)
		if (w->deeds[i].at_ns <= at_ns && w->deeds[i].at_ns > last &&
		    !is_look(w->deeds[i].text))
			last = w->deeds[i].at_ns;
	return at_ns > last ? at_ns - last : 0;
}

static bool
may_pair(const struct said *a, const struct said *b, int64_t window_ns)
{
	int64_t apart = a->at_ns - b->at_ns;

	if (a->folded || b->folded || strcmp(a->text, b->text) != 0)
		return false;
	return a->any_time || b->any_time ||
	    (apart <= window_ns && -apart <= window_ns);
}

/* One emitter's part of both lists. */
struct strand {
	struct said_both *both;
	const struct said_times *times;
	size_t *r, *e; /* indexes */
	size_t n_r, cap_r, n_e, cap_e;
};

static void
pair(struct strand *s, size_t i, size_t k)
{
	s->both->recorded.list[s->r[i]].pair = s->e[k];
	s->both->emitted.list[s->e[k]].pair = s->r[i];
}

static int64_t
window_of(const struct strand *s, size_t i)
{
	return FIDELITY_NEAR +
	    since_deed(s->times, s->both->recorded.list[s->r[i]].at_ns) / 2;
}

static bool
fits(const struct strand *s, size_t i, size_t k, int64_t window_ns)
{
	return may_pair(&s->both->recorded.list[s->r[i]],
	    &s->both->emitted.list[s->e[k]], window_ns);
}

static void
pair_first(struct strand *s)
{
	size_t i, k = 0, n;

	for (i = 0; i < s->n_r; i++)
		for (n = k; n < s->n_e; n++)
			if (fits(s, i, n, window_of(s, i))) {
				pair(s, i, n);
				k = n + 1;
				break;
			}
}

/* The longest common order; of equal ones that which takes the last. */
static void
pair_best(struct strand *s)
{
	size_t cols = s->n_e + 1, i, k;
	uint32_t *best = mem_zero((s->n_r + 1) * cols, sizeof(*best));
	int64_t window;

	for (i = s->n_r; i-- > 0;) {
		window = window_of(s, i);
		for (k = s->n_e; k-- > 0;) {
			uint32_t b = best[(i + 1) * cols + k];

			if (best[i * cols + k + 1] > b)
				b = best[i * cols + k + 1];
			if (fits(s, i, k, window) &&
			    best[(i + 1) * cols + k + 1] + 1 > b)
				b = best[(i + 1) * cols + k + 1] + 1;
			best[i * cols + k] = b;
		}
	}
	for (i = k = 0; i < s->n_r && k < s->n_e;) {
		uint32_t b = best[i * cols + k];

		if (best[i * cols + k + 1] == b) {
			k++;
		} else if (best[(i + 1) * cols + k] == b) {
			i++;
		} else {
			pair(s, i++, k);
			k++;
		}
	}
	free(best);
}

static void
pair_emitter(struct said_both *b, const struct said_times *times,
    const char *emitter)
{
	struct strand s = { .both = b, .times = times };
	size_t i;

	for (i = 0; i < b->recorded.n; i++)
		if (strcmp(b->recorded.list[i].emitter, emitter) == 0)
			*MEM_PUSH(s.r, s.n_r, s.cap_r) = i;
	for (i = 0; i < b->emitted.n; i++)
		if (strcmp(b->emitted.list[i].emitter, emitter) == 0)
			*MEM_PUSH(s.e, s.n_e, s.cap_e) = i;
	if (s.n_r > 0 && s.n_e > 0) {
		if ((s.n_r + 1) <= TABLE_MAX / (s.n_e + 1))
			pair_best(&s);
		else
			pair_first(&s);
	}
	free(s.r);
	free(s.e);
}

void
said_pair(struct said_both *b, const struct said_times *times)
{
	size_t i, k;

	for (i = 0; i < b->recorded.n; i++) {
		for (k = 0; k < i; k++)
			if (strcmp(b->recorded.list[k].emitter,
				b->recorded.list[i].emitter) == 0)
				break;
		if (k == i)
			pair_emitter(b, times, b->recorded.list[i].emitter);
	}
}

/* --- orders --- */

/* Copies the word behind key. */
static bool
word(const char *text, const char *key, char out[32])
{
	const char *at = strstr(text, key);
	size_t n;

	if (at == NULL)
		return false;
	at += strlen(key);
	n = strcspn(at, " ");
	if (n == 0 || n >= 32)
		return false;
	memcpy(out, at, n);
	out[n] = '\0';
	return true;
}

enum step {
	STEP_NONE,
	STEP_ATTACH,
	STEP_IFATTACH,
	STEP_UNIT,
	STEP_VF_DOWN,
	STEP_DETACH,
	STEP_UNIT_GONE
};

static enum step
step_of(const char *text, char name[32])
{
	static const struct {
		const char *type;
		enum step step;
	} types[] = {
		{ " type=ATTACH", STEP_ATTACH },
		{ " type=IFATTACH", STEP_IFATTACH },
		{ " type=DETACH", STEP_DETACH },
		{ " type=VF_DOWN", STEP_VF_DOWN },
	};
	size_t i, n;

	name[0] = '\0';
	if (text[0] == '+' || text[0] == '-') {
		n = strcspn(text + 1, " ");
		if (n < 32) {
			memcpy(name, text + 1, n);
			name[n] = '\0';
		}
		return text[0] == '+' ? STEP_UNIT : STEP_UNIT_GONE;
	}
	word(text, "subsystem=", name);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strstr(text, types[i].type) != NULL)
			return types[i].step;
	return STEP_NONE;
}

bool
said_is_ordered(const char *earlier, const char *later)
{
	char a[32], b[32];
	enum step first = step_of(earlier, a), then = step_of(later, b);

	if (first == STEP_VF_DOWN) /* the pair's own VF goes right after it */
		return then == STEP_DETACH;
	if (strcmp(a, b) != 0)
		return false;
	return (first == STEP_ATTACH && then == STEP_IFATTACH) ||
	    (first == STEP_IFATTACH && then == STEP_UNIT) ||
	    (first == STEP_DETACH && then == STEP_UNIT_GONE);
}
