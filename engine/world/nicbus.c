/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/nicbus.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last part of where a link leads; false when there is none, or it does
 * not fit. */
static bool
last_of_link(int folder, const char *path, char *out, size_t size)
{
	char target[PATH_MAX];
	const char *slash;
	ssize_t n = readlinkat(folder, path, target, sizeof(target) - 1);

	if (n <= 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	slash = slash != NULL ? slash + 1 : target;
	if (*slash == '\0' || strlen(slash) >= size)
		return false;
	memcpy(out, slash, strlen(slash) + 1);
	return true;
}

static bool
has_index(int folder, uint32_t index)
{
	char text[16];
	ssize_t n;
	int fd = openat(folder, "ifindex", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return strtoul(text, NULL, 10) == index;
}

static void
fill(int net, struct ifevent *e)
{
	char device[sizeof(e->device)], bus[sizeof(e->bus)];
	int folder;

	/* A kernel's name has no slash; "." and ".." are none. */
	if (e->name[0] == '.' || strchr(e->name, '/') != NULL)
		return;
	folder = openat(net, e->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return;
	if (has_index(folder, e->index) &&
	    last_of_link(folder, "device", device, sizeof(device)) &&
	    last_of_link(folder, "device/subsystem", bus, sizeof(bus))) {
		memcpy(e->device, device, sizeof(device));
		memcpy(e->bus, bus, sizeof(bus));
	}
	close(folder);
}

void
nicbus_fill(const char *sys, struct linklook *l)
{
	char path[PATH_MAX];
	size_t i;
	int net;

	for (i = 0; i < l->n_links; i++)
		if (l->links[i].device[0] != '\0')
			return;
	snprintf(path, sizeof(path), "%s/class/net", sys);
	net = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (net < 0)
		return;
	for (i = 0; i < l->n_links; i++)
		if (l->links[i].link_kind[0] == '\0')
			fill(net, &l->links[i]);
	close(net);
}
