/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/protobuf.h"

#include "report/clean.h"

enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2 };

static void
add_varint(struct strbuf *out, uint64_t value)
{
	while (value > 0x7f) {
		strbuf_addc(out, (char)(0x80 | (value & 0x7f)));
		value >>= 7;
	}
	strbuf_addc(out, (char)value);
}

static void
add_key(struct strbuf *out, uint32_t field, enum wire wire)
{
	add_varint(out, (uint64_t)field << 3 | (uint64_t)wire);
}

void
protobuf_uint(struct strbuf *out, uint32_t field, uint64_t value)
{
	add_key(out, field, WIRE_VARINT);
	add_varint(out, value);
}

void
protobuf_fixed64(struct strbuf *out, uint32_t field, uint64_t value)
{
	int i;

	add_key(out, field, WIRE_FIXED64);
	for (i = 0; i < 8; i++)
		strbuf_addc(out, (char)(value >> (8 * i) & 0xff));
}

void
protobuf_bytes(struct strbuf *out, uint32_t field, const void *data,
    size_t bytes)
{
	add_key(out, field, WIRE_BYTES);
	add_varint(out, bytes);
	strbuf_add(out, data, bytes);
}

void
protobuf_message(struct strbuf *out, uint32_t field,
    const struct strbuf *message)
{
	protobuf_bytes(out, field, strbuf_str(message), message->bytes);
}

void
protobuf_text(struct strbuf *out, uint32_t field, const char *s)
{
	struct strbuf clean = { 0 };

	clean_text(&clean, s);
	protobuf_message(out, field, &clean);
	strbuf_fini(&clean);
}
