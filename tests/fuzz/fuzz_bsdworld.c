/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A FreeBSD kernel that answers with any bytes: it is looked at twice, and
 * between and after that asked to carry operations out. Nothing is changed
 * that the last look has not shown as ours.
 *
 * Input: a byte for how often it refuses; three texts, each behind a byte that
 * is a 16th of its length, for the operation and the two tables; the rest is
 * what it answers.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "failover/operation_row.h"
#include "world/bsdworld.h"

#define CHANGE UINT32_C(0x40000000) /* an ioctl(2) that the kernel answers */

struct kernel {
	const uint8_t *at, *end; /* what it answers, over and over */
	const uint8_t *from;
	const uint8_t *tables[2];
	size_t table_bytes[2];
	unsigned refuses;
	const struct snapshot *seen;
	const struct operation *op;
	size_t changes;
};

static size_t
take(struct kernel *k, void *out, size_t bytes)
{
	uint8_t *to = out;
	size_t i;

	for (i = 0; i < bytes; i++) {
		if (k->at == k->end)
			k->at = k->from;
		to[i] = k->at < k->end ? *k->at++ : 0;
	}
	return bytes;
}

static unsigned
take_byte(struct kernel *k)
{
	uint8_t byte;

	take(k, &byte, 1);
	return byte;
}

/* 0, or an errno now and then. */
static int
outcome(struct kernel *k)
{
	unsigned byte = take_byte(k);

	return byte < k->refuses ? (int)byte % 100 + 1 : 0;
}

static bool
is_vf(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_ifs; i++)
		if (s->ifs[i].class == IF_HN && strcmp(s->ifs[i].vf, name) == 0)
			return true;
	return false;
}

/* Of several of one name the kernel knows the first. */
static bool
is_ours(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_ifs; i++)
		if (strcmp(s->ifs[i].name, name) == 0)
			return s->ifs[i].class != IF_OTHER || is_vf(s, name);
	return false;
}

static void
check_change(struct kernel *k, const struct bsdrequest *r)
{
	char name[IFNAME_MAX] = "";

	FUZZ_HOLDS(k->op != NULL); /* a look changes nothing */
	k->changes++;
	if (k->op->kind == OP_LAGG_CREATE || k->op->kind == OP_CLONE)
		return;
	memcpy(name, r->data, sizeof(name) - 1);
	FUZZ_HOLDS(is_ours(k->seen, name));
}

static int
ask(void *ctx, struct bsdrequest *r)
{
	struct kernel *k = ctx;

	FUZZ_HOLDS(r->bytes <= sizeof(r->data));
	FUZZ_HOLDS(r->extra_bytes <= sizeof(r->extra));
	FUZZ_HOLDS(r->bytes == (r->code >> 16 & 0x1fff));
	FUZZ_HOLDS(
	    r->pointer_at == 0 || r->pointer_at + sizeof(void *) <= r->bytes);
	if ((r->code & CHANGE) == 0)
		check_change(k, r);
	else if (r->code != BSD_SIOCIFCREATE2)
		take(k, r->data, r->bytes);
	take(k, r->extra, r->extra_bytes);
	return outcome(k);
}

static int
table(void *ctx, enum bsdkernel_table what, struct strbuf *out)
{
	const struct kernel *k = ctx;
	size_t which = what == BSDKERNEL_INTERFACES ? 0 : 1;

	strbuf_add(out, k->tables[which], k->table_bytes[which]);
	return outcome(ctx);
}

static int
driver(void *ctx, uint32_t index, char *name, size_t bytes)
{
	static const char *const names[] = { "hn0", "lagg0", "mce0", "vlan1",
		"x", "mlxen12345678901" };
	unsigned which = take_byte(ctx);

	(void)index;
	if (which < 6)
		snprintf(name, bytes, "%s", names[which]);
	else
		name[take(ctx, name, which % bytes)] = '\0';
	return outcome(ctx);
}

static int
get(void *ctx, const char *name, void *buf, size_t *bytes)
{
	size_t most = *bytes;

	FUZZ_HOLDS(strlen(name) < 96);
	*bytes = take_byte(ctx) % (most + 1);
	take(ctx, buf, *bytes);
	return outcome(ctx);
}

static int
set(void *ctx, const char *name, int value)
{
	(void)value;
	FUZZ_HOLDS(strcmp(name, "net.link.lagg.failover_rx_all") == 0);
	return outcome(ctx);
}

static int
route(void *ctx, const void *message, size_t bytes)
{
	const uint8_t *m = message;

	FUZZ_HOLDS(bytes <= BSDROUTE_BYTES);
	FUZZ_HOLDS((size_t)m[0] + (size_t)m[1] * 256 == bytes);
	return outcome(ctx);
}

static int
load(void *ctx, const char *module)
{
	FUZZ_HOLDS(strncmp(module, "if_", 3) == 0);
	return outcome(ctx);
}

static bool
exists(void *ctx, const char *path)
{
	FUZZ_HOLDS(path[0] == '/');
	return take_byte(ctx) % 2 != 0;
}

static int
read_file(void *ctx, const char *path, size_t most, struct strbuf *out)
{
	char text[256];
	size_t bytes = take_byte(ctx);

	(void)path;
	FUZZ_HOLDS(most >= bytes);
	strbuf_adds(out, "fixed-address ");
	strbuf_add(out, text, take(ctx, text, bytes));
	return outcome(ctx);
}

static int
holder(void *ctx, const char *path)
{
	(void)path;
	return (int)take_byte(ctx) - 100;
}

static int
terminate(void *ctx, int pid)
{
	FUZZ_HOLDS(pid > 0);
	return outcome(ctx);
}

static int
start(void *ctx, const char *const *argv)
{
	size_t n = 0;

	FUZZ_HOLDS(strcmp(argv[0], "/sbin/dhclient") == 0 ||
	    strcmp(argv[0], "/sbin/rtsol") == 0);
	while (argv[n] != NULL)
		n++;
	FUZZ_HOLDS(n >= 2 && n <= 17 && argv[n - 1][0] != '-');
	return outcome(ctx);
}

static const struct bsdkernel_ops ops = {
	.ask = ask,
	.table = table,
	.driver = driver,
	.get = get,
	.set = set,
	.route = route,
	.load = load,
	.exists = exists,
	.read = read_file,
	.holder = holder,
	.terminate = terminate,
	.start = start,
};

static void
note(void *ctx, const char *text)
{
	(void)ctx;
	FUZZ_HOLDS(strlen(text) > 0);
}

/* The text at the beginning, which is then behind. */
static const uint8_t *
cut(const uint8_t **data, size_t *bytes, size_t *length)
{
	const uint8_t *text = *data + 1;

	*length = 0;
	if (*bytes == 0)
		return *data;
	*length = (size_t) * *data * 16;
	if (*length > *bytes - 1)
		*length = *bytes - 1;
	*data += 1 + *length;
	*bytes -= 1 + *length;
	return text;
}

/* Every kind, with the rest as the row has it. */
static void
apply_all(struct bsdworld *w, struct kernel *k, struct operation *op)
{
	int kind;

	k->op = op;
	for (kind = OP_LAGG_CREATE; kind <= OP_DHCP_STOP; kind++) {
		op->kind = (enum op_kind)kind;
		FUZZ_HOLDS(bsdworld_apply(w, op) >= 0);
	}
	k->op = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const struct bsdpairs pairs = { .pairs = { { .synth = "em0" },
						   { .synth = "em1",
						       .fits = "ix*" } },
		.count = 2 };
	struct kernel k = { .refuses = 0 };
	const struct bsdkernel kernel = { &ops, &k };
	struct snapshot seen = { 0 };
	struct bsdworld *w;
	struct operation op;
	const uint8_t *row;
	size_t row_bytes;
	int i;

	if (bytes == 0)
		return 0;
	k.refuses = data[0];
	data++, bytes--;
	row = cut(&data, &bytes, &row_bytes);
	if (!operation_row_read((const char *)row, row_bytes, &op))
		memset(&op, 0, sizeof(op));
	k.tables[0] = cut(&data, &bytes, &k.table_bytes[0]);
	k.tables[1] = cut(&data, &bytes, &k.table_bytes[1]);
	k.at = k.from = data;
	k.end = data + bytes;
	k.seen = &seen;
	w = bsdworld_new(&kernel, &pairs, note, NULL);
	for (i = 0; i < 2; i++) {
		snapshot_reset(&seen);
		bsdworld_observe(w, &seen);
		apply_all(w, &k, &op);
	}
	bsdworld_free(w);
	snapshot_fini(&seen);
	return 0;
}
