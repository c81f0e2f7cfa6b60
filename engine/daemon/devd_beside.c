/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon/devd_beside.h"

#include <string.h>

#include "world/host.h"

static bool
runs_a_script(const struct rule *rule)
{
	size_t i;

	for (i = 0; i < rule_action_count(rule); i++)
		if (strstr(rule_action(rule, i), "/hyperv_vfattach ") != NULL ||
		    strstr(rule_action(rule, i), "/hyperv_vfup ") != NULL)
			return true;
	return false;
}

static const struct rule *
find_script(const struct ruleset *rules)
{
	const struct rule *rule;
	size_t i;

	for (i = 0; i < ruleset_kind_count(rules, DEVLINE_NOTIFY); i++) {
		rule = ruleset_at(rules, DEVLINE_NOTIFY, i);
		if (runs_a_script(rule))
			return rule;
	}
	return NULL;
}

enum devd_beside
devd_beside(const struct ruleset *rules, struct err *text)
{
	const struct rule *rule;

	if (!host_devd_has_hyperv())
		return DEVD_ABSENT;
	rule = find_script(rules);
	if (rule == NULL) {
		err_set(text, ERR_STATE,
		    "devd(8) runs, and carries out " HOST_DEVD_HYPERV
		    " itself; these rules leave that to it");
		return DEVD_APART;
	}
	err_set(text, ERR_STATE,
	    "%s:%u:1: error: devd(8) runs, and carries out " HOST_DEVD_HYPERV
	    ", which does the same: remove this rule, or that file",
	    rule_file(rule), rule_line(rule));
	return DEVD_CLASHES;
}
