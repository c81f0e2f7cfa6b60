/* SPDX-License-Identifier: BSD-2-Clause */
/* words - of a text whose words have single blanks between them. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>

/* Whether one word of it, or several in a row, are just these; "" never are. */
bool words_have(const char *text, const char *wanted);

#endif
