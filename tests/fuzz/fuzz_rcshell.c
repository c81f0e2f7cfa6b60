/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as what a shell has printed of its variables; and any bytes, but
 * for NUL, in a shell's quotes between the markers, which say the same again.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "world/rcshell.h"

static void
read_any(const char *text, size_t bytes)
{
	struct rcvars rc = { 0 };
	struct err err;
	size_t i;
	int rc_code = rcshell_parse(text, bytes, &rc, &err);

	FUZZ_HOLDS(rc_code == 0 || rc_code == ERR_INPUT);
	FUZZ_HOLDS(rc_code == 0 || rc.n_vars == 0);
	for (i = 0; i < rc.n_vars; i++)
		FUZZ_HOLDS(
		    rc.vars[i].name[0] >= 'a' && rc.vars[i].name[0] <= 'z');
	rcvars_fini(&rc);
}

enum quotes { SINGLE, DOUBLE, DOLLAR, BACKSLASH };

static void
quote(struct strbuf *out, const char *value, enum quotes how)
{
	static const char *const open[] = { "'", "\"", "$'", "" };

	strbuf_adds(out, open[how]);
	for (; *value != '\0'; value++)
		if (how == SINGLE && *value == '\'')
			strbuf_adds(out, "'\\''");
		else if (how == DOUBLE && strchr("\"\\$`", *value) != NULL)
			strbuf_addf(out, "\\%c", *value);
		else if (how == DOLLAR && strchr("'\\\n\t", *value) != NULL)
			strbuf_addf(out, "\\%03o", *value);
		else if (how == BACKSLASH && *value == '\n')
			strbuf_adds(out, "'\n'");
		else if (how == BACKSLASH)
			strbuf_addf(out, "\\%c", *value);
		else
			strbuf_addc(out, *value);
	strbuf_adds(out, how == DOUBLE ? "\"" : how == BACKSLASH ? "" : "'");
}

static void
read_quoted(const char *value)
{
	struct strbuf text = { 0 };
	struct rcvars rc = { 0 };
	struct err err;
	enum quotes how;
	char name[] = "a";

	strbuf_adds(&text, "\n" RCSHELL_BEGIN "\nIFS=' \t\n'\n");
	for (how = SINGLE; how <= BACKSLASH; how++) {
		name[0] = (char)('a' + how);
		strbuf_addf(&text, "%s=", name);
		quote(&text, value, how);
		strbuf_addc(&text, '\n');
	}
	strbuf_adds(&text, RCSHELL_END "\n");
	FUZZ_HOLDS(
	    rcshell_parse(strbuf_str(&text), text.bytes, &rc, &err) == 0);
	FUZZ_HOLDS(rc.n_vars == 4);
	for (how = SINGLE; how <= BACKSLASH; how++) {
		name[0] = (char)('a' + how);
		FUZZ_HOLDS(strcmp(rcvars_get(&rc, name), value) == 0);
	}
	rcvars_fini(&rc);
	strbuf_fini(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *value = mem_strn((const char *)data, bytes);

	read_any((const char *)data, bytes);
	read_quoted(value);
	free(value);
	return 0;
}
