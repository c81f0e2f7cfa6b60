/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target without libFuzzer:
 *	NAME FOLDER [MUTATIONS]		the corpus, then mutations of it
 *	NAME FILE			one input, such as a crash
 *
 * The mutations are the same in every run. It is no search: it keeps the
 * target alive and finds what is shallow. "make fuzz-NAME" searches.
 */
#include "fuzz.h"

#include <sys/stat.h>

#include <dirent.h>
#include <string.h>

#include "base/mem.h"
#include "base/prng.h"
#include "base/strbuf.h"

#define INPUT_BYTES (1024 * 1024)

/* Over the whole corpus. */
__attribute__((weak)) unsigned
fuzz_mutations(void)
{
	return 20000;
}

struct input {
	char *path;
	struct strbuf text;
};

struct corpus {
	struct input *inputs;
	size_t count, cap;
};

static void
read_input(struct corpus *c, const char *path)
{
	struct input *in = MEM_PUSH(c->inputs, c->count, c->cap);
	char buf[4096];
	size_t got;
	FILE *f = fopen(path, "rb");

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	in->path = mem_str(path);
	while ((got = fread(buf, 1, sizeof(buf), f)) > 0)
		strbuf_add(&in->text, buf, got);
	fclose(f);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct input *)a)->path,
	    ((const struct input *)b)->path);
}

static void
read_folder(struct corpus *c, const char *folder)
{
	struct strbuf path = { 0 };
	struct dirent *entry;
	DIR *dir = opendir(folder);

	if (dir == NULL) {
		perror(folder);
		exit(2);
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", folder, entry->d_name);
		read_input(c, strbuf_str(&path));
	}
	closedir(dir);
	strbuf_fini(&path);
	if (c->count > 0)
		qsort(c->inputs, c->count, sizeof(*c->inputs), by_path);
}

/* In a block of its exact size, so that a sanitizer sees one byte too far. */
static void
run(const char *data, size_t bytes)
{
	uint8_t *copy = malloc(bytes > 0 ? bytes : 1);

	if (copy == NULL)
		abort();
	if (bytes > 0)
		memcpy(copy, data, bytes);
	LLVMFuzzerTestOneInput(copy, bytes);
	free(copy);
}

/* One random change; pieces come from another input. */
static void
change(struct prng *p, struct strbuf *sb, const struct strbuf *other)
{
	static const char spice[] = "\0\n\r\t \"'\\$!#=;{}()[]|*+?.:\x7f\x80"
				    "\xff"
				    "0919AZaz";
	size_t at, n;

	if (sb->bytes == 0) {
		strbuf_add(sb, other->data, other->bytes);
		return;
	}
	at = (size_t)prng_below(p, sb->bytes);
	n = (size_t)prng_below(p, sb->bytes - at) + 1;
	switch (prng_below(p, 6)) {
	case 0:
		sb->data[at] = (char)prng_below(p, 256);
		break;
	case 1:
		sb->data[at] = spice[prng_below(p, sizeof(spice) - 1)];
		break;
	case 2:
		sb->data[at] ^= (char)(1 << prng_below(p, 8));
		break;
	case 3: /* cut a piece out */
		n = n > 16 ? 16 : n;
		memmove(sb->data + at, sb->data + at + n, sb->bytes - at - n);
		sb->bytes -= n;
		break;
	case 4: /* cut the end off */
		sb->bytes = at;
		break;
	case 5: /* another one's end */
		sb->bytes = at;
		if (other->bytes > at && sb->bytes + other->bytes < INPUT_BYTES)
			strbuf_add(sb, other->data + at, other->bytes - at);
		break;
	}
}

static void
mutate(const struct corpus *c, unsigned long rounds)
{
	struct strbuf sb = { 0 };
	struct prng p;

	prng_seed(&p, 1);
	for (unsigned long i = 0; i < rounds; i++) {
		const struct strbuf *from = &c->inputs[i % c->count].text;

		strbuf_reset(&sb);
		strbuf_add(&sb, from->data, from->bytes);
		for (uint64_t n = prng_below(&p, 8) + 1; n > 0; n--)
			change(&p, &sb,
			    &c->inputs[prng_below(&p, c->count)].text);
		run(strbuf_str(&sb), sb.bytes);
	}
	strbuf_fini(&sb);
}

int
main(int argc, char **argv)
{
	struct corpus c = { 0 };
	struct stat st;
	unsigned long rounds =
	    argc > 2 ? strtoul(argv[2], NULL, 10) : fuzz_mutations();

	if (argc < 2 || stat(argv[1], &st) < 0) {
		fprintf(stderr, "usage: %s FOLDER [MUTATIONS] | FILE\n",
		    argv[0]);
		return 2;
	}
	if (S_ISDIR(st.st_mode)) {
		read_folder(&c, argv[1]);
	} else {
		read_input(&c, argv[1]);
		rounds = 0;
	}
	run("", 0);
	for (size_t i = 0; i < c.count; i++)
		run(strbuf_str(&c.inputs[i].text), c.inputs[i].text.bytes);
	if (c.count > 0)
		mutate(&c, rounds);
	printf("%zu inputs, %lu mutations\n", c.count, c.count ? rounds : 0);
	for (size_t i = 0; i < c.count; i++) {
		strbuf_fini(&c.inputs[i].text);
		free(c.inputs[i].path);
	}
	free(c.inputs);
	return c.count > 0 ? 0 : 1;
}
