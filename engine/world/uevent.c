/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/uevent.h"

#include <stdio.h>
#include <string.h>

static void
take(char *to, size_t room, const char *value, size_t bytes)
{
	if (bytes >= room)
		bytes = room - 1;
	memcpy(to, value, bytes);
	to[bytes] = '\0';
}

static bool
is_key(const char *line, size_t bytes, const char *key)
{
	size_t n = strlen(key);

	return bytes > n && line[n] == '=' && memcmp(line, key, n) == 0;
}

static void
take_line(struct uevent *u, const char *line, size_t bytes)
{
	const struct {
		const char *key;
		char *to;
		size_t room;
	} wanted[] = {
		{ "SUBSYSTEM", u->subsystem, sizeof(u->subsystem) },
		{ "INTERFACE", u->name, sizeof(u->name) },
		{ "PCI_SLOT_NAME", u->name, sizeof(u->name) },
		{ "DRIVER", u->driver, sizeof(u->driver) },
		{ "PCI_ID", u->id, sizeof(u->id) },
		{ "PCI_SUBSYS_ID", u->subsystem_id, sizeof(u->subsystem_id) },
		{ "PCI_CLASS", u->class, sizeof(u->class) },
		{ "MODALIAS", u->alias, sizeof(u->alias) },
		{ "DEVNAME", u->node, sizeof(u->node) },
		{ "MAJOR", u->number, sizeof(u->number) },
		{ "SEQNUM", u->sequence, sizeof(u->sequence) },
	};
	size_t i, n;

	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		n = strlen(wanted[i].key) + 1;
		if (is_key(line, bytes, wanted[i].key))
			take(wanted[i].to, wanted[i].room, line + n, bytes - n);
	}
}

bool
uevent_decode(const void *data, size_t bytes, struct uevent *out)
{
	const char *p = data, *end = p + bytes, *nul, *at, *slash;

	memset(out, 0, sizeof(*out));
	nul = memchr(p, '\0', bytes);
	at = nul != NULL ? memchr(p, '@', (size_t)(nul - p)) : NULL;
	/* udev's own begin with "libudev" and a NUL. */
	if (at == NULL || at == p)
		return false;
	take(out->action, sizeof(out->action), p, (size_t)(at - p));
	slash = memrchr(at, '/', (size_t)(nul - at));
	at = slash != NULL ? slash : at;
	take(out->name, sizeof(out->name), at + 1, (size_t)(nul - at) - 1);
	for (p = nul + 1; p < end; p = nul + 1) {
		nul = memchr(p, '\0', (size_t)(end - p));
		if (nul == NULL)
			nul = end;
		take_line(out, p, (size_t)(nul - p));
	}
	return true;
}

bool
uevent_is_of_nic(const struct uevent *u)
{
	static const char *const wanted[] = { "net", "pci", "vmbus", "virtio" };
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (strcmp(u->subsystem, wanted[i]) == 0)
			return true;
	return false;
}

void
uevent_format(const struct uevent *u, char *buf, size_t bytes)
{
	snprintf(buf, bytes, "%s %s %s%s%s%s%s", u->action, u->subsystem,
	    u->name, u->id[0] != '\0' ? " id " : "", u->id,
	    u->driver[0] != '\0' ? " driver " : "", u->driver);
}
