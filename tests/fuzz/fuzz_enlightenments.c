/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host's KVM says of itself, and what QEMU answers of its processor,
 * whatever they say: flags of which each has what it needs in front of it, or
 * one printable line that says why not.
 *
 * Input: 8 bytes of what was found, a leaf every 12 bytes; behind a "{", the
 * answer.
 */
#include "fuzz.h"

#include <string.h>

#include <jansson.h>

#include "sim/lab/enlightenments.h"

#define HEAD 8
#define LEAF 12

static uint32_t
take32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	    (uint32_t)at[3] << 24;
}

static void
look(const uint8_t *data, size_t bytes, struct kvmlook *k)
{
	struct kvmlook_leaf *leaf;

	if (bytes < HEAD)
		return;
	k->open_errno = data[0];
	k->api = data[1];
	k->hardware = data[2] % 2 != 0;
	k->hyperv = data[3] % 2 != 0;
	k->leaves_errno = data[4];
	data += HEAD, bytes -= HEAD;
	while (bytes >= LEAF && k->n_leaves < KVMLOOK_LEAVES) {
		leaf = &k->leaves[k->n_leaves++];
		leaf->function = 0x40000000 + data[0] % 8;
		leaf->eax = take32(data + 4);
		leaf->edx = take32(data + 8);
		data += LEAF, bytes -= LEAF;
	}
}

static void
check(const struct enlightenments *e)
{
	const char *p;

	FUZZ_HOLDS(memchr(e->cpu, '\0', sizeof(e->cpu)) != NULL);
	FUZZ_HOLDS(memchr(e->why, '\0', sizeof(e->why)) != NULL);
	FUZZ_HOLDS(e->kvm == (strncmp(e->cpu, "host", 4) == 0));
	FUZZ_HOLDS(e->offered == (e->why[0] == '\0'));
	FUZZ_HOLDS(e->offered || strncmp(e->why, "stand-in: ", 10) == 0);
	FUZZ_HOLDS(e->offered == (strstr(e->cpu, ",hv-") != NULL));
	if ((p = strstr(e->cpu, "hv-synic")) != NULL)
		FUZZ_HOLDS(strstr(e->cpu, "hv-vpindex") < p);
	for (p = e->why; *p != '\0'; p++)
		FUZZ_HOLDS(*p >= ' ' && *p <= '~');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char flags[ENLIGHTENMENTS_TEXT];
	struct enlightenments e;
	struct kvmlook k = { .n_leaves = 0 };
	const char *answer;
	json_t *value;

	look(data, bytes, &k);
	enlightenments_decide(&k, &e);
	check(&e);
	answer = bytes > 0 ? memchr(data, '{', bytes) : NULL;
	if (answer == NULL)
		return 0;
	value =
	    json_loadb(answer, bytes - (size_t)(answer - (const char *)data),
		JSON_DISABLE_EOF_CHECK, NULL);
	enlightenments_answer(value, flags);
	FUZZ_HOLDS(memchr(flags, '\0', sizeof(flags)) != NULL);
	FUZZ_HOLDS(flags[0] == '\0' || strncmp(flags, "hv-", 3) == 0);
	json_decref(value);
	return 0;
}
