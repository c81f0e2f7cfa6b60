/* SPDX-License-Identifier: BSD-2-Clause */
#include "world/linktype.h"

#include <pcap/pcap.h>
#include <stddef.h>

static const struct {
	int linktype, dlt;
} differ[] = {
	{ 101, DLT_RAW },
	{ 108, DLT_LOOP },
};
#define DIFFER (sizeof(differ) / sizeof(*differ))

int
linktype_of_dlt(int dlt)
{
	size_t i;

	for (i = 0; i < DIFFER; i++)
		if (differ[i].dlt == dlt)
			return differ[i].linktype;
	return dlt;
}

int
linktype_dlt(int linktype)
{
	size_t i;

	for (i = 0; i < DIFFER; i++)
		if (differ[i].linktype == linktype)
			return differ[i].dlt;
	return linktype;
}
