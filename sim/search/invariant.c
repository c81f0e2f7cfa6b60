/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/search/invariant.h"

#include <string.h>

static const struct {
	const char *name, *sentence;
	bool native; /* claimed of native alone: stock never meant to */
} invariants[INVARIANTS] = {
	[INVARIANT_PANIC] = { "panic", "the guest's kernel never panics",
	    false },
	[INVARIANT_FOREIGN] = { "foreign",
	    "the engine never touches an interface that is somebody else's",
	    false },
	[INVARIANT_DELAY] = { "delay",
	    "the engine never brings a VF up before hyperv_vf_delay is over",
	    false },
	[INVARIANT_ALOOF] = { "aloof",
	    "in transparent mode the engine does nothing", true },
	[INVARIANT_JOINED] = { "joined",
	    "in the end the synthetic NIC is a port of an aggregate", true },
	[INVARIANT_UP] = { "up",
	    "in the end the synthetic NIC and its aggregate are up", false },
	[INVARIANT_PORT] = { "port",
	    "in the end an aggregate with a port that works has an active one",
	    false },
	[INVARIANT_VF] = { "vf", "in the end a VF that works carries", false },
	[INVARIANT_PATH] = { "path",
	    "in the end a VF has the data path only as a port beside its NIC",
	    false },
	[INVARIANT_ADDRESS] = { "address",
	    "in the end the configured address is on the aggregate, or on the "
	    "NIC when there is none",
	    false },
	[INVARIANT_ALIAS] = { "alias", "in the end so are its aliases", false },
	[INVARIANT_STALE] = { "stale",
	    "in the end what rc.conf names no more is gone", true },
	[INVARIANT_ADDRESS6] = { "inet6", "in the end so is its IPv6 address",
	    false },
	[INVARIANT_TWICE] = { "twice",
	    "in the end no address is on two interfaces", false },
	[INVARIANT_ROUTE] = { "route",
	    "in the end the default route leads there", false },
	[INVARIANT_LEASE] = { "lease",
	    "in the end an interface that asks for a lease has one", false },
	[INVARIANT_CLIENT] = { "client",
	    "in the end one DHCP client runs, and not on a port", false },
	[INVARIANT_LOST] = { "lost", "after the quiet time no packet is lost",
	    false },
	[INVARIANT_CALM] = { "calm",
	    "after the quiet time the engine has nothing to do", false },
	[INVARIANT_ANEW] = { "anew",
	    "after the quiet time a daemon that is started anew finds nothing "
	    "to do",
	    false },
	[INVARIANT_VLAN] = { "vlan",
	    "in the end a VLAN is a child of the aggregate, with its address",
	    false },
	[INVARIANT_SLAAC] = { "slaac",
	    "in the end who takes router advertisements has an address and a "
	    "route by them",
	    false },
	[INVARIANT_MTU] = { "mtu",
	    "in the end the ports have their aggregate's MTU", false },
	[INVARIANT_ALTERNATE] = { "alternate",
	    "VF_UP and VF_DOWN of a NIC take turns until it is detached",
	    false },
	[INVARIANT_PRETEND] = { "pretend",
	    "a NIC that hands over pretends to have no link, and asks the host "
	    "for none",
	    false },
	[INVARIANT_RELINK] = { "relink",
	    "a NIC that does not hand over has link 6 s after it could",
	    false },
	[INVARIANT_ENABLED] = { "enabled",
	    "the transparent path is on only for a NIC that runs and has a VF",
	    false },
	[INVARIANT_ATTACHED] = { "attached",
	    "who is told to be detached was told to be attached", false },
	[INVARIANT_UNJOINED] = { "unjoined",
	    "the engine brings a VF up only as a port beside the NIC that "
	    "knows it",
	    true },
	[INVARIANT_OUTLIVED] = { "outlived",
	    "a default route goes with the address that its gateway is "
	    "reached by",
	    false },
	[INVARIANT_REASKED] = { "reasked",
	    "a DHCP client whose link was away asks again", false },
	[INVARIANT_PROMPT] = { "prompt",
	    "what the engine has to do is done 5 s after the last disturbance",
	    true },
	[INVARIANT_SEAMLESS] = { "seamless",
	    "a VF that has its link at once is brought up without a packet "
	    "lost",
	    true },
	[INVARIANT_OFFERED] = { "offered",
	    "in the end a VF is there if the host offers it, and only then",
	    false },
	[INVARIANT_ALONE] = { "alone",
	    "in the end the engine has no more aggregates than there are NICs",
	    true },
	[INVARIANT_CAPS] = { "caps",
	    "in the end a NIC without VF can do what it could before", true },
	[INVARIANT_RXALL] = { "rxall",
	    "in the end an aggregate takes what comes by any port", true },
};

const char *
invariant_name(enum invariant i)
{
	return invariants[i].name;
}

const char *
invariant_sentence(enum invariant i)
{
	return invariants[i].sentence;
}

bool
invariant_find(const char *name, enum invariant *out)
{
	int i;

	for (i = 0; i < INVARIANTS; i++)
		if (strcmp(invariants[i].name, name) == 0) {
			*out = (enum invariant)i;
			return true;
		}
	return false;
}

bool
invariant_holds_under(enum invariant i, enum core_policy policy)
{
	return policy == CORE_NATIVE || !invariants[i].native;
}
