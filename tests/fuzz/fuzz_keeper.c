/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An engine that somebody has taken over, to its keeper: what it orders and
 * asks, in pieces. Nothing is ordered that is not in the messages, no command
 * is allowed that is no action of the rules, no line of the log is more than
 * one printable line, and no file is made but those of dumps, in their folder.
 *
 * Input: a byte, even: it orders, odd: it asks; one for the length of the
 * pieces; what it says.
 */
#include "fuzz.h"

#include <sys/types.h>
#include <sys/socket.h>

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "daemon/keeper_serve.h"

struct orders {
	size_t count, bytes;
};

static char folder[] = "/tmp/switchback-fuzz.XXXXXX";
static char rules[sizeof(folder) + 16];
static int sockets[2];
static struct keeper_judge judge;

/* --- orders --- */

/* One of the two actions, the second with a value that is one word. */
static bool
is_action(const char *command)
{
	const char *p = command;

	if (strcmp(command, "true") == 0)
		return true;
	if (strncmp(p, "echo '", 6) != 0)
		return false;
	for (p += 6; (p = strchr(p, '\'')) != NULL; p += 5)
		if (strncmp(p, "'\"'\"'", 5) != 0)
			return p[1] == '\0';
	return false;
}

static void
start(void *ctx, uint32_t id, const char *command,
    const struct world_cause *cause)
{
	struct orders *o = ctx;

	(void)id;
	o->count++;
	o->bytes += strlen(command) + cause->bytes;
	if (keeper_judge_allows(&judge, command, cause))
		FUZZ_HOLDS(is_action(command));
}

static void
cancel(void *ctx, uint32_t id)
{
	(void)id;
	((struct orders *)ctx)->count++;
}

static void
cancel_all(void *ctx)
{
	((struct orders *)ctx)->count++;
}

static void
write_log(void *ctx, enum log_level level, const char *line)
{
	struct orders *o = ctx;

	o->count++;
	o->bytes += strlen(line);
	FUZZ_HOLDS(level >= LOG_LEVEL_ERROR && level <= LOG_LEVEL_DEBUG);
	for (; *line != '\0'; line++)
		FUZZ_HOLDS(*line >= ' ' && *line <= '~');
}

static const struct keeper_orders doing = { start, cancel, cancel_all,
	write_log };

static struct orders
give_orders(const uint8_t *data, size_t bytes, size_t piece)
{
	struct orders o = { 0 };
	struct strbuf got = { 0 };
	size_t n;

	for (; bytes > 0; data += n, bytes -= n) {
		n = piece < bytes ? piece : bytes;
		if (!keeper_orders_hear(&got, data, n, &doing, &o))
			break;
	}
	strbuf_fini(&got);
	return o;
}

/* --- questions --- */

static void
end(void)
{
	keeper_judge_fini(&judge);
	unlink(rules);
	FUZZ_HOLDS(rmdir(folder) == 0);
}

static void
begin(void)
{
	static const char text[] = "notify 0 { match \"system\" \"IFNET\"; "
				   "action \"true\"; "
				   "action \"echo $subsystem\"; };\n";
	const struct ruleset_options options = { .version = RULE_NEWEST };
	struct diag diag = { 0 };
	struct ruleset *set;
	FILE *f;

	FUZZ_HOLDS(mkdtemp(folder) != NULL);
	snprintf(rules, sizeof(rules), "%s/rules.conf", folder);
	FUZZ_HOLDS((f = fopen(rules, "w")) != NULL);
	FUZZ_HOLDS(fputs(text, f) >= 0 && fclose(f) == 0);
	FUZZ_HOLDS(ruleset_load(rules, &options, &diag, &set, NULL) == 0);
	keeper_judge_init(&judge, NULL, false);
	keeper_judge_rules(&judge, set);
	FUZZ_HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
	atexit(end);
}

/* Whether there was any. */
static bool
take_answers(void)
{
	char waste[65536];
	bool any = false;

	while (recv(sockets[1], waste, sizeof(waste), MSG_DONTWAIT) > 0)
		any = true;
	return any;
}

/* What is there, but for the rules, goes; it must be a dump that is whole. */
static void
look_around(void)
{
	static const char *const words[] = { "signal", "deadline", "order",
		"error" };
	char path[sizeof(folder) + 16];
	struct dirent *entry;
	size_t i, count = 0;
	DIR *dir;

	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s.db", folder, words[i]);
		unlink(path);
	}
	FUZZ_HOLDS((dir = opendir(folder)) != NULL);
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(dir);
	FUZZ_HOLDS(count == 1);
}

static void
ask(const uint8_t *data, size_t bytes, size_t piece)
{
	const struct keeper_config config = { .rules_path = rules,
		.dump_path = folder };
	struct keeper_asks a = { .config = &config, .judge = &judge };
	bool answered = false;
	size_t n;

	a.fd = sockets[0];
	for (; bytes > 0; data += n, bytes -= n) {
		n = piece < bytes ? piece : bytes;
		if (!keeper_asks_hear(&a, data, n))
			break;
		FUZZ_HOLDS(a.draft.bytes == 0 ||
		    a.draft.bytes == a.dump.bytes + strlen(".new"));
		answered |= take_answers();
	}
	keeper_asks_fini(&a);
	answered |= take_answers();
	if (answered)
		look_around();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct orders whole, cut;
	size_t piece;

	if (bytes < 2)
		return 0;
	if (rules[0] == '\0')
		begin();
	piece = (size_t)data[1] + 1;
	if (data[0] % 2 != 0) {
		/* As much as its socket takes before somebody reads. */
		ask(data + 2, bytes < 2048 ? bytes - 2 : 2046, piece);
		return 0;
	}
	whole = give_orders(data + 2, bytes - 2, bytes);
	cut = give_orders(data + 2, bytes - 2, piece);
	FUZZ_HOLDS(whole.count == cut.count && whole.bytes == cut.bytes);
	FUZZ_HOLDS(whole.bytes < bytes && whole.count < bytes);
	return 0;
}
