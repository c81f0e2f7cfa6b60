/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switchback continuity - what became of the packet streams in captures.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/version.h"
#include "cmd/captures.h"
#include "cmd/cmds.h"
#include "cmd/history.h"
#include "cmd/outfile.h"
#include "cmd/storeargs.h"
#include "db/store.h"
#include "report/beside.h"
#include "report/blame.h"
#include "report/streams.h"
#include "report/streams_text.h"
#include "report/streams_trace.h"

static const char usage[] =
    "usage: switchback continuity [OPTION...] CAPTURE...\n"
    "       switchback continuity [OPTION...] --sender CAPTURE "
    "--receiver CAPTURE\n"
    "\n"
    "Says what was lost, doubled and put out of order in the streams of\n"
    "packet captures (pcap, pcapng), and how long the gaps are.\n"
    "\n"
    "  CAPTURE           of one host; several are its interfaces; - is\n"
    "                    standard input\n"
    "  --sender FILE     captured at one end, and\n"
    "  --receiver FILE   at the other one; each may be given several times\n"
    "  --filter EXPR     only packets that this pcap-filter(7) lets through\n"
    "  --late DUR        what is late (100ms)\n"
    "  --max-flows N     streams and interfaces to follow (32768)\n"
    "  --recording SPEC  records that explain the gaps: a text recording\n"
    "                    (FILE, FILE#NAME), or a store's run (FILE#ID)\n"
    "  --db FILE         put the result into this store, as a run\n"
    "  --run ID|TITLE    explain the gaps by this run of that store; without\n"
    "                    captures, judge the packets recorded with it\n"
    "  --offset DUR      add this to the recording's times, may be negative\n"
    "  --all             every stream and gap, not only the worst 20\n"
    "  --json            print JSON\n"
    "  -o FILE           write there\n"
    "\n"
    "  --max-lost N, --max-duplicated N, --max-reordered N, --max-late N,\n"
    "  --max-gap DUR     fail when it is more, over all streams\n"
    "\n"
    "Exit status: 0 held, 1 a bound is broken, 2 bad input, 3 trouble,\n"
    "4 no packet was chosen.\n";

struct bounds { /* -1: none */
	int64_t lost, duplicated, reordered, late, gap_ns;
};

struct continuity_command {
	struct captures captures;
	struct flows_options flows;
	struct bounds max;
	struct history history;
	bool all, json;
	const char *db, *out;
};

enum {
	OPT_SENDER = 256,
	OPT_RECEIVER,
	OPT_FILTER,
	OPT_LATE,
	OPT_MAX_FLOWS,
	OPT_RECORDING,
	OPT_DB,
	OPT_RUN,
	OPT_OFFSET,
	OPT_ALL,
	OPT_JSON,
	OPT_MAX_LOST,
	OPT_MAX_DUPLICATED,
	OPT_MAX_REORDERED,
	OPT_MAX_LATE,
	OPT_MAX_GAP,
};

static const struct option longs[] = {
	{ "sender", required_argument, NULL, OPT_SENDER },
	{ "receiver", required_argument, NULL, OPT_RECEIVER },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "late", required_argument, NULL, OPT_LATE },
	{ "max-flows", required_argument, NULL, OPT_MAX_FLOWS },
	{ "recording", required_argument, NULL, OPT_RECORDING },
	{ "db", required_argument, NULL, OPT_DB },
	{ "run", required_argument, NULL, OPT_RUN },
	{ "offset", required_argument, NULL, OPT_OFFSET },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "max-lost", required_argument, NULL, OPT_MAX_LOST },
	{ "max-duplicated", required_argument, NULL, OPT_MAX_DUPLICATED },
	{ "max-reordered", required_argument, NULL, OPT_MAX_REORDERED },
	{ "max-late", required_argument, NULL, OPT_MAX_LATE },
	{ "max-gap", required_argument, NULL, OPT_MAX_GAP },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* --- options --- */

/* False, always. */
static bool
wrong(const char *what, const char *value, const char *known)
{
	fprintf(stderr, "switchback continuity: %s: \"%s\" is not %s\n", what,
	    value, known);
	return false;
}

static bool
add_capture(struct captures *c, unsigned side, const char *path)
{
	if (c->n_paths == CAPTURES_MAX) {
		fprintf(stderr,
		    "switchback continuity: there are more than %d captures\n",
		    CAPTURES_MAX);
		return false;
	}
	c->sides[c->n_paths] = side;
	c->paths[c->n_paths++] = path;
	return true;
}

static bool
take_number(const char *what, int64_t min, int64_t *out)
{
	return num_parse(optarg, strlen(optarg), min, INT64_MAX, out) ||
	    wrong(what, optarg, "a whole number");
}

static bool
take_duration(const char *what, int64_t *out)
{
	return dur_parse(optarg, strlen(optarg), out) ||
	    wrong(what, optarg, "a duration such as 50ms");
}

static bool
take_offset(struct history *h)
{
	bool negative = optarg[0] == '-';
	const char *s = optarg + negative;

	if (!dur_parse(s, strlen(s), &h->offset_ns))
		return wrong("--offset", optarg,
		    "a duration such as 1.5s or -20ms");
	if (negative)
		h->offset_ns = -h->offset_ns;
	h->has_offset = true;
	return true;
}

static bool
take_history(struct continuity_command *o, int c)
{
	switch (c) {
	case OPT_RECORDING:
		o->history.recording = optarg;
		return true;
	case OPT_DB:
		o->db = o->history.db = optarg;
		return true;
	case OPT_RUN:
		o->history.run = optarg;
		return true;
	default:
		return take_offset(&o->history);
	}
}

static bool
take_bound(struct bounds *max, int c)
{
	switch (c) {
	case OPT_MAX_LOST:
		return take_number("--max-lost", 0, &max->lost);
	case OPT_MAX_DUPLICATED:
		return take_number("--max-duplicated", 0, &max->duplicated);
	case OPT_MAX_REORDERED:
		return take_number("--max-reordered", 0, &max->reordered);
	case OPT_MAX_LATE:
		return take_number("--max-late", 0, &max->late);
	case OPT_MAX_GAP:
		return take_duration("--max-gap", &max->gap_ns);
	default:
		fputs(usage, stderr);
		return false;
	}
}

/* One option; false after a message. */
static bool
take_option(struct continuity_command *o, int c)
{
	int64_t n;

	switch (c) {
	case OPT_SENDER:
		return add_capture(&o->captures, 0, optarg);
	case OPT_RECEIVER:
		o->flows.two_sided = true;
		return add_capture(&o->captures, 1, optarg);
	case OPT_FILTER:
		o->captures.filter = optarg;
		return true;
	case OPT_LATE:
		return take_duration("--late", &o->flows.late_ns);
	case OPT_MAX_FLOWS:
		if (!take_number("--max-flows", 1, &n))
			return false;
		o->flows.max_flows = (size_t)n;
		return true;
	case OPT_RECORDING:
	case OPT_DB:
	case OPT_RUN:
	case OPT_OFFSET:
		return take_history(o, c);
	case OPT_ALL:
		o->all = true;
		return true;
	case OPT_JSON:
		o->json = true;
		return true;
	case 'o':
		o->out = optarg;
		return true;
	default:
		return take_bound(&o->max, c);
	}
}

/* False after a message. */
static bool
check_sides(const struct captures *c, bool two_sided, bool stored, int rest)
{
	bool side[2] = { false, false };
	size_t i;

	for (i = 0; i < c->n_paths; i++)
		side[c->sides[i]] = true;
	if (c->n_paths == 0 && rest == 0 && !stored) {
		fputs(usage, stderr);
		return false;
	}
	if (c->n_paths > 0 && rest > 0) {
		fputs("switchback continuity: captures are named either with "
		      "--sender and --receiver or without any option\n",
		    stderr);
		return false;
	}
	if (c->n_paths > 0 && !(side[0] && side[1])) {
		fprintf(stderr,
		    "switchback continuity: --%s is missing: of one side "
		    "alone, name the captures without an option\n",
		    two_sided ? "sender" : "receiver");
		return false;
	}
	return true;
}

/* False after a message. */
static bool
check_history(const struct history *h)
{
	if (h->recording != NULL && h->run != NULL) {
		fputs("switchback continuity: --recording and --run name two "
		      "recordings: choose one\n",
		    stderr);
		return false;
	}
	if (h->has_offset && h->recording == NULL && h->run == NULL) {
		fputs("switchback continuity: --offset is about a recording: "
		      "name it with --recording or --run\n",
		    stderr);
		return false;
	}
	return true;
}

/* False to stop with *status. */
static bool
parse_options(int argc, char **argv, struct continuity_command *o, int *status)
{
	int c;

	optind = 1;
	*status = CMD_INPUT;
	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(usage, stdout);
			*status = CMD_PASS;
			return false;
		}
		if (!take_option(o, c))
			return false;
	}
	if (!check_sides(&o->captures, o->flows.two_sided,
		o->history.run != NULL, argc - optind) ||
	    !check_history(&o->history))
		return false;
	for (; optind < argc; optind++)
		if (!add_capture(&o->captures, 0, argv[optind]))
			return false;
	return true;
}

/* --- bounds --- */

static bool
broken(const char *what, int64_t max, uint64_t is)
{
	if (max < 0 || is <= (uint64_t)max)
		return false;
	fprintf(stderr,
	    "switchback continuity: %" PRIu64 " %s, at most %" PRId64
	    " allowed\n",
	    is, what, max);
	return true;
}

static int
judge_bounds(const struct bounds *max, const struct streams *s)
{
	uint64_t lost = 0, twice = 0, reordered = 0, late = 0;
	char is[DUR_TEXT], allowed[DUR_TEXT];
	int64_t gap_ns = 0;
	bool bad = false;
	size_t i;

	for (i = 0; i < s->whole; i++) {
		lost += s->list[i].losses.lost + s->list[i].losses.unsent;
		twice += s->list[i].duplicated;
		reordered += s->list[i].reordered;
		late += s->list[i].late;
		if (s->list[i].losses.longest_ns > gap_ns)
			gap_ns = s->list[i].losses.longest_ns;
	}
	bad = broken("packets lost", max->lost, lost) || bad;
	bad = broken("packets twice", max->duplicated, twice) || bad;
	bad = broken("packets reordered", max->reordered, reordered) || bad;
	bad = broken("packets late", max->late, late) || bad;
	if (max->gap_ns >= 0 && gap_ns > max->gap_ns) {
		fprintf(stderr,
		    "switchback continuity: a gap of %s, at most %s allowed\n",
		    dur_format(gap_ns, is), dur_format(max->gap_ns, allowed));
		bad = true;
	}
	return bad ? CMD_FAIL : CMD_PASS;
}

/* --- the whole --- */

static int
tell(const struct continuity_command *o, const struct streams *s,
    const struct trace *t, int64_t origin_ns)
{
	static const char *const sides[] = { "the sender", "the receiver" };
	struct streams_text how = { .all = o->all,
		.color = o->out == NULL && isatty(STDOUT_FILENO),
		.sides = sides,
		.origin_ns = origin_ns };
	struct strbuf text = { 0 };
	int status;

	if (o->json)
		streams_write_json(s, t, origin_ns, &text);
	else
		streams_write_text(s, t, &how, &text);
	status = outfile_write("continuity", o->out, &text);
	strbuf_fini(&text);
	return status;
}

/* --- as a run --- */

static void
put(char **field, const char *text)
{
	free(*field);
	*field = mem_str(text);
}

static void
set_run(const struct continuity_command *o, const struct flows *f,
    int64_t origin_ns, struct trace *t)
{
	struct strbuf title = { 0 }, source = { 0 }, note = { 0 };
	char stamp[DUR_TEXT];
	int64_t end =
	    f->last_ns[0] > f->last_ns[1] ? f->last_ns[0] : f->last_ns[1];
	const char *base;
	size_t i;

	for (i = 0; i < o->captures.n_paths; i++) {
		base = strrchr(o->captures.paths[i], '/');
		strbuf_addf(&title, "%s%s", i > 0 ? ", " : "",
		    base == NULL ? o->captures.paths[i] : base + 1);
		strbuf_addf(&source, "%s%s", i > 0 ? " " : "",
		    o->captures.paths[i]);
	}
	if (title.bytes == 0)
		strbuf_addf(&title, "packets of run %s", o->history.run);
	strbuf_addf(&note, "time 0 is %s s since 1970",
	    dur_stamp(origin_ns, stamp));
	if (o->history.joined)
		strbuf_addf(&note, "; beside %s", o->history.trace->run.title);
	put(&t->run.title, strbuf_str(&title));
	put(&t->run.source, strbuf_str(&source));
	put(&t->run.kind, "capture");
	put(&t->run.version, version_text);
	put(&t->run.note, strbuf_str(&note));
	t->run.end_ns = end > origin_ns ? end - origin_ns : 0;
	strbuf_fini(&title);
	strbuf_fini(&source);
	strbuf_fini(&note);
}

static int
keep(const char *db, const struct trace *t, bool json)
{
	struct store *s = NULL;
	struct err e;
	int64_t id = 0;
	int rc = store_open(db, 0, &s, &e);

	if (rc == 0)
		rc = store_add_trace(s, t, &id, &e);
	store_close(s);
	if (rc < 0)
		return storeargs_fail("continuity", &e);
	if (!json)
		printf("run %" PRId64 " of %s\n", id, db);
	return CMD_PASS;
}

static int
judge(struct continuity_command *o, struct flows *f)
{
	struct trace *t = trace_new();
	unsigned side = f->first_ns[0] >= 0 ? 0 : 1;
	int64_t origin_ns;
	struct streams s;
	int status;

	origin_ns =
	    history_join(&o->history, f->first_ns[side], f->last_ns[side]);
	if (o->history.joined)
		beside_take(o->history.trace, o->history.shift_ns - origin_ns,
		    t);
	streams_judge(f, &s);
	streams_trace(&s, origin_ns, t);
	if (o->history.joined)
		blame_gaps(t);
	set_run(o, f, origin_ns, t);
	status = tell(o, &s, t, origin_ns);
	if (status == CMD_PASS && o->db != NULL)
		status = keep(o->db, t, o->json);
	if (status == CMD_PASS)
		status = judge_bounds(&o->max, &s);
	streams_fini(&s);
	trace_free(t);
	return status;
}

int
cmd_continuity(int argc, char **argv)
{
	struct continuity_command o = { .max = { -1, -1, -1, -1, -1 } };
	struct flows f;
	int status;

	if (!parse_options(argc, argv, &o, &status))
		return status;
	o.captures.progress = isatty(STDERR_FILENO);
	flows_init(&f, &o.flows);
	status = history_read(&o.history);
	if (status == CMD_PASS)
		status = o.captures.n_paths > 0
		    ? captures_read(&o.captures, &f)
		    : history_packets(&o.history, &f);
	if (status == CMD_PASS && f.n_flows == 0) {
		fprintf(stderr,
		    "switchback continuity: no packet of any stream %s\n",
		    o.captures.filter != NULL ? "passed the filter"
					      : "was captured");
		status = CMD_NOTHING;
	}
	if (status == CMD_PASS)
		status = judge(&o, &f);
	history_fini(&o.history);
	flows_fini(&f);
	return status;
}
