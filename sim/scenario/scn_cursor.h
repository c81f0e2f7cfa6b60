/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scn_cursor - the way through one line's tokens, and the values that a token
 * can be. For the files of the scenario parser, as sim/scenario/scn_parse.h is.
 */
#ifndef SIM_SCENARIO_SCN_CURSOR_H
#define SIM_SCENARIO_SCN_CURSOR_H

#include "sim/scenario/scn_parse.h"

/* The cursor. Each gives NULL at the end of the line. */
const struct scn_token *scn_peek(const struct scn_parser *p);
const struct scn_token *scn_take(struct scn_parser *p);
/* Passes over the bare word w when it is next. */
bool scn_accept(struct scn_parser *p, const char *w);

/* All give false, so that reporting is one line. tok NULL: the place behind
 * the last token. */
bool scn_error(struct scn_parser *p, const struct scn_token *tok,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* "unknown WHAT `x`" with the nearest of known[], or all of them. */
bool scn_unknown(struct scn_parser *p, const struct scn_token *tok,
    const char *what, const char *const known[], size_t count);

/* Reports a property that is given again: *seen collects their bits. */
bool scn_once(struct scn_parser *p, const struct scn_token *tok, unsigned *seen,
    unsigned bit);

/* True when nothing is left; else reports what came too much. */
bool scn_no_more(struct scn_parser *p, const char *statement);

/* The following read one token, or report that `what` is missing. */
const struct scn_token *scn_need(struct scn_parser *p, const char *what);
bool scn_need_word(struct scn_parser *p, const char *w, const char *after);
/* An interface name; *tok for its place. */
bool scn_need_ifname(struct scn_parser *p, const char *what,
    const struct scn_token **tok);
bool scn_need_string(struct scn_parser *p, const char *what, char **out);
bool scn_need_dur(struct scn_parser *p, const char *what, int64_t *ns);
bool scn_need_num(struct scn_parser *p, const char *what, int64_t min,
    int64_t max, int64_t *out);
bool scn_need_mac(struct scn_parser *p, uint8_t mac[6]);
/* Notes the mark as used, copies its name. every: NAME.* is good too, the
 * marks of all rounds. */
bool scn_need_mark(struct scn_parser *p, bool every, char **mark);

void scn_use(struct scn_parser *p, enum scn_use_kind kind,
    const struct scn_token *tok);

/* One of two words; *is_first tells which. */
bool scn_need_either(struct scn_parser *p, const char *first,
    const char *second, bool *is_first);
/* A file or profile name: a word or a string which is not empty. */
bool scn_need_name(struct scn_parser *p, const char *what, char **out);

/* Whether t is the word w. */
bool scn_is_word(const struct scn_token *t, const char *w);
/* The index of the word t in words[], or -1. */
int scn_find_word(const struct scn_token *t, const char *const words[],
    size_t count);

/* "gone.1" and the like: a mark that a recording sets (sim/stage/stimuli.h). */
bool scn_is_recorded_mark(const char *name);

#endif
