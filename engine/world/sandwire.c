/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/sandwire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "base/mem.h"

#define HEAD 4 /* bytes of the length */

static void
put(unsigned char *to, uint64_t value, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t
get(const unsigned char *from, size_t bytes)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < bytes; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

size_t
wire_begin(struct strbuf *sb, unsigned kind)
{
	size_t mark = sb->bytes;
	unsigned char head[HEAD + 1] = { 0 };

	head[HEAD] = (unsigned char)kind;
	strbuf_add(sb, head, sizeof(head));
	return mark;
}

void
wire_number(struct strbuf *sb, int64_t value)
{
	unsigned char raw[8];

	put(raw, (uint64_t)value, sizeof(raw));
	strbuf_add(sb, raw, sizeof(raw));
}

void
wire_text(struct strbuf *sb, const void *data, size_t bytes)
{
	unsigned char raw[4];

	put(raw, bytes, sizeof(raw));
	strbuf_add(sb, raw, sizeof(raw));
	strbuf_add(sb, data, bytes);
}

void
wire_end(struct strbuf *sb, size_t mark)
{
	put((unsigned char *)sb->data + mark, sb->bytes - mark - HEAD, HEAD);
}

int
wire_frame(const void *data, size_t bytes, struct wire *out, size_t *used)
{
	const unsigned char *raw = data;
	uint64_t length;

	if (bytes < HEAD)
		return 0;
	length = get(raw, HEAD);
	if (length < 1 || length > WIRE_MAX)
		return -1;
	if (bytes - HEAD < length)
		return 0;
	out->kind = raw[HEAD];
	out->at = raw + HEAD + 1;
	out->end = raw + HEAD + length;
	out->bad = false;
	*used = HEAD + (size_t)length;
	return 1;
}

bool
wire_more(const struct wire *w)
{
	return !w->bad && w->at < w->end;
}

int64_t
wire_take_number(struct wire *w)
{
	int64_t value;

	if (w->bad || w->end - w->at < 8) {
		w->bad = true;
		return 0;
	}
	value = (int64_t)get(w->at, 8);
	w->at += 8;
	return value;
}

const char *
wire_take_text(struct wire *w, size_t *bytes)
{
	const char *text;
	size_t n;

	*bytes = 0;
	if (w->bad || w->end - w->at < 4) {
		w->bad = true;
		return "";
	}
	n = (size_t)get(w->at, 4);
	if ((size_t)(w->end - w->at) - 4 < n) {
		w->bad = true;
		return "";
	}
	text = (const char *)w->at + 4;
	w->at += 4 + n;
	*bytes = n;
	return text;
}

char *
wire_take_str(struct wire *w)
{
	size_t bytes;
	const char *text = wire_take_text(w, &bytes);

	return mem_strn(text, strnlen(text, bytes));
}

bool
wire_send(int fd, const struct strbuf *sb)
{
	size_t done = 0;
	ssize_t n;

	while (done < sb->bytes) {
		n = send(fd, sb->data + done, sb->bytes - done, MSG_NOSIGNAL);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			return false;
	}
	return true;
}

bool
wire_receive(int fd, struct strbuf *buf, size_t *used, struct wire *out)
{
	char bytes[4096];
	ssize_t n;
	int rc;

	if (*used > 0) {
		memmove(buf->data, buf->data + *used, buf->bytes - *used);
		buf->bytes -= *used;
		*used = 0;
	}
	while ((rc = wire_frame(buf->data, buf->bytes, out, used)) == 0) {
		n = recv(fd, bytes, sizeof(bytes), 0);
		if (n > 0)
			strbuf_add(buf, bytes, (size_t)n);
		else if (n == 0 || errno != EINTR)
			return false;
	}
	return rc > 0;
}
