/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * image - what a lab's machine boots: a kernel, and an initramfs with busybox,
 * the modules, switchback, switchbackd and their libraries, whose /init is
 * `switchback guest --init`.
 *
 * The work is done by image.sh, which comes with the programs (datadir,
 * "lab"). Its results are kept in a folder, by what they were made of, so that
 * the second time costs a look; several processes may make one image at once.
 *
 * The kernel is that of the folder $SWITCHBACK_LAB_KERNEL (boot/ and
 * lib/modules/ of a package), else one that was fetched before, else Debian's
 * cloud kernel, fetched with apt-get download.
 */
#ifndef SIM_LAB_IMAGE_H
#define SIM_LAB_IMAGE_H

#include "base/err.h"

struct image_config {
	const char *script; /* the path of image.sh */
	const char *folder; /* where results are kept; made if missing */
	const char *kernel; /* a folder as above; NULL: see above */
	const char *const *programs; /* paths, NULL at the end: go to /bin */
};

struct image {	      /* owned paths */
	char *kernel; /* for -kernel */
	char *initrd; /* for -initrd */
	char *append; /* for -append: console=ttyS0, and what boots fastest */
};

/* Blocks: seconds when the image is to be made, more when the kernel is to be
 * fetched. 0; ERR_NOTFOUND when something is missing that this machine could
 * have, which is a reason to skip; ERR_UNSUPPORTED on a machine that cannot;
 * ERR_IO else. */
int image_make(const struct image_config *config, struct image *out,
    struct err *err);
void image_fini(struct image *i);

#endif
