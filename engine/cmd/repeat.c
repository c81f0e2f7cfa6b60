/* SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/repeat.h"

#include <string.h>

void
repeat_word(struct strbuf *out, const char *word)
{
	static const char harmless[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789_@%+=:,./-#";

	/* "#" begins a comment only in front of a word: FILE#NAME stays
	 * readable. */
	if (word[0] != '\0' && word[0] != '#' &&
	    word[strspn(word, harmless)] == '\0') {
		strbuf_adds(out, word);
		return;
	}
	strbuf_addc(out, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			strbuf_adds(out, "'\\''");
		else
			strbuf_addc(out, *word);
	strbuf_addc(out, '\'');
}
