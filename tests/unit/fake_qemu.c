/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_qemu.h"

#include <sys/types.h>
#include <sys/socket.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

static int qmp = -1;
static const char *model = "";
static int dels, asks;

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void
say(const char *fmt, ...)
{
	char line[1000];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (send(qmp, line, (size_t)n, MSG_NOSIGNAL) != n)
		_exit(3);
}

static void
stay(void)
{
	for (;;)
		pause();
}

static void
event(const char *name, const char *data)
{
	say("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, "
	    "\"event\": \"%s\", \"data\": %s}\r\n",
	    name, data);
}

static void
give(json_int_t id, const char *value)
{
	say("{\"return\": %s, \"id\": %d}\r\n", value, (int)id);
}

static void
refuse(json_int_t id, const char *class, const char *text)
{
	say("{\"id\": %d, \"error\": {\"class\": \"%s\", "
	    "\"desc\": \"%s\"}}\r\n",
	    (int)id, class, text);
}

static void
device_del(json_int_t id)
{
	if (strcmp(model, "unwilling") == 0) {
		give(id, "{}");
		event("DEVICE_UNPLUG_GUEST_ERROR", "{\"device\": \"vf0\"}");
	} else if (++dels == 2) {
		refuse(id, "GenericError",
		    "Device vf0 is already in the process of unplug");
	} else if (dels == 3) {
		/* The event comes when its last reference is dropped. */
		refuse(id, "DeviceNotFound", "Device 'vf0' not found");
		event("DEVICE_DELETED", "{\"device\": \"vf0\"}");
	} else {
		give(id, "{}");
	}
}

static void
query_migrate(json_int_t id)
{
	if (strcmp(model, "broken") == 0)
		give(id, "{\"status\": \"failed\", \"error-desc\": \"why\"}");
	else if (++asks <= 3)
		give(id,
		    "{\"status\": \"completed\", \"total-time\": 0, "
		    "\"downtime\": 0}");
	else
		give(id,
		    "{\"status\": \"completed\", \"total-time\": 341, "
		    "\"setup-time\": 3, \"downtime\": 74, \"ram\": "
		    "{\"transferred\": 73, \"total\": 160}}");
}

static void
obey(const char *command, json_int_t id)
{
	if (strcmp(command, "device_del") == 0) {
		device_del(id);
	} else if (strcmp(command, "query-migrate") == 0) {
		query_migrate(id);
	} else if (strcmp(command, "migrate") == 0 &&
	    strcmp(model, "refusing") == 0) {
		refuse(id, "GenericError", "not today");
	} else {
		if (strcmp(command, "migrate") == 0)
			event("MIGRATION", "{\"status\": \"completed\"}");
		give(id, "{}");
		if (strcmp(command, "quit") == 0 ||
		    strcmp(command, "closefd") == 0)
			exit(0);
	}
}

static void
serve(void)
{
	FILE *in = fdopen(qmp, "r");
	char *line = NULL;
	size_t room = 0;
	json_t *whole;

	say("{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 0, "
	    "\"major\": 0}, \"package\": \"\"}, \"capabilities\": []}}\r\n");
	while (getline(&line, &room, in) > 0) {
		whole = json_loads(line, 0, NULL);
		obey(json_string_value(json_object_get(whole, "execute")),
		    json_integer_value(json_object_get(whole, "id")));
		json_decref(whole);
	}
	free(line);
	fclose(in);
	exit(4);
}

void
fake_qemu(int argc, char **argv)
{
	int i;

	if (argc < 2 || strcmp(argv[1], "-nodefaults") != 0)
		return;
	for (i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], "-cpu") == 0)
			model = argv[i + 1];
		sscanf(argv[i], "socket,id=qmp,fd=%d", &qmp);
	}
	if (strcmp(model, "garbage") == 0) {
		fprintf(stderr, "I am none\n");
		say("hello\n");
		stay();
	}
	if (strcmp(model, "mute") == 0)
		stay();
	serve();
}
