/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "packet/frame.h"
#include "sim/lab/wire_parts.h"

#define RECORD_HEAD 16 /* of a packet in a pcap file */

static void
open_file(struct wire *w, struct wire_place *place)
{
	struct strbuf path = { 0 };
	struct err e = { 0 };

	strbuf_addf(&path, "%s%s.pcap", w->capture, place->name);
	if (packetfile_open(strbuf_str(&path), FRAME_ETHERNET, FRAMING_MAX,
		&place->file, &e) < 0 &&
	    w->capture_error.code == ERR_NONE)
		w->capture_error = e;
	strbuf_fini(&path);
}

size_t
wire_place(struct wire *w, const char *name)
{
	struct wire_place *place;
	size_t i;

	if (w->capture == NULL)
		return 0;
	for (i = 0; i < w->n_places; i++)
		if (strcmp(w->places[i].name, name) == 0)
			return i;
	place = MEM_PUSH(w->places, w->n_places, w->cap_places);
	place->name = mem_str(name);
	open_file(w, place);
	return i;
}

void
wire_capture(struct wire *w, size_t place, const uint8_t *frame, size_t bytes,
    int64_t at_ns)
{
	int64_t takes = RECORD_HEAD + (int64_t)bytes;

	if (place >= w->n_places || w->places[place].file == NULL)
		return;
	if (w->counts.uncaptured > 0 || takes > w->capture_left) {
		if (w->counts.uncaptured++ == 0)
			w->counts.captured_ns = at_ns;
		return;
	}
	w->capture_left -= takes;
	packetfile_add(w->places[place].file, at_ns + w->wall_offset,
	    (uint32_t)bytes, frame, (uint32_t)bytes);
}

int
wire_finish(struct wire *w, struct err *e)
{
	struct wire_place *place;
	struct err why;
	size_t i;

	for (i = 0; i < w->n_places; i++) {
		place = &w->places[i];
		if (place->file != NULL &&
		    packetfile_finish(place->file, &why) < 0 &&
		    w->capture_error.code == ERR_NONE)
			w->capture_error = why;
		place->file = NULL;
	}
	if (w->capture_error.code != ERR_NONE && e != NULL)
		*e = w->capture_error;
	return (int)w->capture_error.code;
}

void
wire_capture_drop(struct wire *w)
{
	size_t i;

	for (i = 0; i < w->n_places; i++) {
		packetfile_drop(w->places[i].file);
		free(w->places[i].name);
	}
	free(w->places);
	free(w->capture);
}
