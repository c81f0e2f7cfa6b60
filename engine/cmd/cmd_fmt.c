/* SPDX-License-Identifier: BSD-2-Clause */
/* switchback fmt: scenario files in their canonical form. */
#include "cmd/cmds.h"

#include <sys/stat.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/ruleargs.h"
#include "sim/scenario/scenario.h"

static const char usage[] =
    "usage: switchback fmt [-w | --check] FILE...\n"
    "\n"
    "Prints scenario files in their canonical form; - is standard input.\n"
    "\n"
    "  -w, --write  change the files instead of printing\n"
    "  --check      print the names of files that are not canonical; exit 1\n"
    "               if there are any\n";

enum fmt_mode { FMT_PRINT, FMT_WRITE, FMT_CHECK };

static int
trouble(const char *path)
{
	fprintf(stderr, "switchback fmt: %s: %s\n", path, strerror(errno));
	return CMD_TROUBLE;
}

static bool
write_whole(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t n;

	while (left > 0) {
		n = write(fd, text, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text += n;
		left -= (size_t)n;
	}
	return true;
}

/* A new file beside the old one takes its place, so that a full disk leaves
 * the old one whole. A symbolic link stays one. */
static int
replace(const char *path, const char *text)
{
	char *real = realpath(path, NULL);
	struct strbuf temp = { 0 };
	int fd = -1, status = CMD_PASS;
	struct stat st;
	bool good;

	if (real == NULL || stat(real, &st) != 0) {
		status = trouble(path);
		free(real);
		return status;
	}
	strbuf_addf(&temp, "%s.XXXXXX", real);
	fd = mkstemp(temp.data);
	good = fd >= 0 && write_whole(fd, text) &&
	    fchmod(fd, st.st_mode & 07777) == 0 && fsync(fd) == 0 &&
	    rename(temp.data, real) == 0;
	if (!good) {
		status = trouble(path);
		if (fd >= 0)
			unlink(temp.data);
	}
	if (fd >= 0)
		close(fd);
	strbuf_fini(&temp);
	free(real);
	return status;
}

static int
format_file(const struct ruleargs *args, const char *path, enum fmt_mode mode)
{
	const char *shown = strcmp(path, "-") == 0 ? "<stdin>" : path;
	bool warnings = true, same;
	struct diag d = ruleargs_diag(&warnings);
	struct strbuf text = { 0 };
	int status = CMD_PASS;
	char *out = NULL;

	if (!ruleargs_read(args, path, &text)) {
		strbuf_fini(&text);
		return CMD_INPUT;
	}
	out = scenario_format(shown, strbuf_str(&text), text.bytes, &d);
	if (out == NULL) {
		strbuf_fini(&text);
		return CMD_INPUT;
	}
	same = strlen(out) == text.bytes &&
	    memcmp(out, strbuf_str(&text), text.bytes) == 0;
	if (mode == FMT_PRINT || (mode == FMT_WRITE && shown != path)) {
		fputs(out, stdout);
	} else if (mode == FMT_WRITE && !same) {
		status = replace(path, out);
	} else if (mode == FMT_CHECK && !same) {
		printf("%s\n", shown);
		status = CMD_FAIL;
	}
	free(out);
	strbuf_fini(&text);
	return status;
}

int
cmd_fmt(int argc, char **argv)
{
	static const struct option options[] = {
		{ "write", no_argument, NULL, 'w' },
		{ "check", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	enum fmt_mode mode = FMT_PRINT;
	int opt, status, worst = CMD_PASS;
	struct ruleargs args;

	while ((opt = getopt_long(argc, argv, "wh", options, NULL)) != -1) {
		if (opt == 'h') {
			fputs(usage, stdout);
			return CMD_PASS;
		}
		if (opt == '?' || mode != FMT_PRINT) {
			fputs(usage, stderr);
			return CMD_INPUT;
		}
		mode = opt == 'w' ? FMT_WRITE : FMT_CHECK;
	}
	if (optind == argc) {
		fputs(usage, stderr);
		return CMD_INPUT;
	}
	ruleargs_init(&args, "fmt");
	for (; optind < argc; optind++) {
		status = format_file(&args, argv[optind], mode);
		if (status > worst)
			worst = status;
	}
	ruleargs_fini(&args);
	return worst;
}
