/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/devrecords.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool
is(const char *word, const char *what)
{
	return strcmp(word, what) == 0;
}

/* --- checked words --- */

static bool
is_word(const char *s, size_t most, const char *also)
{
	size_t i;

	if (*s == '\0')
		return false;
	for (i = 0; s[i] != '\0'; i++)
		if (i == most ||
		    (!isalnum((unsigned char)s[i]) &&
			strchr(also, s[i]) == NULL))
			return false;
	return true;
}

/* Hexadecimal digits up to one of the bytes in ends, which it moves beyond. */
static bool
take_hex(const char **s, size_t most, char stop, unsigned long *out)
{
	char *rest;
	size_t n = strspn(*s, "0123456789abcdefABCDEF");

	if (n == 0 || n > most || (*s)[n] != stop)
		return false;
	*out = strtoul(*s, &rest, 16);
	*s = stop != '\0' ? rest + 1 : rest;
	return true;
}

/* Where a PCI device is and what it is, as FreeBSD writes it. */
static bool
pci_text(const struct uevent *e, char *out, size_t size, unsigned long *bus)
{
	unsigned long domain, slot, function, vendor, device, sub[2], class;
	const char *s = e->name, *id = e->id;
	const char *subsystem = e->subsystem_id, *c = e->class;

	if (!take_hex(&s, 8, ':', &domain) || !take_hex(&s, 2, ':', bus) ||
	    !take_hex(&s, 2, '.', &slot) || !take_hex(&s, 1, '\0', &function) ||
	    !take_hex(&id, 4, ':', &vendor) ||
	    !take_hex(&id, 4, '\0', &device) ||
	    !take_hex(&subsystem, 4, ':', &sub[0]) ||
	    !take_hex(&subsystem, 4, '\0', &sub[1]) ||
	    !take_hex(&c, 6, '\0', &class))
		return false;
	snprintf(out, size,
	    "slot=%lu function=%lu dbsf=pci%lu:%lu:%lu:%lu vendor=0x%04lx "
	    "device=0x%04lx subvendor=0x%04lx subdevice=0x%04lx "
	    "class=0x%06lx",
	    slot, function, domain, *bus, slot, function, vendor, device,
	    sub[0], sub[1], class);
	return true;
}

/* "vmbus:" and a GUID as its bytes lie in memory, the first three numbers of
 * which are little-endian. */
static bool
vmbus_text(const struct uevent *e, char *out, size_t size)
{
	static const int order[] = { 3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9,
		-1, 10, 11, 12, 13, 14, 15 };
	const char *hex = e->alias;
	char guid[40], *g = guid;
	size_t i;

	if (strncmp(hex, "vmbus:", 6) != 0)
		return false;
	hex += 6;
	if (strlen(hex) != 32 || !is_word(hex, 32, "") ||
	    !is_word(e->name, 40, "-"))
		return false;
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i] < 0) {
			*g++ = '-';
			continue;
		}
		*g++ = hex[2 * order[i]];
		*g++ = hex[2 * order[i] + 1];
	}
	*g = '\0';
	snprintf(out, size, " classid=%s deviceid=%s", guid, e->name);
	return true;
}

/* --- a driver's devices --- */

static struct devrecords_device *
find_device(struct devrecords *r, const char *place)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (strcmp(r->devices[i].place, place) == 0)
			return &r->devices[i];
	return NULL;
}

static unsigned
free_unit(const struct devrecords *r, const char *driver)
{
	unsigned unit = 0;
	size_t i = 0;

	while (i < r->count)
		if (strcmp(r->devices[i].driver, driver) == 0 &&
		    r->devices[i].unit == unit) {
			unit++;
			i = 0;
		} else {
			i++;
		}
	return unit;
}

static struct devrecords_device *
add_device(struct devrecords *r, const struct uevent *e)
{
	struct devrecords_device *d = find_device(r, e->name);
	unsigned unit;

	if (d != NULL || r->count == DEVRECORDS_DEVICES)
		return NULL;
	unit = free_unit(r, e->driver);
	d = MEM_PUSH(r->devices, r->count, r->cap);
	snprintf(d->place, sizeof(d->place), "%s", e->name);
	snprintf(d->driver, sizeof(d->driver), "%s", e->driver);
	d->unit = unit;
	return d;
}

/* A record of a device on a bus; sign is its first byte. */
static bool
device_record(struct devrecords *r, const struct uevent *e, const char *what,
    const char *parent, char text[DEVRECORDS_TEXT])
{
	struct devrecords_device *d;

	if (is(e->action, "add")) {
		snprintf(text, DEVRECORDS_TEXT, "? at %s on %s", what, parent);
		return true;
	}
	if (is(e->action, "bind")) {
		if (!is_word(e->driver, 31, "_-") ||
		    !is_word(e->name, 63, "-:.") ||
		    (d = add_device(r, e)) == NULL)
			return false;
		snprintf(text, DEVRECORDS_TEXT, "+%s%u at %s on %s", d->driver,
		    d->unit, what, parent);
		return true;
	}
	/* A device that goes without its driver leaving it first is one that
	 * was lost. */
	if (!is(e->action, "unbind") && !is(e->action, "remove"))
		return false;
	d = find_device(r, e->name);
	if (d == NULL)
		return false;
	snprintf(text, DEVRECORDS_TEXT, "-%s%u at %s on %s", d->driver, d->unit,
	    what, parent);
	*d = r->devices[--r->count];
	return true;
}

static bool
cdev_record(const struct uevent *e, char text[DEVRECORDS_TEXT])
{
	bool add = is(e->action, "add");

	if (e->number[0] == '\0' || is(e->subsystem, "block") ||
	    !is_word(e->node, 128, "_-./:") ||
	    (!add && !is(e->action, "remove")))
		return false;
	snprintf(text, DEVRECORDS_TEXT,
	    "!system=DEVFS subsystem=CDEV type=%s cdev=%s",
	    add ? "CREATE" : "DESTROY", e->node);
	return true;
}

/* --- an event --- */

void
devrecords_fini(struct devrecords *r)
{
	free(r->devices);
	memset(r, 0, sizeof(*r));
}

static bool
is_gap(struct devrecords *r, const char *text)
{
	uint64_t sequence, last = r->sequence;
	char *rest;

	if (!isdigit((unsigned char)*text))
		return false;
	sequence = strtoull(text, &rest, 10);
	if (*rest != '\0')
		return false;
	r->sequence = sequence;
	return last != 0 && sequence != last + 1;
}

bool
devrecords_take(struct devrecords *r, const struct uevent *e,
    char text[DEVRECORDS_TEXT], bool *lost)
{
	char what[256], parent[32];
	unsigned long bus;

	*lost = is_gap(r, e->sequence);
	if (is(e->subsystem, "pci")) {
		if (!pci_text(e, what, sizeof(what), &bus))
			return false;
		snprintf(parent, sizeof(parent), "pci%lu", bus);
		return device_record(r, e, what, parent, text);
	}
	if (is(e->subsystem, "vmbus"))
		return vmbus_text(e, what, sizeof(what)) &&
		    device_record(r, e, what, "vmbus0", text);
	return cdev_record(e, text);
}
