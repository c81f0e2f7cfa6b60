/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmds - the subcommands of switchback.
 *
 * Each gets argv with its own name at [0] and the program's at [-1], prints
 * its errors on stderr with "switchback NAME: " in front, and returns the exit
 * status.
 */
#ifndef CMD_CMDS_H
#define CMD_CMDS_H

enum cmd_status {
	CMD_PASS = 0,
	CMD_FAIL = 1,	 /* a verdict failed */
	CMD_INPUT = 2,	 /* usage, or bad input */
	CMD_TROUBLE = 3, /* the infrastructure failed */
	CMD_NOTHING = 4, /* nothing ran */
};

int cmd_calibrate(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_continuity(int argc, char **argv);
int cmd_ctl(int argc, char **argv);
int cmd_debug(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_fmt(int argc, char **argv);
int cmd_guest(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_match(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_query(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_shrink(int argc, char **argv);
int cmd_test(int argc, char **argv);

#endif
