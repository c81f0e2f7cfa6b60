/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/packets/capture.h"

#include <sys/stat.h>

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/machine/vclock.h"

#define SNAPLEN 65535

struct file {
	char *place;
	bool interface;
	char *path;   /* final */
	char *part;   /* while it is being written */
	FILE *stream; /* dump's own */
	pcap_dumper_t *dump;
};

struct capture {
	char *dir;
	pcap_t *pcap; /* says what kind of files these are */
	struct file *files;
	size_t n_files, cap_files;
	size_t last; /* found last: frames come in runs */
	struct err error;
};

static void
fail(struct capture *c, int errnum, const char *path)
{
	if (c->error.code == ERR_NONE)
		err_sys(&c->error, errnum != 0 ? errnum : EIO, "%s", path);
}

static void
make_folders(struct capture *c)
{
	char *path = mem_str(c->dir), *p;
	struct stat st;

	for (p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(path, 0777); /* it may be there; the last one decides */
		*p = '/';
	}
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		fail(c, errno, path);
	else if (stat(path, &st) < 0)
		fail(c, errno, path);
	else if (!S_ISDIR(st.st_mode))
		fail(c, ENOTDIR, path);
	free(path);
}

struct capture *
capture_new(const char *dir)
{
	struct capture *c = mem_zero(1, sizeof(*c));

	c->dir = mem_str(dir);
	make_folders(c);
	c->pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAPLEN,
	    PCAP_TSTAMP_PRECISION_NANO);
	if (c->pcap == NULL)
		fail(c, ENOMEM, dir);
	return c;
}

/* A kernel takes any name, a file system does not; and an interface may be
 * called as the peer is. */
static char *
path_of(const struct capture *c, const struct file *f)
{
	struct strbuf path = { 0 };
	const char *p;

	strbuf_addf(&path, "%s/", c->dir);
	if (f->interface &&
	    (strcmp(f->place, CAPTURE_PEER) == 0 ||
		strcmp(f->place, CAPTURE_GUEST) == 0))
		strbuf_adds(&path, "if-");
	for (p = f->place; *p != '\0'; p++)
		strbuf_addc(&path,
		    *p == '/' || (p == f->place && *p == '.') ? '_' : *p);
	strbuf_adds(&path, ".pcap");
	return strbuf_take(&path);
}

static void
start(struct capture *c, struct file *f)
{
	struct strbuf part = { 0 };

	f->path = path_of(c, f);
	strbuf_addf(&part, "%s.part", f->path);
	f->part = strbuf_take(&part);
	f->stream = fopen(f->part, "wb");
	if (f->stream == NULL) {
		fail(c, errno, f->part);
		return;
	}
	f->dump = pcap_dump_fopen(c->pcap, f->stream);
	if (f->dump == NULL) /* libpcap has closed the stream */
		fail(c, errno, f->part);
}

static struct file *
find(struct capture *c, const char *place, bool interface)
{
	struct file *f;
	size_t i, at;

	for (i = 0; i < c->n_files; i++) {
		at = (c->last + i) % c->n_files;
		f = &c->files[at];
		if (f->interface == interface && strcmp(f->place, place) == 0) {
			c->last = at;
			return f;
		}
	}
	f = MEM_PUSH(c->files, c->n_files, c->cap_files);
	f->place = mem_str(place);
	f->interface = interface;
	if (c->error.code == ERR_NONE)
		start(c, f);
	return f;
}

void
capture_place(struct capture *c, const char *place)
{
	find(c, place, false);
}

void
capture_interface(struct capture *c, const char *ifname)
{
	find(c, ifname, true);
}

static void
dump(struct capture *c, struct file *f, int64_t at_ns, const void *frame,
    size_t bytes)
{
	struct pcap_pkthdr h;

	if (c->error.code != ERR_NONE)
		return;
	memset(&h, 0, sizeof(h));
	h.ts.tv_sec = (time_t)(WALL_EPOCH + at_ns / DUR_SEC);
	/* Nanoseconds, in a file of that kind. */
	h.ts.tv_usec = (suseconds_t)(at_ns % DUR_SEC);
	h.caplen = h.len = (bpf_u_int32)bytes;
	errno = 0;
	pcap_dump((u_char *)f->dump, &h, frame);
	if (ferror(f->stream))
		fail(c, errno, f->part);
}

void
capture_frame(struct capture *c, const char *place, int64_t at_ns,
    const void *frame, size_t bytes)
{
	dump(c, find(c, place, false), at_ns, frame, bytes);
}

void
capture_frame_on(struct capture *c, const char *ifname, int64_t at_ns,
    const void *frame, size_t bytes)
{
	dump(c, find(c, ifname, true), at_ns, frame, bytes);
}

/* All files are whole before the first gets its name. */
static void
finish(struct capture *c)
{
	struct file *f;
	size_t i;

	for (i = 0; i < c->n_files; i++) {
		f = &c->files[i];
		if (f->dump == NULL)
			continue;
		errno = 0;
		if (pcap_dump_flush(f->dump) < 0 || ferror(f->stream))
			fail(c, errno, f->part);
		pcap_dump_close(f->dump);
	}
	for (i = 0; i < c->n_files && c->error.code == ERR_NONE; i++)
		if (rename(c->files[i].part, c->files[i].path) < 0)
			fail(c, errno, c->files[i].path);
}

int
capture_close(struct capture *c, struct err *e)
{
	struct file *f;
	size_t i;
	int rc = 0;

	if (c == NULL)
		return 0;
	finish(c);
	for (i = 0; i < c->n_files; i++) {
		f = &c->files[i];
		if (c->error.code != ERR_NONE && f->part != NULL)
			unlink(f->part);
		free(f->place);
		free(f->part);
		free(f->path);
	}
	if (c->error.code != ERR_NONE)
		rc = err_set(e, c->error.code, "%s", c->error.text);
	if (c->pcap != NULL)
		pcap_close(c->pcap);
	free(c->files);
	free(c->dir);
	free(c);
	return rc;
}
