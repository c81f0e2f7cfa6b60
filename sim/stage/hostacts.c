/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/stage/hostacts.h"

#include <string.h>

#include "sim/machine/dhcp.h"
#include "sim/machine/hn.h"
#include "sim/machine/inet6.h"

static void
attach(struct machine *m, const struct scenario *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_nics; i++)
		if (strcmp(s->nics[i].name, name) == 0)
			hn_attach(m, name, s->nics[i].mac);
}

bool
hostacts_do(struct machine *m, const struct scenario *s,
    const struct scn_step *step)
{
	struct ipaddr addr;
	struct ifnet *ifp;

	switch (step->kind) {
	case SCN_NIC_DETACH:
		hn_detach(m, step->name);
		return true;
	case SCN_NIC_ATTACH:
		attach(m, s, step->name);
		return true;
	case SCN_HOST_ASSOC:
		if ((ifp = hn_find(m, step->name)) != NULL)
			hn_host_association(ifp, step->up);
		return true;
	case SCN_DHCP_ANSWERS:
		dhcp_set_mode(m, DHCP_ANSWERS);
		return true;
	case SCN_DHCP_SILENT:
		dhcp_set_mode(m, DHCP_SILENT);
		return true;
	case SCN_DHCP_NAKS:
		dhcp_set_mode(m, DHCP_NAKS);
		return true;
	case SCN_DHCP_OFFERS:
		if (ipaddr_parse(step->text, &addr))
			dhcp_set_offer(m, &addr);
		return true;
	case SCN_ROUTER:
		inet6_set_silent(m, !step->up);
		return true;
	default:
		return false;
	}
}
