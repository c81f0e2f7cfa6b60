/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/keeper_judge.h"

#include <string.h>

#include "base/strbuf.h"
#include "core/custom_vfup.h"
#include "world/host.h"

void
keeper_judge_init(struct keeper_judge *j, const struct ruleset *first,
    bool native)
{
	memset(j, 0, sizeof(*j));
	j->first = first;
	j->native = native;
	host_vm_guest(j->vm_guest, sizeof(j->vm_guest));
}

void
keeper_judge_fini(struct keeper_judge *j)
{
	while (j->count > 0)
		ruleset_free(j->sets[--j->count]);
	devline_fini(&j->line);
}

void
keeper_judge_rules(struct keeper_judge *j, struct ruleset *rules)
{
	if (j->count == KEEPER_SETS) {
		ruleset_free(j->sets[--j->count]);
		j->first = NULL;
	}
	memmove(j->sets + 1, j->sets, j->count * sizeof(*j->sets));
	j->sets[0] = rules;
	j->count++;
}

static enum rule_media
media_of(void *ctx, const char *ifname)
{
	const struct world_cause *cause = ctx;

	(void)ifname;
	return cause->media > RULE_MEDIA_NONE &&
		cause->media <= RULE_MEDIA_OTHER
	    ? (enum rule_media)cause->media
	    : RULE_MEDIA_NONE;
}

static bool
is_stamp(const char *text)
{
	return strspn(text, "0123456789.") == strlen(text);
}

static bool
asks_for(const struct keeper_judge *j, const struct ruleset *rules,
    const struct rule_env *env, const char *command)
{
	const struct rule *rule = ruleset_match(rules, &j->line, env);
	size_t i, count = rule != NULL ? rule_action_count(rule) : 0;
	struct strbuf text = { 0 };
	bool same = false;

	for (i = 0; i < count && !same; i++) {
		strbuf_reset(&text);
		rule_expand(rules, rule, i, &j->line, env, RULE_QUOTE_SAFE,
		    &text);
		same = strcmp(strbuf_str(&text), command) == 0;
	}
	strbuf_fini(&text);
	return same;
}

bool
keeper_judge_allows(struct keeper_judge *j, const char *command,
    const struct world_cause *cause)
{
	struct world_cause copy = *cause;
	const struct rule_env env = {
		.vm_guest = j->vm_guest,
		.timestamp = cause->timestamp,
		.media = media_of,
		.media_ctx = &copy,
	};
	size_t i;

	if (j->native && custom_vfup_is(command))
		return true;
	if (!is_stamp(cause->timestamp))
		return false;
	devline_parse(&j->line, cause->raw, cause->bytes);
	for (i = 0; i < j->count; i++)
		if (asks_for(j, j->sets[i], &env, command))
			return true;
	return j->first != NULL && asks_for(j, j->first, &env, command);
}
