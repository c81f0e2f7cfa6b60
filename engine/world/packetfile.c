/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/packetfile.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "world/linktype.h"

#define SEC INT64_C(1000000000)

struct packetfile {
	char *path, *part; /* part: while it is written */
	FILE *stream;	   /* dump's own */
	pcap_t *pcap;
	pcap_dumper_t *dump;
};

static void
destroy(struct packetfile *f)
{
	if (f->dump != NULL)
		pcap_dump_close(f->dump);
	if (f->pcap != NULL)
		pcap_close(f->pcap);
	free(f->path);
	free(f->part);
	free(f);
}

int
packetfile_open(const char *path, int linktype, uint32_t snap_bytes,
    struct packetfile **out, struct err *err)
{
	struct packetfile *f = mem_zero(1, sizeof(*f));
	struct strbuf part = { 0 };
	int rc;

	f->path = mem_str(path);
	strbuf_addf(&part, "%s.part", path);
	f->part = strbuf_take(&part);
	f->pcap = pcap_open_dead_with_tstamp_precision(linktype_dlt(linktype),
	    snap_bytes <= INT32_MAX ? (int)snap_bytes : INT32_MAX,
	    PCAP_TSTAMP_PRECISION_NANO);
	if (f->pcap == NULL) {
		rc = err_set(err, ERR_UNSUPPORTED, "%s: libpcap gives nothing",
		    path);
	} else if ((f->stream = fopen(f->part, "wb")) == NULL) {
		rc = err_sys(err, errno, "%s", f->part);
	} else if ((f->dump = pcap_dump_fopen(f->pcap, f->stream)) == NULL) {
		/* libpcap has closed the stream. */
		rc = err_set(err, ERR_UNSUPPORTED, "%s: %s", path,
		    pcap_geterr(f->pcap));
		unlink(f->part);
	} else {
		*out = f;
		return 0;
	}
	destroy(f);
	return rc;
}

void
packetfile_add(struct packetfile *f, int64_t wall_ns, uint32_t wire_bytes,
    const void *data, uint32_t bytes)
{
	struct pcap_pkthdr h;

	memset(&h, 0, sizeof(h));
	h.ts.tv_sec = (time_t)(wall_ns / SEC);
	h.ts.tv_usec = (suseconds_t)(wall_ns % SEC); /* nanoseconds */
	h.caplen = bytes;
	h.len = wire_bytes;
	pcap_dump((u_char *)f->dump, &h, data);
}

int
packetfile_finish(struct packetfile *f, struct err *err)
{
	int rc = 0;

	errno = 0;
	if (pcap_dump_flush(f->dump) < 0 || ferror(f->stream))
		rc = err_sys(err, errno != 0 ? errno : EIO, "%s", f->part);
	else if (rename(f->part, f->path) < 0)
		rc = err_sys(err, errno, "%s", f->path);
	if (rc < 0)
		unlink(f->part);
	destroy(f);
	return rc;
}

void
packetfile_drop(struct packetfile *f)
{
	if (f == NULL)
		return;
	unlink(f->part);
	destroy(f);
}
