/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/outfile.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "cmd/cmds.h"

static void
complain(const char *command, const char *path)
{
	fprintf(stderr, "switchback %s: %s: %s\n", command,
	    path == NULL ? "standard output" : path, strerror(errno));
}

FILE *
outfile_open(const char *command, const char *path)
{
	FILE *f = path == NULL ? stdout : fopen(path, "wb");

	if (f == NULL)
		complain(command, path);
	return f;
}

int
outfile_finish(const char *command, const char *path, FILE *f,
    const struct strbuf *text)
{
	bool written;

	if (f == NULL)
		return CMD_TROUBLE;
	written = fwrite(strbuf_str(text), 1, text->bytes, f) == text->bytes;
	if (!written)
		complain(command, path);
	if (f == stdout)
		return written ? CMD_PASS : CMD_TROUBLE;
	if (fclose(f) == 0)
		return written ? CMD_PASS : CMD_TROUBLE;
	if (written)
		complain(command, path);
	return CMD_TROUBLE;
}

int
outfile_write(const char *command, const char *path, const struct strbuf *text)
{
	return outfile_finish(command, path, outfile_open(command, path), text);
}
