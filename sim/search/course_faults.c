/* SPDX-License-Identifier: BSD-2-Clause */
/* The faults of a history: they end when its quiet time begins. */
#include <string.h>

#include "base/dur.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "sim/scenario/errnos.h"
#include "sim/scenario/scn_lex.h"
#include "sim/search/course_parts.h"

#define FAULTS 4 /* below so many */

static const char *const record_texts[] = { "type=VF_UP", "type=IFATTACH",
	"type=VF_DOWN", "type=LINK_UP", "type=LINK_DOWN", "type=DETACH",
	"type=ATTACH", "system=" };
static const char *const operation_texts[] = { "port-add", " up", " down",
	"address-add", "address-del", "create", "default-route", "dhclient",
	"description", "sysctl", "port-del", " " };
/* A slow one begins late: what it is done to may be another thing by then, and
 * to bring that up is nobody's fault but the fault's. */
static const char *const slow_texts[] = { "port-add", "address-add",
	"address-del", "create", "default-route", "dhclient", "description",
	"sysctl", "port-del" };
static const char *const command_texts[] = { "hyperv", "service",
	"pccard_ether", "dhclient" };
static const char *const errno_words[] = { "EBUSY", "ENXIO", "ENOMEM", "EINVAL",
	"ENETDOWN", "EAGAIN" };

#define COUNT(a) (uint32_t)(sizeof(a) / sizeof((a)[0]))

static const struct kind {
	enum scn_break what;
	const char *words;
	const char *const *texts;
	uint32_t n_texts;
} kinds[] = {
	{ SCN_RECORD_LOSE, "record lose", record_texts, COUNT(record_texts) },
	{ SCN_RECORD_DOUBLE, "record double", record_texts,
	    COUNT(record_texts) },
	{ SCN_RECORD_REORDER, "record reorder", record_texts,
	    COUNT(record_texts) },
	{ SCN_RECORD_DELAY, "record delay", record_texts, COUNT(record_texts) },
	{ SCN_OPERATION_FAILS, "operation fails", operation_texts,
	    COUNT(operation_texts) },
	{ SCN_OPERATION_SLOW, "operation slow", slow_texts, COUNT(slow_texts) },
	{ SCN_DAEMON_KILLED_BEFORE, "daemon killed before operation",
	    operation_texts, COUNT(operation_texts) },
	{ SCN_DAEMON_KILLED_DURING, "daemon killed during operation",
	    operation_texts, COUNT(operation_texts) },
	{ SCN_DAEMON_KILLED_AFTER, "daemon killed after operation",
	    operation_texts, COUNT(operation_texts) },
	{ SCN_COMMAND_FAILS, "command fails", command_texts,
	    COUNT(command_texts) },
	{ SCN_COMMAND_HANGS, "command hangs", command_texts,
	    COUNT(command_texts) },
	{ SCN_COMMAND_SLOW, "command slow", command_texts,
	    COUNT(command_texts) },
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int64_t
some_time(struct author *a)
{
	int64_t ns = course_pause(a);

	return ns > 0 ? ns : DUR_SEC;
}

static void
add_rest(struct author *a, struct scn_injection *in, struct strbuf *words)
{
	const char *errno_word;
	char text[DUR_TEXT];

	switch (in->what) {
	case SCN_RECORD_DELAY:
	case SCN_COMMAND_SLOW:
	case SCN_OPERATION_SLOW:
		in->by_ns = some_time(a);
		strbuf_addf(words, " by %s", dur_format(in->by_ns, text));
		break;
	case SCN_COMMAND_FAILS:
		in->number = 1;
		strbuf_adds(words, " with 1");
		break;
	case SCN_OPERATION_FAILS:
		errno_word =
		    errno_words[choices_below(a->c, COUNT(errno_words))];
		in->number = errno_by_name(errno_word);
		strbuf_addf(words, " errno %s", errno_word);
		break;
	case SCN_DAEMON_KILLED_BEFORE:
	case SCN_DAEMON_KILLED_DURING:
	case SCN_DAEMON_KILLED_AFTER:
		in->by_ns = some_time(a);
		a->h->died_ns = INT64_MAX;
		break;
	case SCN_RECORD_LOSE:
	case SCN_RECORD_DOUBLE:
	case SCN_RECORD_REORDER:
	case SCN_COMMAND_HANGS:
		break;
	}
}

static void
add_fault(struct author *a, const uint32_t *weights)
{
	struct scenario *s = a->scn;
	const struct kind *k = &kinds[choices_weighted(a->c, weights, N_KINDS)];
	struct scn_injection *in =
	    MEM_PUSH(s->injections, s->n_injections, s->cap_injections);
	struct strbuf words = { 0 };

	in->what = k->what;
	in->text = mem_str(k->texts[choices_below(a->c, k->n_texts)]);
	in->nth = 1 + choices_below(a->c, 4);
	in->times = 1;
	if (k->what < SCN_DAEMON_KILLED_BEFORE)
		in->times += choices_below(a->c, 3);
	in->until_ns = a->h->quiet_ns;
	in->may = true;
	strbuf_addf(&words, "%s ", k->words);
	scn_quote(&words, in->text);
	add_rest(a, in, &words);
	in->words = strbuf_take(&words);
}

void
course_faults(struct author *a)
{
	uint32_t weights[N_KINDS], n = choices_swarm(a->c, FAULTS);
	size_t i;

	for (i = 0; i < N_KINDS; i++)
		weights[i] = choices_swarm(a->c, 3);
	weights[0]++;
	if (a->strange)
		return;
	for (;;) {
		choices_open(a->c);
		if (!choices_more(a->c, n-- > 0))
			break;
		add_fault(a, weights);
		choices_close(a->c);
	}
	choices_close(a->c);
}
