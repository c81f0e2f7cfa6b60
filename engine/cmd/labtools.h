/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labtools - what all runs in the lab share, made once: the guest's image, and
 * what this host's processor can show to a guest.
 */
#ifndef CMD_LABTOOLS_H
#define CMD_LABTOOLS_H

#include "base/err.h"
#include "sim/lab/labstage.h"

/* disk: an image that the user names, with `switchback guest` in it; NULL:
 * one is made, which may take a minute (cmd/labimage.h). Errors are those of
 * image_make(). */
int labtools_make(const char *disk, struct labtools *out, struct err *err);
void labtools_fini(struct labtools *t);

#endif
