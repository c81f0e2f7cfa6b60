/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/lab/labrows.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"

enum happened {
	HAPPENED_STATE,	 /* a object, b field, c value */
	HAPPENED_NOTE,	 /* a who, b text */
	HAPPENED_RECORD, /* a raw; until_ns: when it was read */
	HAPPENED_BEGAN,	 /* a life of the daemon */
	HAPPENED_ENDED,
	HAPPENED_LOG,	    /* a line */
	HAPPENED_FIRING,    /* a file, b action, c carried */
	HAPPENED_OPERATION, /* a text, b why */
	HAPPENED_COMMAND,   /* a text, b outcome */
};

struct happening {
	enum happened what;
	enum labrows_clock clock;
	int64_t at_ns, until_ns; /* of that clock; then of the run */
	char *a, *b, *c;
	size_t bytes;	/* of a */
	size_t life;	/* of the daemon, counted from 1 */
	size_t order;	/* in which it was told */
	size_t because; /* the order of the record that led to it, or NOTHING */
	int number;	/* line of a rule, result of an operation */
};
#define NOTHING SIZE_MAX

struct life { /* of the daemon */
	struct trace *flight;
};

struct labrows {
	struct happening *list;
	size_t count, cap;
	size_t bytes;	   /* of text that was told live */
	uint64_t left_out; /* rows that were */
	struct life *lives;
	size_t n_lives, cap_lives;
	bool runs;
};

struct out { /* where it goes at the end */
	int64_t (*host_of)(void *ctx, int64_t ns);
	void *ctx;
	int64_t zero_ns;
	struct trace *t;
	int32_t *rows; /* of records, by the order in which they were told */
};

struct labrows *
labrows_new(void)
{
	return mem_zero(1, sizeof(struct labrows));
}

void
labrows_free(struct labrows *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->count; i++) {
		free(r->list[i].a);
		free(r->list[i].b);
		free(r->list[i].c);
	}
	for (i = 0; i < r->n_lives; i++)
		trace_free(r->lives[i].flight);
	free(r->list);
	free(r->lives);
	free(r);
}

static struct happening *
add(struct labrows *r, enum happened what, enum labrows_clock clock,
    int64_t at_ns)
{
	struct happening *h = MEM_PUSH(r->list, r->count, r->cap);

	h->what = what;
	h->clock = clock;
	h->at_ns = at_ns;
	h->until_ns = TRACE_OPEN;
	h->life = r->n_lives;
	h->order = r->count - 1;
	h->because = NOTHING;
	return h;
}

uint64_t
labrows_left_out(const struct labrows *r)
{
	return r->left_out;
}

/* A row with so much text; false, and it is counted, when that is too much. */
static bool
has_room(struct labrows *r, size_t bytes)
{
	if (r->count >= LABROWS_MOST || bytes > LABROWS_BYTES - r->bytes) {
		r->left_out++;
		return false;
	}
	r->bytes += bytes;
	return true;
}

void
labrows_state(struct labrows *r, enum labrows_clock clock, int64_t at_ns,
    const char *object, const char *field, const char *value)
{
	struct happening *h;

	if (!has_room(r, strlen(object) + strlen(field) + strlen(value)))
		return;
	h = add(r, HAPPENED_STATE, clock, at_ns);
	h->a = mem_str(object);
	h->b = mem_str(field);
	h->c = mem_str(value);
}

void
labrows_note(struct labrows *r, enum labrows_clock clock, int64_t at_ns,
    const char *who, const char *text)
{
	struct happening *h;

	if (!has_room(r, strlen(who) + strlen(text)))
		return;
	h = add(r, HAPPENED_NOTE, clock, at_ns);
	h->a = mem_str(who);
	h->b = mem_str(text);
}

void
labrows_record(struct labrows *r, int64_t guest_ns, const char *raw,
    size_t bytes)
{
	struct happening *h;

	if (!has_room(r, bytes))
		return;
	h = add(r, HAPPENED_RECORD, LABROWS_GUEST, guest_ns);
	h->a = mem_copy(raw, bytes);
	h->bytes = bytes;
}

void
labrows_daemon(struct labrows *r, enum labrows_clock clock, int64_t at_ns,
    bool runs)
{
	if (runs == r->runs)
		return;
	r->runs = runs;
	if (runs)
		(void)MEM_PUSH(r->lives, r->n_lives, r->cap_lives);
	(void)add(r, runs ? HAPPENED_BEGAN : HAPPENED_ENDED, clock, at_ns);
}

void
labrows_log(struct labrows *r, int64_t guest_ns, const char *line)
{
	struct happening *h;

	if (!has_room(r, strlen(line)))
		return;
	h = add(r, HAPPENED_LOG, LABROWS_GUEST, guest_ns);
	h->a = mem_str(line);
}

void
labrows_flight(struct labrows *r, struct trace *t)
{
	struct life *l;

	if (r->n_lives == 0) {
		trace_free(t);
		return;
	}
	l = &r->lives[r->n_lives - 1];
	trace_free(l->flight);
	l->flight = t;
}

/* --- what a flight recording says, among the rest --- */

/* Records that say the same and that nobody was found to have read yet. */
struct alike {
	UT_hash_handle hh; /* by what they say, of which the first is the key */
	size_t *orders;	   /* owned; rising */
	size_t first, n, cap;
};

static struct alike *
find_alike(struct alike *all, const char *raw, size_t bytes)
{
	struct alike *a;

	HASH_FIND(hh, all, raw, bytes, a);
	return a;
}

static void
add_alike(struct alike **all, const struct happening *h)
{
	struct alike *a = find_alike(*all, h->a, h->bytes);

	if (a == NULL) {
		a = mem_zero(1, sizeof(*a));
		HASH_ADD_KEYPTR(hh, *all, h->a, h->bytes, a);
	}
	*MEM_PUSH(a->orders, a->n, a->cap) = h->order;
}

static struct alike *
unread_records(const struct labrows *r)
{
	struct alike *all = NULL;
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->list[i].what == HAPPENED_RECORD)
			add_alike(&all, &r->list[i]);
	return all;
}

static void
free_alike(struct alike *all)
{
	struct alike *a, *next;

	HASH_ITER (hh, all, a, next) {
		HASH_DEL(all, a);
		free(a->orders);
		free(a);
	}
}

/* The daemon and the observer hear the kernel each for itself: what one of
 * them has told is the same record that the other has read. Gives the oldest
 * that says the same and that nobody was found to have read yet; or a new
 * one. */
static struct happening *
take_record(struct labrows *r, struct alike **unread,
    const struct trace_record *read)
{
	struct alike *a = find_alike(*unread, read->raw, read->raw_bytes);
	struct happening *h;

	if (a != NULL && a->first < a->n) {
		h = &r->list[a->orders[a->first]];
		a->first += read->read_ns != TRACE_OPEN;
	} else {
		h = add(r, HAPPENED_RECORD, LABROWS_GUEST, read->read_ns);
		h->a = mem_copy(read->raw, read->raw_bytes);
		h->bytes = read->raw_bytes;
		if (read->read_ns == TRACE_OPEN)
			add_alike(unread, h);
	}
	h->until_ns = read->read_ns;
	if (h->at_ns > h->until_ns)
		h->at_ns = h->until_ns;
	return h;
}

/* Gives the order of each record of the recording; the caller frees. */
static size_t *
take_records(struct labrows *r, struct alike **unread, const struct trace *f)
{
	size_t *orders = mem_zero(f->n_records + 1, sizeof(*orders)), i;

	for (i = 0; i < f->n_records; i++)
		orders[i] = take_record(r, unread, &f->records[i])->order;
	return orders;
}

static size_t
reason_of(int32_t record, const size_t *orders)
{
	return record == TRACE_NONE ? NOTHING : orders[record];
}

static void
take_actions(struct labrows *r, const struct trace *f, const size_t *orders)
{
	const struct trace_command *c;
	const struct trace_firing *p;
	struct happening *h;
	size_t i;

	for (i = 0; i < f->n_firings; i++) {
		p = &f->firings[i];
		h = add(r, HAPPENED_FIRING, LABROWS_GUEST, p->at_ns);
		h->because = reason_of(p->record, orders);
		h->a = mem_str(p->file);
		h->b = mem_str(p->action);
		h->c = mem_str(p->carried);
		h->number = (int)p->line;
	}
	for (i = 0; i < f->n_commands; i++) {
		c = &f->commands[i];
		h = add(r, HAPPENED_COMMAND, LABROWS_GUEST, c->start_ns);
		h->because = reason_of(c->record, orders);
		h->until_ns = c->end_ns;
		h->a = mem_str(c->text);
		h->b = mem_str(c->outcome);
	}
}

static void
take_flight(struct labrows *r, struct alike **unread, const struct trace *f)
{
	size_t *orders = take_records(r, unread, f), i;
	const struct trace_operation *p;
	struct happening *h;

	for (i = 0; i < f->n_operations; i++) {
		p = &f->operations[i];
		h = add(r, HAPPENED_OPERATION, LABROWS_GUEST, p->start_ns);
		h->because = reason_of(p->record, orders);
		h->until_ns = p->end_ns;
		h->number = p->result;
		h->a = mem_str(p->text);
		h->b = mem_str(p->why);
	}
	take_actions(r, f, orders);
	free(orders);
}

/* --- a daemon's log --- */

static char *
part(const char *from, const char *to)
{
	size_t bytes = (size_t)(to - from);
	char *text = mem_zero(bytes + 1, 1);

	memcpy(text, from, bytes);
	return text;
}

/* "failover: bond0 port-add eth1 (why)", with ": refused, errno N of
 * FreeBSD's" behind it when it was. Other lines are none. */
static void
take_logged(struct labrows *r, size_t line)
{
	static const char head[] = "failover: ",
			  refused[] = "): refused, errno ";
	const struct happening *l = &r->list[line];
	const char *text, *why, *end, *failed;
	int64_t at_ns = l->at_ns;
	size_t life = l->life;
	char *words, *reason;
	struct happening *h;

	if (strncmp(l->a, head, strlen(head)) != 0)
		return;
	text = l->a + strlen(head);
	if ((why = strstr(text, " (")) == NULL)
		return;
	failed = strstr(why, refused);
	end = failed != NULL ? failed : strrchr(why, ')');
	if (end == NULL || (failed == NULL && end[1] != '\0'))
		return;
	words = part(text, why);
	reason = part(why + 2, end);
	h = add(r, HAPPENED_OPERATION, LABROWS_GUEST, at_ns);
	h->life = life;
	h->until_ns = at_ns;
	h->a = words;
	h->b = reason;
	if (failed != NULL)
		h->number = (int)strtol(failed + strlen(refused), NULL, 10);
}

static void
take_lives(struct labrows *r)
{
	struct alike *unread = unread_records(r);
	size_t n = r->count, i, life;

	for (i = 0; i < n; i++) {
		life = r->list[i].life;
		if (r->list[i].what == HAPPENED_LOG && life > 0 &&
		    r->lives[life - 1].flight == NULL)
			take_logged(r, i);
	}
	for (i = 0; i < r->n_lives; i++)
		if (r->lives[i].flight != NULL)
			take_flight(r, &unread, r->lives[i].flight);
	free_alike(unread);
}

/* --- the end: everything on one clock --- */

static int64_t
run_time(const struct out *o, enum labrows_clock clock, int64_t at_ns)
{
	int64_t ns = clock == LABROWS_GUEST ? o->host_of(o->ctx, at_ns) : at_ns;

	ns -= o->zero_ns;
	return ns < 0 ? 0 : ns;
}

static int
by_time(const void *left, const void *right)
{
	const struct happening *a = left, *b = right;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static int32_t
record_row(const struct out *o, const struct happening *h)
{
	return h->because == NOTHING ? TRACE_NONE : o->rows[h->because];
}

static void
put_record(const struct out *o, const struct happening *h)
{
	int32_t row = trace_add_record(o->t, h->at_ns, h->a, h->bytes);
	struct trace_record *record = &o->t->records[row];

	record->read_ns = h->until_ns;
	record->fate =
	    h->until_ns == TRACE_OPEN ? TRACE_RECORD_NOBODY : TRACE_RECORD_READ;
	o->rows[h->order] = row;
}

static void
put_work(const struct out *o, const struct happening *h)
{
	int32_t row, record = record_row(o, h);

	if (h->what == HAPPENED_FIRING) {
		trace_add_firing(o->t, h->at_ns, record, h->a,
		    (unsigned)h->number, h->b, h->c);
	} else if (h->what == HAPPENED_OPERATION) {
		row = trace_begin_operation(o->t, h->at_ns, h->a, h->b, record);
		if (h->until_ns != TRACE_OPEN)
			trace_end_operation(o->t, row, h->until_ns, h->number);
	} else {
		row = trace_begin_command(o->t, h->at_ns, h->a, record);
		if (h->until_ns != TRACE_OPEN)
			trace_end_command(o->t, row, h->until_ns, h->b);
	}
}

static void
put(const struct out *o, const struct happening *h)
{
	switch (h->what) {
	case HAPPENED_STATE:
		trace_set_state(o->t, h->at_ns, h->a, h->b, h->c);
		break;
	case HAPPENED_NOTE:
		trace_add_note(o->t, h->at_ns, h->a, h->b);
		break;
	case HAPPENED_LOG:
		trace_add_note(o->t, h->at_ns, "engine", h->a);
		break;
	case HAPPENED_RECORD:
		put_record(o, h);
		break;
	case HAPPENED_BEGAN:
	case HAPPENED_ENDED:
		trace_set_state(o->t, h->at_ns, "daemon", "running",
		    h->what == HAPPENED_BEGAN ? "yes" : "no");
		break;
	case HAPPENED_FIRING:
	case HAPPENED_OPERATION:
	case HAPPENED_COMMAND:
		put_work(o, h);
		break;
	}
}

void
labrows_end(struct labrows *r, int64_t (*host_of)(void *ctx, int64_t ns),
    void *ctx, int64_t zero_ns, struct trace *t)
{
	struct out o = { host_of, ctx, zero_ns, t, NULL };
	struct happening *h;
	size_t i;

	take_lives(r);
	for (i = 0; i < r->count; i++) {
		h = &r->list[i];
		h->at_ns = run_time(&o, h->clock, h->at_ns);
		if (h->until_ns != TRACE_OPEN)
			h->until_ns = run_time(&o, h->clock, h->until_ns);
	}
	o.rows = mem_zero(r->count + 1, sizeof(*o.rows));
	if (r->count > 0)
		qsort(r->list, r->count, sizeof(*r->list), by_time);
	for (i = 0; i < r->count; i++)
		put(&o, &r->list[i]);
	free(o.rows);
}
