/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/control_talk.h"

#include <string.h>

void
control_talk_fini(struct control_talk *t)
{
	t->got = t->sent = 0;
	strbuf_fini(&t->reply);
}

char *
control_talk_room(struct control_talk *t, size_t *room)
{
	*room = sizeof(t->request) - t->got;
	return t->request + t->got;
}

void
control_talk_heard(struct control_talk *t, size_t bytes)
{
	t->got += bytes;
}

/* line[0..bytes) into its words; 0 when it is no line of ours. */
static size_t
split(char *line, size_t bytes, char **words)
{
	size_t i, n = 0;
	bool within = false;

	for (i = 0; i < bytes; i++) {
		if (line[i] == ' ') {
			line[i] = '\0';
			within = false;
			continue;
		}
		if (line[i] < '!' || line[i] > '~')
			return 0;
		if (!within) {
			if (n == CONTROL_WORDS_MAX)
				return 0;
			words[n++] = &line[i];
			within = true;
		}
	}
	line[bytes] = '\0'; /* where its newline was */
	return n;
}

static void
answer(struct control_talk *t, size_t line_bytes, control_fn *fn, void *ctx)
{
	char *words[CONTROL_WORDS_MAX];
	struct strbuf text = { 0 };
	struct err err = { .code = ERR_INPUT };
	size_t n = split(t->request, line_bytes, words);
	int rc;

	if (n == 0)
		rc = err_set(&err, ERR_INPUT,
		    "a request is a line of at most %d printable words",
		    CONTROL_WORDS_MAX);
	else
		rc = fn(ctx, n, words, &text, &err);
	if (rc < 0) {
		strbuf_reset(&text);
		strbuf_adds(&text, err.text);
	}
	strbuf_reset(&t->reply);
	t->sent = 0;
	strbuf_addf(&t->reply, "%s %zu\n", rc < 0 ? "error" : "ok", text.bytes);
	if (text.bytes > 0)
		strbuf_add(&t->reply, text.data, text.bytes);
	strbuf_fini(&text);
}

bool
control_talk_answer(struct control_talk *t, control_fn *fn, void *ctx)
{
	const char *end;
	size_t line;

	if (t->sent < t->reply.bytes)
		return false;
	end = memchr(t->request, '\n', t->got);
	if (end == NULL)
		return false;
	line = (size_t)(end - t->request);
	answer(t, line, fn, ctx);
	t->got -= line + 1;
	memmove(t->request, t->request + line + 1, t->got);
	return true;
}

const char *
control_talk_owed(const struct control_talk *t, size_t *bytes)
{
	*bytes = t->reply.bytes - t->sent;
	return *bytes > 0 ? t->reply.data + t->sent : NULL;
}

void
control_talk_sent(struct control_talk *t, size_t bytes)
{
	t->sent += bytes;
}

bool
control_talk_goes_on(const struct control_talk *t)
{
	return t->sent < t->reply.bytes || t->got < sizeof(t->request);
}
