/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/framing.h"

#include <string.h>

#include "packet/frame.h"

/* Copies into to[have..want) what there is of it. */
static void
fill(struct framing *f, uint8_t *to, size_t want, const uint8_t *data,
    size_t bytes, size_t *used)
{
	size_t n = want < bytes - *used ? want : bytes - *used;

	memcpy(to, data + *used, n);
	*used += n;
	f->have += n;
}

enum framing_result
framing_take(struct framing *f, const uint8_t *data, size_t bytes, size_t *used)
{
	size_t in_frame;

	if (f->have < FRAMING_HEAD) {
		fill(f, f->head + f->have, FRAMING_HEAD - f->have, data, bytes,
		    used);
		if (f->have < FRAMING_HEAD)
			return FRAMING_MORE;
		f->bytes = frame_get32(f->head);
	}
	if (f->bytes > FRAMING_MAX)
		return FRAMING_BROKEN;
	in_frame = f->have - FRAMING_HEAD;
	fill(f, f->frame + in_frame, f->bytes - in_frame, data, bytes, used);
	if (f->have - FRAMING_HEAD < f->bytes)
		return FRAMING_MORE;
	f->have = 0;
	return FRAMING_FRAME;
}

void
framing_head(uint8_t head[FRAMING_HEAD], size_t frame_bytes)
{
	head[0] = (uint8_t)(frame_bytes >> 24);
	head[1] = (uint8_t)(frame_bytes >> 16);
	head[2] = (uint8_t)(frame_bytes >> 8);
	head[3] = (uint8_t)frame_bytes;
}
