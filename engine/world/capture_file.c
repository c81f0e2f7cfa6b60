/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/capture_file.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "world/pcapng.h"

#define BUFFER	    (256u << 10)
#define FIRST_BLOCK 0x0a /* of pcapng; no classic file begins so */
#define SNAPLEN	    262144
#define LOW_MICRO   0xd4 /* of classic files with the low byte first */
#define LOW_NANO    0x4d
#define RECORD	    16	/* of a packet, ahead of its bytes */
#define LINK_RAW    101 /* DLT_RAW has several values, the file has this */

struct sieve { /* a filter, for one link type */
	int linktype;
	struct bpf_program program;
};

struct capture_file {
	char *path, *filter;
	FILE *stream; /* pcap's own, when there is a pcap */
	char *room;   /* the stream's buffer */
	int64_t size; /* -1: not known */
	bool cut;
	struct sieve *sieves;
	size_t n_sieves, cap_sieves;
	pcap_t *pcap; /* NULL: pcapng */
	int64_t
	    unit_ns; /* of the stamps when taken in pieces; 0: they are not */
	int linktype;
	struct pcapng ng;
	uint8_t *buffer;
	size_t have, at, cap;
};

static int
wrong(const struct capture_file *f, struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "%s: %s", f->path, what);
}

/* --- the file --- */

/* What people take for a capture. */
static const char *
other_form(int first)
{
	switch (first) {
	case 0x1f:
		return "is packed by gzip: give it as 'gzip -dc FILE | "
		       "switchback continuity -'";
	case 0x28:
		return "is packed by zstd: give it as 'zstd -dc FILE | "
		       "switchback continuity -'";
	case 0xfd:
		return "is packed by xz: give it as 'xz -dc FILE | "
		       "switchback continuity -'";
	default:
		return "is no capture: pcap and pcapng files are read";
	}
}

static int
open_pcap(struct capture_file *f, int first, struct err *e)
{
	char text[PCAP_ERRBUF_SIZE] = "";

	f->pcap = pcap_fopen_offline_with_tstamp_precision(f->stream,
	    PCAP_TSTAMP_PRECISION_NANO, text);
	if (f->pcap != NULL) {
		f->linktype = pcap_datalink(f->pcap);
		if (f->linktype == DLT_RAW)
			f->linktype = LINK_RAW;
		if (pcap_major_version(f->pcap) == 2 &&
		    pcap_minor_version(f->pcap) == 4)
			f->unit_ns = first == LOW_MICRO ? DUR_US
			    : first == LOW_NANO		? 1
							: 0;
		return 0;
	}
	/* A failed open leaves the stream to us. */
	if (feof(f->stream))
		return wrong(f, e, "ends within its header: it is cut off");
	/* The first bytes of a pcap file, in either order, old or new. */
	if (first == 0xa1 || first == 0xd4 || first == 0x4d || first == 0x34)
		return err_set(e, ERR_INPUT, "%s: %s", f->path, text);
	return wrong(f, e, other_form(first));
}

static int
open_stream(struct capture_file *f, struct err *e)
{
	struct stat st;

	f->size = -1;
	if (strcmp(f->path, "-") == 0) {
		f->stream = fdopen(0, "rb");
		if (f->stream == NULL)
			return err_sys(e, errno, "standard input");
		return 0;
	}
	f->stream = fopen(f->path, "rb");
	if (f->stream == NULL && errno == ENOENT)
		return err_set(e, ERR_NOTFOUND, "%s: there is no such file",
		    f->path);
	if (f->stream == NULL)
		return err_sys(e, errno, "%s", f->path);
	if (fstat(fileno(f->stream), &st) == 0 && S_ISDIR(st.st_mode))
		return wrong(f, e, "is a folder: name the files in it");
	if (S_ISREG(st.st_mode))
		f->size = st.st_size;
	return 0;
}

static int
open_either(struct capture_file *f, struct err *e)
{
	int first, rc = open_stream(f, e);

	if (rc < 0)
		return rc;
	/* Pages at a time cost more than reading them. */
	f->room = mem_zero(1, BUFFER);
	setvbuf(f->stream, f->room, _IOFBF, BUFFER);
	first = getc(f->stream);
	if (first == EOF && ferror(f->stream))
		return err_sys(e, errno, "%s", f->path);
	if (first == EOF)
		return wrong(f, e, "is empty: not even a header was captured");
	ungetc(first, f->stream);
	f->cap = BUFFER;
	f->buffer = mem_zero(1, f->cap);
	return first == FIRST_BLOCK ? 0 : open_pcap(f, first, e);
}

/* Also when no packet will ask for it: a mistake is told at once. */
static int check_filter(struct capture_file *f, struct err *e);

int
capture_file_open(const char *path, const char *filter,
    struct capture_file **out, struct err *e)
{
	struct capture_file *f = mem_zero(1, sizeof(*f));
	int rc;

	f->path = mem_str(path);
	f->filter = mem_str(filter);
	rc = open_either(f, e);
	if (rc == 0 && filter != NULL)
		rc = check_filter(f, e);
	if (rc < 0)
		capture_file_close(f);
	else
		*out = f;
	return rc;
}

void
capture_file_close(struct capture_file *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->n_sieves; i++)
		pcap_freecode(&f->sieves[i].program);
	free(f->sieves);
	if (f->pcap != NULL)
		pcap_close(f->pcap); /* and the stream, but for stdin */
	else if (f->stream != NULL)
		fclose(f->stream);
	pcapng_fini(&f->ng);
	free(f->room);
	free(f->buffer);
	free(f->filter);
	free(f->path);
	free(f);
}

/* --- filters --- */

static int
add_sieve(struct capture_file *f, int linktype, struct sieve **out,
    struct err *e)
{
	int rc = 0, dlt = linktype == LINK_RAW ? DLT_RAW : linktype;
	pcap_t *dead = pcap_open_dead(dlt, SNAPLEN);
	struct sieve s = { .linktype = linktype };

	if (dead == NULL)
		return err_sys(e, ENOMEM, "%s", f->path);
	if (pcap_compile(dead, &s.program, f->filter, 1, PCAP_NETMASK_UNKNOWN) <
	    0)
		rc = err_set(e, ERR_INPUT,
		    "%s: the filter \"%s\" cannot be used: %s", f->path,
		    f->filter, pcap_geterr(dead));
	pcap_close(dead);
	if (rc < 0)
		return rc;
	*MEM_PUSH(f->sieves, f->n_sieves, f->cap_sieves) = s;
	*out = &f->sieves[f->n_sieves - 1];
	return 0;
}

static int
check_filter(struct capture_file *f, struct err *e)
{
	struct sieve *s;

	return add_sieve(f, f->pcap != NULL ? f->linktype : DLT_EN10MB, &s, e);
}

/* 1: the packet passes, 0: it does not. */
static int
sift(struct capture_file *f, const struct capture_packet *p, struct err *e)
{
	int linktype = capture_file_linktype(f, p->interface), rc;
	struct pcap_pkthdr h = { .caplen = p->bytes, .len = p->wire_bytes };
	struct sieve *s = NULL;
	size_t i;

	for (i = 0; i < f->n_sieves && s == NULL; i++)
		if (f->sieves[i].linktype == linktype)
			s = &f->sieves[i];
	if (s == NULL && (rc = add_sieve(f, linktype, &s, e)) < 0)
		return rc;
	return pcap_offline_filter(&s->program, &h, p->data) != 0;
}

/* --- packets --- */

static int
next_pcap(struct capture_file *f, struct capture_packet *p, struct err *e)
{
	struct pcap_pkthdr *h;
	int rc = pcap_next_ex(f->pcap, &h, &p->data);

	if (rc == 1) {
		p->at_ns = h->ts.tv_sec * DUR_SEC + h->ts.tv_usec;
		p->bytes = h->caplen;
		p->wire_bytes = h->len;
		p->interface = 0;
		return 1;
	}
	if (rc == PCAP_ERROR_BREAK)
		return 0;
	if (ferror(f->stream))
		return err_sys(e, errno, "%s", f->path);
	if (feof(f->stream)) {
		f->cut = true;
		return 0;
	}
	return err_set(e, ERR_INPUT, "%s: %s", f->path, pcap_geterr(f->pcap));
}

/* Sees to it that need bytes of the block at hand lie in the buffer. 1: they
 * do; 0: the file ends before. */
static int
fill(struct capture_file *f, size_t need, struct err *e)
{
	size_t got;

	if (f->have - f->at >= need)
		return 1;
	memmove(f->buffer, f->buffer + f->at, f->have - f->at);
	f->have -= f->at;
	f->at = 0;
	if (need > f->cap)
		f->buffer = mem_grow(f->buffer, &f->cap, need, 1);
	while (f->have < need) {
		got =
		    fread(f->buffer + f->have, 1, f->cap - f->have, f->stream);
		f->have += got;
		if (got == 0 && ferror(f->stream))
			return err_sys(e, errno, "%s", f->path);
		if (got == 0)
			return 0;
	}
	return 1;
}

static uint32_t
low_first(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* One of a classic file that is taken in pieces. */
static int
next_record(struct capture_file *f, struct capture_packet *p, struct err *e)
{
	const uint8_t *r;
	int rc = fill(f, RECORD, e);

	if (rc <= 0) {
		f->cut = rc == 0 && f->have > f->at;
		return rc;
	}
	r = f->buffer + f->at;
	p->bytes = low_first(r + 8);
	if (p->bytes > SNAPLEN)
		return err_set(e, ERR_INPUT,
		    "%s: a packet of %" PRIu32 " bytes: the file is damaged",
		    f->path, p->bytes);
	rc = fill(f, RECORD + p->bytes, e);
	if (rc <= 0) {
		f->cut = rc == 0;
		return rc;
	}
	r = f->buffer + f->at;
	p->at_ns = low_first(r) * DUR_SEC + low_first(r + 4) * f->unit_ns;
	p->wire_bytes = low_first(r + 12);
	p->data = r + RECORD;
	p->interface = 0;
	f->at += RECORD + p->bytes;
	return 1;
}

static int
next_block(struct capture_file *f, struct pcapng_packet *p, struct err *e)
{
	uint32_t bytes;
	int rc = fill(f, PCAPNG_HEAD, e);

	if (rc == 0)
		f->cut = f->have > f->at || !f->ng.open;
	if (rc <= 0)
		return rc < 0 ? rc : 2;
	rc = pcapng_length(&f->ng, f->buffer + f->at, &bytes, e);
	if (rc < 0)
		return rc;
	rc = fill(f, bytes, e);
	if (rc == 0)
		f->cut = true;
	if (rc <= 0)
		return rc < 0 ? rc : 2;
	rc = pcapng_take(&f->ng, f->buffer + f->at, bytes, p, e);
	f->at += bytes;
	return rc;
}

static int
next_pcapng(struct capture_file *f, struct capture_packet *p, struct err *e)
{
	struct pcapng_packet block;
	struct err why;
	int rc;

	do
		rc = next_block(f, &block, &why);
	while (rc == 0);
	if (rc < 0) {
		if (why.code != ERR_INPUT) {
			*e = why;
			return rc;
		}
		return wrong(f, e, why.text);
	}
	if (rc == 2)
		return 0;
	p->at_ns = block.at_ns;
	p->bytes = block.bytes;
	p->wire_bytes = block.wire_bytes;
	p->data = block.data;
	p->interface = block.interface;
	return 1;
}

int
capture_file_next(struct capture_file *f, struct capture_packet *p,
    struct err *e)
{
	int rc, passes = 1;

	do {
		if (f->unit_ns > 0)
			rc = next_record(f, p, e);
		else if (f->pcap != NULL)
			rc = next_pcap(f, p, e);
		else
			rc = next_pcapng(f, p, e);
		if (rc == 1 && f->filter != NULL)
			passes = sift(f, p, e);
		if (passes < 0)
			return passes;
	} while (rc == 1 && passes == 0);
	return rc;
}

/* --- what is known of it --- */

bool
capture_file_cut(const struct capture_file *f)
{
	return f->cut;
}

size_t
capture_file_interfaces(const struct capture_file *f)
{
	return f->pcap != NULL ? 1 : f->ng.n_interfaces;
}

int
capture_file_linktype(const struct capture_file *f, size_t interface)
{
	return f->pcap != NULL ? f->linktype
			       : f->ng.interfaces[interface].linktype;
}

const char *
capture_file_interface_name(const struct capture_file *f, size_t interface)
{
	return f->pcap != NULL ? "" : f->ng.interfaces[interface].name;
}

uint64_t
capture_file_dropped(const struct capture_file *f)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < f->ng.n_interfaces; i++)
		sum += f->ng.interfaces[i].dropped;
	return sum;
}

int
capture_file_percent(const struct capture_file *f)
{
	off_t at = ftello(f->stream);

	if (f->size <= 0 || at < 0)
		return -1;
	return at >= f->size ? 100 : (int)(at * 100 / f->size);
}
