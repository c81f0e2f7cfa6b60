/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labtools - what all runs in the lab share, made once: the guest's image, and
 * what this host's processor can show to a guest.
 */
#ifndef CMD_LABTOOLS_H
#define CMD_LABTOOLS_H

#include "base/err.h"
#include "sim/lab/labstage.h"

/* Where the image and guests' consoles are kept: $SWITCHBACK_LAB; else
 * build/lab of the source tree that the program was built in; else
 * switchback/lab in the user's cache folder. The caller frees; NULL when
 * nothing of this is there to be named. */
char *labtools_folder(void);

/* disk: an image that the user names, with `switchback guest` in it; NULL:
 * one is made, which may take a minute. It needs this program, and switchbackd
 * beside it. Errors are those of image_make(). */
int labtools_make(const char *disk, struct labtools *out, struct err *err);
void labtools_fini(struct labtools *t);

#endif
