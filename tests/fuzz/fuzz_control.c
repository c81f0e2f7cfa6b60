/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client of the control socket says, in pieces of a length that the
 * first byte gives: it is answered as if each line had come by itself, and is
 * sent away for nothing but a line without end.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/control_talk.h"
#include "daemon/orders.h"

#define ORDERS	2
#define LINES	8 /* that are looked at */
#define REFUSED "error 49\na request is a line of at most 16 printable words"

static void
status(void *ctx, struct status *out)
{
	(void)ctx;
	memset(out, 0, sizeof(*out));
}

static int
order(void *ctx, struct strbuf *out, struct err *err)
{
	(void)ctx;
	(void)err;
	strbuf_adds(out, "done\n");
	return 0;
}

static int
refuse(void *ctx, struct strbuf *out, struct err *err)
{
	(void)ctx;
	strbuf_adds(out, "half an answer");
	return err_set(err, ERR_STATE, "not here");
}

static struct orders orders = { .status = status,
	.reload = order,
	.dump = refuse,
	.state = order,
	.pairs = refuse };

/* The orders themselves for the first few: they are slow. Then an echo. */
static int
answer(void *ctx, size_t count, char *const *words, struct strbuf *out,
    struct err *err)
{
	unsigned *asked = ctx;
	size_t i;

	if (++*asked <= ORDERS)
		return orders_take(&orders, count, words, out, err);
	for (i = 0; i < count; i++)
		strbuf_adds(out, words[i]);
	return 0;
}

/* Takes the answer in pieces; while it is owed there is no other one. */
static void
take(struct control_talk *t, size_t step, struct strbuf *out)
{
	const char *owed;
	size_t bytes;

	while ((owed = control_talk_owed(t, &bytes)) != NULL) {
		FUZZ_HOLDS(bytes > 0);
		FUZZ_HOLDS(!control_talk_answer(t, answer, NULL));
		FUZZ_HOLDS(control_talk_goes_on(t));
		if (bytes > step * 64)
			bytes = step * 64;
		strbuf_add(out, owed, bytes);
		control_talk_sent(t, bytes);
	}
}

/* Whether the client is still there. */
static bool
talk(const uint8_t *data, size_t bytes, size_t step, struct strbuf *out)
{
	struct control_talk t = { .got = 0 };
	unsigned asked = 0;
	bool there = true;
	size_t n, room;
	char *to;

	while (there && bytes > 0) {
		to = control_talk_room(&t, &room);
		FUZZ_HOLDS(room > 0 && room <= CONTROL_REQUEST_MAX);
		n = step < room ? step : room;
		n = n < bytes ? n : bytes;
		memcpy(to, data, n);
		control_talk_heard(&t, n);
		data += n;
		bytes -= n;
		while (control_talk_answer(&t, answer, &asked))
			take(&t, step, out);
		there = control_talk_goes_on(&t);
	}
	control_talk_fini(&t);
	return there;
}

/* The same, slowly: line[0..bytes) without its newline. */
static void
answer_line(const uint8_t *line, size_t bytes, unsigned *asked,
    struct strbuf *out)
{
	char *words[CONTROL_REQUEST_MAX], *copy, *rest, *word;
	struct strbuf text = { 0 };
	struct err err;
	size_t i, n = 0;
	int rc;

	copy = rest = mem_strn((const char *)line, bytes);
	for (i = 0; i < bytes; i++)
		if (line[i] < ' ' || line[i] > '~')
			break;
	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0')
			words[n++] = word;
	if (i < bytes || n == 0 || n > CONTROL_WORDS_MAX) {
		strbuf_adds(out, REFUSED);
	} else {
		rc = answer(asked, n, words, &text, &err);
		strbuf_addf(out, "%s %zu\n%s", rc < 0 ? "error" : "ok",
		    rc < 0 ? strlen(err.text) : text.bytes,
		    rc < 0 ? err.text : strbuf_str(&text));
	}
	strbuf_fini(&text);
	free(copy);
}

static bool
answer_lines(const uint8_t *data, size_t bytes, struct strbuf *out)
{
	const uint8_t *end;
	unsigned asked = 0;
	size_t n;

	for (; bytes > 0; data += n + 1, bytes -= n + 1) {
		end = memchr(data, '\n', bytes);
		n = end != NULL ? (size_t)(end - data) : bytes;
		if (n >= CONTROL_REQUEST_MAX)
			return false;
		if (end == NULL)
			return true;
		answer_line(data, n, &asked, out);
	}
	return true;
}

/* The bytes of the first few lines; the last one may have no end. */
static size_t
cut(const uint8_t *data, size_t bytes)
{
	size_t i, lines = 0;

	for (i = 0; i < bytes && lines < LINES; i++)
		lines += data[i] == '\n';
	return i;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct strbuf got = { 0 }, want = { 0 };
	bool there;

	if (bytes == 0)
		return 0;
	bytes = cut(data + 1, bytes - 1);
	there = talk(data + 1, bytes, (size_t)data[0] + 1, &got);
	FUZZ_HOLDS(there == answer_lines(data + 1, bytes, &want));
	FUZZ_HOLDS(strcmp(strbuf_str(&got), strbuf_str(&want)) == 0);
	FUZZ_HOLDS(got.bytes == want.bytes);
	strbuf_fini(&got);
	strbuf_fini(&want);
	return 0;
}
