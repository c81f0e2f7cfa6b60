/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * protobuf - fields of a message in the protobuf wire format, appended one by
 * one. A message within a message is made in a buffer of its own first.
 */
#ifndef REPORT_PROTOBUF_H
#define REPORT_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

void protobuf_uint(struct strbuf *out, uint32_t field, uint64_t value);
void protobuf_fixed64(struct strbuf *out, uint32_t field, uint64_t value);
void protobuf_bytes(struct strbuf *out, uint32_t field, const void *data,
    size_t bytes);
void protobuf_message(struct strbuf *out, uint32_t field,
    const struct strbuf *message);

/* Cleaned (report/clean.h), so always UTF-8. */
void protobuf_text(struct strbuf *out, uint32_t field, const char *s);

#endif
