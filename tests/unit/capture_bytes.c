/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture_bytes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

void
bytes_put(struct capture_bytes *b, unsigned size, uint64_t value)
{
	unsigned i;

	for (i = 0; i < size; i++)
		strbuf_addc(&b->out,
		    (char)(value >> 8 * (b->big ? size - 1 - i : i)));
}

static void
pad(struct capture_bytes *b)
{
	while (b->out.bytes % 4 != 0)
		strbuf_addc(&b->out, '\0');
}

void
bytes_pcap(struct capture_bytes *b, uint32_t magic, uint32_t linktype)
{
	bytes_put(b, 4, magic);
	bytes_put(b, 2, 2);
	bytes_put(b, 2, 4);
	bytes_put(b, 8, 0);
	bytes_put(b, 4, 65535);
	bytes_put(b, 4, linktype);
}

void
bytes_pcap_packet(struct capture_bytes *b, uint32_t seconds, uint32_t fraction,
    const void *data, uint32_t bytes, uint32_t wire_bytes)
{
	bytes_put(b, 4, seconds);
	bytes_put(b, 4, fraction);
	bytes_put(b, 4, bytes);
	bytes_put(b, 4, wire_bytes);
	strbuf_add(&b->out, data, bytes);
}

/* A block's two lengths, once it is known. */
static void
close_block(struct capture_bytes *b, size_t start)
{
	struct capture_bytes length = { .big = b->big };
	uint32_t bytes;

	pad(b);
	bytes = (uint32_t)(b->out.bytes - start) + 4;
	bytes_put(b, 4, bytes);
	bytes_put(&length, 4, bytes);
	memcpy(b->out.data + start + 4, length.out.data, 4);
	strbuf_fini(&length.out);
}

static size_t
open_block(struct capture_bytes *b, uint32_t type)
{
	size_t start = b->out.bytes;

	bytes_put(b, 4, type);
	bytes_put(b, 4, 0);
	return start;
}

void
bytes_section(struct capture_bytes *b)
{
	size_t start = open_block(b, 0x0a0d0d0a);

	bytes_put(b, 4, 0x1a2b3c4d);
	bytes_put(b, 2, 1);
	bytes_put(b, 2, 0);
	bytes_put(b, 8, UINT64_MAX);
	close_block(b, start);
}

void
bytes_interface(struct capture_bytes *b, uint32_t linktype, const char *name,
    uint8_t resolution, int64_t offset_s)
{
	size_t start = open_block(b, 1);

	bytes_put(b, 2, linktype);
	bytes_put(b, 2, 0);
	bytes_put(b, 4, 65535);
	bytes_put(b, 2, 2);
	bytes_put(b, 2, strlen(name));
	strbuf_adds(&b->out, name);
	pad(b);
	if (resolution != 0xff) {
		bytes_put(b, 2, 9);
		bytes_put(b, 2, 1);
		bytes_put(b, 1, resolution);
		pad(b);
	}
	if (offset_s != 0) {
		bytes_put(b, 2, 14);
		bytes_put(b, 2, 8);
		bytes_put(b, 8, (uint64_t)offset_s);
	}
	bytes_put(b, 4, 0);
	close_block(b, start);
}

void
bytes_packet(struct capture_bytes *b, uint32_t interface, uint64_t stamp,
    const void *data, uint32_t bytes)
{
	size_t start = open_block(b, 6);

	bytes_put(b, 4, interface);
	bytes_put(b, 4, stamp >> 32);
	bytes_put(b, 4, stamp & UINT32_MAX);
	bytes_put(b, 4, bytes);
	bytes_put(b, 4, bytes);
	strbuf_add(&b->out, data, bytes);
	close_block(b, start);
}

void
bytes_statistics(struct capture_bytes *b, uint32_t interface, uint64_t dropped)
{
	size_t start = open_block(b, 5);

	bytes_put(b, 4, interface);
	bytes_put(b, 8, 0);
	bytes_put(b, 2, 5);
	bytes_put(b, 2, 8);
	bytes_put(b, 8, dropped);
	bytes_put(b, 4, 0);
	close_block(b, start);
}

char *
bytes_file(const struct capture_bytes *b)
{
	char *path = mem_str("/tmp/capture_bytes.XXXXXX");
	int fd = mkstemp(path);
	ssize_t wrote;

	assert(fd >= 0);
	wrote = write(fd, strbuf_str(&b->out), b->out.bytes);
	assert(wrote == (ssize_t)b->out.bytes);
	(void)wrote;
	close(fd);
	return path;
}
