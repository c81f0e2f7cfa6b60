/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "event/devline.h"
#include "sim/stage/reenact_parts.h"

static const struct {
	const char *device, *prefix, *driver;
} devices[] = {
	{ "vmxnet3", "vmx", "vmx" },
	{ "virtio-net", "vtnet", "vtnet" },
	{ "e1000", "em", "em" },
	{ "mlx5", "mce", "mlx5" },
	{ "mlx4", "mlxen", "mlx4" },
	{ "igbvf", "igb", "igb" },
};
#define DEVICES (sizeof(devices) / sizeof(devices[0]))

/* "vmx" of "vmx0"; false for what cannot be an interface's name. */
static bool
split_name(const char *name, char prefix[SCN_NAME_MAX])
{
	size_t n = strcspn(name, "0123456789");

	if (n == 0 || n >= SCN_NAME_MAX || name[n] == '\0' ||
	    strlen(name) >= SCN_NAME_MAX || !isalpha((unsigned char)name[0]))
		return false;
	memcpy(prefix, name, n);
	prefix[n] = '\0';
	return true;
}

const char *
cast_driver(const char *device)
{
	char prefix[SCN_NAME_MAX];
	size_t i;

	for (i = 0; i < DEVICES; i++)
		if (strncmp(device, devices[i].device,
			strlen(devices[i].device)) == 0)
			return devices[i].driver;
	if (split_name(device, prefix))
		for (i = 0; i < DEVICES; i++)
			if (strcmp(prefix, devices[i].prefix) == 0)
				return devices[i].driver;
	return NULL;
}

static enum actor_kind
kind_of(const char *name)
{
	char prefix[SCN_NAME_MAX];

	if (!split_name(name, prefix))
		return ACTOR_OTHER;
	if (strcmp(prefix, "hn") == 0)
		return ACTOR_HN;
	if (strcmp(prefix, "lagg") == 0)
		return ACTOR_LAGG;
	return cast_driver(name) != NULL && strchr(name, '.') == NULL
	    ? ACTOR_NIC
	    : ACTOR_OTHER;
}

struct actor *
cast_find(const struct cast *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (strcmp(c->list[i].name, name) == 0)
			return &c->list[i];
	return NULL;
}

bool
cast_is_present(const struct actor *a)
{
	return a->of_boot || a->seen_ns < a->born_ns;
}

static struct actor *
actor(struct cast *c, const char *name)
{
	struct actor *a = cast_find(c, name);

	if (a != NULL)
		return a;
	a = MEM_PUSH(c->list, c->n, c->cap);
	snprintf(a->name, sizeof(a->name), "%s", name);
	a->kind = kind_of(name);
	a->born_ns = a->seen_ns = INT64_MAX;
	c->has_hn = c->has_hn || a->kind == ACTOR_HN;
	return a;
}

/* lo0 and pflog0 are in every guest and play no part. */
static bool
is_extra(const char *name)
{
	char prefix[SCN_NAME_MAX];

	return !split_name(name, prefix) || strcmp(name, "lo0") == 0 ||
	    strcmp(prefix, "pflog") == 0;
}

static void
see(struct cast *c, const char *name, int64_t at_ns)
{
	struct actor *a;

	if (is_extra(name))
		return;
	a = actor(c, name);
	if (at_ns < a->seen_ns)
		a->seen_ns = at_ns;
}

static void
bear(struct cast *c, const char *name, int64_t at_ns)
{
	struct actor *a;

	if (is_extra(name))
		return;
	a = actor(c, name);
	if (at_ns < a->born_ns)
		a->born_ns = at_ns;
}

/* Of two signs the earlier one is right; what is heard after the interface
 * was made or went says nothing of the beginning. */
static void
was_up(struct cast *c, const char *name, int64_t at_ns, bool up)
{
	struct actor *a;

	if (is_extra(name))
		return;
	a = actor(c, name);
	if (!a->up_known && at_ns < a->born_ns) {
		a->up = up;
		a->up_known = true;
	}
}

/* --- what tells of whom --- */

static void
read_records(struct cast *c)
{
	const struct recording *r = c->r;
	size_t i, boot = recording_boot_end(r);
	struct devline line = { 0 };
	const char *name, *type;

	for (i = 0; i < r->n_records; i++) {
		devline_parse(&line, r->records[i].raw,
		    r->records[i].raw_bytes);
		if (line.kind != DEVLINE_NOTIFY)
			continue;
		name = devline_subsystem(&line);
		type = devline_type(&line);
		if (strcmp(devline_system(&line), "IFNET") != 0 &&
		    strcmp(devline_system(&line), "HYPERV_NIC_VF") != 0)
			continue;
		if (i >= boot && strcmp(type, "ATTACH") == 0)
			bear(c, name, r->records[i].at_ns);
		else if (i >= boot)
			see(c, name, r->records[i].at_ns);
	}
	devline_fini(&line);
}

/* A boot's queue also names NICs that are renamed later: only who is heard of
 * again counts. */
static void
read_boot(struct cast *c)
{
	const struct recording *r = c->r;
	size_t i, boot = recording_boot_end(r);
	struct devline line = { 0 };
	struct actor *a;

	for (i = 0; i < boot; i++) {
		devline_parse(&line, r->records[i].raw,
		    r->records[i].raw_bytes);
		a = cast_find(c, devline_subsystem(&line));
		if (line.kind == DEVLINE_NOTIFY && a != NULL &&
		    strcmp(devline_type(&line), "ATTACH") == 0 &&
		    strcmp(devline_system(&line), "IFNET") == 0)
			a->of_boot = true;
	}
	devline_fini(&line);
}

/* The first look, "hn0 MASTER, vmx0 ACTIVE": records and outputs are late. */
static void
read_look(struct cast *c)
{
	const struct witness_list *l = &c->r->beside->aggregate;
	char *copy, *rest, *word;

	if (l->count == 0)
		return;
	if (strcmp(l->list[0].text, "none") == 0) {
		bear(c, "lagg0", l->list[0].at_ns);
		return;
	}
	see(c, "lagg0", l->list[0].at_ns);
	copy = rest = mem_str(l->list[0].text);
	while ((word = strsep(&rest, ",")) != NULL) {
		word += strspn(word, " ");
		word[strcspn(word, " ")] = '\0';
		see(c, word, l->list[0].at_ns);
	}
	free(copy);
}

/* An active port is up. One that is not is so beside another NIC, but not
 * beside an hn: that would have no link then. */
static void
read_flags(struct cast *c, const struct witness_sight *look)
{
	char *copy = mem_str(look->text), *rest = copy, *word;
	bool active;

	while ((word = strsep(&rest, ",")) != NULL) {
		active = strstr(word, " ACTIVE") != NULL;
		word += strspn(word, " ");
		word[strcspn(word, " ")] = '\0';
		if (cast_find(c, word) != NULL)
			was_up(c, word, look->at_ns, active || !c->has_hn);
	}
	free(copy);
}

/* "vmx0: flags=8843<UP,...", and "ether" below it. */
static void
read_output(struct cast *c, const char *text, int64_t at_ns)
{
	char *copy = mem_str(text), *rest = copy, *line, *flags;
	char name[SCN_NAME_MAX] = "";
	struct actor *a = NULL;

	while ((line = strsep(&rest, "\n")) != NULL) {
		flags = strstr(line, ": flags=");
		if (flags != NULL && !isspace((unsigned char)line[0]) &&
		    flags - line < SCN_NAME_MAX) {
			memcpy(name, line, (size_t)(flags - line));
			name[flags - line] = '\0';
			see(c, name, at_ns);
			a = cast_find(c, name);
			if (a != NULL)
				was_up(c, name, at_ns,
				    (strtoul(flags + 8, NULL, 16) & 1) != 0);
		} else if (a != NULL && !a->has_mac &&
		    strncmp(line, "\tether ", 7) == 0) {
			a->has_mac = mac_parse(line + 7, a->mac);
		}
	}
	free(copy);
}

struct typed {
	struct cast *c;
	int64_t at_ns;
};

static void
join(struct cast *c, const char *name, const char *how)
{
	struct actor *a = cast_find(c, name);

	if (a != NULL && strcmp(how, "vlandev") != 0)
		a->joined = true;
}

static void
read_command(void *ctx, const char *command)
{
	struct typed *t = ctx;
	char *copy = mem_str(command), *rest = copy, *word;
	char name[SCN_NAME_MAX] = "", previous[16] = "";
	bool created = false;

	word = strsep(&rest, " ");
	if (strcmp(word, "ifconfig") == 0)
		while ((word = strsep(&rest, " ")) != NULL) {
			if (word[0] == '\0')
				continue;
			if (name[0] == '\0' && word[0] != '-') {
				snprintf(name, sizeof(name), "%s", word);
			} else if (strcmp(word, "create") == 0) {
				bear(t->c, name, t->at_ns);
				created = true;
			} else if (strcmp(previous, "name") == 0) {
				bear(t->c, word, t->at_ns);
			} else if (strcmp(previous, "laggport") == 0 ||
			    strcmp(previous, "-laggport") == 0 ||
			    strcmp(previous, "vlandev") == 0) {
				see(t->c, word, t->at_ns);
				join(t->c, word, previous);
			} else if ((strcmp(word, "up") == 0 ||
				       strcmp(word, "down") == 0) &&
			    name[0] != '\0') {
				was_up(t->c, name, t->at_ns, word[0] == 'd');
			}
			snprintf(previous, sizeof(previous), "%s", word);
		}
	if (name[0] != '\0' && !created)
		see(t->c, name, t->at_ns);
	free(copy);
}

/* Whether message m is the last of an interface that goes: it is down already,
 * and if its link is known it was up before. */
static bool
is_leaving(const struct witness *w, size_t m, const char *name)
{
	char text[SCN_NAME_MAX + 32];
	size_t i;

	snprintf(text, sizeof(text), "ANNOUNCE %s departure", name);
	for (i = m + 1; i < w->routes.count &&
	     w->routes.list[i].at_ns < w->routes.list[m].at_ns + DUR_SEC;
	     i++)
		if (strcmp(w->routes.list[i].text, text) == 0)
			return true;
	return false;
}

/* Commands, outputs and messages in the order of their times: the first sign
 * of a flag counts. */
static void
read_deeds(struct cast *c)
{
	const struct witness *w = c->r->beside;
	char *copy, *rest, *what, *name, *flag;
	struct typed t = { .c = c };
	size_t d = 0, m = 0;
	bool looked = w->aggregate.count == 0;
	int64_t next;

	while (d < w->n_deeds || m < w->routes.count) {
		next = d < w->n_deeds ? w->deeds[d].at_ns : INT64_MAX;
		if (m < w->routes.count && w->routes.list[m].at_ns < next)
			next = w->routes.list[m].at_ns;
		if (!looked && w->aggregate.list[0].at_ns <= next) {
			read_flags(c, &w->aggregate.list[0]);
			looked = true;
		}
		if (m == w->routes.count ||
		    (d < w->n_deeds &&
			w->deeds[d].at_ns <= w->routes.list[m].at_ns)) {
			t.at_ns = w->deeds[d].at_ns;
			if (w->deeds[d].kind == WITNESS_COMMAND) {
				shell_each(w->deeds[d].text, read_command, &t);
				read_output(c, w->deeds[d].output, t.at_ns);
			}
			d++;
			continue;
		}
		copy = rest = mem_str(w->routes.list[m].text);
		what = strsep(&rest, " ");
		name = strsep(&rest, " ");
		flag = strsep(&rest, " ");
		if (strcmp(what, "ANNOUNCE") == 0 && flag[0] == 'a') {
			bear(c, name, w->routes.list[m].at_ns);
		} else if (strcmp(what, "ANNOUNCE") == 0 ||
		    strcmp(what, "IFINFO") == 0) {
			see(c, name, w->routes.list[m].at_ns);
			if (strcmp(flag, "up") == 0 ||
			    (rest != NULL && strcmp(rest, "link-up") == 0 &&
				is_leaving(w, m, name)))
				was_up(c, name, w->routes.list[m].at_ns, true);
		}
		free(copy);
		m++;
	}
}

/* --- who is who --- */

/* "device_add vmxnet3 id=vf0 ... mac=52:54:00:aa:00:02" */
static void
read_plugged(struct cast *c)
{
	const struct witness *w = c->r->beside;
	const char *text, *mac;
	char name[SCN_NAME_MAX], ether[MAC_TEXT];
	struct actor *a;
	size_t i;

	for (i = 0; i < w->n_deeds; i++) {
		text = w->deeds[i].text;
		if (w->deeds[i].kind != WITNESS_HOST ||
		    strncmp(text, "device_add ", 11) != 0 ||
		    cast_driver(text + 11) == NULL)
			continue;
		snprintf(name, sizeof(name), "%.10s0", cast_driver(text + 11));
		if (c->vf[0] == '\0')
			memcpy(c->vf, name, sizeof(c->vf));
		a = actor(c, name);
		mac = strstr(text, "mac=");
		if (mac != NULL && !a->has_mac) {
			snprintf(ether, sizeof(ether), "%.17s", mac + 4);
			a->has_mac = mac_parse(ether, a->mac);
		}
	}
}

/* Who is unplugged, or called so in the head, or is the aggregate's first
 * port: the VF of the recording. */
static void
choose_vf(struct cast *c)
{
	static const char *const guesses[] = { "vmx0", "em0", "vtnet0" };
	char text[SCN_NAME_MAX + 24];
	size_t i;

	for (i = 0; i < c->n && c->vf[0] == '\0'; i++) {
		if (c->list[i].kind != ACTOR_NIC)
			continue;
		snprintf(text, sizeof(text), "(%s) plays the VF",
		    c->list[i].name);
		if (strstr(c->r->beside->about, text) != NULL)
			memcpy(c->vf, c->list[i].name, sizeof(c->vf));
	}
	for (i = 0; i < 3 && c->vf[0] == '\0'; i++)
		if (cast_find(c, guesses[i]) != NULL)
			snprintf(c->vf, sizeof(c->vf), "%s", guesses[i]);
	for (i = 0; i < c->n && c->other[0] == '\0'; i++)
		if ((c->list[i].kind == ACTOR_HN ||
			(c->list[i].kind == ACTOR_NIC && !c->has_hn)) &&
		    strcmp(c->list[i].name, c->vf) != 0)
			memcpy(c->other, c->list[i].name, sizeof(c->other));
}

/* The addresses of the recorded guests: the hn and its VF have one in
 * common, other NICs end in 01 and the VF in 02. */
static void
choose_macs(struct cast *c)
{
	static const uint8_t mac[6] = { 0x52, 0x54, 0x00, 0xaa, 0x00, 0x01 };
	struct actor *a;
	size_t i;

	for (i = 0; i < c->n; i++) {
		a = &c->list[i];
		if (a->has_mac && (a->kind == ACTOR_HN || c->has_hn))
			continue;
		if (a->has_mac && strcmp(a->name, c->vf) == 0)
			continue;
		memcpy(a->mac, mac, sizeof(a->mac));
		if (!c->has_hn && strcmp(a->name, c->vf) == 0 &&
		    strcmp(a->name, "vtnet0") != 0)
			a->mac[5] = 0x02;
	}
}

/* "virtio-net plays hn0, ..." in the head. */
static void
read_head(struct cast *c)
{
	const char *at = strstr(c->r->beside->about, " plays hn");
	char name[SCN_NAME_MAX];

	if (at == NULL)
		return;
	at += strlen(" plays ");
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(at, " ,;.\n"), at);
	see(c, name, 0);
}

void
cast_read(struct cast *c, const struct recording *r)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->r = r;
	read_head(c);
	read_plugged(c);
	read_records(c);
	if (r->beside->state[0] != '\0')
		read_output(c, r->beside->state, 0);
	read_look(c);
	read_deeds(c);
	read_boot(c);
	/* Nobody leaves a port down: of which no sign is, that one was up. */
	for (i = 0; i < c->n; i++)
		if (!c->list[i].up_known &&
		    (c->has_hn ? r->beside->aggregate.count == 0 &&
				!c->list[i].of_boot
			       : c->list[i].joined))
			c->list[i].up = true;
	choose_vf(c);
	choose_macs(c);
}

void
cast_fini(struct cast *c)
{
	free(c->list);
}
