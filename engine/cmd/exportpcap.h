/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exportpcap - the packets of a stored run as pcap files, one for each place
 * where they were seen.
 */
#ifndef CMD_EXPORTPCAP_H
#define CMD_EXPORTPCAP_H

#include "base/err.h"

/* Writes DIR/PLACE.pcap, with times of the wall clock if the run says what it
 * was, and prints a line for each. The folder is made when it is not there.
 * Gives the exit status, after a message: CMD_NOTHING when there is none. */
int exportpcap(const char *db, const char *run, const char *dir);

#endif
