/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/ruleargs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "cmd/inputs.h"

#define DEFAULT_TIMESTAMP "1600000000.000000"

static enum rule_media
media_of(void *ctx, const char *ifname)
{
	const struct ruleargs *args = ctx;
	size_t i;

	for (i = 0; i < args->media_count; i++)
		if (strcmp(args->media[i].ifname, ifname) == 0)
			return args->media[i].media;
	return RULE_MEDIA_NONE;
}

void
ruleargs_init(struct ruleargs *args, const char *command)
{
	memset(args, 0, sizeof(*args));
	args->command = command;
	args->env.vm_guest = "hv";
	args->env.timestamp = DEFAULT_TIMESTAMP;
	args->env.media = media_of;
	args->env.media_ctx = args;
}

void
ruleargs_fini(struct ruleargs *args)
{
	free(args->media);
	args->media = NULL;
	args->media_count = args->media_cap = 0;
}

bool
ruleargs_read(const struct ruleargs *args, const char *path, struct strbuf *out)
{
	struct err e;

	if (input_read(path, out, &e) == 0)
		return true;
	fprintf(stderr, "switchback %s: %s\n", args->command, e.text);
	return false;
}

/* Seconds and six digits of microseconds, as $timestamp has them. */
static bool
is_timestamp(const char *s)
{
	size_t seconds = strspn(s, "0123456789");

	return seconds > 0 && seconds < 20 && s[seconds] == '.' &&
	    strspn(s + seconds + 1, "0123456789") == 6 &&
	    s[seconds + 7] == '\0';
}

static enum rule_media
media_word(const char *word)
{
	if (strcasecmp(word, "ethernet") == 0)
		return RULE_MEDIA_ETHERNET;
	if (strcmp(word, "802.11") == 0)
		return RULE_MEDIA_80211;
	if (strcasecmp(word, "atm") == 0)
		return RULE_MEDIA_ATM;
	return RULE_MEDIA_OTHER;
}

static bool
read_media(struct ruleargs *args, const char *path)
{
	struct strbuf text = { 0 };
	struct ruleargs_media *m;
	char *line, *rest, ifname[64], word[64], more;
	unsigned number = 0;
	bool good;

	good = ruleargs_read(args, path, &text);
	rest = text.data;
	while (good && rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		number++;
		if (line[strspn(line, " \t")] == '\0')
			continue;
		m = MEM_PUSH(args->media, args->media_count, args->media_cap);
		if (sscanf(line, "%63s %63s %c", ifname, word, &more) != 2 ||
		    strlen(ifname) >= sizeof(m->ifname)) {
			fprintf(stderr,
			    "%s:%u: error: expected an interface of at most "
			    "15 bytes and a media type\n",
			    path, number);
			good = false;
			continue;
		}
		memcpy(m->ifname, ifname, strlen(ifname) + 1);
		m->media = media_word(word);
	}
	strbuf_fini(&text);
	return good;
}

bool
ruleargs_take(struct ruleargs *args, int opt, const char *value)
{
	switch (opt) {
	case 'f':
		args->file = value;
		return true;
	case 'R':
		args->options.reverse = true;
		return true;
	case 'G':
		args->env.vm_guest = value;
		return true;
	case 'M':
		return read_media(args, value);
	case 'A':
		args->at_given = true;
		args->env.timestamp = value;
		if (is_timestamp(value))
			return true;
		fprintf(stderr,
		    "switchback %s: --at wants SECONDS.MICROSECONDS with six "
		    "digits behind the point, not '%s'\n",
		    args->command, value);
		return false;
	case 'V':
		args->options.version =
		    strcmp(value, "12.1") == 0 ? RULE_12_1 : RULE_NEWEST;
		if (strcmp(value, "12.1") == 0 || strcmp(value, "newest") == 0)
			return true;
		fprintf(stderr,
		    "switchback %s: --devd knows newest and 12.1, not '%s'\n",
		    args->command, value);
		return false;
	default:
		return false;
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes the escape at p, behind its backslash. Gives the bytes used, or 0
 * when there is no such escape. */
static size_t
unescape(const char *p, const char *end, char *out)
{
	static const char from[] = "nrt0\\", to[] = "\n\r\t\0\\";
	const char *at;

	if (p == end)
		return 0;
	if (*p == 'x' && end - p > 2 && hex_digit(p[1]) >= 0 &&
	    hex_digit(p[2]) >= 0) {
		*out = (char)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
		return 3;
	}
	at = memchr(from, *p, sizeof(from) - 1);
	if (at == NULL)
		return 0;
	*out = to[at - from];
	return 1;
}

bool
ruleargs_record(const char *text, size_t bytes, struct strbuf *out)
{
	const char *p = text, *end = text + bytes;
	size_t used;
	char c;

	strbuf_reset(out);
	if (bytes == 0 || *p != '\\') {
		strbuf_add(out, text, bytes);
		return true;
	}
	for (p++; p < end; p++) {
		c = *p;
		if (c == '\\') {
			if ((used = unescape(p + 1, end, &c)) == 0)
				return false;
			p += used;
		}
		strbuf_addc(out, c);
	}
	return true;
}

void
ruleargs_escape(const char *text, size_t bytes, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		if (text[i] == '\\')
			strbuf_adds(out, "\\\\");
		else if (text[i] == '\n')
			strbuf_adds(out, "\\n");
		else if (text[i] == '\t')
			strbuf_adds(out, "\\t");
		else if (text[i] < 0x20 || text[i] > 0x7e)
			strbuf_addf(out, "\\x%02x", (unsigned char)text[i]);
		else
			strbuf_addc(out, text[i]);
}

static void
print_finding(void *ctx, enum diag_level level, const char *file, unsigned line,
    unsigned col, const char *text)
{
	const bool *warnings = ctx;
	struct strbuf out = { 0 };

	if (level == DIAG_ERROR || *warnings) {
		diag_emit_strbuf(&out, level, file, line, col, text);
		fputs(strbuf_str(&out), stderr);
	}
	strbuf_fini(&out);
}

struct diag
ruleargs_diag(bool *warnings)
{
	struct diag diag = { .emit = print_finding, .ctx = warnings };

	return diag;
}
