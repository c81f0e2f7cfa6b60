/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control_talk - what one client of the control socket says, and what it is
 * answered: bytes in and bytes out, without the socket. Pure. daemon/control.h
 * has the grammar.
 *
 * A request is answered when it is there whole and no answer is owed any more.
 * How the bytes were cut in pieces makes no difference.
 */
#ifndef DAEMON_CONTROL_TALK_H
#define DAEMON_CONTROL_TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

#define CONTROL_REQUEST_MAX 512
#define CONTROL_WORDS_MAX   16

/* Appends the answer to words[0..count), count >= 1. 0, or the error that is
 * answered instead. */
typedef int control_fn(void *ctx, size_t count, char *const *words,
    struct strbuf *out, struct err *err);

struct control_talk { /* zeroed: nothing was said */
	char request[CONTROL_REQUEST_MAX];
	size_t got;
	struct strbuf reply;
	size_t sent; /* of the reply */
};

/* What it said and is owed is forgotten. */
void control_talk_fini(struct control_talk *t);

/* Where the next that it says goes, and the room there is; then how many bytes
 * have come. */
char *control_talk_room(struct control_talk *t, size_t *room);
void control_talk_heard(struct control_talk *t, size_t bytes);

/* Answers the next request, if it may. True: there is an answer now. */
bool control_talk_answer(struct control_talk *t, control_fn *fn, void *ctx);

/* The answer that is owed, NULL: none; and how much of it was sent. */
const char *control_talk_owed(const struct control_talk *t, size_t *bytes);
void control_talk_sent(struct control_talk *t, size_t bytes);

/* False: what it has said is longer than any request, and it may go. To be
 * asked when control_talk_answer() has said false. */
bool control_talk_goes_on(const struct control_talk *t);

#endif
