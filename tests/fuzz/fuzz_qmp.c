/* SPDX-License-Identifier: BSD-2-Clause */
/* What claims to be QEMU's control socket, in two ways: all at once, and in
 * pieces whose sizes the first byte says. Both find the same messages. */
#include "fuzz.h"

#include <string.h>

#include <jansson.h>

#include "sim/lab/qmpread.h"

struct found {
	uint64_t ids, stamps;
	unsigned messages;
	int end;
};

static void
check(const struct qmp_message *m)
{
	FUZZ_HOLDS(m->root != NULL && m->wall_ns >= 0);
	switch (m->kind) {
	case QMP_GREETING:
		FUZZ_HOLDS(m->text != NULL);
		break;
	case QMP_EVENT:
		FUZZ_HOLDS(m->name != NULL && m->id == 0);
		break;
	case QMP_RETURN:
		FUZZ_HOLDS(m->data != NULL);
		qmpread_number(m->data);
		break;
	case QMP_ERROR:
		FUZZ_HOLDS(m->name != NULL && m->text != NULL);
		break;
	}
}

static void
take_all(struct qmpread *r, struct found *f)
{
	struct qmp_message m;
	struct err e;

	while ((f->end = qmpread_next(r, &m, &e)) == 1) {
		check(&m);
		f->messages++;
		f->ids += m.id;
		f->stamps += (uint64_t)m.wall_ns;
		qmp_message_fini(&m);
	}
	FUZZ_HOLDS(f->end == 0 || f->end == ERR_INPUT);
	if (f->end < 0)
		FUZZ_HOLDS(strncmp(e.text, "line ", 5) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct qmpread whole = { 0 }, pieces = { 0 };
	struct found once = { 0 }, often = { 0 };
	size_t at, n;

	if (bytes == 0)
		return 0;
	qmpread_add(&whole, data + 1, bytes - 1);
	take_all(&whole, &once);
	take_all(&pieces, &often);
	for (at = 1; at < bytes; at += n) {
		n = 1 + data[0];
		if (n > bytes - at)
			n = bytes - at;
		qmpread_add(&pieces, data + at, n);
		take_all(&pieces, &often);
	}
	FUZZ_HOLDS(once.messages == often.messages && once.end == often.end);
	FUZZ_HOLDS(once.ids == often.ids && once.stamps == often.stamps);
	qmpread_fini(&whole);
	qmpread_fini(&pieces);
	return 0;
}
