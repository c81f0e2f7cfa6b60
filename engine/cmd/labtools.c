/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/labtools.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/labimage.h"
#include "world/kvmlook.h"

int
labtools_make(const char *disk, struct labtools *out, struct err *err)
{
	struct kvmlook host;

	memset(out, 0, sizeof(*out));
	out->disk = disk;
	kvmlook(&host);
	enlightenments_decide(&host, &out->hyperv);
	if (disk == NULL)
		return labimage_make(&out->image, err);
	if (access(disk, R_OK) == 0)
		return 0;
	return err_set(err, ERR_INPUT, "--image %s: %s", disk, strerror(errno));
}

void
labtools_fini(struct labtools *t)
{
	image_fini(&t->image);
}
