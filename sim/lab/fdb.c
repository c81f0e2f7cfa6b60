/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/fdb.h"

#include <string.h>

/* The lowest bit on the wire: to many. */
static bool
is_group(const uint8_t mac[6])
{
	return (mac[0] & 1) != 0;
}

static size_t
row_of(const struct fdb *f, const uint8_t mac[6])
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (memcmp(f->entries[i].mac, mac, 6) == 0)
			break;
	return i;
}

static size_t
quietest(const struct fdb *f)
{
	size_t i, found = 0;

	for (i = 1; i < f->n; i++)
		if (f->entries[i].heard < f->entries[found].heard)
			found = i;
	return found;
}

int
fdb_learn(struct fdb *f, const uint8_t mac[6], int port)
{
	struct fdb_entry *e;
	size_t row;
	int before = FDB_NONE;

	if (is_group(mac))
		return FDB_NONE;
	row = row_of(f, mac);
	if (row < f->n) {
		before = f->entries[row].port;
	} else if (f->n < FDB_MAX) {
		f->n++;
	} else {
		row = quietest(f);
		f->driven_out++;
	}
	e = &f->entries[row];
	memcpy(e->mac, mac, 6);
	e->port = port;
	e->heard = ++f->frames;
	return before == port ? FDB_NONE : before;
}

int
fdb_find(const struct fdb *f, const uint8_t mac[6])
{
	size_t row = row_of(f, mac);

	return row < f->n ? f->entries[row].port : FDB_NONE;
}

void
fdb_forget(struct fdb *f, int port)
{
	size_t i, kept = 0;

	for (i = 0; i < f->n; i++)
		if (f->entries[i].port != port)
			f->entries[kept++] = f->entries[i];
	f->n = kept;
}
