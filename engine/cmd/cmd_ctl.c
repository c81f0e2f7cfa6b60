/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback ctl - asks a running switchbackd, over its control socket.
 */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/rowtext.h"
#include "cmd/cmds.h"
#include "cmd/ctltable.h"
#include "cmd/storeargs.h"
#include "daemon/control.h"
#include "report/clean.h"

#define PATIENCE_SECONDS 10
#define REPLY_MAX	 (64u * 1024 * 1024)

static const char usage[] =
    "usage: switchback ctl [--socket PATH] [--json] ORDER\n"
    "\n"
    "Asks a running switchbackd.\n"
    "\n"
    "  status         its state and counts\n"
    "  metrics        the same for Prometheus\n"
    "  state          the interfaces as it last saw them\n"
    "  pairs          who is whose VF, why nothing is done, the fail-overs\n"
    "  reload         reads the rules again; fails when they are refused\n"
    "  recorder dump  writes the flight recorder into its store\n"
    "  help           what this daemon knows\n"
    "\n"
    "  --socket PATH  (default: " CONTROL_SOCKET ")\n"
    "  --json         status, state and pairs as JSON, one object a line\n"
    "\n"
    "Exit status: 0 done, 1 the daemon refused, 2 usage, 3 there is no\n"
    "answer.\n";

static int
connect_to(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	int fd;

	if (strlen(path) >= sizeof(name.sun_path)) {
		fprintf(stderr,
		    "switchback ctl: %s: is longer than a socket's name\n",
		    path);
		return -1;
	}
	memcpy(name.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) == 0 &&
	    connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	fprintf(stderr,
	    "switchback ctl: %s: %s: is switchbackd running, with this "
	    "--control?\n",
	    path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* "ok BYTES\n" or "error BYTES\n" in front, and behind it that many bytes.
 * True when it is all there; *body is where the text begins. */
static bool
is_whole(const struct strbuf *reply, bool *ok, size_t *body)
{
	const char *line = strbuf_str(reply), *end = strchr(line, '\n');
	const char *blank = strchr(line, ' ');
	int64_t bytes;

	if (end == NULL || blank == NULL || blank > end)
		return false;
	if (!num_parse(blank + 1, (size_t)(end - blank - 1), 0, REPLY_MAX,
		&bytes))
		return false;
	*ok = strncmp(line, "ok ", 3) == 0;
	*body = (size_t)(end + 1 - line);
	return reply->bytes == *body + (size_t)bytes;
}

static bool
ask(int fd, const struct strbuf *order, struct strbuf *reply, bool *ok,
    size_t *body)
{
	struct strbuf line = { 0 };
	char piece[65536];
	bool is_sent;
	ssize_t n;

	strbuf_addf(&line, "%s\n", strbuf_str(order));
	n = send(fd, line.data, line.bytes, MSG_NOSIGNAL);
	is_sent = n == (ssize_t)line.bytes;
	strbuf_fini(&line);
	if (!is_sent)
		return false;
	while (!is_whole(reply, ok, body)) {
		n = recv(fd, piece, sizeof(piece), 0);
		if (n <= 0 || reply->bytes + (size_t)n > REPLY_MAX)
			return false;
		strbuf_add(reply, piece, (size_t)n);
	}
	return true;
}

/* A word that stands for several has a blank between two: always an array. */
static json_t *
list_of(const struct rowtext *r)
{
	const char *s = strbuf_str(&r->value);
	json_t *list = json_array();
	size_t bytes;

	for (s += strspn(s, " "); *s != '\0'; s += strspn(s, " ")) {
		bytes = strcspn(s, " ");
		json_array_append_new(list, storeargs_json(s, bytes));
		s += bytes;
	}
	return list;
}

static void
add_word(json_t *o, const struct rowtext *r)
{
	int64_t number;
	json_t *value;

	if (!r->has_value)
		value = json_true();
	else if (strcmp(r->key, "addrs") == 0 || strcmp(r->key, "ports") == 0)
		value = list_of(r);
	else if (num_parse(strbuf_str(&r->value), r->value.bytes, 0, INT64_MAX,
		     &number))
		value = json_integer(number);
	else
		value = storeargs_json(strbuf_str(&r->value), r->value.bytes);
	json_object_set_new(o, r->key, value);
}

/* Each row is an object on a line of its own. */
static int
print_json(const char *text, size_t bytes)
{
	json_t *o = json_object();
	struct rowtext r;
	struct err e;
	int got;

	rowtext_open(&r, text, bytes);
	while ((got = rowtext_next(&r, &e)) > 0) {
		if (got == ROWTEXT_WORD) {
			add_word(o, &r);
			continue;
		}
		storeargs_print(o);
		o = json_object();
	}
	rowtext_close(&r);
	json_decref(o);
	if (got < 0)
		fprintf(stderr, "switchback ctl: the answer: %s\n", e.text);
	return got < 0 ? CMD_TROUBLE : CMD_PASS;
}

static int
print_table(const char *order, const char *text, size_t bytes)
{
	struct strbuf out = { 0 };
	struct err e;
	int rc = ctltable_write(order, text, bytes, &out, &e);

	if (rc < 0)
		fprintf(stderr, "switchback ctl: the answer: %s\n", e.text);
	fputs(strbuf_str(&out), stdout);
	strbuf_fini(&out);
	return rc < 0 ? CMD_TROUBLE : CMD_PASS;
}

static bool
is_as_of_now(const char *key)
{
	return strcmp(key, "up_ns") == 0 || strcmp(key, "last_ago_ns") == 0;
}

/* A word on a line; times of the daemon's in seconds. */
static int
print_rows(const char *text, size_t bytes)
{
	struct strbuf out = { 0 };
	char dur[DUR_TEXT];
	struct rowtext r;
	struct err e;
	int64_t ns;
	int got;

	rowtext_open(&r, text, bytes);
	while ((got = rowtext_next(&r, &e)) > 0) {
		if (got == ROWTEXT_NEWLINE)
			continue;
		bytes = strlen(r.key);
		if (bytes > 3 && strcmp(r.key + bytes - 3, "_ns") == 0 &&
		    rowtext_take_int(&r, 0, INT64_MAX, &ns, &e) == 0) {
			/* What is as of now need not be so exact; what took
			 * its time must add up. */
			if (is_as_of_now(r.key))
				ns -= ns % DUR_MS;
			strbuf_addf(&out, "%-22.*s %s\n", (int)(bytes - 3),
			    r.key, dur_format(ns, dur));
			continue;
		}
		strbuf_addf(&out, "%-22s ", r.key);
		clean_text(&out, strbuf_str(&r.value));
		strbuf_addc(&out, '\n');
	}
	rowtext_close(&r);
	fputs(strbuf_str(&out), stdout);
	strbuf_fini(&out);
	return got < 0 ? CMD_TROUBLE : CMD_PASS;
}

/* Whoever has the socket's name may say what he likes: no terminal obeys it. */
static void
print_lines(const char *text, size_t bytes)
{
	struct strbuf line = { 0 };
	const char *end;
	size_t n;

	for (; bytes > 0; text += n, bytes -= n) {
		end = memchr(text, '\n', bytes);
		n = end != NULL ? (size_t)(end - text) + 1 : bytes;
		strbuf_reset(&line);
		clean_ascii(&line, text, end != NULL ? n - 1 : n);
		puts(strbuf_str(&line));
	}
	strbuf_fini(&line);
}

static int
print_reply(const char *order, bool json, bool ok, const char *text,
    size_t bytes)
{
	struct strbuf out = { 0 };
	int status = CMD_PASS;

	if (!ok) {
		clean_text(&out, text);
		fprintf(stderr, "switchback ctl: %s\n", strbuf_str(&out));
		status = CMD_FAIL;
	} else if (json) {
		status = print_json(text, bytes);
	} else if (ctltable_has(order)) {
		status = print_table(order, text, bytes);
	} else if (strcmp(order, "status") == 0) {
		status = print_rows(text, bytes);
	} else {
		print_lines(text, bytes);
	}
	strbuf_fini(&out);
	return status;
}

struct ctl {
	const char *socket;
	bool json;
};

/* -1 to go on. */
static int
parse_options(struct ctl *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case 's':
			c->socket = optarg;
			break;
		case 'j':
			c->json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return CMD_PASS;
		default:
			fputs(usage, stderr);
			return CMD_INPUT;
		}
	}
	if (optind < argc)
		return -1;
	fputs(usage, stderr);
	return CMD_INPUT;
}

int
cmd_ctl(int argc, char **argv)
{
	struct ctl c = { .socket = CONTROL_SOCKET };
	struct strbuf order = { 0 }, reply = { 0 };
	size_t body = 0;
	bool ok = false;
	int fd, i, status;

	if ((status = parse_options(&c, argc, argv)) >= 0)
		return status;
	for (i = optind; i < argc; i++)
		strbuf_addf(&order, "%s%s", i > optind ? " " : "", argv[i]);
	if (c.json && strcmp(strbuf_str(&order), "status") != 0 &&
	    !ctltable_has(strbuf_str(&order))) {
		fputs("switchback ctl: --json goes with status, state and "
		      "pairs\n",
		    stderr);
		strbuf_fini(&order);
		return CMD_INPUT;
	}
	status = CMD_TROUBLE;
	if ((fd = connect_to(c.socket)) >= 0) {
		if (ask(fd, &order, &reply, &ok, &body))
			status = print_reply(strbuf_str(&order), c.json, ok,
			    strbuf_str(&reply) + body, reply.bytes - body);
		else
			fputs("switchback ctl: there is no whole answer\n",
			    stderr);
		close(fd);
	}
	strbuf_fini(&order);
	strbuf_fini(&reply);
	return status;
}
