/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * err - what went wrong, for the program and for a person.
 *
 * A function that can fail for reasons outside the program returns 0 or the
 * negative code that err_set() returned, and fills the caller's struct err.
 * It never logs what it returns. A broken invariant is an assert instead, and
 * asserts stay on in production.
 *
 * The struct lies on the caller's stack: no error path allocates.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
	ERR_NONE = 0,
	ERR_INPUT = -1,	   /* a file, record or argument is not well formed */
	ERR_IO = -2,	   /* the system refused: see sys_errno */
	ERR_NOTFOUND = -3, /* the named thing does not exist */
	ERR_VERSION = -4,  /* made by a newer or foreign version */
	ERR_BUSY = -5,	   /* held by somebody else */
	ERR_STATE = -6,	   /* the thing exists, but not in the needed state */
	ERR_UNSUPPORTED = -7, /* this system or build cannot do it */
};

struct err {
	enum err_code code; /* what a caller may branch on */
	int sys_errno;	    /* 0 unless the system said no */
	char text[512];	    /* for a person; never compared or parsed */
};

/* Fills *e (which may be NULL) and returns code, so that reporting is one
 * line: return err_set(e, ERR_INPUT, "..."). Over-long text is cut. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((cold, format(printf, 3, 4)));

/* As err_set with ERR_IO; appends ": " and strerror(errnum). */
int err_sys(struct err *e, int errnum, const char *fmt, ...)
    __attribute__((cold, format(printf, 3, 4)));

/* A short lower-case word for a code ("bad input"); never NULL. */
const char *err_word(enum err_code code);

#endif
