/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/enlightenments.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#define KVM_API 12
/* Leaves of Hyper-V's CPUID (its Top Level Functional Specification). */
#define FEATURES       0x40000003
#define RECOMMENDATION 0x40000004

/* What drivers of a Hyper-V guest use of it, and the bits by which a host's
 * KVM says that it has it; they are those that QEMU asks for
 * (kvm_hyperv_properties). What one needs comes before it. */
static const struct enlightenment {
	const char *flag;
	uint32_t leaf, eax, edx;
	const char *needs[2];
	bool wanted; /* without it there is no sense in the others */
} all[] = {
	{ "hv-relaxed", RECOMMENDATION, 1u << 5, 0, { NULL }, true },
	{ "hv-vapic", FEATURES, 1u << 4, 0, { NULL }, false },
	{ "hv-time", FEATURES, 1u << 1 | 1u << 9, 0, { NULL }, true },
	{ "hv-runtime", FEATURES, 1u << 0, 0, { NULL }, false },
	{ "hv-crash", FEATURES, 0, 1u << 10, { NULL }, false },
	{ "hv-vpindex", FEATURES, 1u << 6, 0, { NULL }, true },
	{ "hv-synic", FEATURES, 1u << 2, 0, { "hv-vpindex" }, true },
	{ "hv-stimer", FEATURES, 1u << 3, 0, { "hv-synic", "hv-time" }, true },
	{ "hv-frequencies", FEATURES, 1u << 11, 1u << 8, { NULL }, false },
	{ "hv-tlbflush", RECOMMENDATION, 1u << 2 | 1u << 11, 0,
	    { "hv-vpindex" }, false },
	{ "hv-ipi", RECOMMENDATION, 1u << 10 | 1u << 11, 0, { "hv-vpindex" },
	    false },
};
#define ALL (sizeof(all) / sizeof(all[0]))

static bool
host_has(const struct kvmlook *host, const struct enlightenment *e)
{
	const struct kvmlook_leaf *leaf;
	size_t i;

	for (i = 0; i < host->n_leaves; i++) {
		leaf = &host->leaves[i];
		if (leaf->function == e->leaf)
			return (leaf->eax & e->eax) == e->eax &&
			    (leaf->edx & e->edx) == e->edx;
	}
	return false;
}

/* Whether flag is one of the words of a list with commas. */
static bool
listed(const char *list, const char *flag)
{
	size_t bytes = strlen(flag);
	const char *at = list;

	while ((at = strstr(at, flag)) != NULL) {
		if ((at == list || at[-1] == ',') &&
		    (at[bytes] == ',' || at[bytes] == '\0'))
			return true;
		at += bytes;
	}
	return false;
}

static void
add(char list[ENLIGHTENMENTS_TEXT], const char *word)
{
	size_t at = strlen(list);

	snprintf(list + at, ENLIGHTENMENTS_TEXT - at, "%s%s", at > 0 ? "," : "",
	    word);
}

static void stand_in(struct enlightenments *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
stand_in(struct enlightenments *out, const char *fmt, ...)
{
	int at = snprintf(out->why, sizeof(out->why), "stand-in: ");
	va_list args;

	va_start(args, fmt);
	vsnprintf(out->why + at, sizeof(out->why) - (size_t)at, fmt, args);
	va_end(args);
}

/* Whether KVM runs guests here, as fast as they are meant to be. */
static bool
has_kvm(const struct kvmlook *host, struct enlightenments *out)
{
	if (host->open_errno == ENOENT)
		stand_in(out, "this host has no /dev/kvm");
	else if (host->open_errno != 0)
		stand_in(out, "/dev/kvm cannot be opened: %s",
		    strerror(host->open_errno));
	else if (host->api != KVM_API)
		stand_in(out, "/dev/kvm has version %d, not %d", host->api,
		    KVM_API);
	else if (!host->hardware)
		stand_in(out,
		    "/dev/kvm is there, but the processor has "
		    "neither VMX nor SVM to run a guest by");
	return out->why[0] == '\0';
}

static bool
has_hyperv(const struct kvmlook *host, struct enlightenments *out)
{
	if (!host->hyperv)
		stand_in(out,
		    "this host's KVM has no Hyper-V enlightenments "
		    "(KVM_CAP_HYPERV)");
	else if (host->leaves_errno != 0)
		stand_in(out,
		    "this host's KVM does not say which Hyper-V "
		    "enlightenments it has "
		    "(KVM_GET_SUPPORTED_HV_CPUID): %s",
		    strerror(host->leaves_errno));
	return out->why[0] == '\0';
}

static void
choose(const struct kvmlook *host, struct enlightenments *out)
{
	char missing[ENLIGHTENMENTS_TEXT] = "";
	const struct enlightenment *e;
	bool has;
	size_t i, k;

	for (i = 0; i < ALL; i++) {
		e = &all[i];
		has = host_has(host, e);
		for (k = 0; k < 2 && e->needs[k] != NULL; k++)
			has = has && listed(out->cpu, e->needs[k]);
		if (has)
			add(out->cpu, e->flag);
		else if (e->wanted)
			add(missing, e->flag);
	}
	out->offered = missing[0] == '\0';
	if (out->offered)
		return;
	snprintf(out->cpu, sizeof(out->cpu), "host");
	stand_in(out, "this host's KVM lacks %s", missing);
}

void
enlightenments_decide(const struct kvmlook *host, struct enlightenments *out)
{
	memset(out, 0, sizeof(*out));
	if (!has_kvm(host, out))
		return;
	out->kvm = true;
	add(out->cpu, "host");
	if (has_hyperv(host, out))
		choose(host, out);
}

struct json_t *
enlightenments_question(void)
{
	return json_pack("{s:s,s:{s:s,s:{s:b}}}", "type", "full", "model",
	    "name", "max", "props", "hv-passthrough", 1);
}

void
enlightenments_answer(const struct json_t *value,
    char flags[ENLIGHTENMENTS_TEXT])
{
	const json_t *model = json_object_get(value, "model");
	const json_t *props = json_object_get(model, "props");
	size_t i;

	flags[0] = '\0';
	for (i = 0; i < ALL; i++)
		if (json_is_true(json_object_get(props, all[i].flag)))
			add(flags, all[i].flag);
}
