/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's events of devices, whatever they are: taken apart, and what becomes
 * a record is one that says no more than it should. The first byte parts
 * several of them: each ends where it stands again. */
#include "fuzz.h"

#include <string.h>

#include "event/devline.h"
#include "world/devrecords.h"

static void
check_record(const char *text)
{
	static struct devline line;
	const char *p;

	FUZZ_HOLDS(strlen(text) < DEVRECORDS_TEXT);
	for (p = text; *p != '\0'; p++)
		FUZZ_HOLDS(*p >= ' ' && *p < 0x7f && *p != '"');
	devline_parse(&line, text, strlen(text));
	FUZZ_HOLDS(line.kind != DEVLINE_OTHER && !line.dropped);
	if (line.kind == DEVLINE_NOTIFY)
		FUZZ_HOLDS(strcmp(devline_system(&line), "DEVFS") == 0);
	else if (line.kind != DEVLINE_NOMATCH)
		FUZZ_HOLDS(*devline_value(&line, "device-name") != '\0');
	/* What devd(8) makes of the two blanks of the vmbus is its own. */
	if (strstr(text, " slot=") != NULL)
		FUZZ_HOLDS(strncmp(devline_value(&line, "bus"), "pci", 3) == 0);
	devline_fini(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct devrecords records = { 0 };
	const uint8_t *end = data + bytes, *at, *next;
	char text[DEVRECORDS_TEXT], words[200];
	struct uevent e;
	bool lost;

	for (at = data + 1; bytes > 0 && at < end; at = next + 1) {
		next = memchr(at, data[0], (size_t)(end - at));
		if (next == NULL)
			next = end;
		if (!uevent_decode(at, (size_t)(next - at), &e))
			continue;
		uevent_format(&e, words, sizeof(words));
		FUZZ_HOLDS(strlen(words) < sizeof(words));
		if (devrecords_take(&records, &e, text, &lost))
			check_record(text);
		FUZZ_HOLDS(records.count <= DEVRECORDS_DEVICES);
	}
	devrecords_fini(&records);
	return 0;
}
