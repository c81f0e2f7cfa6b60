/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labimage - the image of sim/lab/image.h with these programs, and the rules
 * that come with them in /etc/switchback.
 *
 * Kept in the folder $SWITCHBACK_LAB_CACHE, else beside this program when that
 * lies in its source tree's build folder (build/guest), else in
 * $XDG_CACHE_HOME/switchback/lab or ~/.cache/switchback/lab.
 */
#ifndef CMD_LABIMAGE_H
#define CMD_LABIMAGE_H

#include "sim/lab/image.h"

/* As image_make(). */
int labimage_make(struct image *out, struct err *err);

#endif
