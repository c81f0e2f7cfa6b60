/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/bootfacts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "base/rowtext.h"
#include "world/host.h"

#define KMSG_LINE  8192
#define KMSG_LINES 4000 /* that may come meanwhile, too */

/* clang-format off */
#define OF struct bootfacts
static const struct rowfield fields[] = {
	ROWFIELD(OF, "version", ROW_STR, version),
	ROWFIELD(OF, "system", ROW_STR, system),
	ROWFIELD(OF, "cpu", ROW_STR, cpu),
	ROWFIELD(OF, "kernel", ROW_STR, kernel),
};
#undef OF
/* clang-format on */
#define FIELDS (sizeof(fields) / sizeof(*fields))

void
bootfacts_put(struct strbuf *out, const struct bootfacts *f)
{
	rowtext_put_fields(out, fields, FIELDS, f);
}

int
bootfacts_take(const char *text, size_t bytes, struct bootfacts *f,
    struct err *err)
{
	struct rowtext row;
	int rc;

	memset(f, 0, sizeof(*f));
	rowtext_open(&row, text, bytes);
	rc = rowtext_take_row(&row, fields, FIELDS, f, err);
	rowtext_close(&row);
	return rc < 0 ? rc : 0;
}

/* --- looking --- */

/* The leaf is there when the bit says that something lies below us. */
static void
look_at_cpu(char *out, size_t size)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned a, b, c, d, i;
	char sign[13];

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & UINT32_C(0x80000000)))
		return;
	__cpuid(0x40000000, a, b, c, d);
	memcpy(sign, &b, 4);
	memcpy(sign + 4, &c, 4);
	memcpy(sign + 8, &d, 4);
	sign[12] = '\0';
	for (i = 0; i < 12 && sign[i] != '\0'; i++)
		if (sign[i] < ' ' || sign[i] > '~')
			sign[i] = '?';
	snprintf(out, size, "%s", sign);
#else
	(void)out;
	(void)size;
#endif
}

bool
bootfacts_of_kmsg(const char *line, size_t bytes, char *out, size_t size)
{
	static const char *const says[] = { "Hypervisor detected: ",
		"Booting paravirtualized kernel on " };
	const char *text = memchr(line, ';', bytes), *end;
	size_t i;

	if (text == NULL)
		return false;
	text++;
	end = memchr(text, '\n', bytes - (size_t)(text - line));
	if (end == NULL)
		end = line + bytes;
	for (i = 0; i < sizeof(says) / sizeof(*says); i++)
		if ((size_t)(end - text) > strlen(says[i]) &&
		    memcmp(text, says[i], strlen(says[i])) == 0) {
			snprintf(out, size, "%.*s", (int)(end - text), text);
			return true;
		}
	return false;
}

/* One read is one line. That it was detected says more than how the kernel
 * boots, and comes first. */
static void
look_at_kmsg(char *out, size_t size)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC), i;
	char line[KMSG_LINE];
	ssize_t n;

	for (i = 0; fd >= 0 && i < KMSG_LINES; i++) {
		n = read(fd, line, sizeof(line));
		/* EPIPE: the line was overwritten; the next one is there. */
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0 || bootfacts_of_kmsg(line, (size_t)n, out, size))
			break;
	}
	if (fd >= 0)
		close(fd);
}

void
bootfacts_look(struct bootfacts *f)
{
	memset(f, 0, sizeof(*f));
	snprintf(f->version, sizeof(f->version), "%s", SWITCHBACK_VERSION);
	host_name(f->system, sizeof(f->system));
	look_at_cpu(f->cpu, sizeof(f->cpu));
	look_at_kmsg(f->kernel, sizeof(f->kernel));
	if (f->kernel[0] == '\0')
		host_vm_guest(f->kernel, sizeof(f->kernel));
}
