/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/runnerwire.h"

#include <assert.h>
#include <string.h>

#include "event/devline.h"
#include "world/command_runner.h"

#define LINE_MAX_BYTES (64u << 10) /* of the log */
#define ROW_MAX	       4096	   /* of an operation */
#define WHY_MAX	       4096
#define NAME_MAX_BYTES 4096
#define STAMP_MAX      31

struct shape {
	enum runnerwire_side from;
	size_t numbers, texts;
	size_t most[RUNNERWIRE_TEXTS]; /* bytes */
};

static const struct shape shapes[] = {
	[RUNNERWIRE_START] = { RUNNERWIRE_ENGINE, 2, 3,
	    { RUNNERWIRE_COMMAND_MAX, DEVLINE_MAX, STAMP_MAX } },
	[RUNNERWIRE_CANCEL] = { RUNNERWIRE_ENGINE, 1, 0, { 0 } },
	[RUNNERWIRE_CANCEL_ALL] = { RUNNERWIRE_ENGINE, 0, 0, { 0 } },
	[RUNNERWIRE_LOG] = { RUNNERWIRE_ENGINE, 1, 1, { LINE_MAX_BYTES } },
	[RUNNERWIRE_ENDED] = { RUNNERWIRE_KEEPER, 3, 1, { RUNNER_OUTPUT } },
	[RUNNERWIRE_REFUSED] = { RUNNERWIRE_KEEPER, 1, 1, { WHY_MAX } },
	[RUNNERWIRE_RULES] = { RUNNERWIRE_ENGINE, 0, 0, { 0 } },
	[RUNNERWIRE_CONNECT] = { RUNNERWIRE_ENGINE, 0, 0, { 0 } },
	[RUNNERWIRE_DUMP] = { RUNNERWIRE_ENGINE, 0, 1, { NAME_MAX_BYTES } },
	[RUNNERWIRE_DUMP_END] = { RUNNERWIRE_ENGINE, 1, 0, { 0 } },
	[RUNNERWIRE_FILE] = { RUNNERWIRE_KEEPER, 1, 2,
	    { NAME_MAX_BYTES, RUNNERWIRE_FILE_MAX } },
	[RUNNERWIRE_OBSERVE] = { RUNNERWIRE_ENGINE, 0, 0, { 0 } },
	[RUNNERWIRE_APPLY] = { RUNNERWIRE_ENGINE, 0, 1, { ROW_MAX } },
	[RUNNERWIRE_RC] = { RUNNERWIRE_ENGINE, 0, 0, { 0 } },
	[RUNNERWIRE_SAID] = { RUNNERWIRE_KEEPER, 1, 1, { LINE_MAX_BYTES } },
	[RUNNERWIRE_TEXT] = { RUNNERWIRE_KEEPER, 0, 1,
	    { RUNNERWIRE_FILE_MAX } },
	[RUNNERWIRE_ANSWER] = { RUNNERWIRE_KEEPER, 2, 1, { WHY_MAX } },
};

static const struct shape *
shape_of(unsigned kind)
{
	return kind > 0 && kind < sizeof(shapes) / sizeof(*shapes)
	    ? &shapes[kind]
	    : NULL;
}

bool
runnerwire_fits(enum runnerwire_kind kind, size_t text, size_t bytes)
{
	const struct shape *shape = shape_of(kind);

	return shape != NULL && text < shape->texts &&
	    bytes <= shape->most[text];
}

void
runnerwire_put(struct strbuf *out, const struct runnerwire *message)
{
	const struct shape *shape = shape_of(message->kind);
	size_t mark, i;

	assert(shape != NULL);
	mark = wire_begin(out, message->kind);
	for (i = 0; i < shape->numbers; i++)
		wire_number(out, message->numbers[i]);
	for (i = 0; i < shape->texts; i++) {
		assert(message->texts[i].bytes <= shape->most[i]);
		wire_text(out, message->texts[i].data, message->texts[i].bytes);
	}
	wire_end(out, mark);
}

bool
runnerwire_take(struct wire *frame, enum runnerwire_side from,
    struct runnerwire *out)
{
	const struct shape *shape = shape_of(frame->kind);
	size_t i;

	memset(out, 0, sizeof(*out));
	out->kind = frame->kind;
	if (shape == NULL || shape->from != from)
		return false;
	for (i = 0; i < shape->numbers; i++)
		out->numbers[i] = wire_take_number(frame);
	for (i = 0; i < shape->texts; i++) {
		out->texts[i].data =
		    wire_take_text(frame, &out->texts[i].bytes);
		if (out->texts[i].bytes > shape->most[i])
			return false;
	}
	return !frame->bad && !wire_more(frame);
}

bool
runnerwire_hear(struct strbuf *got, const void *data, size_t bytes,
    enum runnerwire_side from, runnerwire_fn *take, void *ctx)
{
	struct runnerwire m;
	struct wire frame;
	size_t at = 0, used;
	int rc;

	strbuf_add(got, data, bytes);
	while ((rc = wire_frame(got->data + at, got->bytes - at, &frame,
		    &used)) > 0) {
		if (!runnerwire_take(&frame, from, &m) || !take(ctx, &m))
			return false;
		at += used;
	}
	if (at > 0) {
		memmove(got->data, got->data + at, got->bytes - at);
		got->bytes -= at;
	}
	return rc == 0;
}
