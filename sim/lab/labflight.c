/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's flight recording, fetched out of the guest when a run ends. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/filecopy.h"
#include "db/store_read.h"
#include "sim/lab/lab_parts.h"

static void
take_data(void *ctx, const struct labwire *m, int64_t got_ns)
{
	struct lab *l = ctx;

	(void)got_ns;
	if (m->kind == LABWIRE_DATA &&
	    l->data.bytes + m->text.bytes <= FILECOPY_MAX)
		strbuf_add(&l->data, m->text.data, m->text.bytes);
	else if (m->kind == LABWIRE_DATA)
		lab_fail(l, ERR_IO,
		    "the flight recording has come with more than %d bytes, "
		    "which is the most that is copied",
		    FILECOPY_MAX);
	if (m->kind != LABWIRE_ANSWER)
		return;
	l->asked--;
	if (m->error[0] != '\0')
		lab_fail(l, ERR_STATE, "the flight recording: %s", m->error);
	else if ((uint64_t)m->offset != l->data.bytes)
		lab_fail(l, ERR_IO,
		    "the flight recording has come with %zu "
		    "of its %" PRId64 " bytes",
		    l->data.bytes, m->offset);
}

/* SQLite reads files: one that has no name any more when this returns. */
static int
read_store(const struct strbuf *data, struct trace **out, struct err *e)
{
	const char *folder = getenv("TMPDIR");
	struct strbuf path = { 0 };
	struct store_reader *r = NULL;
	int64_t run;
	int fd, rc;

	strbuf_addf(&path, "%s/switchback-flight.XXXXXX",
	    folder != NULL && folder[0] != '\0' ? folder : "/tmp");
	if ((fd = mkstemp(path.data)) < 0) {
		rc = err_sys(e, errno, "%s", strbuf_str(&path));
		strbuf_fini(&path);
		return rc;
	}
	if (write(fd, data->data, data->bytes) != (ssize_t)data->bytes)
		rc = err_sys(e, errno, "%s", strbuf_str(&path));
	else
		rc = store_read_open(strbuf_str(&path), &r, e);
	if (rc == 0)
		rc = store_read_find(r, NULL, &run, e);
	if (rc == 0)
		rc = store_read_trace(r, run, out, e);
	store_read_close(r);
	close(fd);
	unlink(strbuf_str(&path));
	strbuf_fini(&path);
	return rc;
}

void
labflight_ask(struct lab *l)
{
	struct labwire m = { .kind = LABWIRE_GET };

	snprintf(m.path, sizeof(m.path), "%s", LABGUEST_FLIGHT);
	l->asked++;
	guestlink_ask(l->guest, &m, take_data, l);
}

void
labflight_take(struct lab *l)
{
	struct trace *flight;
	struct err e;

	if (read_store(&l->data, &flight, &e) < 0)
		lab_fail(l, ERR_IO, "the flight recording: %s", e.text);
	else
		labrows_flight(l->rows, flight);
}

/* The dump has its name when it is whole. */
void
labflight_collect(struct lab *l)
{
	if (!l->daemon_runs)
		return;
	labguest_shell(l,
	    "rm -f " LABGUEST_FLIGHT
	    "; switchback ctl --socket " LABGUEST_CONTROL
	    " recorder dump && i=0 && while [ ! -s " LABGUEST_FLIGHT
	    " ] && [ $i -lt 200 ]; do usleep 50000; "
	    "i=$((i + 1)); done; sync");
	if (!lab_wait(l, labguest_is_quiet, LAB_ANSWER_MOST,
		"the flight recording was not written"))
		return;
	labflight_ask(l);
	if (lab_wait(l, labguest_is_quiet, LAB_ANSWER_MOST,
		"the flight recording has not come"))
		labflight_take(l);
}
