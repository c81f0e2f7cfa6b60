/* SPDX-License-Identifier: BSD-2-Clause */
#include "damagedstore.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "fuzz.h"
#include "inputfile.h"

#define PATHS 4

const char *const damagedstore_files[DAMAGEDSTORE_BASES] = {
	"fixtures/db/v1.db", "fixtures/db/v2.db"
};

static struct {
	char *data;
	size_t bytes;
} bases[DAMAGEDSTORE_BASES];
static char folder[40], paths[PATHS][DAMAGEDSTORE_PATH];
static size_t n_paths;

static void
end(void)
{
	size_t i;

	for (i = 0; i < n_paths; i++)
		unlink(paths[i]);
	FUZZ_HOLDS(rmdir(folder) == 0);
	for (i = 0; i < DAMAGEDSTORE_BASES; i++)
		free(bases[i].data);
}

void
damagedstore_begin(void)
{
	/* In memory, where the system has that. */
	bool memory = access("/dev/shm", W_OK) == 0;
	size_t i;

	for (i = 0; i < DAMAGEDSTORE_BASES; i++)
		bases[i].data =
		    inputfile_read(damagedstore_files[i], &bases[i].bytes);
	snprintf(folder, sizeof(folder), "%s/switchback-fuzz.XXXXXX",
	    memory ? "/dev/shm" : "/tmp");
	FUZZ_HOLDS(mkdtemp(folder) != NULL);
	atexit(end);
}

void
damagedstore_path(char path[DAMAGEDSTORE_PATH], const char *name)
{
	FUZZ_HOLDS(n_paths < PATHS);
	snprintf(path, DAMAGEDSTORE_PATH, "%s/%s", folder, name);
	memcpy(paths[n_paths++], path, DAMAGEDSTORE_PATH);
}

const char *
damagedstore_base(size_t which, size_t *bytes)
{
	*bytes = bases[which].bytes;
	return bases[which].data;
}

static void
change(char *file, size_t bytes, const uint8_t *data, size_t n)
{
	size_t at, more;

	while (n > 4) {
		at = (size_t)data[0] | (size_t)data[1] << 8 |
		    (size_t)data[2] << 16;
		at %= bytes;
		more = data[3];
		data += 4, n -= 4;
		more = more < n ? more : n;
		more = more < bytes - at ? more : bytes - at;
		memcpy(file + at, data, more);
		data += more, n -= more;
	}
}

void
damagedstore_write(const char *path, size_t which, const uint8_t *data,
    size_t bytes)
{
	char *file = mem_copy(bases[which].data, bases[which].bytes);

	change(file, bases[which].bytes, data, bytes);
	inputfile_write(path, file, bases[which].bytes);
	free(file);
}
