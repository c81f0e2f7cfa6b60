/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * labcase - one run of a suite in the lab (sim/lab/labstage.h), again where
 * this host was too busy for a verdict.
 */
#ifndef CMD_LABCASE_H
#define CMD_LABCASE_H

#include "cmd/testrun.h"

#define LABCASE_RETRIES 2

/* Needs the run's tools. What a try that was no verdict had to say is a note
 * of the next one's trace. */
extern const struct testrun_stage testrun_vm;

#endif
