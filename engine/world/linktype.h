/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linktype - what stands before the network's header in a packet, as a number
 * for files, LINKTYPE_ of pcap-linktype(7), and as this system's libpcap has
 * it, DLT_. They differ only where systems had disagreed.
 */
#ifndef WORLD_LINKTYPE_H
#define WORLD_LINKTYPE_H

int linktype_of_dlt(int dlt);
int linktype_dlt(int linktype);

#endif
