/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_image - a run as the bytes of a store's file, made in memory: for a
 * process that may open no file, but was given one to write to.
 */
#ifndef DB_STORE_IMAGE_H
#define DB_STORE_IMAGE_H

#include "base/err.h"
#include "db/trace.h"

/* To be called while files may still be opened: what follows needs none then,
 * neither here nor in a child. 0, or as store_open(). */
int store_image_prepare(struct err *e);

/* Writes a whole store with that one run at the beginning of fd, and waits
 * until it is on the disk. 0, ERR_IO, or as store_add_trace(). */
int store_image_write(const struct trace *t, int fd, struct err *e);

#endif
