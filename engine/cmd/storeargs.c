/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/storeargs.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "cmd/cmds.h"

const char *
storeargs_db(const char *given)
{
	const char *env = getenv("SWITCHBACK_DB");

	if (given != NULL)
		return given;
	return env != NULL && env[0] != '\0' ? env : "switchback.db";
}

int
storeargs_fail(const char *command, const struct err *e)
{
	fprintf(stderr, "switchback %s: %s\n", command, e->text);
	return e->code == ERR_IO || e->code == ERR_BUSY ? CMD_TROUBLE
							: CMD_INPUT;
}

json_t *
storeargs_json(const char *bytes, size_t count)
{
	json_t *text = json_stringn(bytes, count);
	struct strbuf hex = { 0 };
	size_t i;

	if (text != NULL)
		return text;
	for (i = 0; i < count; i++)
		strbuf_addf(&hex, "%02x", (unsigned char)bytes[i]);
	text = json_pack("{s:s}", "hex", strbuf_str(&hex));
	strbuf_fini(&hex);
	return text;
}

void
storeargs_print(json_t *value)
{
	json_dumpf(value, stdout,
	    JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
	putchar('\n');
	json_decref(value);
}
